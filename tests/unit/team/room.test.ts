import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InjectId, QuestionId } from '#lib/exercise/ids.ts';
import { draftOf, foldRoom, reachesTeam } from '#lib/exercise/team/room.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { TimelineEntry } from '#lib/exercise/timeline.ts';
import { delivered, deliveryId, entry, minute, start } from './entries.ts';

const question = (name: string) => `question-${name}` as QuestionId;

describe('folding a room', () => {
	it('puts the acknowledgement and the responses into the inject they belong to', () => {
		const room = foldRoom([
			delivered(10, 'gates', { acknowledge: 5, respond: 30 }),
			entry(12, { kind: 'acknowledged', delivery: deliveryId('gates'), title: 'gates', afterMs: 2 * minute }),
			entry(20, {
				kind: 'responded',
				delivery: deliveryId('gates'),
				title: 'gates',
				text: 'isolated',
				afterMs: 1
			}),
			entry(25, {
				kind: 'responded',
				delivery: deliveryId('gates'),
				title: 'gates',
				text: 'and imaged',
				afterMs: 1
			})
		]);
		expect(room.items).toHaveLength(1);
		const [inject] = room.injects;
		expect(inject?.acknowledged).toMatchObject({ by: 'Ana Analyst', at: start + 12 * minute });
		expect(inject?.responses.map((one) => one.text)).toEqual(['isolated', 'and imaged']);
	});

	it('keeps the first acknowledgement when there are two', () => {
		const act = { kind: 'acknowledged', delivery: deliveryId('a'), title: 'a', afterMs: 0 } as const;
		const room = foldRoom([delivered(0, 'a'), entry(1, act, 'first'), entry(2, act, 'second')]);
		expect(room.injects[0]?.acknowledged?.by).toBe('first');
	});

	it('shows newest exercise time first, and what happened before STARTEX last', () => {
		const room = foldRoom([
			entry(null, { kind: 'announcement', text: 'welcome', tlp: 'green' }, null),
			delivered(30, 'later'),
			entry(5, { kind: 'log', log: 'note', text: 'scribe is Ana' }),
			entry(0, { kind: 'exercise', event: 'started' }, null)
		]);
		expect(room.items.map((item) => item.kind)).toEqual(['inject', 'log', 'exercise', 'announcement']);
	});

	it('is the same whatever order the entries came in', () => {
		const entries = [
			delivered(1, 'a', { respond: 5 }),
			entry(2, { kind: 'acknowledged', delivery: deliveryId('a'), title: 'a', afterMs: 0 }),
			entry(3, { kind: 'question', question: question('q'), text: 'which port?' }),
			entry(4, { kind: 'answer', question: question('q'), asked: 'which port?', answer: 'Piraeus' }, null),
			entry(5, { kind: 'report-opened', page: 'report-1', number: 1 }),
			entry(6, { kind: 'responded', delivery: deliveryId('a'), title: 'a', text: 'done', afterMs: 0 })
		];
		const expected = foldRoom(entries);
		fc.assert(
			fc.property(
				fc.shuffledSubarray(entries, { minLength: entries.length }),
				(shuffled: TimelineEntry[]) => {
					expect(foldRoom(shuffled)).toEqual(expected);
				}
			)
		);
	});

	it('joins a question with its answer, and shows the answer as something that reached the team', () => {
		const room = foldRoom([
			entry(3, { kind: 'question', question: question('one'), text: 'may we call the press?' }),
			entry(4, { kind: 'question', question: question('two'), text: 'which port?' }),
			entry(
				9,
				{ kind: 'answer', question: question('one'), asked: 'may we call the press?', answer: 'no' },
				null
			)
		]);
		expect(room.questions.map((item) => [item.text, item.answer?.text ?? null])).toEqual([
			['which port?', null],
			['may we call the press?', 'no']
		]);
		expect(room.items.filter(reachesTeam).map((item) => item.kind)).toEqual(['answer']);
	});

	it('knows the draft and the frozen versions', () => {
		const text = richTextFromText('Gates closed.');
		const opened = (number: number) =>
			entry(number * 10, { kind: 'report-opened', page: `report-${number}`, number });
		const approved = entry(15, {
			kind: 'report',
			page: 'report-1',
			number: 1,
			title: 'Port gates',
			tlp: 'amber',
			asOf: start,
			text
		});
		expect(draftOf(foldRoom([]))).toBeNull();
		expect(draftOf(foldRoom([opened(1)]))).toMatchObject({ number: 1 });
		expect(draftOf(foldRoom([opened(1), approved]))).toBeNull();
		const room = foldRoom([opened(1), approved, opened(2)]);
		expect(room.reports.map((one) => [one.number, one.approved?.text ?? null])).toEqual([
			[1, text],
			[2, null]
		]);
		expect(draftOf(room)).toMatchObject({ page: 'report-2' });
	});

	it('keeps both a log entry and its correction', () => {
		const first = entry(1, { kind: 'log', log: 'event', text: '40 trucks' });
		const second = entry(2, {
			kind: 'log',
			log: 'event',
			text: '400 trucks',
			correctionOf: first.id,
			late: true
		});
		const [correction, corrected] = foldRoom([first, second]).items;
		expect(correction).toMatchObject({ corrects: { id: first.id, text: '40 trucks' }, late: true });
		expect(corrected).toMatchObject({ text: '40 trucks', corrected: true, corrects: null });
	});

	it('loses no act whose inject is not here', () => {
		const room = foldRoom([
			entry(1, { kind: 'responded', delivery: deliveryId('gone'), title: 'gone', text: 'done', afterMs: 0 })
		]);
		expect(room.items).toMatchObject([{ kind: 'responded', title: 'gone', text: 'done' }]);
	});

	it('[P1] shows nothing of planning, should it ever reach a team timeline', () => {
		const inject = 'inject-secret' as InjectId;
		const room = foldRoom([
			entry(1, { kind: 'held', inject, reference: 'CE-1', title: 'not yet', reason: 'late' }),
			entry(2, { kind: 'approved', inject, reference: 'CE-1', title: 'not yet', version: 1 }),
			entry(3, {
				kind: 'released',
				inject,
				reference: 'CE-1',
				title: 'x',
				tlp: 'red',
				trigger: 'hand',
				teams: []
			})
		]);
		expect(room.items).toEqual([]);
		expect(JSON.stringify(room)).not.toContain('not yet');
	});

	it('folds an empty room', () => {
		expect(foldRoom([])).toEqual({
			items: [],
			injects: [],
			questions: [],
			decisions: [],
			reports: [],
			received: [],
			rhythm: null
		});
	});
});
