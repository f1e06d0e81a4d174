import { textOfRichText, type RichText } from '../../rich-text.ts';
import { injectLimits } from '../schema.ts';
import { bodyFromText } from '../spreadsheet/body.ts';
import { lineText } from '../spreadsheet/table.ts';
import { field, isRecord, keep, line, list, text, type Json } from './json.ts';
import {
	foreignLimits,
	type ForeignExercise,
	type ForeignFinding,
	type ForeignInject,
	type FoundKind
} from './shape.ts';

/** Texts, each plain or HTML, as one body; too long is an error of this inject alone. */
export function readBody(inject: ForeignInject, ...values: readonly Json[]): RichText {
	const body: RichText = {
		type: 'doc',
		content: values.flatMap((value) => bodyFromText(text(value, foreignLimits.body)).content)
	};
	const length = textOfRichText(body).length;
	if (length <= injectLimits.body) return body;
	inject.problems.push({
		field: 'body',
		severity: 'error',
		message: `The text has ${length.toLocaleString('en')} characters; at most ${injectLimits.body.toLocaleString('en')} are possible.`
	});
	return { type: 'doc', content: [] };
}

/** A title within its limit; without one, how the text begins. */
export function readTitle(inject: ForeignInject, value: Json): string {
	const words = lineText(text(value, 2000));
	if (words.length > injectLimits.title)
		inject.problems.push({
			field: 'title',
			severity: 'warning',
			message: `The title is cut at ${injectLimits.title} characters.`
		});
	if (words !== '') return words.slice(0, injectLimits.title).trim();
	const first = lineText(textOfRichText(inject.body).split('\n')[0] ?? '');
	if (first === '')
		inject.problems.push({
			field: 'title',
			severity: 'error',
			message: 'This inject has neither a title nor a text.'
		});
	return first.length <= 90 ? first : `${first.slice(0, 89).replace(/\s+\S*$/, '')}…`;
}

export function readActions(inject: ForeignInject, actions: ForeignInject['expectedActions']): void {
	const seen = new Set<string>();
	const sound = actions.filter(({ text: words }) => words !== '' && !seen.has(words) && seen.add(words));
	if (sound.length > injectLimits.expectedActions)
		inject.problems.push({
			field: 'expectedActions',
			severity: 'warning',
			message: `Only the first ${injectLimits.expectedActions} of ${sound.length} expected actions are kept.`
		});
	inject.expectedActions = sound.slice(0, injectLimits.expectedActions);
}

/**
 * Keeps whatever else a record says: on the inject that it is of, or what a file says of itself on its first one, so
 * that nothing of it is lost. `told`: fields that were read, and those that only hold the tool's tables together.
 */
export function keepRest(
	inject: ForeignInject | undefined,
	value: Json,
	told: (name: string) => boolean,
	nameOf: (name: string) => string = (name) => name
): void {
	if (!inject || !isRecord(value)) return;
	for (const [name, inner] of Object.entries(value).slice(0, 200))
		if (!told(name)) keep(inject, nameOf(name), inner);
}

/** What stands beside the injects, as a count and names. */
export function finding(
	what: FoundKind,
	values: readonly Json[],
	...names: readonly string[]
): ForeignFinding {
	const called = values
		.map((value) => line(field(value, ...names), 120))
		.filter((name) => name !== '')
		.slice(0, foreignLimits.names);
	return { what, count: values.length, names: called };
}

/**
 * References of at most 40 characters, each once in the file; and an id that stands twice is an error of the second,
 * because the file does not say which of the two is meant.
 */
export function finish(exercise: ForeignExercise): ForeignExercise {
	const ids = new Map<string, number>();
	const references = new Set<string>();
	exercise.injects.forEach((inject, index) => {
		const before = ids.get(inject.foreignId);
		if (inject.foreignId === '')
			inject.problems.push({ field: 'reference', severity: 'error', message: 'This inject has no id.' });
		else if (before !== undefined)
			inject.problems.push({
				field: 'reference',
				severity: 'error',
				message: `The id “${inject.foreignId.slice(0, 60)}” stands at number ${before + 1} already.`
			});
		else ids.set(inject.foreignId, index);
		let reference = inject.reference.slice(0, injectLimits.reference).trim();
		for (let n = 2; reference !== '' && references.has(reference.toLowerCase()); n += 1)
			reference = `${inject.reference.slice(0, injectLimits.reference - 6).trim()}-${n}`;
		inject.reference = reference;
		references.add(reference.toLowerCase());
	});
	return exercise;
}

/** The injects of a file up to what a script can hold; more than that is a problem of the whole file. */
export function boundedInjects(value: Json, problems: string[]): Json[] {
	const all = Array.isArray(value) ? value : [];
	if (all.length > injectLimits.injectsPerScript)
		problems.push(
			`A script holds at most ${injectLimits.injectsPerScript.toLocaleString('en')} injects; this file has ${all.length.toLocaleString('en')}.`
		);
	return list(all, injectLimits.injectsPerScript);
}

/** Eight letters and digits of an id: enough to tell the injects of one file apart, short enough to be read aloud. */
export const shortId = (id: string) => id.replace(/[^A-Za-z0-9]/g, '').slice(0, 8);
