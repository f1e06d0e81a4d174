import { z } from 'zod';

/** What people are told about. Deadlines are those that are near, or over. */
export const noticeKinds = ['inject', 'request', 'deadline', 'mention', 'mode', 'stop'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** In the page, by the browser when the page is not in view, by a sound, and by a mail now and then that counts. */
export const noticeWays = ['page', 'browser', 'sound', 'mail'] as const;
export type NoticeWay = (typeof noticeWays)[number];

/** One person's choice. */
export interface NoticeChoices {
	ways: Record<NoticeKind, NoticeWay[]>;
	/** a mail at most every so many minutes of real time, and only when there is something to tell */
	digestMinutes: number;
}

export const digestLimits = { shortest: 5, longest: 1440 } as const;

/** As everybody begins: nothing leaves Muster by mail unless somebody asks for it. */
export const defaultChoices: NoticeChoices = {
	ways: {
		inject: ['page', 'browser', 'sound'],
		request: ['page', 'browser', 'sound'],
		deadline: ['page', 'browser', 'sound'],
		mention: ['page', 'browser'],
		mode: ['page'],
		stop: ['page', 'browser', 'sound']
	},
	digestMinutes: 30
};

const ways = z.array(z.enum(noticeWays)).max(noticeWays.length);

export const noticeChoicesSchema = z.object({
	ways: z.object({
		inject: ways,
		request: ways,
		deadline: ways,
		mention: ways,
		mode: ways,
		stop: ways
	}),
	digestMinutes: z
		.number('Minutes: write a number.')
		.int('Minutes: write a whole number.')
		.min(digestLimits.shortest, `Minutes: at least ${digestLimits.shortest}.`)
		.max(digestLimits.longest, `Minutes: at most ${digestLimits.longest}.`)
});

/** As it was stored; what came later, or is of the wrong shape, has its default. */
export function readChoices(stored: unknown): NoticeChoices {
	const given = (stored ?? {}) as { ways?: Record<string, unknown>; digestMinutes?: unknown };
	const shape = noticeChoicesSchema.shape;
	const minutes = shape.digestMinutes.safeParse(given.digestMinutes);
	return {
		ways: Object.fromEntries(
			noticeKinds.map((kind) => {
				const checked = ways.safeParse(given.ways?.[kind]);
				return [kind, checked.success ? checked.data : defaultChoices.ways[kind]];
			})
		) as NoticeChoices['ways'],
		digestMinutes: minutes.success ? minutes.data : defaultChoices.digestMinutes
	};
}

export const wants = (choices: NoticeChoices, kind: NoticeKind, way: NoticeWay): boolean =>
	choices.ways[kind].includes(way);

/** The kinds of which somebody wants to hear by mail; empty: no digest. */
export const mailedKinds = (choices: NoticeChoices): NoticeKind[] =>
	noticeKinds.filter((kind) => wants(choices, kind, 'mail'));
