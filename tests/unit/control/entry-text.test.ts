import { describe, expect, it } from 'vitest';
import type { EntryBody, TimelineEntry } from '#lib/exercise/timeline.ts';
import type { DeliveryId, EntryId, InjectId, QuestionId, RecordId, TeamId } from '#lib/exercise/ids.ts';
import { entryGroup, entryText } from '../../../src/routes/exercises/[exercise]/control/entry-text.ts';

const team = { id: 'team' as TeamId, name: 'FR Rail' };
const said = (body: EntryBody, by: string | null = null) =>
	entryText(
		{ id: 'e' as EntryId, exerciseAt: 0, wallAt: 0, order: 1, by, body } as TimelineEntry,
		(time) => `T${time}`
	);

describe('an entry of the timeline in words', () => {
	it('says who released what to whom', () => {
		const body: EntryBody = {
			kind: 'released',
			inject: 'i' as InjectId,
			reference: 'CM-029',
			title: 'Phishing wave',
			tlp: 'green',
			trigger: 'schedule',
			teams: [team, { id: 'x' as TeamId, name: 'DE Rail' }]
		};
		expect(said(body)).toMatchObject({ who: 'Schedule', text: 'released CM-029 to 2 teams', tlp: 'green' });
		expect(said({ ...body, trigger: 'ad-hoc', teams: [team] }, 'Ana')).toMatchObject({
			who: 'Ana',
			text: 'released CM-029 ad hoc to FR Rail'
		});
		expect(said({ ...body, reference: '' }).text).toContain('“Phishing wave”');
	});

	it('says of a team’s record who acted, once', () => {
		const asked: EntryBody = {
			kind: 'working',
			of: 'request',
			record: 'r' as RecordId,
			act: 1,
			side: 'own',
			team,
			fact: {
				kind: 'request-asked',
				tlp: 'amber',
				to: { body: 'Harbour police' },
				question: 'Is the road free?',
				neededBy: null
			}
		};
		expect(said(asked, 'Petra')).toMatchObject({
			who: 'FR Rail',
			text: 'asked: “Is the road free?”',
			quote: 'Is the road free?'
		});
		const answered: EntryBody = {
			...asked,
			act: 2,
			side: 'other',
			fact: {
				kind: 'request-answered',
				tlp: 'amber',
				byControl: true,
				question: 'Is the road free?',
				answer: 'Yes.',
				answerTlp: 'amber'
			}
		};
		expect(said(answered, 'Ana')).toMatchObject({
			who: 'Ana',
			text: 'answered the request “Is the road free?”'
		});
		const { byControl: _none, ...byTeam } = answered.fact as Extract<
			typeof answered.fact,
			{ kind: 'request-answered' }
		>;
		expect(said({ ...answered, from: 'DE Rail', fact: byTeam }, 'Dora').who).toBe('DE Rail');
	});

	it('says who recalled what, from whom and why; in a team’s own timeline without a number', () => {
		const body: EntryBody = {
			kind: 'recalled',
			inject: 'i' as InjectId,
			reference: 'CM-029',
			title: 'Phishing wave',
			tlp: 'green',
			reason: 'Wrong teams',
			teams: [team]
		};
		expect(said(body, 'Ana')).toMatchObject({
			who: 'Ana',
			text: 'recalled CM-029 from FR Rail: Wrong teams',
			tlp: 'green',
			tone: 'warn'
		});
		const own: EntryBody = {
			kind: 'inject-recalled',
			delivery: 'd' as DeliveryId,
			title: 'Phishing wave',
			tlp: 'green',
			reason: 'Wrong teams'
		};
		expect(said(own)).toMatchObject({
			who: 'Exercise control',
			text: 'recalled “Phishing wave”: Wrong teams'
		});
		expect([entryGroup(body), entryGroup(own)]).toEqual(['injects', 'injects']);
	});

	it('speaks for a team by the team’s name', () => {
		const acknowledged: EntryBody = {
			kind: 'acknowledged',
			delivery: 'd' as DeliveryId,
			title: 'x',
			reference: 'CM-022',
			team,
			afterMs: 110_000
		};
		expect(said(acknowledged, 'A player')).toMatchObject({
			who: 'FR Rail',
			text: 'acknowledged CM-022 after 1 min 50 s'
		});
		expect(said({ kind: 'question', question: 'q' as QuestionId, text: 'May we?', team }).tone).toBe('ask');
	});

	it('gives the reason with what was done', () => {
		expect(said({ kind: 'clock', event: 'jump', from: 1, to: 2, text: 'ahead of plan' }).text).toBe(
			'moved the clock from T1 to T2: ahead of plan'
		);
		expect(said({ kind: 'exercise', event: 'stopped', text: 'Fire' }, 'Bo')).toMatchObject({
			who: 'Bo',
			tone: 'stop'
		});
		expect(said({ kind: 'exercise', event: 'started' }).who).toBe('Exercise control');
	});

	it('belongs to one group of the filter', () => {
		expect(entryGroup({ kind: 'skipped', inject: 'i' as InjectId, reference: 'r', title: 't' })).toBe(
			'injects'
		);
		expect(entryGroup({ kind: 'announcement', text: 't', tlp: 'green' })).toBe('clock');
		expect(entryGroup({ kind: 'log', log: 'note', text: 't' })).toBe('teams');
	});
});
