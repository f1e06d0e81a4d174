import { z } from 'zod';
import { command, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { RecordId, TeamId } from '../ids.ts';
import { playsIn } from '../exercise/access.ts';
import { id } from '../exercise/schema.ts';
import { notInPlay } from '../team/commands.ts';
import type { WorkingState } from '../working/record.ts';
import {
	assessmentSchema,
	incidentContentSchema,
	incidentStates,
	nextIncidentStates,
	type Incident
} from './schema.ts';

type State = WorkingState<Incident>;

/** Anybody in the team keeps the record: who did what is written down by the server. */
export const openIncident = command({
	name: 'incident.open',
	input: z.object({ team: id<TeamId>(), content: incidentContentSchema }),
	decide({ exercise, team, count }: State, { content }, actor, { mint, exercise: now }: Moment): Decision {
		if (!team || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const record = mint<RecordId>();
		const number = count + 1;
		return {
			facts: [
				{
					kind: 'incident-opened',
					team: team.id,
					record,
					number,
					tlp: content.tlp,
					content: { ...content, awareAt: content.awareAt ?? now }
				}
			],
			result: { record, number }
		};
	}
});

export const updateIncident = command({
	name: 'incident.update',
	input: z.object({
		record: id<RecordId>(),
		// without defaults: what is left out stays as it is
		changes: z.object(withoutDefaults(incidentContentSchema.shape)).partial()
	}),
	decide({ exercise, team, record }: State, { changes }, actor): Decision {
		if (!team || !record || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const { number, content } = record.standing;
		if (Object.keys(changes).length === 0) return refuse('invalid', 'Nothing was changed.');
		const title = changes.title ?? content.title;
		return {
			facts: [
				{
					kind: 'incident-updated',
					team: team.id,
					record: record.id,
					number,
					title,
					tlp: changes.tlp ?? content.tlp,
					changes
				}
			]
		};
	}
});

export const moveIncident = command({
	name: 'incident.move',
	input: z.object({
		record: id<RecordId>(),
		to: z.enum(incidentStates),
		reason: z.string().trim().max(4000).default('')
	}),
	decide({ exercise, team, record }: State, { to, reason }, actor): Decision {
		if (!team || !record || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const { number, state, content } = record.standing;
		if (state === to) return refuse('stale', 'Somebody has moved it there already.');
		if (!nextIncidentStates(state).includes(to))
			return refuse('not-now', `An incident that is “${state}” cannot become “${to}” next.`);
		if (['not-an-incident', 'duplicate', 'transferred'].includes(to) && reason === '')
			return refuse('invalid', 'Say why: who reads this later was not here.');
		const { title, tlp } = content;
		return {
			facts: [
				{
					kind: 'incident-moved',
					team: team.id,
					record: record.id,
					number,
					title,
					tlp,
					from: state,
					to,
					reason
				}
			]
		};
	}
});

export const assessIncident = command({
	name: 'incident.assess',
	input: z.object({ record: id<RecordId>(), assessment: assessmentSchema }),
	decide({ exercise, team, record }: State, { assessment }, actor): Decision {
		if (!team || !record || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		if (assessment.answer === 'yes' && assessment.criteria.length === 0 && assessment.reason === '')
			return refuse('invalid', 'Say why: choose what it meets, or write the reason.');
		const { number, content } = record.standing;
		return {
			facts: [
				{
					kind: 'incident-assessed',
					team: team.id,
					record: record.id,
					number,
					title: content.title,
					tlp: content.tlp,
					assessment
				}
			]
		};
	}
});

export const incidentCommands = {
	'incident.open': openIncident,
	'incident.update': updateIncident,
	'incident.move': moveIncident,
	'incident.assess': assessIncident
} as const;

function withoutDefaults<Shape extends z.ZodRawShape>(
	shape: Shape
): { [K in keyof Shape]: Shape[K] extends z.ZodDefault<infer Inner> ? Inner : Shape[K] } {
	return Object.fromEntries(
		Object.entries(shape).map(([key, type]) => [key, type instanceof z.ZodDefault ? type.unwrap() : type])
	) as never;
}
