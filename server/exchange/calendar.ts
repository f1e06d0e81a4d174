import ical, { ICalEventStatus } from 'ical-generator';
import { documentName, documentRight } from '#lib/exercise/documents.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { markingOf, markingWordOf } from '#lib/exercise/exercise/kind.ts';
import { planState } from '#lib/exercise/inject/approval.ts';
import { plannedTimes } from '#lib/exercise/inject/schedule.ts';
import { followedIn } from '#lib/exercise/inject/variant.ts';
import { injectFingerprint, readScript } from '#lib/exercise/inject/schema.ts';
import { exportFileName, exportTlp } from '#lib/exercise/inject/spreadsheet/export.ts';
import { fieldText } from '#lib/exercise/inject/spreadsheet/plan.ts';
import { lineText } from '#lib/exercise/inject/spreadsheet/table.ts';
import { isoTime } from '#lib/exercise/inject/spreadsheet/times.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import type { Documents } from '../documents/documents.ts';
import { readTeams } from '../exercises/teams.ts';
import { scriptRight, scriptStatuses } from '../views/script.ts';
import type { ExportedFile } from './script-exchange.ts';

/**
 * A script's plan as a calendar, for whoever may read that script: a file for one's own calendar, not an address that
 * others could find. The time is the approved one, else the planned one; texts of injects stay where they are, because
 * calendars are synchronised to places that nobody checked.
 */
export async function exportCalendar(
	{ database, documents }: { database: Database; documents: Pick<Documents, 'read'> },
	exercise: Exercise,
	actor: Actor,
	wanted: string
): Promise<ExportedFile> {
	const { cell } = scriptRight(exercise, actor, wanted);
	const name = documentName({ exercise: exercise.id, kind: 'script', cell });
	const [page, teams, { statuses }, central] = await Promise.all([
		documents.read(name),
		readTeams(database.db, exercise.id),
		scriptStatuses(database, exercise, actor, cell, null),
		cell === 'central' ? null : centralTimes()
	]);
	const injects = readScript(page);
	const planned = plannedTimes(
		injects,
		exercise.startsAt,
		central ?? undefined,
		followedIn(injects, () => cell)
	);
	const statusOf = new Map(statuses.map((status) => [status.inject, status]));
	const tlp = exportTlp(exercise.tlp, injects);
	const calendar = ical({
		name: lineText(`${markingWordOf(exercise)} · ${tlpLabel(tlp)} · ${exercise.name} · ${cell}`),
		prodId: { company: 'Muster', product: 'plan', language: 'EN' }
	});
	const told = (time: number) => isoTime(time, exercise.timeZone);
	const context = { timeZone: exercise.timeZone, teams, script: injects };
	let events = 0;
	for (const inject of injects) {
		const status = statusOf.get(inject.id);
		const plan = planned.get(inject.id) ?? null;
		const approved = status?.dueAt ?? null;
		const start = approved ?? plan;
		if (start === null) continue;
		events += 1;
		const state = planState(status, () => injectFingerprint(inject));
		calendar.createEvent({
			id: `${inject.id}@${exercise.id}.muster`,
			start: new Date(start),
			...(inject.windowSeconds !== null && { end: new Date(start + inject.windowSeconds * 1000) }),
			summary: lineText(`${markingWordOf(exercise)} · ${inject.reference} ${inject.title}`),
			status: approved === null ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED,
			description: [
				markingOf(exercise),
				tlpLabel(inject.tlp),
				`State: ${state}`,
				...(approved === null ? [] : [`Approved for: ${told(approved)}`]),
				...(plan === null ? [] : [`Planned for: ${told(plan)}`]),
				`To: ${fieldText('to', inject, context)}`,
				`Channel: ${inject.channel}`
			].join('\n')
		});
	}
	await database.db.transaction((tx) =>
		writeAudit(tx, {
			scope: exercise.id,
			actorId: actor.accountId,
			act: 'script.exported',
			detail: { cell, format: 'ics', injects: events, tlp }
		})
	);
	return {
		bytes: new TextEncoder().encode(calendar.toString()),
		fileName: exportFileName(exercise.name, cell, tlp, 'csv').replace(/\.csv$/, '.ics'),
		mediaType: 'text/calendar; charset=utf-8'
	};

	/** A cell's injects may follow central ones; to whoever does not read those, they have no time. */
	async function centralTimes(): Promise<Map<string, number | null> | null> {
		const ref = { exercise: exercise.id, kind: 'script', cell: 'central' } as const;
		if (documentRight(ref, actor, { settings: exercise.settings }) === 'none') return null;
		return plannedTimes(readScript(await documents.read(documentName(ref))), exercise.startsAt);
	}
}
