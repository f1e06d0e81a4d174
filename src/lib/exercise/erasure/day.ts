import { z } from 'zod';
import { longText } from '../exercise/schema.ts';

/*
 * The day on which the names of an exercise are erased (DOMAIN 6: personal data per exercise with a deletion date). Days
 * are days of the wall's calendar in UTC, `2027-06-10`; nobody's exercise time moves them.
 */

/** How many days ahead the directors are reminded by mail. */
export const reminderDays = [30, 7] as const;

export const dayOf = (wall: number): string => new Date(wall).toISOString().slice(0, 10);

/** What is proposed while nobody has chosen: twelve months after planned ENDEX. */
export function proposedDay(endsAt: number): string {
	const end = new Date(endsAt);
	const months = end.getUTCMonth() + 12;
	const day = new Date(Date.UTC(end.getUTCFullYear(), months, end.getUTCDate()));
	// 29 February: the last day of that month
	return dayOf(
		day.getUTCMonth() === months % 12 ? day.getTime() : Date.UTC(end.getUTCFullYear(), months + 1, 0)
	);
}

export const erasureDaySchema = z.object({
	day: z
		.string()
		.regex(/^\d{4}-\d{2}-\d{2}$/, 'Write the day as 2027-06-10.')
		.refine(
			(day) => {
				const at = Date.parse(`${day}T00:00:00Z`);
				return !Number.isNaN(at) && dayOf(at) === day;
			},
			{ error: 'There is no such day.' }
		),
	/** why on that day: kept with it, and shown to everybody in the exercise */
	reason: longText('Reason')
});

/** Why names cannot go on that day, as a sentence; null: they can. Ten years is longer than any duty to keep them. */
export function dayProblem(day: string, { endsAt, now }: { endsAt: number; now: number }): string | null {
	if (day <= dayOf(now)) return 'Choose a day from tomorrow on: what is erased does not come back.';
	if (day <= dayOf(endsAt)) return 'Choose a day after planned ENDEX.';
	if (Date.parse(`${day}T00:00:00Z`) > Math.max(endsAt, now) + 10 * 366 * 86_400_000)
		return 'Choose a day within ten years.';
	return null;
}

/** Which reminder is due today; null: none. The nearer one goes out if both were missed. */
export function reminderDue(day: string, now: number): (typeof reminderDays)[number] | null {
	const left = (Date.parse(`${day}T00:00:00Z`) - Date.parse(`${dayOf(now)}T00:00:00Z`)) / 86_400_000;
	if (left <= 0) return null;
	return [...reminderDays].reverse().find((days) => left <= days) ?? null;
}
