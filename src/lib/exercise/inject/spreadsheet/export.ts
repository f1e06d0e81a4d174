import { markingOf } from '../../exercise/kind.ts';
import { strictestTlp, tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import type { TeamId } from '../../ids.ts';
import type { Inject, Schedule } from '../schema.ts';
import { actionsToText } from './actions.ts';
import { bodyToText } from './body.ts';
import { conditionCell } from './condition-cell.ts';
import { musterColumns, type MusterHeading, type Target } from './columns.ts';
import type { Mapping } from './headings.ts';
import type { KnownTeam } from './recipients.ts';
import { isoTime } from './times.ts';
import { joinList, lineText, neutralise, plainText, type Cell } from './table.ts';

export interface ExportContext {
	/** the zone in which exercise time is told; times carry their offset, so any reader gets the same moment */
	timeZone: string;
	teams: readonly KnownTeam[];
	/** the state of an inject as people call it, for the column `status` */
	status?: (inject: Inject) => string;
}

/** The columns in which export writes; reading our own file needs no guess. The heading row is the first. */
export const exportMapping: Mapping = {
	headerRow: 0,
	columns: musterColumns.map(({ target }): Target => target),
	dateOrder: 'dmy',
	bareTimes: 'elapsed'
};

/**
 * A script as rows: the headings of DOMAIN 4.4 in their order, then one row for each inject, teams by name. Texts that
 * could run as formulas have an apostrophe before them. Reading the rows again gives no difference.
 */
export function exportRows(injects: readonly Inject[], context: ExportContext): Cell[][] {
	const references = new Map<string, number>();
	for (const inject of injects) {
		const key = lineText(inject.reference).toLowerCase();
		references.set(key, (references.get(key) ?? 0) + 1);
	}
	const names = new Map(
		injects.map((inject): [string, string] => {
			const reference = lineText(inject.reference);
			return [
				inject.id,
				reference !== '' && references.get(reference.toLowerCase()) === 1 ? reference : inject.id
			];
		})
	);
	const byId = new Map<string, Inject>(injects.map((inject) => [inject.id, inject]));
	const teams = new Map<TeamId, string>(context.teams.map((team) => [team.id, team.name]));
	const rows = injects.map((inject, index) => {
		const cells = injectCells(inject, index + 1, context, names, teams, byId);
		return musterColumns.map(({ heading }): Cell => {
			const cell = cells[heading];
			return typeof cell === 'string' ? (cell === '' ? null : neutralise(cell)) : cell;
		});
	});
	return [musterColumns.map(({ heading }) => heading), ...rows];
}

function injectCells(
	inject: Inject,
	serial: number,
	context: ExportContext,
	names: ReadonlyMap<string, string>,
	teams: ReadonlyMap<TeamId, string>,
	byId: ReadonlyMap<string, Inject>
): Record<MusterHeading, Cell> {
	const { schedule, to } = inject;
	const gap = schedule.mode === 'offset' || schedule.mode === 'after' ? schedule.seconds : null;
	return {
		serial,
		id: lineText(inject.reference),
		storyline: lineText(inject.storyline),
		category: inject.category,
		level: inject.level,
		ex_time: schedule.mode === 'at' ? isoTime(schedule.at, context.timeZone) : null,
		offset_min: lengthCell(gap),
		after_id: schedule.mode === 'after' ? (names.get(schedule.inject) ?? schedule.inject) : null,
		title: lineText(inject.title),
		from: lineText(inject.from),
		to_countries: joinList([...(to.all ? ['ALL'] : []), ...to.countries]),
		to_teams: joinList(to.teams.map((team) => teams.get(team) ?? team)),
		to_roles: joinList(to.levels),
		channel: inject.channel,
		tlp: tlpLabel(inject.tlp),
		body: bodyToText(inject.body),
		expected_actions: actionsToText(inject.expectedActions),
		window_min: lengthCell(inject.windowSeconds),
		objectives: joinList(inject.objectives),
		capabilities: joinList(inject.capabilities),
		controller: lineText(inject.controller),
		evaluator_notes: plainText(inject.evaluatorNotes),
		controller_notes: plainText(inject.controllerNotes),
		ack_required: inject.acknowledgementRequired ? 'yes' : 'no',
		response_required: inject.responseRequired ? 'yes' : 'no',
		attachments: null,
		status: context.status ? lineText(context.status(inject)) : null,
		schedule_mode: schedule.mode,
		condition:
			schedule.mode === 'contingency'
				? plainText(schedule.condition)
				: schedule.mode === 'condition'
					? conditionCell(
							schedule,
							(id) => clauseName(names.get(id) ?? id, id),
							(id) => byId.get(id)?.expectedActions
						)
					: null,
		acknowledge_within_min: lengthCell(inject.acknowledgeWithin),
		respond_within_min: lengthCell(inject.respondWithin),
		muster_id: inject.id
	};
}

/** A reference that could be read as a part of the condition gives way to the inject's id. */
const clauseName = (reference: string, id: string) =>
	/(?:^|\s)(?:not|and|or|within|did|acknowledged|answered|responded)(?:\s|$)/i.test(reference)
		? id
		: reference;

/** Whole minutes as a number that can be reckoned with; otherwise `-1:02:03`, so that no second is lost. */
function lengthCell(seconds: number | null): Cell {
	if (seconds === null) return null;
	return seconds % 60 === 0 ? seconds / 60 : colons(seconds);
}

/** `1:02:03`, `-0:00:30`. */
function colons(seconds: number): string {
	const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
	const length = Math.abs(seconds);
	return `${seconds < 0 ? '-' : ''}${Math.floor(length / 3600)}:${two((length / 60) % 60)}:${two(length % 60)}`;
}

/** The label of the whole file: the strictest of the exercise and its injects (DOMAIN 3.1). */
export function exportTlp(exerciseTlp: Tlp, injects: readonly Inject[]): Tlp {
	return strictestTlp([exerciseTlp, ...injects.map((inject) => inject.tlp)]);
}

/** What stands above the headings: marking, label, where the file comes from. Import passes over it. */
export function exportTitle(exerciseName: string, cell: string, tlp: Tlp): string {
	return `${markingOf({ kind: 'exercise' })} · ${tlpLabel(tlp)} · ${lineText(exerciseName)} · script ${cell}`;
}

/** `EX_Cyber-Europe-2026_script_central_TLP-AMBER.xlsx`: marked as exercise even on the disk of the reader (DOMAIN 11.5). */
export function exportFileName(
	exerciseName: string,
	cell: string,
	tlp: Tlp,
	extension: 'xlsx' | 'csv'
): string {
	const safe = (text: string) =>
		text
			.normalize('NFKD')
			.replace(/\p{M}+/gu, '')
			.replace(/[^A-Za-z0-9]+/g, '-')
			.replace(/^-+|-+$/g, '')
			.slice(0, 60);
	return `EX_${safe(exerciseName) || 'exercise'}_script_${safe(cell)}_${safe(tlpLabel(tlp))}.${extension}`;
}

/** A schedule for people, in no language: `2026-06-10 09:30 +02:00`, `STARTEX +1:30:00`, `CE-GR-1 +0:15:00`. */
export function scheduleText(schedule: Schedule, timeZone: string, name: (inject: string) => string): string {
	const signed = (seconds: number) => (seconds < 0 ? '' : '+') + colons(seconds);
	switch (schedule.mode) {
		case 'at':
			return isoTime(schedule.at, timeZone)
				.replace('T', ' ')
				.replace(/:00(?=[+-])/, '')
				.replace(/(?=[+-]\d\d:\d\d$)/, ' ');
		case 'offset':
			return `STARTEX ${signed(schedule.seconds)}`;
		case 'after':
			return `${name(schedule.inject)} ${signed(schedule.seconds)}`;
		case 'contingency':
			return schedule.condition === '' ? 'contingency' : `contingency: ${schedule.condition}`;
		case 'condition':
			return conditionCell(
				schedule,
				(id) => name(id),
				() => undefined
			);
		default:
			return 'manual';
	}
}
