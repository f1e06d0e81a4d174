import { describe, expect, it } from 'vitest';
import type { EntryId, InjectId, TeamId } from '#lib/exercise/ids.ts';
import { foldMedia } from '#lib/exercise/media/fold.ts';
import { foldConversation } from '#lib/exercise/channel/fold.ts';
import { asOf, manyTeams, marksOf, mergeMoments, momentsOf, step } from '#lib/exercise/replay/moments.ts';
import { stageOf } from '#lib/exercise/team/deadlines.ts';
import { foldRoom } from '#lib/exercise/team/room.ts';
import type { EntryBody, TimelineEntry } from '#lib/exercise/timeline.ts';
import { delivered, deliveryId, entry, minute, start } from '../team/entries.ts';

const wallOf = (minutes: number) => start + minutes * minute + 5;
/** an entry whose exercise time is not its wall time: the clock was moved */
const moved = (wallMinutes: number, exerciseMinutes: number, body: EntryBody): TimelineEntry => ({
	...entry(exerciseMinutes, body),
	wallAt: wallOf(wallMinutes)
});

describe('moments', () => {
	const entries = [5, 1, 3, 3].map((minutes) => ({ wallAt: wallOf(minutes) }));
	const moments = momentsOf(entries);

	it('are each once, in the order of the record', () => {
		expect(moments).toEqual([1, 3, 5].map(wallOf));
		expect(mergeMoments(moments, [wallOf(3), wallOf(4)])).toEqual([1, 3, 4, 5].map(wallOf));
	});

	it('are stepped along one by one, and from between two to the one before', () => {
		expect(step(moments, wallOf(1), 1)).toBe(wallOf(3));
		expect(step(moments, wallOf(3), -1)).toBe(wallOf(1));
		expect(step(moments, wallOf(4), -1)).toBe(wallOf(3));
		expect(step(moments, wallOf(4), 1)).toBe(wallOf(5));
		expect(step(moments, wallOf(0), 10)).toBe(wallOf(5));
		expect(step(moments, wallOf(9), -10)).toBe(wallOf(1));
		expect(step(moments, wallOf(5), 1)).toBeNull();
		expect(step(moments, wallOf(1), -1)).toBeNull();
		expect(step([], wallOf(1), 1)).toBeNull();
	});
});

describe('marks', () => {
	const released = (minutes: number, count: number): TimelineEntry =>
		entry(minutes, {
			kind: 'released',
			inject: 'inject-1' as InjectId,
			reference: `CE-${count}`,
			title: 'Gates',
			tlp: 'green',
			trigger: 'hand',
			teams: Array.from({ length: count }, (_, i) => ({ id: `team-${i}` as TeamId, name: `Team ${i}` }))
		});

	it('are the clock, releases to many and escalations; told twice they are one', () => {
		const started = entry(0, { kind: 'exercise', event: 'started' });
		const jump = moved(20, 5, {
			kind: 'clock',
			event: 'jump',
			from: start + 20 * minute,
			to: start + 5 * minute
		});
		const mode = (up: boolean, event: 'proposed' | 'agreed' = 'agreed') =>
			moved(30, 15, {
				kind: 'mode',
				event,
				network: 'CSIRTs network',
				from: 'Normal',
				to: 'Alert',
				up,
				reason: 'It spreads.',
				rhythmHours: 4,
				by: { control: true }
			});
		const found = marksOf([
			mode(true),
			mode(false),
			jump,
			released(2, manyTeams),
			released(3, manyTeams - 1),
			started,
			{ ...started, id: 'told-to-control' as EntryId },
			entry(4, { kind: 'clock', event: 'rate', rate: 2 })
		]);
		expect(found.map(({ kind }) => kind)).toEqual(['started', 'released', 'jumped', 'escalated']);
		expect(found[1]).toMatchObject({ title: `CE-${manyTeams}`, teams: manyTeams });
		expect(found[2]).toMatchObject({ at: wallOf(20), exerciseAt: start + 5 * minute });
		expect(marksOf([mode(true, 'proposed')])).toEqual([]);
		// to how many others it went is not the team's business
		expect(marksOf([delivered(3, 'gates')])).toEqual([
			{ at: wallOf(3), exerciseAt: start + 3 * minute, kind: 'received', title: 'gates' }
		]);
	});
});

describe('a recall', () => {
	const inject = delivered(10, 'gates', { acknowledge: 5 });
	const back = entry(30, {
		kind: 'inject-recalled',
		delivery: deliveryId('gates'),
		title: 'gates',
		tlp: 'green',
		reason: 'Wrong teams'
	});
	const stage = (minutes: number) => {
		const [item] = foldRoom(asOf([inject, back], wallOf(minutes))).injects;
		return item && stageOf(item, start + minutes * minute);
	};

	it('is a mark, and before it the inject stands as delivered, also late', () => {
		expect([9, 10, 29, 30, 60].map(stage)).toEqual([
			undefined,
			'delivered',
			'overdue',
			'recalled',
			'recalled'
		]);
		expect(marksOf([back])).toMatchObject([{ at: wallOf(30), kind: 'recalled', title: 'gates' }]);
		expect(
			marksOf([
				entry(30, {
					kind: 'recalled',
					inject: 'inject-1' as InjectId,
					reference: 'CE-1',
					title: 'Gates',
					tlp: 'green',
					reason: 'Wrong teams',
					teams: []
				})
			])
		).toMatchObject([{ kind: 'recalled', title: 'CE-1' }]);
	});
});

describe('a timeline as it stood', () => {
	const inject = delivered(10, 'gates', { acknowledge: 5, respond: 30 });
	const acknowledged = entry(17, {
		kind: 'acknowledged',
		delivery: deliveryId('gates'),
		title: 'gates',
		afterMs: 0
	});
	const entries = [acknowledged, inject];
	const stage = (minutes: number) => {
		const [item] = foldRoom(asOf(entries, wallOf(minutes))).injects;
		return item && stageOf(item, start + minutes * minute);
	};

	it('shows an inject as it was then: not there, delivered, late, acknowledged', () => {
		expect([9, 10, 16, 17, 41].map(stage)).toEqual([
			undefined,
			'delivered',
			'overdue',
			'acknowledged',
			'overdue'
		]);
	});

	it('knows what was acknowledged after the clock had jumped back, and lists it by exercise time', () => {
		const later = moved(20, 2, {
			kind: 'acknowledged',
			delivery: deliveryId('gates'),
			title: 'gates',
			afterMs: 0
		});
		const note = moved(21, 3, { kind: 'log', log: 'note', text: 'again' } as EntryBody);
		const room = foldRoom([note, later, inject]);
		expect(room.injects[0]!.acknowledged).toMatchObject({ at: start + 2 * minute });
		// by exercise time, newest first: no act without its inject
		expect(room.items.map(({ kind }) => kind)).toEqual(['inject', 'log']);
	});

	it('keeps replies and comments with what they answer when the clock had jumped back', () => {
		const message = (id: string, wall: number, exercise: number, thread?: string) =>
			moved(wall, exercise, {
				kind: 'message',
				message: id,
				from: { control: true },
				tlp: 'green',
				text: id,
				...(thread && { thread })
			} as EntryBody);
		const { items } = foldConversation([message('answer', 20, 2, 'root'), message('root', 10, 10)]);
		expect(items).toHaveLength(1);
		expect(items[0]).toMatchObject({ kind: 'message', replies: [{ message: { message: 'answer' } }] });

		const media = foldMedia([
			moved(20, 2, {
				kind: 'media-comment',
				item: 'm1',
				byTeam: false,
				outlet: 'X',
				text: 'why?'
			} as EntryBody),
			moved(10, 10, {
				kind: 'media',
				item: 'm1',
				media: 'article',
				byTeam: false,
				outlet: 'News',
				title: 'Gates',
				text: 'Shut.'
			} as EntryBody)
		]);
		expect(media[0]!.comments.map(({ text }) => text)).toEqual(['why?']);
	});
});
