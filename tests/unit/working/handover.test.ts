import { describe, expect, it } from 'vitest';
import type { Decision } from '#lib/exercise/decision.ts';
import { acceptHandover, offerHandover, withdrawHandover } from '#lib/exercise/handover/commands.ts';
import {
	handoverItems,
	handoverRecord,
	type Handover,
	type HandoverFact
} from '#lib/exercise/handover/schema.ts';
import { incidentContentSchema } from '#lib/exercise/incident/schema.ts';
import type { AccountId, DeliveryId, RecordId } from '#lib/exercise/ids.ts';
import { taskContentSchema } from '#lib/exercise/task/schema.ts';
import { openItems } from '#lib/exercise/working/open.ts';
import type { Act, Happened, OpenItem, TeamMember, WorkingState } from '#lib/exercise/working/record.ts';
import {
	answerOf,
	exercise,
	factsOf,
	frenchLead,
	greek,
	greekLead,
	greekModerator,
	greekPlayer,
	idOf,
	moment,
	person,
	startex,
	wallAtStart
} from '../domain/factories.ts';

const record = idOf<RecordId>('handover');
const running = exercise();
const now = moment(running);
const night = person('Night shift player', { role: 'player', teamId: greek.id });
const people = new Map<AccountId, TeamMember>(
	[greekLead, greekPlayer, night].map(({ accountId, name }) => [
		accountId,
		{ account: accountId, name, lead: false }
	])
);
const item = (title: string, values: Partial<OpenItem> = {}): OpenItem => ({
	of: 'task',
	id: idOf(title),
	title,
	number: 1,
	state: 'open',
	dueAt: null,
	whose: null,
	account: null,
	...values
});
const state = (standing?: Handover, open: OpenItem[] = []): WorkingState<Handover> => ({
	exercise: running,
	team: greek,
	record: standing ? { id: record, team: greek.id, standing } : null,
	count: 0,
	teams: new Map(),
	people,
	open
});
const text = { note: 'All quiet', risks: 'Supplier calls back' };
const offer = (open: OpenItem[] = [], to = night.accountId) =>
	offerHandover.decide(state(undefined, open), { team: greek.id, to, text }, greekPlayer, now);
const after = (standing: Handover | null, decision: Decision): Handover =>
	factsOf(decision).reduce<Handover | null>(
		(before, fact) =>
			handoverRecord.evolve(before, {
				fact,
				side: 'own',
				by: 'Somebody',
				at: startex,
				wallAt: wallAtStart
			} as Happened<HandoverFact>),
		standing
	)!;

describe('a handover', () => {
	it('lists what is open then, without itself, as plain values of its own', () => {
		const open = [item('Call the port'), item('Earlier handover', { of: 'handover' })];
		const handover = after(null, JSON.parse(JSON.stringify(offer(open))) as Decision);
		open[0]!.title = 'Something else';
		expect(handover).toMatchObject({ number: 1, state: 'offered', from: { name: greekPlayer.name } });
		expect(handover.open.map(({ title }) => title)).toEqual(['Call the port']);
	});

	it('[P8] carries a label as strict as the strictest thing in it', () => {
		expect(factsOf(offer([item('a'), item('b', { tlp: 'red' })]))[0]).toMatchObject({ tlp: 'red' });
		expect(factsOf(offer([item('a', { tlp: 'clear' })]))[0]).toMatchObject({ tlp: 'amber' });
	});

	it('counts what it does not list', () => {
		const many = Array.from({ length: handoverItems + 7 }, (_, i) => item(`task ${i}`));
		const handover = after(null, offer(many));
		expect(handover.open).toHaveLength(handoverItems);
		expect(handover.leftOut).toBe(7);
	});

	it('goes to another person of the team', () => {
		expect(answerOf(offer([], greekPlayer.accountId))).toBe('invalid');
		expect(answerOf(offer([], frenchLead.accountId))).toBe('invalid');
	});

	it('is accepted by name, by that person and nobody else, once', () => {
		const handover = after(null, offer());
		for (const actor of [greekLead, greekPlayer])
			expect(answerOf(acceptHandover.decide(state(handover), { record, note: '' }, actor, now))).toBe(
				'forbidden'
			);
		const accepted = after(
			handover,
			acceptHandover.decide(state(handover), { record, note: 'Understood' }, night, now)
		);
		expect(accepted).toMatchObject({ state: 'accepted', ended: { text: 'Understood' } });
		expect(answerOf(acceptHandover.decide(state(accepted), { record, note: '' }, night, now))).toBe('stale');
		expect(answerOf(withdrawHandover.decide(state(accepted), { record, reason: '' }, greekPlayer, now))).toBe(
			'stale'
		);
	});

	it('is taken back by who offered it, or by the lead', () => {
		const handover = after(null, offer());
		const take = (actor: typeof night) =>
			answerOf(withdrawHandover.decide(state(handover), { record, reason: '' }, actor, now));
		expect(take(night)).toBe('forbidden');
		expect(take(greekPlayer)).toBe('facts');
		expect(take(greekLead)).toBe('facts');
	});

	it('[P2] does not exist for others', () => {
		const handover = after(null, offer());
		for (const actor of [frenchLead, greekModerator])
			for (const decision of [
				offerHandover.decide(state(), { team: greek.id, to: night.accountId, text }, actor, now),
				acceptHandover.decide(state(handover), { record, note: '' }, actor, now),
				withdrawHandover.decide(state(handover), { record, reason: '' }, actor, now)
			])
				expect(answerOf(decision)).toBe('not-found');
	});
});

describe('what is open in a team', () => {
	const act: Act = { by: 'Somebody', at: startex, wallAt: wallAtStart };
	const taskOf = (title: string, dueAt: number | null, assignee: string | null = null) => ({
		of: 'task' as const,
		id: idOf<RecordId>(title),
		standing: {
			number: 2,
			content: taskContentSchema.parse({ title, dueAt }),
			assignee: assignee && { account: null, name: assignee },
			state: 'open',
			reason: '',
			added: act,
			changed: act,
			notes: []
		}
	});
	const incident = {
		of: 'incident' as const,
		id: idOf<RecordId>('incident'),
		standing: {
			number: 1,
			content: incidentContentSchema.parse({ title: 'Port down' }),
			state: 'closed',
			opened: act,
			changed: act,
			assessments: [],
			history: [],
			files: []
		}
	};

	it('is everything that waits, what is due first in front, and nothing that is over', () => {
		const items = openItems({
			records: [taskOf('Later', 50, 'Night shift'), taskOf('Without time', null), incident],
			deadlines: [
				{ delivery: idOf<DeliveryId>('delivery'), title: 'Ransom note', asks: 'respond', by: 20, tlp: 'red' }
			],
			questions: [{ question: 'question_1', text: 'May we\ncall the  police?' }],
			decisions: new Map([
				[1, { chosen: 'Isolate', state: 'implemented', reviewAt: 30 }],
				[2, { chosen: 'Wait', state: 'reviewed', reviewAt: 10 }],
				[3, { chosen: 'Pay nothing', state: 'decided', reviewAt: null }]
			]),
			timeZone: 'Europe/Athens'
		});
		expect(items.map(({ of, title, dueAt }) => [of, title, dueAt])).toEqual([
			['inject', 'Ransom note', 20],
			['decision', 'Isolate', 30],
			['task', 'Later', 50],
			['question', 'May we call the police?', null],
			['task', 'Without time', null]
		]);
		expect(items[2]!.whose).toBe('Night shift');
		expect(items[0]).toMatchObject({ asks: 'respond', tlp: 'red' });
	});
});
