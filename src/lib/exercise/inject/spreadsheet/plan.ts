import { countryName } from '#lib/standards/countries.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import type { InjectId } from '../../ids.ts';
import { canonical, fingerprint } from '../../fingerprint.ts';
import { injectLimits, newInject, type Inject } from '../schema.ts';
import { actionsToText, lengthText } from './actions.ts';
import { bodyToText } from './body.ts';
import {
	importedFields,
	type Candidate,
	type ImportedField,
	type ImportedValues,
	type ReadContext
} from './candidates.ts';
import { exportMapping, exportRows, scheduleText } from './export.ts';
import { sortedRecipients } from './recipients.ts';
import { readRows } from './rows.ts';
import { foldWord, lineText, plainText } from './table.ts';

/** What an import would do to a script. Nothing is ever removed: what the file does not name stays. */
export interface Plan {
	added: Addition[];
	changed: Change[];
	unchanged: { row: number; inject: Inject }[];
	notInFile: Inject[];
}

export interface Addition {
	row: number;
	/** complete, with its reference; `schedule.inject` may be a `rowKey` of another addition */
	values: Omit<Inject, 'id'>;
	/** stands after this inject of the script, as in the file; null: before the next one of the file, or at the end */
	follows: InjectId | null;
}

export interface Change {
	row: number;
	inject: Inject;
	/** the changed fields alone */
	values: ImportedValues;
	fields: FieldChange[];
}

export interface FieldChange {
	field: ImportedField;
	/** as people read it; '' is nothing */
	before: string;
	after: string;
}

/** References that import gives to rows without one. */
const generated = /^IMP-(\d+)$/i;

/**
 * Compares what a file says with the script. A row is the inject with its `muster_id`, else with its reference; a row
 * with neither is the inject that it would not change, or else the only one of its title (or text): so the same file
 * without references, imported again, makes no difference, and another file does not overwrite it.
 *
 * The script is compared as our own export of it would be read: whatever a cell cannot carry is no difference.
 */
export function makePlan(candidates: readonly Candidate[], context: ReadContext): Plan {
	const { script } = context;
	// another tool's injects are compared with the script itself
	const isDirect = candidates.every((candidate) => candidate.direct);
	const current = isDirect ? new Map<InjectId, ImportedValues>() : readBack(context);
	const matches = matchRows(candidates, script, current);
	const plan: Plan = { added: [], changed: [], unchanged: [], notInFile: [] };
	const references = nextReferences(candidates, script);
	let follows: InjectId | null = null;
	for (const candidate of candidates) {
		const inject = matches.get(candidate);
		if (!inject) {
			const { id: _, ...defaults } = newInject('' as InjectId);
			const values = { ...defaults, ...candidate.whenNew, ...candidate.values };
			if (values.reference === '') values.reference = references();
			plan.added.push({ row: candidate.row, values, follows });
			continue;
		}
		follows = inject.id;
		const change = changeOf(candidate, inject, current.get(inject.id) ?? {}, context);
		if (change) plan.changed.push(change);
		else plan.unchanged.push({ row: candidate.row, inject });
	}
	const inFile = new Set([...matches.values()].map((inject) => inject.id));
	plan.notInFile = script.filter((inject) => !inFile.has(inject.id));
	return plan;
}

/** The same for the same additions and changes: what was shown to a planner is what may be written. */
export function planFingerprint(plan: Plan): string {
	return fingerprint({
		added: plan.added.map(({ row, values }) => ({ row, values })),
		changed: plan.changed.map(({ row, inject, values, fields }) => ({ row, id: inject.id, values, fields }))
	});
}

/** The script as its own export says it, by inject. */
function readBack(context: ReadContext): Map<InjectId, ImportedValues> {
	const rows = exportRows(context.script, context);
	const { candidates } = readRows({ name: '', rows }, exportMapping, {
		startsAt: context.startsAt,
		timeZone: context.timeZone,
		teams: context.teams,
		script: context.script
	});
	return new Map(candidates.map((candidate) => [candidate.musterId!, candidate.values]));
}

function matchRows(
	candidates: readonly Candidate[],
	script: readonly Inject[],
	current: ReadonlyMap<InjectId, ImportedValues>
): Map<Candidate, Inject> {
	const matches = new Map<Candidate, Inject>();
	const free = new Map(script.map((inject): [string, Inject] => [inject.id, inject]));
	const claim = (candidate: Candidate, inject: Inject) => {
		matches.set(candidate, inject);
		free.delete(inject.id);
	};
	for (const candidate of candidates) {
		const inject = candidate.musterId ? free.get(candidate.musterId) : undefined;
		if (inject) claim(candidate, inject);
	}
	const byReference = new Map<string, Inject[]>();
	for (const inject of free.values()) push(byReference, lineText(inject.reference).toLowerCase(), inject);
	for (const candidate of candidates) {
		if (matches.has(candidate) || candidate.reference === '') continue;
		const inject = byReference.get(candidate.reference.toLowerCase())?.shift();
		if (inject) claim(candidate, inject);
	}
	const open = () => candidates.filter((candidate) => candidate.reference === '' && !matches.has(candidate));
	if (open().length === 0) return matches;

	// the very same first: rows that occur several times are taken in their order
	const fields = [...new Set(open().flatMap((candidate) => Object.keys(candidate.values)))].filter(
		(field) => field !== 'reference'
	) as ImportedField[];
	const subset = (values: ImportedValues) =>
		canonical(fields.map((field) => comparable(field, values[field]) ?? null));
	const same = new Map<string, Inject[]>();
	for (const inject of free.values()) push(same, subset(current.get(inject.id) ?? {}), inject);
	for (const candidate of open()) {
		// what other rows say and this one leaves open (an unknown channel, say) is what import would have made of it
		const inject = same.get(subset({ ...unsaid, ...candidate.whenNew, ...candidate.values }))?.shift();
		if (inject) claim(candidate, inject);
	}
	const titleOf = (values: ImportedValues, whenNew: ImportedValues = {}) =>
		foldWord(values.title || whenNew.title || '');
	const keys: ((values: ImportedValues, whenNew?: ImportedValues) => string)[] = [
		(values, whenNew) =>
			titleOf(values, whenNew) && values.schedule
				? `${titleOf(values, whenNew)}\n${canonical(values.schedule)}`
				: '',
		titleOf,
		(values) => (values.body ? lineText(bodyToText(values.body)) : '')
	];
	for (const keyOf of keys) {
		const rows = new Map<string, Candidate[]>();
		for (const candidate of open()) push(rows, keyOf(candidate.values, candidate.whenNew), candidate);
		const injects = new Map<string, Inject[]>();
		for (const inject of free.values()) push(injects, keyOf(inject), inject);
		for (const [key, [candidate, another]] of rows) {
			const [inject, second] = injects.get(key) ?? [];
			if (key !== '' && candidate && inject && !another && !second) claim(candidate, inject);
		}
	}
	return matches;
}

const unsaid: ImportedValues = newInject('' as InjectId);

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
	const list = map.get(key);
	if (list) list.push(value);
	else map.set(key, [value]);
}

function changeOf(
	candidate: Candidate,
	inject: Inject,
	current: ImportedValues,
	context: ReadContext
): Change | null {
	const values: ImportedValues = {};
	const fields: FieldChange[] = [];
	for (const field of importedFields) {
		if (candidate.values[field] === undefined || (field === 'reference' && candidate.reference === ''))
			continue;
		const said =
			field === 'otherFields'
				? mergedFields(inject.otherFields, candidate.values.otherFields!)
				: candidate.values[field];
		const now = candidate.direct || field === 'otherFields' ? inject[field] : current[field];
		const as = candidate.direct ? readable : comparable;
		if (canonical(as(field, said)) === canonical(as(field, now))) continue;
		Object.assign(values, { [field]: said });
		fields.push({
			field,
			before: fieldText(field, inject, context),
			after: fieldText(field, { ...inject, ...candidate.values, [field]: said }, context)
		});
	}
	return fields.length > 0 ? { row: candidate.row, inject, values, fields } : null;
}

/** Values without what makes no difference, or what no file says: the case of references, the order of recipients, ids. */
function comparable(field: ImportedField, value: unknown): unknown {
	if (value === undefined) return undefined;
	if (field === 'reference') return (value as string).toLowerCase();
	if (field === 'to') return sortedRecipients(value as Inject['to']);
	if (field === 'schedule') return { ...(value as Inject['schedule']), missed: undefined };
	if (field === 'expectedActions')
		return (value as Inject['expectedActions']).map((action) => ({ ...action, id: '' }));
	return value;
}

/** Of two bodies only what they say: how an editor joins their pieces is no difference. */
function readable(field: ImportedField, value: unknown): unknown {
	if (field === 'body') return bodyToText(value as Inject['body']);
	return typeof value === 'string' ? plainText(value) : comparable(field, value);
}

/** What a file says of other fields replaces those of the same name; what it does not name stays. */
function mergedFields(before: Inject['otherFields'], said: Inject['otherFields']): Inject['otherFields'] {
	const left = new Map(said.map((one) => [one.name, one]));
	const kept = before.map((one) => {
		const now = left.get(one.name) ?? one;
		left.delete(one.name);
		return now;
	});
	return [...kept, ...left.values()].slice(0, injectLimits.otherFields);
}

/** One field of an inject as people read it. */
export function fieldText(
	field: ImportedField,
	inject: Inject,
	context: Pick<ReadContext, 'timeZone' | 'teams' | 'script'>
): string {
	switch (field) {
		case 'schedule':
			return scheduleText(inject.schedule, context.timeZone, (id) => {
				const row = /^row:(\d+)$/.exec(id);
				return row
					? `row ${Number(row[1]) + 1}`
					: context.script.find((other) => other.id === id)?.reference || id;
			});
		case 'to': {
			const teams = new Map<string, string>(context.teams.map((team) => [team.id, team.name]));
			const { all, countries, levels, teams: ids } = inject.to;
			return [
				...(all ? ['ALL'] : []),
				...countries.map(countryName),
				...levels,
				...ids.map((id) => teams.get(id) ?? id)
			].join('; ');
		}
		case 'tlp':
			return tlpLabel(inject.tlp);
		case 'body':
			return bodyToText(inject.body);
		case 'expectedActions':
			return actionsToText(inject.expectedActions);
		case 'objectives':
		case 'capabilities':
			return inject[field].join('; ');
		case 'windowSeconds':
		case 'acknowledgeWithin':
		case 'respondWithin':
			return inject[field] === null ? '' : lengthText(inject[field]);
		case 'acknowledgementRequired':
		case 'responseRequired':
			return inject[field] ? 'yes' : 'no';
		case 'translations':
		case 'attachments':
		case 'origin':
			return '';
		case 'otherFields':
			return inject.otherFields.map(({ name, value }) => `${name}: ${value}`).join('\n');
		default:
			return inject[field];
	}
}

/** Gives references to rows without: `IMP-001` …, going on after the highest in use. */
function nextReferences(candidates: readonly Candidate[], script: readonly Inject[]): () => string {
	const used = [
		...script.map((inject) => inject.reference),
		...candidates.map((candidate) => candidate.reference)
	];
	let last = Math.max(0, ...used.map((reference) => Number(generated.exec(reference.trim())?.[1] ?? 0)));
	return () => `IMP-${String((last += 1)).padStart(3, '0')}`;
}
