import { countryName } from '#lib/standards/countries.ts';
import type { AarFact } from '../aar/schema.ts';
import type { FactWords, RecordContext } from './sentence.ts';

/** The texts that facts about the after-action report are told in. */
export type AarText =
	`aar.record.${'handedOver' | 'takenBack' | 'takenOver' | 'circulated' | 'commented' | 'agreed' | 'objected' | 'published'}`;

/** What happened to the report, for exercise control: never what a country wrote or said. */
export function aarWords(fact: AarFact, { say }: Pick<RecordContext, 'say'>): FactWords {
	const only = (sentence: string, detail = ''): FactWords => ({ sentence, detail });
	const country = 'country' in fact ? countryName(fact.country) : '';
	const { version } = fact;
	switch (fact.kind) {
		case 'contribution-handed-over':
			return only(say('aar.record.handedOver', { country, version }));
		case 'contribution-taken-back':
			return only(say('aar.record.takenBack', { country, version }));
		case 'passage-taken-over':
			return only(say('aar.record.takenOver', { country, version }));
		case 'aar-circulated':
			return only(say('aar.record.circulated', { version }), fact.countries.map(countryName).join(', '));
		case 'aar-commented':
			return only(say('aar.record.commented', { country, version }));
		case 'aar-agreed':
			return only(say('aar.record.agreed', { country, version }));
		case 'aar-objected':
			return only(say('aar.record.objected', { country, version }));
		case 'aar-published':
			return only(say('aar.record.published', { version }));
	}
}
