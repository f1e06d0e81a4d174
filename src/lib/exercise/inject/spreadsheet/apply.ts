import { generateNKeysBetween } from 'fractional-indexing';
import * as Y from 'yjs';
import type { InjectId } from '../../ids.ts';
import { emptyRichText, writeFragment } from '../../rich-text.ts';
import {
	addInject,
	bodyOf,
	orderOf,
	readInject,
	scriptInjects,
	setFields,
	type ExpectedAction,
	type Schedule
} from '../schema.ts';
import type { Addition, Plan } from './plan.ts';
import { keepingLink } from '../schedule.ts';
import { rowKey } from './candidates.ts';
import { withActionIds } from './condition-cell.ts';
import { lineText } from './table.ts';

/**
 * Writes a plan into a script in one Yjs transaction: all of it or, when anything throws before, nothing. The plan must
 * have been made from this very document (`makePlan` with `readScript(doc)`). Returns the ids of what was added, by row.
 */
export function applyPlan(doc: Y.Doc, plan: Plan, mintId: () => InjectId): Map<number, InjectId> {
	const ids = new Map<number, InjectId>(plan.added.map(({ row }) => [row, mintId()]));
	const named = new Map<string, InjectId>([...ids].map(([row, id]) => [rowKey(row), id]));
	const of = (inject: InjectId) => named.get(inject) ?? inject;
	/** the ids that actions of the file got, by those that conditions of the file call them */
	const actionIds = new Map<string, string>();
	const resolved = (schedule: Schedule): Schedule => {
		if (schedule.mode === 'after') return { ...schedule, inject: of(schedule.inject) };
		if (schedule.mode !== 'condition') return schedule;
		const clauses = schedule.when.clauses.map((clause) => ({
			...clause,
			inject: of(clause.inject),
			action: clause.action === null ? null : (actionIds.get(clause.action) ?? clause.action)
		}));
		return { ...schedule, when: { ...schedule.when, clauses } };
	};
	const orders = orderKeys(doc, plan);
	doc.transact(() => {
		const records = scriptInjects(doc);
		for (const { inject, values } of plan.changed) {
			const record = records.get(inject.id);
			if (!record) throw new Error(`The plan changes an inject that the script does not have: ${inject.id}`);
			const { body, schedule: _, ...plain } = values;
			if (plain.expectedActions) {
				const before = readInject(inject.id, record).expectedActions;
				plain.expectedActions = withIds(plain.expectedActions, before, mintId, actionIds);
			}
			setFields(record, plain);
			if (body) {
				let fragment = bodyOf(record);
				if (!fragment) record.set('body', (fragment = new Y.XmlFragment()));
				writeFragment(fragment, body);
			}
		}
		for (const { row, values } of plan.added) {
			const id = ids.get(row)!;
			addInject(
				doc,
				{
					...values,
					id,
					body: values.body ?? emptyRichText(),
					schedule: { mode: 'manual' },
					expectedActions: withIds(values.expectedActions, [], mintId, actionIds)
				},
				orders.get(row)!
			);
		}
		// last, when every inject and every action has its id
		for (const { inject, values } of plan.changed)
			if (values.schedule)
				setFields(records.get(inject.id)!, {
					schedule: keepingLink(inject.schedule, resolved(values.schedule))
				});
		for (const { row, values } of plan.added)
			setFields(records.get(ids.get(row)!)!, { schedule: resolved(values.schedule) });
		// spreadsheets name an action by its number in the list
		const written = [...plan.changed.map(({ inject }) => inject.id), ...ids.values()];
		for (const id of written) {
			const record = records.get(id)!;
			const schedule = withActionIds(
				record.get('schedule') as Schedule,
				(other) => records.get(other)?.get('expectedActions') as ExpectedAction[] | undefined
			);
			if (schedule) setFields(record, { schedule });
		}
	});
	return ids;
}

/** An action that says the same keeps its id: what evaluators noted on it stays with it. */
function withIds(
	actions: readonly ExpectedAction[],
	before: readonly ExpectedAction[],
	mintId: () => string,
	actionIds: Map<string, string>
): ExpectedAction[] {
	const free = [...before];
	return actions.map((action) => {
		const index = free.findIndex((other) => lineText(other.text) === action.text);
		const known = index >= 0 ? free.splice(index, 1)[0] : undefined;
		const id = known?.id ?? mintId();
		if (action.id !== '') actionIds.set(action.id, id);
		return { ...action, id };
	});
}

/** Order keys by row: what is new stands where the file has it, between the injects that are there already. */
function orderKeys(doc: Y.Doc, plan: Plan): Map<number, string> {
	const ordered = [...scriptInjects(doc).entries()]
		.filter(([, record]) => record instanceof Y.Map)
		.map(([id, record]) => ({ id, order: orderOf(record) }))
		.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id < b.id ? -1 : 1));
	const position = new Map(ordered.map(({ id }, index) => [id, index]));
	const firstInFile = [...plan.changed, ...plan.unchanged].sort((a, b) => a.row - b.row)[0]?.inject.id;
	const groups = new Map<InjectId | null, Addition[]>();
	for (const addition of plan.added)
		groups.set(addition.follows, [...(groups.get(addition.follows) ?? []), addition]);
	const keys = new Map<number, string>();
	for (const [follows, additions] of groups) {
		// without a neighbour before it in the file: before the one that comes after it, or at the end of the script
		const at =
			follows !== null
				? (position.get(follows) ?? ordered.length - 1)
				: firstInFile !== undefined
					? position.get(firstInFile)! - 1
					: ordered.length - 1;
		const made = keysBetween(ordered[at]?.order ?? null, ordered[at + 1]?.order ?? null, additions.length);
		additions.forEach(({ row }, index) => keys.set(row, made[index]!));
	}
	return keys;
}

/** Keys between two; a page with keys that are equal or not ours gets keys after the first, or at the end. */
function keysBetween(before: string | null, after: string | null, count: number): string[] {
	for (const [a, b] of [
		[before, after],
		[before, null],
		[null, null]
	] as const) {
		try {
			return generateNKeysBetween(a, b, count);
		} catch {
			// the next pair asks for less
		}
	}
	return [];
}
