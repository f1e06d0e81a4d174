import type { RoomChange } from '#lib/exercise/looked/changes.ts';
import type { TimelineEntry } from '#lib/exercise/timeline.ts';
import { entryText } from './entry-text.ts';

/** One entry as a change since somebody last looked; what is said about the same inject or record is about one thing. */
export function changeOf(entry: TimelineEntry, time: (exercise: number) => string): RoomChange {
	const { id, body, by, exerciseAt, wallAt } = entry;
	const { who, text, tlp } = entryText(entry, time);
	const about =
		body.kind === 'working'
			? body.record
			: 'inject' in body && typeof body.inject === 'string'
				? body.inject
				: 'delivery' in body
					? body.delivery
					: 'question' in body
						? body.question
						: id;
	return {
		id,
		about,
		words: text.startsWith(who) ? text : `${who} ${text}`,
		// already named in the words, where it is a person of exercise control
		by: by === who ? null : by,
		at: exerciseAt,
		wallAt,
		...(tlp && { tlp })
	};
}
