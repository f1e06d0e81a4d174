import { z } from 'zod';
import { command, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { RecordId, TeamId } from '../ids.ts';
import { playsIn } from '../exercise/access.ts';
import { id, longText } from '../exercise/schema.ts';
import { notInPlay } from '../team/commands.ts';
import type { WorkingState } from '../working/record.ts';
import { indicatorContentSchema, type Indicator, type IndicatorContent } from './schema.ts';

type State = WorkingState<Indicator>;

export const addIndicator = command({
	name: 'indicator.add',
	input: z.object({ team: id<TeamId>(), content: indicatorContentSchema }),
	decide({ exercise, team, count }: State, { content }, actor, { mint }: Moment): Decision {
		if (!team || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const record = mint<RecordId>();
		const number = count + 1;
		return {
			facts: [
				{
					kind: 'indicator-added',
					team: team.id,
					record,
					number,
					tlp: content.tlp,
					content: content as IndicatorContent
				}
			],
			result: { record, number }
		};
	}
});

export const withdrawIndicator = command({
	name: 'indicator.withdraw',
	input: z.object({ record: id<RecordId>(), reason: longText('Reason') }),
	decide({ exercise, team, record }: State, { reason }, actor): Decision {
		if (!team || !record || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const { number, content, withdrawn } = record.standing;
		if (withdrawn !== null) return refuse('stale', 'Somebody has withdrawn it already.');
		return {
			facts: [
				{
					kind: 'indicator-withdrawn',
					team: team.id,
					record: record.id,
					number,
					value: content.value,
					tlp: content.tlp,
					reason
				}
			]
		};
	}
});

export const indicatorCommands = {
	'indicator.add': addIndicator,
	'indicator.withdraw': withdrawIndicator
} as const;
