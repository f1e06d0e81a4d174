import type { EntryId, MediaId } from '../ids.ts';
import { compareEntries, compareRecorded, type TimelineEntry } from '../timeline.ts';
import type { Counters, MediaKind } from './schema.ts';

/** When something was said, on both clocks. */
interface Said {
	at: number | null;
	wallAt: number;
}

export interface MediaItem extends Said {
	id: MediaId;
	media: MediaKind;
	/** spoken by a team */
	byTeam: boolean;
	outlet: string;
	title: string;
	text: string;
	counters: Counters | null;
	comments: (Said & { id: EntryId; byTeam: boolean; outlet: string; text: string })[];
	/** why it was taken back; null: it stands */
	withdrawn: string | null;
}

/** What the media show, newest first. */
export function foldMedia(entries: readonly TimelineEntry[]): MediaItem[] {
	const items = new Map<MediaId, MediaItem>();
	const published = new Map<MediaId, TimelineEntry>();
	for (const entry of [...entries].sort(compareRecorded)) {
		const { id, body, exerciseAt: at, wallAt } = entry;
		if (body.kind === 'media') {
			published.set(body.item, entry);
			const { item, media, byTeam, outlet, title, text } = body;
			items.set(item, {
				id: item,
				media,
				byTeam,
				outlet,
				title,
				text,
				at,
				wallAt,
				counters: null,
				comments: [],
				withdrawn: null
			});
			continue;
		}
		if (body.kind !== 'media-comment' && body.kind !== 'media-counters' && body.kind !== 'media-withdrawn')
			continue;
		const item = items.get(body.item);
		if (!item) continue;
		if (body.kind === 'media-comment') {
			const { byTeam, outlet, text } = body;
			item.comments.push({ id, byTeam, outlet, text, at, wallAt });
		} else if (body.kind === 'media-counters') item.counters = body.counters;
		else item.withdrawn = body.reason;
	}
	return [...items.values()]
		.sort((a, b) => compareEntries(published.get(a.id)!, published.get(b.id)!))
		.reverse();
}
