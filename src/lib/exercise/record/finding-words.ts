import { countryName } from '#lib/standards/countries.ts';
import type { FindingFact } from '../finding/schema.ts';
import type { FactWords, RecordContext } from './sentence.ts';

/** The texts that facts about findings are told in. */
export type FindingText =
	`finding.record.${'cited' | 'uncited' | 'merged' | 'circulated' | 'commented' | 'agreed' | 'objected' | 'opened' | 'closed' | 'untitled'}`;

/**
 * What happened to a finding, for exercise control: that a country commented, never what it said. Its words are read on
 * the page of findings, by whoever may.
 */
export function findingWords(
	fact: FindingFact,
	{ say, teamName }: Pick<RecordContext, 'say' | 'teamName'>
): FactWords {
	const named = (title: string) => title.trim() || say('finding.record.untitled');
	const title = named(fact.title);
	const only = (sentence: string, detail = ''): FactWords => ({ sentence, detail });
	switch (fact.kind) {
		case 'finding-evidenced':
			return only(
				say(fact.on ? 'finding.record.cited' : 'finding.record.uncited', { title, team: teamName(fact.of) })
			);
		case 'finding-merged':
			return only(say('finding.record.merged', { title, into: named(fact.intoTitle) }));
		case 'finding-circulated':
			return only(
				say('finding.record.circulated', { title, round: fact.round }),
				fact.countries.map(countryName).join(', ')
			);
		case 'finding-opened':
			return only(
				say(fact.on ? 'finding.record.opened' : 'finding.record.closed', {
					title,
					country: countryName(fact.country)
				})
			);
		default:
			return only(say(`finding.record.${saidAs[fact.kind]}`, { title, country: countryName(fact.country) }));
	}
}

const saidAs = {
	'finding-commented': 'commented',
	'finding-agreed': 'agreed',
	'finding-objected': 'objected'
} as const;
