import type { Refusal } from '#lib/errors.ts';
import type { ExerciseKind } from '../exercise/schema.ts';

/*
 * Rules and services refuse in the words of an exercise, because that is where most of them are used. What a person reads
 * in a real room says who is meant there: the same sentences, the field's words changed, at the place where a sentence
 * leaves the server (docs/adr/0016-real-rooms.md).
 */
const inRoom: readonly [RegExp, string][] = [
	[/; the exercise is (?:ended|evaluating|reported|closed)\b/g, ''],
	[/\bExercise control\b/g, 'The coordinator'],
	[/\bexercise control\b/g, 'the coordinator'],
	[/\bexercise director\b/g, 'coordinator'],
	[/\bThe hot wash\b/g, 'The debrief'],
	[/\bhot wash\b/g, 'debrief'],
	[/\bat ENDEX\b/g, 'when the incident is closed'],
	[/\bafter planned ENDEX\b/g, 'after the day on which the room was opened'],
	[/\b(A|a)fter ENDEX\b/g, '$1fter the incident is closed'],
	[/\buntil ENDEX\b/g, 'until the incident is closed'],
	[/\bfrom STARTEX until\b/g, 'until'],
	[/\bbetween STARTEX and ENDEX\b/g, 'until the incident is closed'],
	[/\bbetween STARTEX and\b/g, 'until'],
	[/\bSTARTEX\b/g, 'the opening of the room'],
	[/\bENDEX\b/g, 'the end of the incident'],
	[/\bthe exercise is in play\b/g, 'the incident is open'],
	[/\balso play in this exercise\b/g, 'are in a team of this room'],
	[/\bAn exercise\b/g, 'A room'],
	[/\ban exercise\b/g, 'a room'],
	[/\b(T|t)h(e|is) exercise\b/g, '$1h$2 room'],
	[/\bits exercise\b/g, 'its room'],
	[/\bDirector(s?)\b/g, 'Coordinator$1'],
	[/\bdirector(s?)\b/g, 'coordinator$1'],
	[/\b(A|a) player\b/g, '$1 member'],
	[/\bplayers\b/g, 'members of teams'],
	[/\bPlayers\b/g, 'Members of teams']
];

/** A sentence of ours as it reads in a space of this kind. What stands in quotation marks is somebody's own words, and stays. */
export function sentenceIn(kind: ExerciseKind, sentence: string): string {
	if (kind === 'exercise') return sentence;
	const said = sentence
		.split(/(“[^”]*”)/)
		.map((part) =>
			part.startsWith('“') ? part : inRoom.reduce((words, [word, other]) => words.replace(word, other), part)
		)
		.join('');
	// a sentence that began with STARTEX still begins with a capital
	return /^\p{Lu}/u.test(sentence) ? said.replace(/^\p{Ll}/u, (first) => first.toUpperCase()) : said;
}

/** A refusal as it reads in a space of this kind, with the sentences beside the fields of its form. Said twice it is the same. */
export function inWordsOf(kind: ExerciseKind, refusal: Refusal): Refusal {
	if (kind === 'exercise') return refusal;
	const { details } = refusal;
	return {
		...refusal,
		message: sentenceIn(kind, refusal.message),
		...(details && { details: detailsIn(kind, details) })
	};
}

/** Of the details only what is a sentence of ours: the rest names things as people named them. */
function detailsIn(kind: ExerciseKind, details: Record<string, unknown>): Record<string, unknown> {
	const { fields, issues } = details;
	const isRecord = (value: unknown): value is Record<string, unknown> =>
		typeof value === 'object' && value !== null && !Array.isArray(value);
	const said = (value: unknown) => (typeof value === 'string' ? sentenceIn(kind, value) : value);
	return {
		...details,
		...(isRecord(fields) && {
			fields: Object.fromEntries(Object.entries(fields).map(([name, sentence]) => [name, said(sentence)]))
		}),
		...(Array.isArray(issues) && {
			issues: issues.map((issue: unknown) =>
				isRecord(issue) ? { ...issue, message: said(issue['message']) } : issue
			)
		})
	};
}
