import type { InjectId } from '../../ids.ts';
import { readCondition, writeCondition } from '../condition-text.ts';
import { conditionLengths } from '../schedule.ts';
import type { Clause, ExpectedAction, Schedule } from '../schema.ts';
import { lineText } from './table.ts';

/*
 * Conditions in a cell are written as in the script page. Like `after`, a clause names its inject as the file does until
 * all rows are read; an expected action is its number in the list, because files have no ids of actions.
 */

/** What a cell can carry: an action without words is none there. */
const numbered = (actions: readonly ExpectedAction[] | undefined) =>
	actions?.filter(({ text }) => lineText(text) !== '');

type Conditional = Extract<Schedule, { mode: 'condition' }>;

export function conditionCell(
	{ when, seconds }: Conditional,
	nameOf: (inject: InjectId) => string,
	actionsOf: (inject: InjectId) => readonly ExpectedAction[] | undefined
): string {
	return writeCondition(
		when,
		seconds,
		{
			referenceOf: nameOf,
			injectOf: () => undefined,
			actionsOf: (inject) => numbered(actionsOf(inject))?.map(({ id }) => id)
		},
		conditionLengths
	);
}

/** Null: it is none. */
export function readConditionCell(text: string): Conditional | null {
	const found = readCondition(
		text,
		{ referenceOf: (inject) => inject, injectOf: (reference) => reference as InjectId },
		conditionLengths
	);
	return found === null || found === 'unknown-inject' ? null : { mode: 'condition', ...found };
}

/** The injects that a clause means, and the actions that the script has already; null: an inject that nobody knows. */
export function resolveClauses(
	schedule: Conditional,
	find: (named: string) => InjectId | undefined,
	actions: (inject: InjectId) => { file?: readonly ExpectedAction[]; script?: readonly ExpectedAction[] }
): Conditional | { unknown: string } {
	const clauses: Clause[] = [];
	for (const clause of schedule.when.clauses) {
		const named = lineText(clause.inject);
		const inject = find(named);
		if (inject === undefined) return { unknown: named };
		const known = clause.action === null ? undefined : knownAction(Number(clause.action), actions(inject));
		clauses.push({ ...clause, inject, action: known?.id ?? clause.action });
	}
	return { ...schedule, when: { ...schedule.when, clauses } };
}

/** The action of the script that says what the file's action of that number says; of several, the one in its place. */
function knownAction(
	number: number,
	{ file, script }: { file?: readonly ExpectedAction[]; script?: readonly ExpectedAction[] }
): ExpectedAction | undefined {
	const known = numbered(script) ?? [];
	if (!file) return known[number - 1];
	const sameAs = (text: string) => (other: ExpectedAction) => lineText(other.text) === lineText(text);
	const meant = file[number - 1];
	if (!meant) return undefined;
	const before = file.slice(0, number - 1).filter(sameAs(meant.text)).length;
	return known.filter(sameAs(meant.text))[before];
}

/** Numbers of actions that were new in the file, now that they have ids. Null: there is none. */
export function withActionIds(
	schedule: Schedule,
	actionsOf: (inject: InjectId) => readonly ExpectedAction[] | undefined
): Schedule | null {
	if (schedule.mode !== 'condition') return null;
	const clauses = schedule.when.clauses.map((clause) => {
		const { act, action } = clause;
		if (act !== 'did' || action === null || !/^[1-9]\d?$/.test(action)) return clause;
		return { ...clause, action: numbered(actionsOf(clause.inject))?.[Number(action) - 1]?.id ?? action };
	});
	const isSame = clauses.every((clause, index) => clause === schedule.when.clauses[index]);
	return isSame ? null : { ...schedule, when: { ...schedule.when, clauses } };
}
