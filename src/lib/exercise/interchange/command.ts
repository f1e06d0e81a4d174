import { z } from 'zod';
import { command, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { RecordId, TeamId } from '../ids.ts';
import { playsIn } from '../exercise/access.ts';
import { exerciseKinds, id, type Exercise, type Team } from '../exercise/schema.ts';
import type { Fact } from '../facts.ts';
import { incidentContentSchema, type Incident } from '../incident/schema.ts';
import {
	externalId,
	indicatorContentSchema,
	type Indicator,
	type IndicatorContent
} from '../indicator/schema.ts';
import { notInPlay } from '../team/commands.ts';
import { planImport, type Incoming, type OwnNames } from './items.ts';
import { interchangeLimits } from './read.ts';
import { isOwnName, marksOfItems, otherKind, relabelled } from './relabel.ts';

export interface InterchangeState {
	exercise: Exercise;
	team: Team | null;
	/** what the team has under the ids that the input names */
	known: {
		incidents: { id: RecordId; standing: Pick<Incident, 'content' | 'number'> }[];
		indicators: { id: RecordId; standing: Pick<Indicator, 'content' | 'number'> }[];
	};
	/** what the team may have exported itself */
	own: OwnNames;
	counts: { incidents: number; indicators: number };
}

/**
 * Takes what was chosen of a file over into a team's records, all or nothing. What the team has already under the same id
 * is changed or left as it is, so that importing twice makes no duplicates.
 */
export const importItems = command({
	name: 'interchange.import',
	input: z.object({
		team: id<TeamId>(),
		format: z.enum(['stix', 'misp']),
		items: z
			.array(
				z.discriminatedUnion('kind', [
					z.object({ kind: z.literal('incident'), external: externalId, content: incidentContentSchema }),
					z.object({
						kind: z.literal('indicator'),
						external: externalId,
						content: indicatorContentSchema,
						ofIncident: externalId.nullable()
					})
				])
			)
			.min(1, 'Choose at least one object.')
			.max(interchangeLimits.items),
		/** as what the file was marked, as its reader found */
		marks: z.array(z.enum(exerciseKinds)).max(2).default([]),
		/** the person's own name: what is marked as of the other kind is to come in all the same */
		relabel: z.string().trim().max(200).default('')
	}),
	decide(
		{ exercise, team, known, own, counts }: InterchangeState,
		{ items, marks, relabel, format },
		actor,
		{ mint, exercise: now }: Moment
	): Decision {
		if (!team || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const from = otherKind(exercise.kind, [...marks, ...marksOfItems(items as Incoming[])]);
		if (from !== null && !isOwnName(relabel, actor.name))
			return refuse(
				'invalid',
				from === 'exercise'
					? 'This is marked as exercise, and this room is real. Write your own name to take it over as real.'
					: 'This is marked as real, and this is an exercise. Write your own name to take it over as exercise.',
				{ marked: from }
			);
		const wanted = from === null ? items : relabelled(items, exercise.kind);
		const planned = planImport(wanted as Incoming[], known, own);
		const records = new Map<string, RecordId | null>([
			...own,
			...known.incidents.flatMap((one) =>
				one.standing.content.external ? [[one.standing.content.external, one.id] as const] : []
			)
		]);
		const facts: Fact[] = [];
		let { incidents, indicators } = counts;
		for (const item of planned) {
			if (item.kind !== 'incident') continue;
			const content = { ...item.content, external: item.external };
			const { title, tlp } = content;
			if (item.state === 'new') {
				const record = mint<RecordId>();
				records.set(item.external, record);
				facts.push({
					kind: 'incident-opened',
					team: team.id,
					record,
					number: ++incidents,
					tlp,
					content: { ...content, awareAt: content.awareAt ?? now }
				});
			} else if (item.state === 'changed') {
				const { number } = known.incidents.find((one) => one.id === item.record)!.standing;
				const { awareAt: _aware, occurredAt: _occurred, ...changes } = content;
				facts.push({
					kind: 'incident-updated',
					team: team.id,
					record: item.record!,
					number,
					title,
					tlp,
					changes
				});
			}
		}
		for (const item of planned) {
			if (item.kind !== 'indicator' || item.state === 'same') continue;
			const content: IndicatorContent = {
				...item.content,
				external: item.external,
				incident: item.ofIncident === null ? null : (records.get(item.ofIncident) ?? null)
			};
			const { tlp, value } = content;
			if (item.state === 'new')
				facts.push({
					kind: 'indicator-added',
					team: team.id,
					record: mint<RecordId>(),
					number: ++indicators,
					tlp,
					content
				});
			else {
				const { number } = known.indicators.find((one) => one.id === item.record)!.standing;
				facts.push({
					kind: 'indicator-changed',
					team: team.id,
					record: item.record!,
					number,
					value,
					tlp,
					content
				});
			}
		}
		if (facts.length === 0)
			return refuse('duplicate', 'Your team has all of this already, and nothing has changed.');
		if (from !== null)
			facts.unshift({
				kind: 'records-relabelled',
				team: team.id,
				format,
				from,
				objects: facts.length,
				confirmed: relabel
			});
		const same = planned.filter((item) => item.state === 'same').length;
		return { facts, result: { taken: facts.length - (from === null ? 0 : 1), same } };
	}
});
