import { injectLimits } from '../schema.ts';
import { boundedInjects, finding, finish, keepRest, readActions, readBody, readTitle } from './parts.ts';
import { emptyInject, field, idOf, keep, line, list, secondsOf, text, type Json } from './json.ts';
import { toolNames, type ForeignExercise, type ForeignInject } from './shape.ts';

export const isIcebergTtx = (value: Json): boolean =>
	field(value, 'schema_version') !== undefined &&
	Array.isArray(field(value, 'injects')) &&
	(field(value, 'start_inject_id') !== undefined || field(value, 'participant_teams') !== undefined);

const toldOfInject = new Set(
	'id title content target_teams options expected_actions facilitator_notes notes'.split(' ')
);

interface Way {
	from: ForeignInject;
	label: string;
}

/** A branching scenario: options are expected actions, and the inject an option leads to waits for it. Never throws. */
export function readIcebergTtx(file: Json): ForeignExercise {
	const problems: string[] = [];
	const notes: string[] = [];
	const version = line(field(file, 'schema_version'), 20);
	if (version !== '1.0') notes.push(`Muster knows version 1.0 of this format; this file says ${version}.`);
	const teams = list(field(file, 'participant_teams'));
	const teamName = new Map(teams.map((team) => [idOf(team, 'id'), line(field(team, 'label', 'name'), 200)]));
	const items = boundedInjects(field(file, 'injects'), problems);
	const injects = items.map((item) => {
		const inject = emptyInject(idOf(item, 'id'));
		inject.reference = inject.foreignId;
		inject.body = readBody(inject, field(item, 'content'));
		inject.title = readTitle(inject, field(item, 'title'));
		inject.recipients = [
			...new Set(list(field(item, 'target_teams'), 2000).map((id) => teamName.get(idOf(id)) || idOf(id)))
		].filter((name) => name !== '');
		readActions(inject, [
			...list(field(item, 'options'), 100).map((option) => action(field(option, 'label', 'id'))),
			...list(field(item, 'expected_actions'), 100).map((one) => action(field(one, 'label', 'text') ?? one))
		]);
		inject.controllerNotes = text(field(item, 'facilitator_notes', 'notes'), 8000);
		keepRest(inject, item, (name) => toldOfInject.has(name));
		return inject;
	});

	const byId = new Map<string, ForeignInject>();
	for (const inject of injects) if (!byId.has(inject.foreignId)) byId.set(inject.foreignId, inject);
	const ways = waysTo(items, injects, byId);
	const start = idOf(field(file, 'start_inject_id'));
	if (start !== '' && !byId.has(start))
		notes.push(`The file begins with “${start.slice(0, 60)}”, which is not in it: nothing begins by itself.`);
	const rank = ranks(byId.get(start), ways);
	for (const inject of injects) {
		const leading = ways.get(inject) ?? [];
		if (inject === byId.get(start)) inject.schedule = { mode: 'offset', seconds: 0 };
		else if (leading.length > 0) setWay(inject, leading, rank);
	}
	const toldOfFile = ['schema_version', 'title', 'participant_teams', 'injects', 'start_inject_id'];
	keepRest(
		byId.get(start) ?? injects[0],
		file,
		(name) => toldOfFile.includes(name),
		(name) => `File: ${name}`
	);
	return finish({
		kind: 'icebergttx',
		tool: toolNames.icebergttx,
		title: line(field(file, 'title'), 200),
		injects,
		found: [finding('teams', teams, 'label', 'name')].filter(({ count }) => count > 0),
		objectives: [],
		people: [],
		problems,
		notes
	});
}

const action = (value: Json) => ({ text: line(value, 1000), withinSeconds: null });

/** Which options lead to an inject; an option that leads nowhere, or back to itself, is said. */
function waysTo(
	items: readonly Json[],
	injects: readonly ForeignInject[],
	byId: ReadonlyMap<string, ForeignInject>
): Map<ForeignInject, Way[]> {
	const ways = new Map<ForeignInject, Way[]>();
	injects.forEach((from, index) => {
		for (const option of list(field(items[index], 'options'), 100)) {
			const next = idOf(field(option, 'next_inject_id'));
			if (next === '') continue;
			const label = line(field(option, 'label', 'id'), 1000);
			const target = byId.get(next);
			if (!target || target === from)
				from.problems.push({
					field: 'expectedActions',
					severity: 'warning',
					message: target
						? `“${label.slice(0, 60)}” leads back to the same inject.`
						: `“${label.slice(0, 60)}” leads to “${next.slice(0, 60)}”, which is not in the file.`
				});
			else ways.set(target, [...(ways.get(target) ?? []), { from, label }]);
			const delay = secondsOf(field(option, 'delay_seconds'));
			if (delay !== null) keep(from, `Delay of “${label.slice(0, 80)}”, seconds`, delay);
		}
	});
	return ways;
}

/** How many options lie between the beginning and an inject: a way that goes back is no condition. */
function ranks(
	start: ForeignInject | undefined,
	ways: ReadonlyMap<ForeignInject, Way[]>
): Map<ForeignInject, number> {
	const next = new Map<ForeignInject, ForeignInject[]>();
	for (const [target, leading] of ways)
		for (const { from } of leading) next.set(from, [...(next.get(from) ?? []), target]);
	const rank = new Map<ForeignInject, number>();
	const queue = start ? [start] : [];
	if (start) rank.set(start, 0);
	for (let at = queue.shift(); at; at = queue.shift()) {
		for (const target of next.get(at) ?? []) {
			if (rank.has(target)) continue;
			rank.set(target, rank.get(at)! + 1);
			queue.push(target);
		}
	}
	return rank;
}

/**
 * Muster judges a condition for each team by itself: it can only wait for an option if every team that is to receive
 * the inject had that option, and if the way does not lead back. Otherwise a person sees what to wait for.
 */
function setWay(
	inject: ForeignInject,
	leading: readonly Way[],
	rank: ReadonlyMap<ForeignInject, number>
): void {
	const words = leading
		.slice(0, 20)
		.map(({ from, label }) => `“${label.slice(0, 200)}” is chosen in ${from.reference || from.title}`)
		.join(', or ')
		.slice(0, 1000);
	const isExpressible =
		leading.length <= injectLimits.clauses &&
		leading.every(
			({ from, label }) =>
				from.expectedActions.some(({ text: known }) => known === label) &&
				inject.recipients.length > 0 &&
				inject.recipients.every((name) => from.recipients.includes(name)) &&
				rank.has(from) &&
				rank.get(from)! < (rank.get(inject) ?? 0)
		);
	inject.schedule = isExpressible
		? {
				mode: 'did',
				any: leading.map(({ from, label }) => ({ foreignId: from.foreignId, action: label })),
				words
			}
		: { mode: 'contingency', condition: words };
	inject.category = isExpressible ? null : 'contingency';
}
