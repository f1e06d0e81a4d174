/**
 * How incidents are classified: the taxonomy of the NIS Cooperation Group (CG publication 04/2018, DOMAIN 3.2) for
 * strategic and political reporting, and RSIT version 1003 (DOMAIN 3.3) for technical tickets. Two questions stay apart:
 * nature (what caused it, how dangerous it is) and impact (what it does to services, now and in six hours).
 */
export const incidentCauses = [
	'system-failures',
	'natural-phenomena',
	'human-errors',
	'malicious-actions',
	'third-party-failures'
] as const;

/** Potential impact, as the technical level sees it. */
export const threatSeverities = ['high', 'medium', 'low'] as const;

/** The real effect on society and economy in one country: white none, green minor, yellow large, red very large. */
export const impactColours = ['white', 'green', 'yellow', 'red'] as const;
export type ImpactColour = (typeof impactColours)[number];

/** For the next six hours. */
export const outlooks = ['improving', 'stable', 'worsening'] as const;
export type Outlook = (typeof outlooks)[number];

const impactRank = new Map<ImpactColour, number>(impactColours.map((colour, rank) => [colour, rank]));

/** The worst of some colours; null when there is none: unknown is never “no impact” (DOMAIN 11, 11). */
export function worstImpact(colours: readonly ImpactColour[]): ImpactColour | null {
	let worst: ImpactColour | null = null;
	for (const colour of colours)
		if (worst === null || impactRank.get(colour)! > impactRank.get(worst)!) worst = colour;
	return worst;
}

/** The worst outlook: a sector that worsens anywhere worsens. */
export function worstOutlook(of: readonly Outlook[]): Outlook | null {
	if (of.length === 0) return null;
	return of.includes('worsening') ? 'worsening' : of.includes('stable') ? 'stable' : 'improving';
}

/** RSIT: `class/type`, as in `availability/ddos`. */
export const rsit = {
	'abusive-content': ['spam', 'harmful-speech', 'violence'],
	'malicious-code': ['infected-system', 'c2-server', 'malware-distribution', 'malware-configuration'],
	'information-gathering': ['scanner', 'sniffing', 'social-engineering'],
	'intrusion-attempts': ['ids-alert', 'brute-force', 'exploit'],
	intrusions: [
		'privileged-account-compromise',
		'unprivileged-account-compromise',
		'application-compromise',
		'system-compromise',
		'burglary'
	],
	availability: ['dos', 'ddos', 'misconfiguration', 'sabotage', 'outage'],
	'information-content-security': [
		'unauthorised-information-access',
		'unauthorised-information-modification',
		'data-loss',
		'data-leak'
	],
	fraud: ['unauthorised-use-of-resources', 'copyright', 'masquerade', 'phishing'],
	vulnerable: [
		'weak-crypto',
		'ddos-amplifier',
		'potentially-unwanted-accessible',
		'information-disclosure',
		'vulnerable-system'
	],
	other: ['other', 'undetermined'],
	test: ['test']
} as const;
export type RsitClass = keyof typeof rsit;
export const rsitTypes = Object.entries(rsit).flatMap(([group, types]) =>
	types.map((type) => `${group}/${type}`)
) as [string, ...string[]];
