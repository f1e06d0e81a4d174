import type { CountryCode } from '#lib/standards/countries.ts';
import type { FindingId, ObservationId, TeamId } from '../ids.ts';
import type { FindingFact, FrozenFinding } from './schema.ts';

/**
 * What was said of findings, read from facts in their order. Nothing else reads them. That a country agreed by silence is
 * never stored: it is so when the deadline has passed and the country has said nothing.
 */
export interface FindingAct {
	fact: FindingFact;
	/** the person's name */
	by: string;
	wallAt: number;
}

export interface CitedObservation {
	observation: ObservationId;
	team: TeamId;
}

/**
 * The observations on which each finding rests, in the order in which they came. What a finding had goes with it when it
 * becomes part of another; an observation may be evidence of several.
 */
export function readEvidence(acts: Iterable<FindingAct>): Map<FindingId, CitedObservation[]> {
	const found = new Map<FindingId, Map<ObservationId, TeamId>>();
	const of = (finding: FindingId) => {
		const own = found.get(finding) ?? new Map<ObservationId, TeamId>();
		found.set(finding, own);
		return own;
	};
	for (const { fact } of acts) {
		if (fact.kind === 'finding-evidenced') {
			if (fact.on) of(fact.finding).set(fact.observation, fact.of);
			else of(fact.finding).delete(fact.observation);
		} else if (fact.kind === 'finding-merged') {
			for (const [observation, team] of of(fact.finding)) of(fact.into).set(observation, team);
			found.delete(fact.finding);
		}
	}
	return new Map(
		[...found]
			.filter(([, own]) => own.size > 0)
			.map(([finding, own]) => [finding, [...own].map(([observation, team]) => ({ observation, team }))])
	);
}

/** What a country says in a round. `silent`: it has agreed, because the deadline passed and it said nothing. */
export type Standing = 'waiting' | 'commented' | 'agreed' | 'objected' | 'silent';

export interface Said {
	what: 'commented' | 'agreed' | 'objected';
	words: string;
	by: string;
	wallAt: number;
}

export interface Round {
	number: number;
	content: FrozenFinding;
	fingerprint: string;
	/** wall time, ms */
	deadline: number;
	circulatedAt: number;
	by: string;
	/** in the order in which they were asked; what each said, first to last */
	said: Map<CountryCode, Said[]>;
}

export interface Circulation {
	finding: FindingId;
	/** first to last: only the last one is open, and what was agreed is agreed for its own text alone */
	rounds: Round[];
	/** the countries that let the others read what they say */
	open: Set<CountryCode>;
}

export function readCirculations(acts: Iterable<FindingAct>): Map<FindingId, Circulation> {
	const found = new Map<FindingId, Circulation>();
	for (const { fact, by, wallAt } of acts) {
		const before = found.get(fact.finding);
		switch (fact.kind) {
			case 'finding-circulated': {
				const { finding, round: number, content, fingerprint, deadline, countries } = fact;
				const circulation = before ?? { finding, rounds: [], open: new Set() };
				const said = new Map(countries.map((country) => [country, [] as Said[]]));
				circulation.rounds.push({ number, content, fingerprint, deadline, circulatedAt: wallAt, by, said });
				found.set(finding, circulation);
				break;
			}
			case 'finding-commented':
			case 'finding-agreed':
			case 'finding-objected':
				before?.rounds
					.find(({ number }) => number === fact.round)
					?.said.get(fact.country)
					?.push({ what: whatOf[fact.kind], words: fact.words, by, wallAt });
				break;
			case 'finding-opened':
				if (fact.on) before?.open.add(fact.country);
				else before?.open.delete(fact.country);
				break;
		}
	}
	return found;
}

const whatOf = {
	'finding-commented': 'commented',
	'finding-agreed': 'agreed',
	'finding-objected': 'objected'
} as const;

/** Whether countries may still say something. `now`: wall time, ms. */
export const isOpen = ({ deadline }: Pick<Round, 'deadline'>, now: number): boolean => now < deadline;

/**
 * Where a country stands in a round: it agreed or objected, as it said last; else it commented; else nothing, which is
 * agreement once the deadline has passed. A comment breaks the silence, and is no agreement.
 */
export function standingOf(
	round: Pick<Round, 'deadline' | 'said'>,
	country: CountryCode,
	now: number
): Standing {
	const said = round.said.get(country) ?? [];
	const last = said.findLast(({ what }) => what !== 'commented');
	if (last) return last.what;
	if (said.length > 0) return 'commented';
	return isOpen(round, now) ? 'waiting' : 'silent';
}

/**
 * What a round came to. `agreed`: every country agreed, in words or by silence; `objected`: one did not; `commented`: the
 * deadline passed and one only commented; `waiting`: it is not known yet.
 */
export type Outcome = 'waiting' | 'agreed' | 'objected' | 'commented';

export function outcomeOf(round: Pick<Round, 'deadline' | 'said'>, now: number): Outcome {
	const all = [...round.said.keys()].map((country) => standingOf(round, country, now));
	if (all.includes('objected')) return 'objected';
	if (all.every((one) => one === 'agreed' || one === 'silent')) return 'agreed';
	return isOpen(round, now) ? 'waiting' : 'commented';
}
