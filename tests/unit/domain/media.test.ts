import { describe, expect, it } from 'vitest';
import {
	commentMedia,
	countMedia,
	makeStatement,
	publishMedia,
	withdrawMedia,
	type MediaState
} from '#lib/exercise/media/commands.ts';
import { foldMedia } from '#lib/exercise/media/fold.ts';
import type { Decision } from '#lib/exercise/decision.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import type { EntryId, MediaId } from '#lib/exercise/ids.ts';
import { audiencesOf, type TimelineEntry } from '#lib/exercise/timeline.ts';
import {
	controller,
	exercise,
	frenchLead,
	greek,
	greekLead,
	greekPlayer,
	idOf,
	moment,
	observer,
	person,
	startex
} from './factories.ts';

const press = person('Press', { role: 'media_player' });
const item = idOf<MediaId>('media item');
const running = exercise();
const published: MediaState['item'] = {
	item,
	publisher: null,
	outlet: 'The Harbour Post',
	title: 'Ports',
	withdrawn: false
};
const state = (values: Partial<MediaState> = {}): MediaState => ({
	exercise: running,
	team: null,
	item: null,
	...values
});
const codeOf = (decision: Decision) => ('refused' in decision ? decision.refused.code : 'ok');
const article = { kind: 'article' as const, outlet: 'The Harbour Post', title: 'Ports', text: 'Still.' };

describe('simulated media', () => {
	it.each<[string, Actor, string]>([
		['a media player', press, 'ok'],
		['a controller', controller, 'ok'],
		['a team lead', greekLead, 'forbidden'],
		['an observer', observer, 'forbidden']
	])('%s publishing an article: %3$s', (_who, actor, expected) => {
		expect(codeOf(publishMedia.decide(state(), article, actor, moment(running)))).toBe(expected);
	});

	it('nothing is published before STARTEX or during an emergency stop', () => {
		for (const of of ['ready', 'stopped', 'ended'] as const) {
			const then = exercise(of);
			expect(codeOf(publishMedia.decide(state({ exercise: then }), article, press, moment(then)))).toBe(
				'not-now'
			);
		}
	});

	it('a team speaks through its lead, and only through its own', () => {
		const input = { team: greek.id, title: 'Statement', text: 'We are working on it.' };
		const say = (actor: Actor) =>
			codeOf(makeStatement.decide(state({ team: greek }), input, actor, moment(running)));
		expect(say(greekLead)).toBe('ok');
		expect(say(greekPlayer)).toBe('forbidden');
		expect(say(frenchLead)).toBe('not-found');
		expect(say(press)).toBe('not-found');
	});

	it('players answer in their team’s name, media players under any account', () => {
		const at = moment(running);
		const inTeam = { item, team: greek.id, outlet: '', text: 'No.' };
		const asAccount = { item, outlet: '@angler', text: 'Yes.' };
		const of = state({ team: greek, item: published });
		expect(codeOf(commentMedia.decide(of, inTeam, greekPlayer, at))).toBe('ok');
		expect(codeOf(commentMedia.decide(of, inTeam, frenchLead, at))).toBe('not-found');
		expect(codeOf(commentMedia.decide(of, asAccount, greekPlayer, at))).toBe('forbidden');
		expect(codeOf(commentMedia.decide(of, asAccount, press, at))).toBe('ok');
		expect(codeOf(commentMedia.decide(of, { ...asAccount, outlet: '' }, press, at))).toBe('invalid');
		const gone = state({ team: greek, item: { ...published, withdrawn: true } });
		expect(codeOf(commentMedia.decide(gone, inTeam, greekPlayer, at))).toBe('stale');
	});

	it('counters are the media players’; who published takes back, once', () => {
		const at = moment(running);
		const counters = { views: 10, likes: 1, shares: 0 };
		const of = state({ item: published });
		expect(codeOf(countMedia.decide(of, { item, counters }, press, at))).toBe('ok');
		expect(codeOf(countMedia.decide(of, { item, counters }, greekLead, at))).toBe('forbidden');
		expect(codeOf(withdrawMedia.decide(of, { item, reason: 'Wrong' }, greekLead, at))).toBe('forbidden');
		const own = state({ item: { ...published, publisher: greek.id } });
		expect(codeOf(withdrawMedia.decide(own, { item, reason: 'Wrong' }, greekLead, at))).toBe('ok');
		expect(codeOf(withdrawMedia.decide(own, { item, reason: 'Wrong' }, press, at))).toBe('forbidden');
		const gone = state({ item: { ...published, withdrawn: true } });
		expect(codeOf(withdrawMedia.decide(gone, { item, reason: 'Wrong' }, press, at))).toBe('stale');
	});

	it('[R1] the public reads the outlet, never the person, and no id of a team', () => {
		const decision = makeStatement.decide(
			state({ team: greek }),
			{ team: greek.id, title: 'Statement', text: 'We are working on it.' },
			greekLead,
			moment(running)
		);
		if ('refused' in decision) throw new Error(decision.refused.message);
		const [shown] = audiencesOf(
			{ fact: decision.facts[0]!, by: { account: 'a', name: 'Somebody' }, wallAt: 0, exerciseAt: startex },
			{ team: () => greek, referenceOf: () => '', actOf: () => 1 }
		);
		expect(shown).toMatchObject({ audience: { to: 'channel', channel: 'media' }, named: false });
		expect(JSON.stringify(shown)).not.toContain(greek.id);
	});

	it('folds what was said, in any order of the entries', () => {
		const entry = (order: number, body: TimelineEntry['body']): TimelineEntry => ({
			id: idOf<EntryId>(`entry ${order}`),
			exerciseAt: startex + order,
			wallAt: order,
			order,
			by: null,
			body
		});
		const entries = [
			entry(0, {
				kind: 'media',
				item,
				media: 'article',
				byTeam: false,
				outlet: 'Post',
				title: 'Ports',
				text: 'Still.'
			}),
			entry(1, { kind: 'media-comment', item, byTeam: true, outlet: 'GR CSIRT', text: 'No.' }),
			entry(2, { kind: 'media-counters', item, counters: { views: 5, likes: 0, shares: 0 } }),
			entry(3, { kind: 'media-counters', item, counters: { views: 9, likes: 0, shares: 0 } }),
			entry(4, { kind: 'media-withdrawn', item, outlet: 'Post', title: 'Ports', reason: 'Wrong' })
		];
		const [one] = foldMedia([...entries].reverse());
		expect(one).toMatchObject({
			counters: { views: 9 },
			withdrawn: 'Wrong',
			comments: [{ outlet: 'GR CSIRT' }]
		});
		expect(foldMedia(entries)).toEqual(foldMedia([...entries].reverse()));
	});
});
