import type { Refusal } from '#lib/errors.ts';
import type { ExerciseKind } from '../exercise/schema.ts';

/*
 * Commands refuse in the words of an exercise, because that is where most of them are used. What a person reads in a real
 * room says who is meant there: the same sentences, the field's words changed.
 */
const inRoom: readonly [RegExp, string][] = [
	[/; the exercise is (?:ended|evaluating|reported|closed)\b/g, ''],
	[/\bExercise control\b/g, 'The coordinator'],
	[/\bexercise control\b/g, 'the coordinator'],
	[/\b[Tt]he exercise director\b/g, 'the coordinator'],
	[/\bThe hot wash\b/g, 'The debrief'],
	[/\bhot wash\b/g, 'debrief'],
	[/\bat ENDEX\b/g, 'when the incident is closed'],
	[/\bafter ENDEX\b/g, 'after the incident is closed'],
	[/\buntil ENDEX\b/g, 'until the incident is closed'],
	[/\bfrom STARTEX until\b/g, 'until'],
	[/\bbetween STARTEX and ENDEX\b/g, 'until the incident is closed'],
	[/\bbetween STARTEX and\b/g, 'until'],
	[/\bSTARTEX\b/g, 'the opening of the room'],
	[/\bENDEX\b/g, 'the end of the incident'],
	[/\b[Aa]n exercise that is\b/g, 'A room that is'],
	[/\bThe exercise\b/g, 'The room'],
	[/\bthe exercise\b/g, 'the room'],
	[/\bthis exercise\b/g, 'this room'],
	[/\bthe director\b/g, 'the coordinator'],
	[/\bplayers\b/g, 'members of teams'],
	[/\bPlayers\b/g, 'Members of teams']
];

/** A refusal as it reads in a space of this kind. */
export function inWordsOf(kind: ExerciseKind, refusal: Refusal): Refusal {
	if (kind === 'exercise') return refusal;
	const message = inRoom.reduce((said, [word, other]) => said.replace(word, other), refusal.message);
	return { ...refusal, message };
}
