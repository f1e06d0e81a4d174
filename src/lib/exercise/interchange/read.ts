import type { IncomingFile } from './items.ts';
import { fromMisp } from './misp-read.ts';
import { marksOf } from './relabel.ts';
import { fromStix } from './stix-read.ts';

export const interchangeLimits = {
	/** a day of a national CSIRT; more is a feed, not an exchange */
	items: 1000,
	/** of a file, bytes */
	bytes: 5_000_000
} as const;

/** A file of another tool, told by its shape; a sentence when it is none that we know. */
export function readInterchange(text: string): IncomingFile | { refused: string } {
	if (text.length > interchangeLimits.bytes)
		return { refused: 'The file has more than 5 MB. Export less at a time.' };
	let json: unknown;
	try {
		json = JSON.parse(text.replace(/^\ufeff/, ''));
	} catch {
		return { refused: 'This is no JSON. Choose a STIX 2.1 bundle or a MISP event.' };
	}
	const file = byShape(json);
	if (!file) return { refused: 'This is neither a STIX 2.1 bundle nor a MISP event.' };
	if (file.items.length > interchangeLimits.items)
		return { refused: `The file has more than ${interchangeLimits.items} objects. Export less at a time.` };
	return { ...file, marks: marksOf(json) };
}

function byShape(json: unknown): IncomingFile | null {
	if (json === null || typeof json !== 'object') return null;
	if (Array.isArray(json))
		return json.every(isEvent) && json.length > 0 ? fromMisp(json.map((one) => one.Event)) : null;
	if ('type' in json && json.type === 'bundle') return fromStix(json);
	if (isEvent(json)) return fromMisp([json.Event]);
	if ('response' in json && Array.isArray(json.response) && json.response.every(isEvent))
		return fromMisp(json.response.map((one) => one.Event));
	return null;
}

const isEvent = (value: unknown): value is { Event: unknown } =>
	value !== null && typeof value === 'object' && 'Event' in value;
