import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Fact } from '../facts.ts';
import type { ChannelId, TeamId } from '../ids.ts';
import { hasRole, isControl, leads, moderatesCountry, playsIn } from '../exercise/access.ts';
import type { Actor } from '../exercise/schema.ts';
import { helps } from '../help/schema.ts';
import { isWorkingFact, sidesOf } from '../working/kinds.ts';
import type { NoticeKind } from './choices.ts';

/*
 * What somebody is told outside the page: on a screen that others may see, by a browser, in a mail. A notice says that
 * there is something, of what kind, how much and where; never what. One rule for all ways (PROMISES P8, R17).
 */

/** Something that happened, as far as a notice may say it. */
export interface Happening {
	kind: NoticeKind;
	/** how many of this kind */
	count: number;
	/** of one thing, with its label: shown only where the label lets everybody read it */
	title?: string;
	tlp?: Tlp;
	/** a word of its own for what is chosen together with injects, or with requests and deadlines */
	as?: 'announcement' | 'recall' | 'finding';
}

/** Who is told, with the rights of the moment at which it is sent. */
export interface NoticeReader {
	actor: Actor;
	countryOf: (team: TeamId) => CountryCode | undefined;
	/** whether the person reads the channel now, and did when this was said there; left out: none */
	hears?: (channel: ChannelId) => boolean;
}

/** How much it presses: what sounds, and how. */
export type Severity = 'low' | 'normal' | 'high' | 'alarm';
const severities: Record<NoticeKind, Severity> = {
	stop: 'alarm',
	deadline: 'high',
	inject: 'normal',
	request: 'normal',
	mention: 'low',
	mode: 'low'
};
export const severityOf = (kind: NoticeKind): Severity => severities[kind];

/**
 * What a fact is to somebody; null: nothing to be told of, or none of this person's business. Everything that is not
 * named here is read on a page, by whoever may open it.
 */
export function happeningOf(fact: Fact, { actor, countryOf, hears }: NoticeReader): Happening | null {
	if (actor.memberships.length === 0) return null;
	const plays = (team: TeamId) => playsIn(actor, team);
	const watches = (team: TeamId) => {
		const country = countryOf(team);
		return isControl(actor) || (country !== undefined && moderatesCountry(actor, country));
	};
	const one = (kind: NoticeKind, more: Pick<Happening, 'title' | 'tlp' | 'as'> = {}): Happening => ({
		kind,
		count: 1,
		...more
	});
	if (isWorkingFact(fact)) {
		// put to exercise control, or to a body that nobody plays: as a plain question
		if (fact.kind === 'request-asked' && ('control' in fact.to || 'body' in fact.to))
			return watches(fact.team) || ('body' in fact.to && hasRole(actor, 'simcell')) ? one('request') : null;
		// what another team, or exercise control, put to one's own
		const reached = sidesOf(fact).some(
			({ team, side }) => (side === 'other' || fact.byControl) && plays(team)
		);
		return reached ? one('request') : null;
	}
	switch (fact.kind) {
		case 'exercise-stopped':
		case 'stop-lifted':
			return one('stop');
		case 'exercise-started':
		case 'exercise-ended':
		case 'clock-paused':
		case 'clock-resumed':
		case 'clock-rate-set':
		case 'clock-jumped':
			return one('mode');
		case 'announcement-made': {
			const reached =
				!fact.to || isControl(actor) || fact.to.teams.some((team) => plays(team) || watches(team));
			return reached ? one('inject', { as: 'announcement' }) : null;
		}
		case 'inject-released': {
			const { title, tlp } = fact.delivered;
			return fact.deliveries.some(({ team }) => plays(team)) ? one('inject', { title, tlp }) : null;
		}
		// never why
		case 'inject-recalled': {
			const own = fact.deliveries.find(({ team }) => plays(team));
			return own ? one('inject', { title: own.title ?? fact.title, tlp: fact.tlp, as: 'recall' }) : null;
		}
		// that somebody was named, never where, by whom or in what words
		case 'message-posted':
			return fact.mentions?.some(({ id }) => id === actor.accountId) && hears?.(fact.channel)
				? one('mention')
				: null;
		case 'question-asked':
			return watches(fact.team) || (fact.to !== undefined && hasRole(actor, 'simcell'))
				? one('request')
				: null;
		case 'question-answered':
		case 'team-prompted':
			return plays(fact.team) ? one('request') : null;
		case 'help-asked':
			return fact.person !== actor.accountId && helps(actor, fact.countries) ? one('request') : null;
		// who may answer for a country that was asked; what it is about stands on the page alone
		case 'finding-circulated':
			return fact.countries.some((country) => speaksIn(actor, country, countryOf))
				? one('request', { as: 'finding' })
				: null;
		case 'help-answered':
			return fact.person === actor.accountId ? one('request') : null;
		default:
			return null;
	}
}

/** Answers for a country: as `finding/access.ts: speaksFor` says it of teams. */
export const speaksIn = (actor: Actor, country: CountryCode, countryOf: NoticeReader['countryOf']): boolean =>
	moderatesCountry(actor, country) ||
	actor.memberships.some(
		({ teamId }) => teamId !== undefined && leads(actor, teamId) && countryOf(teamId) === country
	);

/** The labels under which a title may leave the page, onto a screen that others may see. */
const openLabels: ReadonlySet<Tlp> = new Set(['clear', 'green']);

type NoticeText =
	`console.notice.title.${NoticeKind | 'announcement' | 'recall' | 'finding' | 'findingNear'}`;

const wordOf = ({ kind, as }: Pick<Happening, 'kind'> & { as: Happening['as'] | undefined }) =>
	as === 'finding' && kind === 'deadline' ? 'findingNear' : (as ?? kind);

/** What is shown: the marking, the kind, how many, which exercise; a title only where everybody may read it. */
export function noticeText(
	{ kind, count, title, tlp, as }: Happening,
	exercise: string,
	say: (text: NoticeText, params: Record<string, string | number>) => string
): { title: string; body: string } {
	return {
		title: say(`console.notice.title.${wordOf({ kind, as })}`, { count, exercise }),
		body: count === 1 && title && tlp && openLabels.has(tlp) ? title : ''
	};
}

/** Several as one of each kind, in the order in which they press: what a digest says. */
export function gathered(happenings: readonly Happening[]): Happening[] {
	const counts = new Map<NoticeKind, Happening>();
	for (const one of happenings) {
		const known = counts.get(one.kind);
		const same = known?.as !== undefined && known.as === one.as ? { as: known.as } : {};
		counts.set(one.kind, known ? { kind: one.kind, count: known.count + one.count, ...same } : one);
	}
	const order = Object.keys(severities) as NoticeKind[];
	return [...counts.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}
