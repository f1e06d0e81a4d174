import { z } from 'zod';
import type { MediaId, TeamId } from '../ids.ts';
import { shortText } from '../exercise/schema.ts';

/*
 * Simulated media (DOMAIN 4.2, 5.1 section 8): what the public of the exercise reads. Everybody in the exercise reads it,
 * so it is marked as exercise and carries TLP:CLEAR; nothing is loaded from outside.
 */

/** What media players publish: a press article, a social post, a line on television. */
export const outletKinds = ['article', 'post', 'banner'] as const;
/** A statement is what a team says in public. */
export const mediaKinds = [...outletKinds, 'statement'] as const;
export type MediaKind = (typeof mediaKinds)[number];

export const mediaLimits = { outlet: 80, title: 200, article: 8000, post: 500, banner: 160, comment: 500 };

const text = (label: string, max: number) => shortText(label, max);
/** As typed by whoever publishes; the outlet or handle is simulated. */
export const publishSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('article'),
		outlet: text('Newspaper', mediaLimits.outlet),
		title: text('Headline', mediaLimits.title),
		text: text('Article', mediaLimits.article)
	}),
	z.object({
		kind: z.literal('post'),
		outlet: text('Account', mediaLimits.outlet),
		text: text('Post', mediaLimits.post)
	}),
	z.object({
		kind: z.literal('banner'),
		outlet: text('Channel', mediaLimits.outlet),
		text: text('Banner', mediaLimits.banner)
	})
]);
export type Published = z.infer<typeof publishSchema>;

export const countersSchema = z.object({
	views: z.number().int().min(0).max(2_000_000_000),
	likes: z.number().int().min(0).max(2_000_000_000),
	shares: z.number().int().min(0).max(2_000_000_000)
});
export type Counters = z.infer<typeof countersSchema>;

/** `publisher`: the team that speaks; null: media players, or exercise control. */
export type MediaFact =
	| {
			kind: 'media-published';
			item: MediaId;
			media: MediaKind;
			publisher: TeamId | null;
			/** the simulated outlet or account, or the team's name */
			outlet: string;
			title: string;
			text: string;
	  }
	| {
			kind: 'media-commented';
			item: MediaId;
			publisher: TeamId | null;
			outlet: string;
			text: string;
	  }
	| { kind: 'media-counted'; item: MediaId; counters: Counters }
	| { kind: 'media-withdrawn'; item: MediaId; outlet: string; title: string; reason: string };
