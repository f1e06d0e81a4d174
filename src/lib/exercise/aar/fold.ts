import type { CountryCode } from '#lib/standards/countries.ts';
import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { standingOf, type Round, type Standing } from '../finding/fold.ts';
import { fingerprint } from '../fingerprint.ts';
import type { RichText } from '../rich-text.ts';
import type { AarFact } from './schema.ts';

/** What was done about the report, read from facts in their order. Nothing else reads them. */
export interface AarAct {
	fact: AarFact;
	/** the person's name */
	by: string;
	wallAt: number;
}

export interface HandedOver {
	country: CountryCode;
	version: number;
	sha256: string;
	tlp: Tlp;
	by: string;
	wallAt: number;
	/** something of it is in the report: it cannot be taken back any more */
	isUsed: boolean;
	isTakenBack: boolean;
}

/** Every version of every country, first to last. */
export function readHandedOver(acts: Iterable<AarAct>): HandedOver[] {
	const found = new Map<string, HandedOver>();
	for (const { fact, by, wallAt } of acts) {
		switch (fact.kind) {
			case 'contribution-handed-over': {
				const { country, version, sha256, tlp } = fact;
				found.set(`${country} ${version}`, {
					country,
					version,
					sha256,
					tlp,
					by,
					wallAt,
					isUsed: false,
					isTakenBack: false
				});
				break;
			}
			case 'contribution-taken-back':
			case 'passage-taken-over': {
				const one = found.get(`${fact.country} ${fact.version}`);
				if (one) one[fact.kind === 'passage-taken-over' ? 'isUsed' : 'isTakenBack'] = true;
				break;
			}
		}
	}
	return [...found.values()];
}

/** Where a passage came from. */
export type PassageSource = Omit<Extract<AarFact, { kind: 'passage-taken-over' }>, 'kind' | 'passage'> & {
	by: string;
	wallAt: number;
};

export function readSources(acts: Iterable<AarAct>): Map<string, PassageSource> {
	const found = new Map<string, PassageSource>();
	for (const { fact, by, wallAt } of acts)
		if (fact.kind === 'passage-taken-over') {
			const { kind: _kind, passage, ...source } = fact;
			found.set(passage, { ...source, by, wallAt });
		}
	return found;
}

/** The text is not what was taken over any more. */
export const isEdited = (text: RichText, source: Pick<PassageSource, 'words'>): boolean =>
	fingerprint(text) !== source.words;

/**
 * The label of a passage: its own, never below its source's, because only the source may relax it; without one of its own
 * that of its source, else the exercise's (DOMAIN 3.1).
 */
export function labelOf(own: Tlp | null, source: Pick<PassageSource, 'tlp'> | undefined, exercise: Tlp): Tlp {
	if (own === null) return source?.tlp ?? exercise;
	return strictestTlp([own, ...(source ? [source.tlp] : [])]);
}

/** What was asked about a content, and what each country says to it. */
export interface SignOffRound extends Pick<Round, 'deadline' | 'said'> {
	/** the version that was put to them */
	version: number;
	silence: boolean;
	circulatedAt: number;
	by: string;
}

/** By the SHA-256 of the content: what was agreed to it holds for every version that has it, and for no other. */
export function readSignOffs(acts: Iterable<AarAct>): Map<string, SignOffRound> {
	const found = new Map<string, SignOffRound>();
	for (const { fact, by, wallAt } of acts) {
		switch (fact.kind) {
			case 'aar-circulated': {
				const before = found.get(fact.sha256);
				const said = new Map(fact.countries.map((country) => [country, before?.said.get(country) ?? []]));
				// who was asked before, and not again, has still said what they said
				for (const [country, words] of before?.said ?? []) if (!said.has(country)) said.set(country, words);
				const { version, deadline, silence } = fact;
				found.set(fact.sha256, { version, deadline, silence, said, circulatedAt: wallAt, by });
				break;
			}
			case 'aar-commented':
			case 'aar-agreed':
			case 'aar-objected':
				found
					.get(fact.sha256)
					?.said.get(fact.country)
					?.push({ what: whatOf[fact.kind], words: fact.words, by, wallAt });
				break;
		}
	}
	return found;
}

const whatOf = {
	'aar-commented': 'commented',
	'aar-agreed': 'agreed',
	'aar-objected': 'objected'
} as const;

/** Where a country stands: silence is agreement only where that was announced. */
export function signStanding(round: SignOffRound, country: CountryCode, now: number): Standing {
	const standing = standingOf(round, country, now);
	return standing === 'silent' && !round.silence ? 'waiting' : standing;
}

/** The published versions, first to last. */
export const readPublished = (acts: Iterable<AarAct>): { version: number; by: string; wallAt: number }[] =>
	[...acts].flatMap(({ fact, by, wallAt }) =>
		fact.kind === 'aar-published' ? [{ version: fact.version, by, wallAt }] : []
	);
