import { describe, expect, it } from 'vitest';
import type { QuestionId } from '#lib/exercise/ids.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { noticeText } from '#lib/exercise/notice/notice.ts';
import { deadlinesOf } from '#lib/exercise/team/deadlines.ts';
import { foldRoom } from '#lib/exercise/team/room.ts';
import {
	announcementOf,
	happeningOfItem,
	lateWords,
	standingWords
} from '../../../src/routes/exercises/[exercise]/teams/[team]/wording.ts';
import { t } from '#lib/text/index.ts';
import { delivered, deliveryId, entry, minute, start } from './entries.ts';

function injectWith(tlp: Tlp) {
	const one = delivered(0, 'Port gates show a ransom note');
	if (one.body.kind === 'inject') one.body.inject.tlp = tlp;
	return foldRoom([one]).injects[0]!;
}

describe('what is told outside the page', () => {
	for (const tlp of tlpIds)
		it(`[P8] a browser notice is marked EXERCISE and ${tlp === 'clear' || tlp === 'green' ? 'names' : 'does not name'} a ${tlp} inject`, () => {
			const notice = noticeText(happeningOfItem(injectWith(tlp))!, 'Meridian', t);
			expect(notice.title).toBe('EXERCISE: New inject in Meridian');
			expect(notice.body).toBe(tlp === 'clear' || tlp === 'green' ? 'Port gates show a ransom note' : '');
		});

	for (const tlp of tlpIds)
		it(`[P8] a notice of a recall ${tlp === 'clear' || tlp === 'green' ? 'names' : 'does not name'} a ${tlp} inject, and never says why`, () => {
			const [item] = foldRoom([
				entry(
					1,
					{
						kind: 'inject-recalled',
						delivery: deliveryId('gates'),
						title: 'Port gates',
						tlp,
						reason: 'secret'
					},
					null
				)
			]).items;
			const notice = noticeText(happeningOfItem(item!)!, 'Meridian', t);
			expect(notice.title).toBe('EXERCISE: An inject was recalled in Meridian');
			expect(notice.body).toBe(tlp === 'clear' || tlp === 'green' ? 'Port gates' : '');
			expect(announcementOf(item!)).toBe('Exercise control recalled an inject: Port gates. secret');
		});

	it('never shows the words of an answer', () => {
		const question = 'question-1' as QuestionId;
		const [item] = foldRoom([
			entry(1, { kind: 'answer', question, asked: 'who?', answer: 'secret' }, null)
		]).items;
		const notice = noticeText(happeningOfItem(item!)!, 'Meridian', t);
		expect(notice.title).toMatch(/^EXERCISE: /);
		expect(JSON.stringify(notice)).not.toMatch(/secret|who/);
	});

	it('says injects and answers aloud, and leaves announcements to the shell', () => {
		const room = foldRoom([
			delivered(0, 'gates'),
			entry(1, { kind: 'announcement', text: 'lunch', tlp: 'clear' }, null),
			entry(2, { kind: 'log', log: 'note', text: 'x' })
		]);
		expect(room.items.map(announcementOf)).toEqual([null, null, 'New inject: gates']);
	});
});

describe('how time is told', () => {
	const title = 'gates';
	const act = (minutes: number) =>
		entry(minutes, { kind: 'acknowledged', delivery: deliveryId(title), title, afterMs: 0 });

	it('counts what is left and what is late', () => {
		const [deadline] = deadlinesOf(foldRoom([delivered(0, title, { acknowledge: 5 })]).injects[0]!);
		expect(standingWords(deadline!, start + 1.5 * minute)).toBe('3 min 30 s left');
		expect(standingWords(deadline!, start + 65 * minute)).toBe('1 h late');
	});

	it('keeps saying by how much something was late, and nothing of what was in time', () => {
		expect(lateWords(foldRoom([delivered(0, title, { acknowledge: 5 }), act(7)]).injects[0]!)).toEqual([
			'acknowledged 2 min late'
		]);
		expect(lateWords(foldRoom([delivered(0, title, { acknowledge: 5 }), act(4)]).injects[0]!)).toEqual([]);
	});
});
