import { markingOf, markingWordOf } from '#lib/exercise/exercise/kind.ts';
import type { ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import { tlpLabel, type Tlp } from '#lib/standards/tlp.ts';

/** What a mail of an exercise, or of a real room, wears outside: in front of the subject, and as first and last line of the text. */
export interface Marked {
	exercise: { kind: ExerciseKind; name: string } | null;
	tlp?: Tlp;
	subject: string;
	text: string;
}

/** `[EXERCISE] [TLP:AMBER] Odd logins`: who sees only the list of mails must see whether it is real. */
export function markedSubject({ exercise, tlp, subject }: Marked): string {
	return [exercise && `[${markingWordOf(exercise)}]`, tlp && `[${tlpLabel(tlp)}]`, subject]
		.filter(Boolean)
		.join(' ');
}

/** The label stands before what it is about (TLP 2.0), the marking around everything (DOMAIN 9.1). */
export function markedText({ exercise, tlp, text }: Marked): string {
	if (!exercise) return `${tlp ? `${tlpLabel(tlp)}\n\n` : ''}${text}\n`;
	const head = [oneLine(exercise.name), tlp && tlpLabel(tlp)].filter(Boolean).join(' · ');
	const marking = markingOf(exercise);
	return [marking, head, '', text, '', marking, ''].join('\n');
}

/** Line breaks and other control characters would write headers of their own. */
export const hasControls = (value: string) => /[\p{Cc}\u2028\u2029]/u.test(value);

/** For texts of others on their way into one line: a sender's name, a title. */
export const oneLine = (value: string) =>
	value
		.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
		.replace(/ {2,}/g, ' ')
		.trim();
