import { injectLimits } from '../schema.ts';
import { lineText, plainText } from '../spreadsheet/table.ts';
import { foreignLimits, type ForeignInject } from './shape.ts';

/*
 * Reading strangers' JSON: every value may be missing, of another kind, or hostile. Only a value's own fields are
 * asked for, by name, so a field called `__proto__` is a field like any other.
 */
export type Json = unknown;

export function isRecord(value: Json): value is Record<string, Json> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first of these fields that is there and says something. */
export function field(value: Json, ...names: readonly string[]): Json {
	if (!isRecord(value)) return undefined;
	for (const name of names) {
		if (Object.hasOwn(value, name) && value[name] !== null && value[name] !== undefined) return value[name];
	}
	return undefined;
}

/** A list, cut at `max`; what is no list is an empty one. */
export function list(value: Json, max: number = foreignLimits.list): Json[] {
	return Array.isArray(value) ? value.slice(0, max) : [];
}

/** One line; numbers and truth as words; '' for everything else. */
export function line(value: Json, max = 200): string {
	return lineText(scalar(value).slice(0, max * 8))
		.slice(0, max)
		.trim();
}

/** Several lines. */
export function text(value: Json, max: number): string {
	return plainText(scalar(value).slice(0, max * 2)).slice(0, max);
}

function scalar(value: Json): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
	return typeof value === 'boolean' ? (value ? 'yes' : 'no') : '';
}

/** A whole number within an exercise's year around STARTEX; null for everything else. */
export function secondsOf(value: Json): number | null {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !Number.isFinite(number)) return null;
	const whole = Math.round(number);
	return Math.abs(whole) <= 366 * 86_400 ? whole : null;
}

/** An id as a file names it: a string or a number, or an object that has one under `key`. */
export function idOf(value: Json, ...keys: readonly string[]): string {
	return line(isRecord(value) ? field(value, ...keys) : value, 120);
}

/** Any value as text for people: scalars as they are, the rest as JSON down to a certain depth. */
export function valueText(value: Json): string {
	if (typeof value !== 'object' || value === null) return text(value, foreignLimits.otherValue);
	if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null))
		return text(
			value
				.slice(0, 500)
				.map((item) => line(item, 400))
				.filter((words) => words !== '')
				.join('; '),
			foreignLimits.otherValue
		);
	return text(JSON.stringify(shallow(value, 0)), foreignLimits.otherValue);
}

function shallow(value: Json, depth: number): Json {
	if (typeof value === 'string') return value.slice(0, foreignLimits.otherValue);
	if (typeof value !== 'object' || value === null) return value;
	if (depth >= foreignLimits.depth) return '…';
	if (Array.isArray(value)) return value.slice(0, 100).map((item) => shallow(item, depth + 1));
	return Object.fromEntries(
		Object.entries(value)
			.slice(0, 100)
			.map(([key, inner]) => [key.slice(0, 120), shallow(inner, depth + 1)])
	);
}

/** Keeps a value that has no place of its own; what says nothing is no value. The last place says how many are gone. */
export function keep(inject: ForeignInject, name: string, value: Json): void {
	const words = valueText(value);
	const label = lineText(name).slice(0, 120).trim();
	if (words === '' || words === '[]' || words === '{}' || label === '') return;
	if (inject.otherFields.length >= injectLimits.otherFields - 1) {
		if (!inject.problems.some(({ field: of }) => of === 'otherFields'))
			inject.problems.push({
				field: 'otherFields',
				severity: 'warning',
				message: `Only the first ${injectLimits.otherFields} of its other values are kept.`
			});
		return;
	}
	inject.otherFields.push({ name: label, value: words });
}

export function emptyInject(foreignId: string): ForeignInject {
	return {
		foreignId,
		reference: '',
		title: '',
		body: { type: 'doc', content: [] },
		from: '',
		channel: null,
		category: null,
		schedule: { mode: 'manual' },
		everyone: false,
		recipients: [],
		expectedActions: [],
		objectives: [],
		storyline: '',
		controllerNotes: '',
		evaluatorNotes: '',
		otherFields: [],
		documents: [],
		problems: []
	};
}
