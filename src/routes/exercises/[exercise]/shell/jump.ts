import { parseOffset, parseSchedule } from '#lib/exercise/inject/schedule.ts';

/** Where the clock shall jump to: `D2 09:00`, `09:00` on the day that it is, or `+06:00` from now. Null: not a time. */
export function parseJump(
	text: string,
	context: { now: number; startsAt: number; timeZone: string; today: string }
): number | null {
	const words = text.trim();
	if (/^[+\-−–]/.test(words)) {
		const seconds = parseOffset(words);
		return seconds === null ? null : context.now + seconds * 1000;
	}
	const withDay = /^\d{1,2}[:.h]/.test(words) ? `${context.today} ${words}` : words;
	const parsed = parseSchedule(withDay, {
		...context,
		referenceOf: () => undefined,
		injectOf: () => undefined
	});
	return 'value' in parsed && parsed.value.mode === 'at' ? parsed.value.at : null;
}
