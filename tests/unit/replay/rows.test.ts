import { describe, expect, it } from 'vitest';
import type { DocumentRef } from '#lib/exercise/documents.ts';
import type { ChannelFileId, ChannelId, ExerciseId, MediaId, MessageId, TeamId } from '#lib/exercise/ids.ts';
import { asOf } from '#lib/exercise/replay/moments.ts';
import type { EntryBody, TimelineEntry } from '#lib/exercise/timeline.ts';
import { shownRows, type RowContext } from '../../../src/routes/exercises/[exercise]/replay/rows.ts';
import type { Times } from '../../../src/routes/exercises/[exercise]/shell/times.svelte.ts';
import { delivered, deliveryId, entry, minute, start } from '../team/entries.ts';

const ref: Extract<DocumentRef, { kind: 'timeline' }> = {
	exercise: 'x'.repeat(22) as ExerciseId,
	kind: 'timeline',
	audience: { to: 'team', team: 't'.repeat(22) as TeamId },
	segment: 0
};
const times = {
	full: (at: number) => `D1 +${Math.round((at - start) / minute)}`,
	local: () => 'local'
} as unknown as Times;
const context = (minutes: number, more: Partial<RowContext> = {}): RowContext => ({
	now: start + minutes * minute,
	times,
	base: '/exercises/x',
	ref,
	team: 'GR CSIRT',
	projector: false,
	...more
});
const wall = (minutes: number) => start + minutes * minute + 5;

describe('rows of a timeline as it stood', () => {
	const red = entry(30, { kind: 'announcement', text: 'For your eyes', tlp: 'red', to: 'team' }, null);
	const entries = [
		delivered(10, 'gates', { acknowledge: 5 }),
		entry(
			12,
			{ kind: 'acknowledged', delivery: deliveryId('gates'), title: 'gates', afterMs: 0 },
			'Leda Lead'
		),
		entry(20, { kind: 'log', log: 'note', text: 'The port does not answer.' } as EntryBody, 'Gina Greek'),
		red
	];

	it('tell what waited then, and who had acknowledged, and lead to where it stands now', () => {
		const [before] = shownRows(asOf(entries, wall(11)), context(11));
		expect(before).toMatchObject({ title: 'gates', state: { state: 'delivered' } });
		expect(before!.notes.map(({ text }) => text).join()).toContain('D1 +15');
		const [late] = shownRows(asOf(entries, wall(11)), context(16));
		expect(late).toMatchObject({ state: { state: 'overdue' } });
		const [after] = shownRows(asOf(entries, wall(12)), context(12));
		expect(after).toMatchObject({ state: { state: 'acknowledged' }, touchedAt: wall(12) });
		expect(after!.notes.map(({ text }) => text).join()).toContain('Leda Lead');
		expect(after!.href).toBe(`/exercises/x/teams/${'t'.repeat(22)}#item-${entries[0]!.id}`);
	});

	it('tell of a recall from its moment on, with the reason, and of nothing asked after it', () => {
		const back = entry(
			30,
			{
				kind: 'inject-recalled',
				delivery: deliveryId('gates'),
				title: 'gates',
				tlp: 'amber',
				reason: 'Wrong teams'
			},
			null
		);
		const came = delivered(10, 'gates', { acknowledge: 5 });
		const at = (minutes: number) => shownRows(asOf([came, back], wall(minutes)), context(minutes));
		expect(at(29)).toMatchObject([{ title: 'gates', state: { state: 'overdue' } }]);
		expect(JSON.stringify(at(29))).not.toContain('Wrong teams');
		const rows = at(30);
		expect(rows).toHaveLength(2);
		for (const row of rows) expect(JSON.stringify(row)).toContain('Wrong teams');
		const inject = rows.find(({ title }) => title === 'gates')!;
		expect(inject).toMatchObject({ state: { state: 'recalled' }, touchedAt: wall(30) });
		expect(inject.notes.every(({ late }) => !late)).toBe(true);
	});

	it('[P8] name no person on a projector, and say nothing that is TLP:RED', () => {
		const rows = shownRows(entries, context(40, { projector: true }));
		const said = JSON.stringify(rows);
		for (const words of ['Leda Lead', 'Gina Greek', 'For your eyes']) expect(said).not.toContain(words);
		expect(rows.find(({ id }) => id === red.id)).toMatchObject({ tlp: 'red', text: '', answers: [] });
		expect(said).toContain('The port does not answer.');
	});

	describe('of a channel', () => {
		const message = (minutes: number, id: string, more: Partial<Extract<EntryBody, { kind: 'message' }>>) =>
			entry(
				minutes,
				{
					kind: 'message',
					message: id as MessageId,
					from: { team: { name: 'GR CSIRT', country: 'GR' } },
					tlp: 'green',
					text: id,
					...more
				},
				'Gina Greek'
			);
		const root = message(10, 'Which version do you run?', {
			quotes: [
				{
					from: { team: { name: 'IT CSIRT', country: 'IT' } },
					by: 'Ida Italian',
					text: 'Version 7.4 is the bad one.',
					tlp: 'amber',
					at: start,
					wallAt: wall(0)
				}
			],
			files: [{ file: 'f' as ChannelFileId, name: 'versions.txt', mediaType: 'text/plain', bytes: 4 }]
		});
		const talk = [
			root,
			message(11, 'We run 7.4.', { tlp: 'amber', thread: 'Which version do you run?' as MessageId }),
			message(12, 'Our key is on it.', { tlp: 'red', thread: 'Which version do you run?' as MessageId })
		];
		const channel = {
			...ref,
			audience: { to: 'channel' as const, channel: 'c'.repeat(22) as ChannelId }
		};

		it('[P8] show what is quoted and replied under its own label, and the files that came with it', () => {
			const [row] = shownRows(talk, context(40, { ref: channel }));
			expect(row!.quotes).toMatchObject([
				{ head: 'D1 +0 · IT CSIRT · Ida Italian', text: 'Version 7.4 is the bad one.', tlp: 'amber' }
			]);
			expect(row!.answers.map(({ text, tlp }) => [text, tlp])).toEqual([
				['We run 7.4.', 'amber'],
				['Our key is on it.', 'red']
			]);
			expect(row!.notes.map(({ text }) => text)).toEqual(['Files: versions.txt']);
			// as it stood before anybody had replied
			expect(shownRows(asOf(talk, wall(10)), context(10, { ref: channel }))[0]!.answers).toEqual([]);
		});

		it('[P8] on a projector withhold a reply that is TLP:RED, although what it answers is not', () => {
			const [row] = shownRows(talk, context(40, { ref: channel, projector: true }));
			expect(row!.text).toBe('Which version do you run?');
			const said = JSON.stringify(row);
			expect(said).toContain('We run 7.4.');
			for (const words of ['Our key is on it.', 'Gina Greek', 'Ida Italian'])
				expect(said).not.toContain(words);
			expect(row!.answers[1]).toMatchObject({ head: '', tlp: 'red' });
		});
	});

	it('of the media say which comments are of a team', () => {
		const item = 'm' as MediaId;
		const media = { ...ref, audience: { to: 'channel' as const, channel: 'media' as const } };
		const [row] = shownRows(
			[
				entry(10, {
					kind: 'media',
					item,
					media: 'post',
					byTeam: false,
					outlet: '@harbour',
					title: '',
					text: 'Ferries stand still.'
				}),
				entry(11, { kind: 'media-comment', item, byTeam: false, outlet: '@island', text: 'Here too.' }),
				entry(12, { kind: 'media-comment', item, byTeam: true, outlet: 'GR Port', text: 'We are on it.' })
			],
			context(40, { ref: media })
		);
		expect(row!.answers.map(({ head }) => head)).toEqual(['D1 +11 · @island', 'D1 +12 · GR Port · team']);
	});

	it('of five thousand entries are there within a blink', () => {
		const many: TimelineEntry[] = [];
		for (let i = 0; many.length < 5000; i++) {
			many.push(delivered(i, `inject ${i}`, { acknowledge: 5, respond: 60 }));
			many.push(
				entry(i, { kind: 'acknowledged', delivery: deliveryId(`inject ${i}`), title: '', afterMs: 0 }),
				entry(i, {
					kind: 'responded',
					delivery: deliveryId(`inject ${i}`),
					title: '',
					text: 'done',
					afterMs: 0
				}),
				entry(i, { kind: 'log', log: 'note', text: `note ${i}` } as EntryBody)
			);
		}
		const took: number[] = [];
		for (let k = 0; k < 12; k++) {
			const began = performance.now();
			const rows = shownRows(asOf(many, wall(1250 - k)), context(1250 - k));
			took.push(performance.now() - began);
			expect(rows.length).toBeGreaterThan(2000);
		}
		took.sort((a, b) => a - b);
		console.log(
			`one position of a timeline with 5,000 entries: median ${took[6]!.toFixed(1)} ms, slowest ${took.at(-1)!.toFixed(1)} ms`
		);
		expect(took[6]).toBeLessThan(250);
	});
});
