import { fingerprint } from '../../fingerprint.ts';
import type { InjectId } from '../../ids.ts';
import type { ExpectedAction, Inject, Schedule } from '../schema.ts';
import { actionsToText } from '../spreadsheet/actions.ts';
import { bodyToText } from '../spreadsheet/body.ts';
import {
	rowKey,
	type Candidate,
	type ReadContext,
	type ReadRows,
	type RowProblem,
	type UnknownName
} from '../spreadsheet/candidates.ts';
import type { Target } from '../spreadsheet/columns.ts';
import type { Proposal } from '../spreadsheet/headings.ts';
import { nobody, recipientReader, similarTeams } from '../spreadsheet/recipients.ts';
import { foldWord, joinList, lineText, type Sheet } from '../spreadsheet/table.ts';
import {
	foreignFields,
	foreignIdField,
	type ForeignExercise,
	type ForeignField,
	type ForeignInject,
	type ForeignSchedule
} from './shape.ts';

/** A foreign export as a table for people, a row for each inject: what the preview shows. Nothing is read from it. */
export function foreignSheet(exercise: ForeignExercise): Sheet {
	return {
		name: exercise.title || exercise.tool,
		rows: exercise.injects.map((inject) => {
			const cells: Record<ForeignField, string> = {
				reference: inject.reference,
				title: inject.title,
				time: whenText(inject.schedule),
				from: inject.from,
				to: inject.everyone ? 'ALL' : joinList(inject.recipients),
				channel: inject.channel ?? '',
				body: bodyToText(inject.body),
				expectedActions: actionsToText(inject.expectedActions.map((action) => withId('', action))),
				objectives: joinList(inject.objectives),
				storyline: inject.storyline,
				controllerNotes: inject.controllerNotes,
				evaluatorNotes: inject.evaluatorNotes,
				otherFields: inject.otherFields.map(({ name, value }) => `${name}: ${value}`).join('\n')
			};
			return foreignFields.map((name) => cells[name] || null);
		})
	};
}

/** How it is read: there is nothing to guess. Each column is itself, or left out. */
export function foreignProposal(headings: (name: ForeignField) => string): Proposal {
	return {
		template: 'unknown',
		headerRow: null,
		columns: foreignFields.map((name): Target => name),
		confidence: foreignFields.map(() => 1),
		headings: foreignFields.map(headings),
		dateOrder: 'dmy',
		dateOrderCertain: true,
		bareTimes: undefined
	};
}

function whenText(schedule: ForeignSchedule): string {
	switch (schedule.mode) {
		case 'offset':
			return `STARTEX + ${schedule.seconds} s`;
		case 'after':
			return `${schedule.foreignId} + ${schedule.seconds} s`;
		case 'did':
			return schedule.words;
		case 'contingency':
			return schedule.condition;
		default:
			return 'manual';
	}
}

/** Foreign injects as candidates for a script: names as teams, other injects as those of the script or of the file. */
export function foreignCandidates(
	exercise: ForeignExercise,
	columns: readonly Target[],
	context: ReadContext
): ReadRows {
	const taken = new Set<Target>(foreignFields.filter((name, index) => columns[index] === name));
	const problems: RowProblem[] = exercise.problems.map((message) => ({
		row: null,
		column: null,
		cellText: '',
		message,
		severity: 'error'
	}));
	const unknown = new Map<string, UnknownName>();
	const reader = recipientReader({
		teams: context.teams,
		...(context.matches && { matches: context.matches })
	});
	const matched = matchInjects(exercise, context.script);
	const rowOf = new Map<string, number>();
	exercise.injects.forEach(({ foreignId }, row) => rowOf.has(foreignId) || rowOf.set(foreignId, row));
	const skipped: ReadRows['skipped'] = [];
	const candidates: Candidate[] = [];
	exercise.injects.forEach((inject, row) => {
		if (context.leaveOut?.has(row)) {
			skipped.push({ row, reason: 'left-out', text: inject.title });
			return;
		}
		const say = (name: ForeignField | null, severity: RowProblem['severity'], message: string) => {
			const column = name === null ? -1 : foreignFields.indexOf(name);
			if (name !== null && !taken.has(name) && name !== 'reference' && name !== 'title') return;
			problems.push({ row, column: column < 0 ? null : column, cellText: '', message, severity });
		};
		for (const { field, severity, message } of inject.problems) say(field, severity, message);
		const values = valuesOf(exercise, inject);
		values.schedule = resolve(inject.schedule);
		const to = nobody();
		to.all = inject.everyone;
		const names = inject.recipients.flatMap((name) => reader.read(name.replaceAll(';', '\\;'), 'any', to));
		values.to = to;
		if (taken.has('to') && names.length > 0) {
			for (const name of names) {
				const key = foldWord(name) || name;
				const entry = unknown.get(key) ?? { name, key, rows: [], similar: similarTeams(name, context.teams) };
				entry.rows.push(row);
				unknown.set(key, entry);
			}
			const shown = names.slice(0, 5).map((name) => `“${name.slice(0, 60)}”`);
			say(
				'to',
				'error',
				`${shown.join(', ')}${names.length > 5 ? ' …' : ''}: no team, country or level of this exercise.`
			);
		}
		const whenNew: Candidate['whenNew'] = { reference: inject.reference, title: values.title ?? '' };
		leaveOut(values, taken);
		const musterId = (matched.get(row)?.id as InjectId | undefined) ?? null;
		candidates.push({ row, musterId, reference: inject.reference, values, whenNew, direct: true });

		function resolve(schedule: ForeignSchedule): Schedule {
			if (schedule.mode === 'after') {
				const target = injectAt(schedule.foreignId);
				if (target) return { mode: 'after', inject: target, seconds: schedule.seconds };
				say(
					'time',
					'error',
					'The inject that it follows is left out: leave out its time too, or take that in.'
				);
				return { mode: 'manual' };
			}
			if (schedule.mode !== 'did') return schedule;
			const clauses = schedule.any.flatMap(({ foreignId, action }) => {
				const target = injectAt(foreignId);
				return target
					? [
							{
								inject: target,
								act: 'did' as const,
								action: actionAt(foreignId, action),
								not: false,
								withinSeconds: null
							}
						]
					: [];
			});
			const isWhole = clauses.length === schedule.any.length && taken.has('expectedActions');
			return isWhole
				? { mode: 'condition', when: { match: 'any', clauses }, seconds: 0 }
				: { mode: 'contingency', condition: schedule.words };
		}
	});
	return { candidates, problems, skipped, unknownNames: [...unknown.values()] };

	/** The inject of the script that it is already, or the one that this import makes. */
	function injectAt(foreignId: string): InjectId | null {
		const row = rowOf.get(foreignId);
		if (row === undefined) return null;
		const known = matched.get(row);
		return known ? known.id : context.leaveOut?.has(row) ? null : rowKey(row);
	}

	/** An expected action keeps the id that it has in the script. */
	function actionAt(foreignId: string, words: string): string {
		const known = matched.get(rowOf.get(foreignId)!)?.expectedActions;
		return known?.find(({ text }) => lineText(text) === lineText(words))?.id ?? actionId(foreignId, words);
	}
}

/** By the id that the tool gave it, else by its number: an inject of the script is at most one of the file. */
function matchInjects(exercise: ForeignExercise, script: readonly Inject[]): Map<number, Inject> {
	const idField = foreignIdField(exercise.kind);
	const byForeign = new Map<string, Inject>();
	const byReference = new Map<string, Inject>();
	for (const inject of script) {
		const foreign = inject.otherFields.find(({ name }) => name === idField)?.value;
		if (foreign !== undefined) {
			if (!byForeign.has(foreign)) byForeign.set(foreign, inject);
		} else if (lineText(inject.reference) !== '')
			byReference.set(lineText(inject.reference).toLowerCase(), inject);
	}
	const matched = new Map<number, Inject>();
	const used = new Set<Inject>();
	const claim = (row: number, inject: Inject | undefined) => {
		if (!inject || used.has(inject) || matched.has(row)) return;
		matched.set(row, inject);
		used.add(inject);
	};
	exercise.injects.forEach(({ foreignId }, row) => claim(row, byForeign.get(foreignId)));
	exercise.injects.forEach(({ reference }, row) => claim(row, byReference.get(reference.toLowerCase())));
	return matched;
}

function valuesOf(exercise: ForeignExercise, inject: ForeignInject): Candidate['values'] {
	return {
		title: inject.title,
		...(inject.from !== '' && { from: inject.from }),
		...(inject.channel && { channel: inject.channel }),
		...(inject.category && { category: inject.category }),
		body: inject.body,
		expectedActions: inject.expectedActions.map((action) =>
			withId(actionId(inject.foreignId, action.text), action)
		),
		...(inject.objectives.length > 0 && { objectives: inject.objectives }),
		...(inject.storyline !== '' && { storyline: inject.storyline }),
		...(inject.controllerNotes !== '' && { controllerNotes: inject.controllerNotes }),
		...(inject.evaluatorNotes !== '' && { evaluatorNotes: inject.evaluatorNotes }),
		otherFields: [{ name: foreignIdField(exercise.kind), value: inject.foreignId }, ...inject.otherFields]
	};
}

/** What the planner does not take. The tool's id always stays: without it the next import would add everything anew. */
function leaveOut(values: Candidate['values'], taken: ReadonlySet<Target>): void {
	if (!taken.has('title')) delete values.title;
	if (!taken.has('time')) {
		delete values.schedule;
		delete values.category;
	}
	for (const name of [
		'from',
		'to',
		'channel',
		'body',
		'expectedActions',
		'objectives',
		'storyline',
		'controllerNotes',
		'evaluatorNotes'
	] as const)
		if (!taken.has(name)) delete values[name];
	if (!taken.has('otherFields')) values.otherFields = values.otherFields!.slice(0, 1);
}

const withId = (
	id: string,
	{ text, withinSeconds }: ForeignInject['expectedActions'][number]
): ExpectedAction => ({
	id,
	text: lineText(text),
	withinSeconds,
	critical: false
});

/** The same for the same action of the same foreign inject, so that conditions can name it before it is written. */
const actionId = (foreignId: string, words: string): string =>
	`act-${fingerprint([foreignId, lineText(words)]).slice(0, 20)}`;
