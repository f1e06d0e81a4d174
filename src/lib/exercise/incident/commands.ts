import { z } from 'zod';
import { command, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { RecordId, TeamId } from '../ids.ts';
import { playsIn } from '../exercise/access.ts';
import { id } from '../exercise/schema.ts';
import { notInPlay } from '../team/commands.ts';
import { fileIds, namedFiles, teamFileLimits } from '../team/files.ts';
import { changesOf } from '../working/changes.ts';
import type { WorkingState } from '../working/record.ts';
import {
	assessmentSchema,
	incidentContentSchema,
	incidentStates,
	nextIncidentStates,
	type Impact,
	type Incident
} from './schema.ts';

type State = WorkingState<Incident>;

/** Every number says who says so, and for when it holds: when is now, unless somebody said otherwise (DOMAIN 5.1). */
function sourced(impacts: readonly Impact[], now: number | null): Impact[] | Decision {
	const bare = impacts.find((impact) => impact.usersAffected !== null && impact.source === '');
	if (bare)
		return refuse('invalid', 'Say who says how many users are affected: a number needs its source.', {
			row: impacts.indexOf(bare)
		});
	return impacts.map((impact) =>
		impact.usersAffected === null || impact.asOf !== null ? impact : { ...impact, asOf: now }
	);
}

/** Anybody in the team keeps the record: who did what is written down by the server. */
export const openIncident = command({
	name: 'incident.open',
	input: z.object({ team: id<TeamId>(), content: incidentContentSchema }),
	decide({ exercise, team, count }: State, { content }, actor, { mint, exercise: now }: Moment): Decision {
		if (!team || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const impacts = sourced(content.impacts, now);
		if (!Array.isArray(impacts)) return impacts;
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
					content: { ...content, impacts, awareAt: content.awareAt ?? now }
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
		changes: changesOf(incidentContentSchema)
	}),
	decide({ exercise, team, record }: State, { changes }, actor, { exercise: now }: Moment): Decision {
		if (!team || !record || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const { number, content } = record.standing;
		if (Object.keys(changes).length === 0) return refuse('invalid', 'Nothing was changed.');
		const impacts = changes.impacts && sourced(changes.impacts, now);
		if (impacts && !Array.isArray(impacts)) return impacts;
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
					changes: { ...changes, ...(impacts && { impacts }) }
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

/** Files of the team: a screenshot, a log, what a supplier sent. */
export const attachToIncident = command({
	name: 'incident.attach',
	input: z.object({ record: id<RecordId>(), files: fileIds.min(1) }),
	decide({ exercise, team, record, files: known }: State, { files: wanted }, actor): Decision {
		if (!team || !record || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const { number, content, files: present } = record.standing;
		const named = namedFiles(wanted, known);
		if (!named) return notFound();
		const files = named.filter((file) => !present.some((one) => one.file === file.file));
		if (files.length === 0) return refuse('stale', 'These files are with the incident already.');
		if (present.length + files.length > teamFileLimits.filesOfRecord)
			return refuse('too-large', `An incident has at most ${teamFileLimits.filesOfRecord} files.`);
		const { title, tlp } = content;
		return {
			facts: [{ kind: 'incident-file-added', team: team.id, record: record.id, number, title, tlp, files }]
		};
	}
});

export const incidentCommands = {
	'incident.open': openIncident,
	'incident.update': updateIncident,
	'incident.move': moveIncident,
	'incident.assess': assessIncident,
	'incident.attach': attachToIncident
} as const;
