import type * as Y from 'yjs';
import { optionsOf, type FormField, type NotificationForm } from '#lib/standards/notification-forms.ts';
import { instant } from '../exercise/schema.ts';
import {
	emptyRichText,
	isEmptyRichText,
	readFragment,
	textOfRichText,
	writeFragment,
	type RichText
} from '../rich-text.ts';

/*
 * What is written on a form, for any form and any version of it: the shared page in drafting, and plain values once it
 * is submitted. No form has code of its own.
 */

export type FormValue = string | number | readonly string[] | RichText | null;
export type FormValues = Readonly<Record<string, FormValue>>;

/** The choices and single lines of one report of a case, by field. */
export const formChoices = (doc: Y.Doc, report: string): Y.Map<unknown> => doc.getMap(`values/${report}`);
/** A long text of one report of a case. */
export const formText = (doc: Y.Doc, report: string, field: string): Y.XmlFragment =>
	doc.getXmlFragment(`text/${report}/${field}`);

export function readForm(doc: Y.Doc, report: string, form: NotificationForm): FormValues {
	const choices = formChoices(doc, report);
	return Object.fromEntries(
		form.fields.map((field) => [
			field.id,
			field.type === 'text'
				? readFragment(formText(doc, report, field.id))
				: clean(field, choices.get(field.id))
		])
	);
}

/** The value, when the field may have it; null otherwise: pages are written by browsers. */
function clean(field: FormField, value: unknown): FormValue {
	const allowed = optionsOf(field);
	switch (field.type) {
		case 'line':
			return typeof value === 'string' ? value : null;
		case 'number':
			return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
		case 'time':
			return instant.safeParse(value).success ? (value as number) : null;
		case 'countries':
			return Array.isArray(value) ? allowed!.filter((code) => (value as unknown[]).includes(code)) : null;
		default:
			return typeof value === 'string' && allowed?.includes(value) ? value : null;
	}
}

export function isEmptyValue(value: FormValue | undefined): boolean {
	if (value === null || value === undefined) return true;
	if (typeof value === 'string') return value.trim() === '';
	if (typeof value === 'number') return false;
	return Array.isArray(value) ? value.length === 0 : isEmptyRichText(value as RichText);
}

export interface FormProblem {
	field: string;
	message: string;
}

/** What keeps a form from being submitted; the same in the browser and in the server. */
export function formProblems(form: NotificationForm, values: FormValues): FormProblem[] {
	return form.fields.flatMap((field): FormProblem[] => {
		const value = values[field.id] ?? null;
		if (isEmptyValue(value))
			return field.required ? [{ field: field.id, message: `“${field.label}” is missing.` }] : [];
		if (!isOfType(field, value))
			return [{ field: field.id, message: `“${field.label}” cannot be what stands there.` }];
		const length = lengthOf(value);
		return field.max !== undefined && length > field.max
			? [
					{
						field: field.id,
						message: `“${field.label}” has ${length} characters: at most ${field.max}.`
					}
				]
			: [];
	});
}

function isOfType(field: FormField, value: FormValue): boolean {
	if (field.type === 'text')
		return value !== null && typeof value === 'object' && 'type' in value && value.type === 'doc';
	const cleaned = clean(field, value);
	if (cleaned === null) return false;
	return !Array.isArray(value) || (cleaned as readonly string[]).length === value.length;
}

function lengthOf(value: FormValue): number {
	if (typeof value === 'string') return [...value].length;
	return value !== null && typeof value === 'object' && 'type' in value
		? [...textOfRichText(value)].length
		: 0;
}

/** Values that are empty are left out; ends of lines are tidied. */
export function frozenValues(form: NotificationForm, values: FormValues): Record<string, FormValue> {
	return Object.fromEntries(
		form.fields.flatMap(({ id }) => {
			const value = values[id] ?? null;
			if (isEmptyValue(value)) return [];
			return [[id, typeof value === 'string' ? value.trim() : value]];
		})
	);
}

/**
 * Puts values into a draft where the form has such a field and nothing stands there yet: what somebody has written stays.
 * Returns how many fields were filled.
 */
export function fillForm(doc: Y.Doc, report: string, form: NotificationForm, values: FormValues): number {
	const present = readForm(doc, report, form);
	let filled = 0;
	doc.transact(() => {
		for (const field of form.fields) {
			const value = values[field.id] ?? null;
			if (isEmptyValue(value) || !isEmptyValue(present[field.id]) || !isOfType(field, value)) continue;
			if (field.type === 'text')
				writeFragment(formText(doc, report, field.id), (value as RichText | null) ?? emptyRichText());
			else formChoices(doc, report).set(field.id, value);
			filled++;
		}
	});
	return filled;
}
