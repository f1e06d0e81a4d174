import type { Target } from '../spreadsheet/columns.ts';
import { recogniseHeading } from '../spreadsheet/headings.ts';
import { splitList } from '../spreadsheet/table.ts';
import { readCategory, readChannel } from '../spreadsheet/vocabulary.ts';
import {
	boundedInjects,
	finding,
	finish,
	keepRest,
	readActions,
	readBody,
	readTitle,
	shortId
} from './parts.ts';
import { emptyInject, field, idOf, isRecord, keep, line, list, secondsOf, text, type Json } from './json.ts';
import { foreignLimits, toolNames, type ForeignExercise, type ForeignInject } from './shape.ts';

/** `ScenarioEvents`, or `scenarioEvents` where the file was written with small letters. */
const both = (name: string): [string, string] => [name, name[0]!.toLowerCase() + name.slice(1)];

export const isBlueprint = (value: Json): boolean =>
	field(value, ...both('ScenarioEvents')) !== undefined && field(value, ...both('DataFields')) !== undefined;

/*
 * Blueprint writes its enumerations as numbers, or as names where the file was made by hand: the words of
 * `Blueprint.Api.Data/Enumerations.cs` are put beside the number.
 */
const statusWords = new Map([
	['0', 'Pending'],
	['10', 'Entered'],
	['20', 'Approved'],
	['30', 'Complete'],
	['40', 'Deployed'],
	['50', 'Archived']
]);
const eventWords = new Map([
	['10', 'Inject'],
	['20', 'Information'],
	['30', 'Facilitation']
]);
/** What a field is for whose heading says nothing, by its type. */
const typeTargets = new Map<string, Target>([
	['50', 'from'],
	['Organization', 'from'],
	['100', 'to'],
	['TeamsMultiple', 'to'],
	['150', 'storyline'],
	['Move', 'storyline']
]);
const inWords = (value: Json, words: ReadonlyMap<string, string>): Json => {
	const number = line(value, 20);
	const word = words.get(number);
	return word ? `${number} (${word})` : value;
};

interface DataField {
	name: string;
	order: number;
	/** what the same heading of a spreadsheet would be for */
	target: Target;
	/** the number of its `DataFieldType`, or its name */
	type: string;
}

/** An MSEL as JSON: columns are data fields, each event has its values in them. Never throws. */
export function readBlueprint(file: Json): ForeignExercise {
	const problems: string[] = [];
	const notes: string[] = [];
	const follow = references(file);
	const of = (value: Json, name: string) => field(follow(value), ...both(name));
	const all = (value: Json, name: string, max?: number) => {
		const found = of(value, name);
		return list(isRecord(found) ? field(found, '$values') : found, max).map(follow);
	};
	const fields = new Map<string, DataField>();
	for (const one of all(file, 'DataFields')) {
		const name = line(of(one, 'Name'), 120);
		if (name === '') continue;
		fields.set(idOf(of(one, 'Id')), {
			name,
			order: secondsOf(of(one, 'DisplayOrder')) ?? 0,
			target: recogniseHeading(name)?.target ?? 'ignore',
			type: line(of(one, 'DataType'), 40)
		});
	}
	const named = new Set([...fields.values()].map(({ target }) => target));
	for (const one of fields.values()) {
		const target = one.target === 'ignore' ? typeTargets.get(one.type) : undefined;
		if (target && !named.has(target)) one.target = target;
	}
	const moves = all(file, 'Moves');
	const moveName = new Map(
		moves.map((move) => [
			line(of(move, 'MoveNumber'), 20),
			line(of(move, 'Title') ?? of(move, 'Description'), 80)
		])
	);
	const teams = all(file, 'Teams');
	const organisations = all(file, 'Organizations');
	const msels = all(file, 'Msels');
	if (msels.length > 1)
		notes.push(`This file holds ${msels.length} MSELs; the events of all of them are shown here.`);
	const events = of(file, 'ScenarioEvents');
	const items = boundedInjects(isRecord(events) ? field(events, '$values') : events, problems);
	const injects = items.map((raw) => {
		const event = follow(raw);
		const inject = emptyInject(idOf(of(event, 'Id')));
		readValues(
			inject,
			all(event, 'DataValues', 500).flatMap((value) => {
				const known = fields.get(idOf(of(value, 'DataFieldId')));
				const words = text(of(value, 'Value'), foreignLimits.body);
				return words === '' ? [] : [{ ...(known ?? unknownField(value, of)), value: words }];
			})
		);
		if (inject.reference === '' && inject.foreignId !== '')
			inject.reference = `BP-${shortId(inject.foreignId)}`;
		const delta = of(event, 'DeltaSeconds');
		const seconds = delta === undefined ? null : secondsOf(delta);
		if (seconds !== null) inject.schedule = { mode: 'offset', seconds };
		else if (delta !== undefined)
			inject.problems.push({
				field: 'time',
				severity: 'error',
				message: `“${line(delta, 60)}” is no number of seconds within a year.`
			});
		inject.storyline = nameOfMove(inject.storyline, moveName);
		keep(inject, 'Status', inWords(of(event, 'Status'), statusWords));
		keep(inject, 'ScenarioEventType', inWords(of(event, 'ScenarioEventType'), eventWords));
		keepRest(inject, event, isToldOfEvent);
		return inject;
	});
	keepRest(
		injects[0],
		follow(file),
		(name) => isToldOfFile(name),
		(name) => `File: ${name}`
	);
	for (const move of moves)
		if (injects[0])
			keep(
				injects[0],
				`Move ${line(of(move, 'MoveNumber'), 20)}`,
				['Title', 'Description', 'SituationDescription', 'SituationTime', 'MoveStartTime', 'MoveStopTime']
					.map((name) => text(of(move, name), 1000))
					.filter((words) => words !== '')
					.join('\n')
			);
	return finish({
		kind: 'blueprint',
		tool: toolNames.blueprint,
		title: line(of(file, 'Name') ?? (msels.length === 1 ? of(msels[0], 'Name') : undefined), 200),
		injects,
		found: [
			finding('teams', teams, 'Name', 'name', 'ShortName'),
			finding('organisations', organisations, 'Name', 'name'),
			finding('moves', moves, 'Title', 'title', 'Description', 'description')
		].filter(({ count }) => count > 0),
		objectives: [],
		people: [],
		problems,
		notes
	});
}

/** Ids and dates of the tool's own tables, and what is read above; who may do what there is no part of a script. */
const plumbing = /^(?:\$|.*Id$|(?:Date)?(?:Created|Modified)|.*(?:Users?|Roles?|Permissions?|Units?)$)/i;
const isToldOfEvent = (name: string) =>
	plumbing.test(name) || /^(?:Msel|DataValues|DeltaSeconds|Status|ScenarioEventType)$/i.test(name);
const isToldOfFile = (name: string) =>
	plumbing.test(name) ||
	/^(?:Name|ScenarioEvents|DataFields|DataOptions|Moves|Teams|Organizations|Msels)$/i.test(name);

const unknownField = (value: Json, of: (value: Json, name: string) => Json): DataField => ({
	name: line(field(of(value, 'DataField'), ...both('Name')), 120) || 'Unnamed field',
	order: 0,
	target: 'ignore',
	type: ''
});

/** Each value goes where the same column of a spreadsheet would; what has no place there is kept under its name. */
function readValues(inject: ForeignInject, values: readonly (DataField & { value: string })[]): void {
	const taken = new Set<Target>();
	const bodies: string[] = [];
	const sorted = [...values].sort((a, b) => a.order - b.order);
	let title: string | undefined;
	for (const { name, target, value } of sorted) {
		const first = !taken.has(target);
		taken.add(target);
		if (target === 'body') {
			bodies.push(value);
			continue;
		}
		if (first && target === 'title') title = value;
		else if (first && target === 'reference') inject.reference = line(value, 40);
		else if (first && target === 'from') inject.from = line(value, 200);
		else if (target === 'to' || target === 'toTeams' || target === 'toCountries')
			inject.recipients.push(...splitList(value.replaceAll(',', ';')).slice(0, 2000));
		else if (target === 'expectedActions')
			readActions(inject, [
				...inject.expectedActions,
				...splitList(value).map((words) => ({ text: line(words, 1000), withinSeconds: null }))
			]);
		else if (target === 'objectives') inject.objectives.push(...splitList(value));
		else if (first && target === 'storyline')
			inject.storyline = /^\d+$/.test(value) ? `${name} ${value}` : line(value, 120);
		else if (target === 'controllerNotes' || target === 'evaluatorNotes')
			inject[target] = [inject[target], value]
				.filter((words) => words !== '')
				.join('\n')
				.slice(0, 8000);
		else if (first && target === 'channel' && readChannel(line(value)))
			inject.channel = readChannel(line(value));
		else if (first && target === 'category' && readCategory(line(value)))
			inject.category = readCategory(line(value));
		else keep(inject, name, value);
	}
	inject.body = readBody(inject, bodies.join('\n'));
	inject.title = readTitle(inject, title);
	inject.recipients = [...new Set(inject.recipients)];
	inject.objectives = [...new Set(inject.objectives.map((one) => line(one, 120)))].slice(0, 50);
}

/** `Move 2` with the move's own name, where the file has it. */
function nameOfMove(storyline: string, moves: ReadonlyMap<string, string>): string {
	const name = moves.get(/^Move (\d+)$/i.exec(storyline)?.[1] ?? '');
	return name ? `${storyline}: ${name}`.slice(0, 120).trim() : storyline;
}

/**
 * Files written with references name a thing once (`$id`) and point at it afterwards (`$ref`). Walked without
 * recursion and only so far: pointers to pointers are not followed.
 */
function references(file: Json): (value: Json) => Json {
	const byId = new Map<string, Json>();
	const queue: Json[] = [file];
	for (let at = 0; at < queue.length && at < 2_000_000; at += 1) {
		const value = queue[at];
		if (typeof value !== 'object' || value === null) continue;
		const id = field(value, '$id');
		if (typeof id === 'string') byId.set(id, value);
		for (const inner of Object.values(value)) if (typeof inner === 'object') queue.push(inner);
	}
	return (value) => {
		const to = field(value, '$ref');
		return typeof to === 'string' ? byId.get(to) : value;
	};
}
