import { describe, expect, it } from 'vitest';
import { reachableFrom } from '#lib/exercise/channel/reach.ts';
import { noMembers, type ChannelRow } from '#lib/exercise/channel/schema.ts';
import type { Decision, Moment } from '#lib/exercise/decision.ts';
import type { Actor, Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, RecordId, TeamId } from '#lib/exercise/ids.ts';
import {
	acknowledgeRequest,
	answerRequest,
	askRequest,
	closeRequest,
	declineRequest
} from '#lib/exercise/request/commands.ts';
import {
	isOverdue,
	type RequestFact,
	type RequestTo,
	type TeamRequest
} from '#lib/exercise/request/schema.ts';
import { audiencesOf, type TimelineEntry } from '#lib/exercise/timeline.ts';
import type { EntryId } from '#lib/exercise/ids.ts';
import { definitionOf, isWorkingFact, sidesOf } from '#lib/exercise/working/kinds.ts';
import { foldRecords } from '#lib/exercise/working/fold.ts';
import { bareOf, type WorkingState } from '#lib/exercise/working/record.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import {
	answerOf,
	director,
	exercise,
	factsOf,
	french,
	frenchLead,
	frenchModerator,
	greek,
	greekEvaluator,
	greekLead,
	greekModerator,
	greekPlayer,
	greekPort,
	idOf,
	minute,
	observer,
	person,
	sentenceOf,
	startex,
	team,
	wallAtStart
} from '../domain/factories.ts';

const italian = team('IT CSIRT', 'IT');
const italianLead = person('IT lead', { role: 'player', teamId: italian.id });
const cma = team('GR CMA', 'GR', 'operational');
const officer = person('GR officer', { role: 'player', teamId: cma.id });
const all = [greek, greekPort, french, italian, cma];

const joined = { from: 0, since: 0 };
const channel = (standard: string | null, of: Team[], duty: Team[] = []): ChannelRow => ({
	id: idOf<ChannelId>(`channel ${standard}`),
	kind: 'network',
	name: `Network ${standard}`,
	members: { ...noMembers(), teams: of.map((one) => ({ id: one.id, ...joined })) },
	standard,
	mode: null,
	duty: duty.map((one) => one.id),
	isClosed: false
});
const csirts = channel('csirts-network', [greek, french], [french, greek]);
const cyclone = channel('eu-cyclone', [cma]);

/** Requests as the server keeps them: the records of each side. */
class Desk {
	readonly records = new Map<
		RecordId,
		{ team: TeamId; standing: TeamRequest; exchange: RecordId; acts: number }
	>();
	readonly entries: { team: TeamId; entry: TimelineEntry }[] = [];
	exercise = exercise();
	#minted = 0;
	readonly moment: Moment = {
		wall: wallAtStart,
		exercise: startex,
		mint: <T extends string>() => idOf<T>(`record_${this.#minted++}`)
	};

	state(of: { team?: TeamId; record?: RecordId }): WorkingState<TeamRequest> {
		const record = of.record && this.records.get(of.record);
		const own = all.find((one) => one.id === (record ? record.team : of.team)) ?? null;
		return {
			exercise: this.exercise,
			team: own,
			record: record
				? {
						id: of.record!,
						team: record.team,
						standing: record.standing,
						others: [...this.records]
							.filter(([id, one]) => one.exchange === record.exchange && id !== of.record)
							.map(([id, one]) => ({ team: one.team, record: id }))
					}
				: null,
			count: 0,
			teams: new Map(all.map((one) => [one.id, one])),
			...(own && reachableFrom(own, all, [csirts, cyclone]))
		};
	}

	act<Input extends { team?: TeamId; record?: RecordId }>(
		command: {
			decide: (state: WorkingState<TeamRequest>, input: Input, actor: Actor, moment: Moment) => Decision;
		},
		actor: Actor,
		input: Input
	): Decision {
		const decision = command.decide(this.state(input), input, actor, this.moment);
		if ('refused' in decision) return decision;
		for (const fact of decision.facts) {
			if (!isWorkingFact(fact)) throw new Error('no request');
			const acts = new Map<RecordId, number>();
			for (const { record, team: id, side } of sidesOf(fact)) {
				const known = this.records.get(record);
				acts.set(record, (known?.acts ?? 0) + 1);
				const acting = all.find((one) => one.id === fact.team)!;
				const standing = definitionOf('request').evolve(known?.standing ?? null, {
					fact: bareOf(fact),
					side: fact.byControl ? 'other' : side,
					...(side === 'other' && !fact.byControl && { from: acting.name }),
					by: fact.byControl ? null : actor.name,
					at: startex,
					wallAt: wallAtStart
				}) as TeamRequest;
				this.records.set(record, {
					team: id,
					standing,
					exchange: known?.exchange ?? fact.record,
					acts: acts.get(record)!
				});
			}
			for (const { audience, body, named } of audiencesOf(
				{
					fact,
					by: { account: actor.accountId, name: actor.name },
					wallAt: wallAtStart,
					exerciseAt: startex
				},
				{
					team: (id) => all.find((one) => one.id === id)!,
					referenceOf: () => '',
					actOf: (_fact, record) => acts.get(record)!
				}
			))
				if (audience.to === 'team')
					this.entries.push({
						team: audience.team,
						entry: {
							id: idOf<EntryId>(`entry_${this.entries.length}`),
							order: this.entries.length,
							exerciseAt: startex,
							wallAt: wallAtStart,
							by: named ? actor.name : null,
							body
						}
					});
		}
		return decision;
	}

	ask(actor: Actor, from: Team, to: RequestTo, tlp: Tlp = 'amber', neededBy: number | null = null): Decision {
		return this.act(askRequest, actor, {
			team: from.id,
			to,
			question: 'Which versions are hit?',
			neededBy,
			tlp
		});
	}

	/** The only record of a team. */
	of(wanted: Team): RecordId {
		const own = [...this.records].filter(([, one]) => one.team === wanted.id);
		expect(own).toHaveLength(1);
		return own[0]![0];
	}
	standing(wanted: Team): TeamRequest {
		return this.records.get(this.of(wanted))!.standing;
	}
}

describe('whom a team may ask', () => {
	it('teams of its country and of its channels, exercise control, the networks around it', () => {
		const to = (other: Team) => answerOf(new Desk().ask(greekLead, greek, { team: other.id }));
		expect(all.map((one) => [one.name, to(one)])).toEqual([
			['GR CSIRT', 'not-found'],
			['GR Port', 'facts'],
			['FR CSIRT', 'facts'],
			['IT CSIRT', 'not-found'],
			['GR CMA', 'facts']
		]);
		expect(answerOf(new Desk().ask(greekLead, greek, { control: true }))).toBe('facts');
	});

	it('[P2] a team that it may not know looks like none', () => {
		const desk = new Desk();
		expect(desk.ask(greekLead, greek, { team: italian.id })).toEqual(
			desk.ask(greekLead, greek, { team: idOf<TeamId>('no team at all') })
		);
	});

	it.each([
		['a player of another team', frenchLead],
		['exercise control', director],
		['an evaluator', greekEvaluator],
		['an observer', observer]
	])('[P2] %s does not ask for it', (_name, actor) => {
		expect(answerOf(new Desk().ask(actor, greek, { control: true }))).toBe('not-found');
	});

	it('[P8] a label keeps a request where it belongs; to exercise control it may go under any', () => {
		const to = (tlp: Tlp, wanted: RequestTo) => answerOf(new Desk().ask(greekLead, greek, wanted, tlp));
		expect(to('amber_strict', { team: french.id })).toBe('forbidden');
		expect(to('red', { team: french.id })).toBe('forbidden');
		expect(to('red', { control: true })).toBe('facts');
		expect(sentenceOf(new Desk().ask(greekLead, greek, { team: french.id }, 'amber_strict'))).toMatch(
			/FR CSIRT/
		);
	});
});

describe('a request between two teams', () => {
	it('[R1] is a record of each, under ids of their own, and neither reads the other’s', () => {
		const desk = new Desk();
		const [fact] = factsOf(
			desk.ask(greekLead, greek, { team: french.id }, 'amber', startex + 10 * minute)
		) as RequestFact[];
		const [mine, theirs] = [desk.of(greek), desk.of(french)];
		expect(mine).not.toBe(theirs);
		expect(desk.standing(greek)).toMatchObject({ direction: 'sent', asker: null, to: { team: 'FR CSIRT' } });
		expect(desk.standing(french)).toMatchObject({ direction: 'received', asker: 'GR CSIRT', state: 'sent' });
		for (const { team: reader, entry } of desk.entries) {
			const other = reader === greek.id ? theirs : mine;
			expect(JSON.stringify(entry)).not.toContain(other);
			expect(JSON.stringify(entry)).not.toContain(fact!.team === reader ? french.id : greek.id);
		}
	});

	it('is acknowledged, answered and closed; both sides and both ways of folding agree', () => {
		const desk = new Desk();
		desk.ask(greekLead, greek, { team: french.id });
		const record = desk.of(french);
		expect(answerOf(desk.act(acknowledgeRequest, frenchLead, { record }))).toBe('facts');
		expect(answerOf(desk.act(acknowledgeRequest, frenchLead, { record }))).toBe('stale');
		desk.act(answerRequest, frenchLead, { record, answer: '7.4 and 7.5', tlp: 'amber' });
		expect(desk.standing(greek)).toMatchObject({
			state: 'answered',
			answer: { text: '7.4 and 7.5', from: 'FR CSIRT', by: 'FR CSIRT lead' }
		});
		expect(answerOf(desk.act(answerRequest, frenchLead, { record, answer: 'More' }))).toBe('stale');
		expect(answerOf(desk.act(closeRequest, frenchLead, { record }))).toBe('forbidden');
		expect(answerOf(desk.act(closeRequest, greekPlayer, { record: desk.of(greek) }))).toBe('facts');
		for (const side of [greek, french]) {
			const entries = desk.entries.filter((one) => one.team === side.id).map((one) => one.entry);
			const folded = foldRecords([], entries).records.get(desk.of(side))!;
			expect(folded.standing).toEqual(desk.standing(side));
		}
	});

	it('is declined with a reason, by the team that is asked and nobody else', () => {
		const desk = new Desk();
		desk.ask(greekLead, greek, { team: french.id });
		const record = desk.of(french);
		const reason = 'Not ours';
		expect(answerOf(desk.act(declineRequest, italianLead, { record, reason }))).toBe('not-found');
		expect(answerOf(desk.act(declineRequest, director, { record, reason }))).toBe('not-found');
		expect(answerOf(desk.act(declineRequest, greekLead, { record: desk.of(greek), reason }))).toBe(
			'forbidden'
		);
		expect(answerOf(desk.act(declineRequest, frenchLead, { record, reason }))).toBe('facts');
		expect(desk.standing(greek)).toMatchObject({ state: 'declined', declined: { reason } });
	});

	it('is overdue by the exercise’s clock, while it waits', () => {
		const desk = new Desk();
		desk.ask(greekLead, greek, { team: french.id }, 'amber', startex + 10 * minute);
		const request = desk.standing(french);
		expect(isOverdue(request, startex + 10 * minute)).toBe(false);
		expect(isOverdue(request, startex + 11 * minute)).toBe(true);
		expect(isOverdue({ ...request, state: 'answered' }, startex + 11 * minute)).toBe(false);
		expect(isOverdue(request, null)).toBe(false);
	});

	it('the answer’s label counts as well', () => {
		const desk = new Desk();
		desk.ask(greekLead, greek, { team: french.id }, 'green');
		const record = desk.of(french);
		expect(answerOf(desk.act(answerRequest, frenchLead, { record, answer: 'x', tlp: 'amber_strict' }))).toBe(
			'forbidden'
		);
		desk.act(answerRequest, frenchLead, { record, answer: 'x', tlp: 'amber' });
		expect(desk.standing(greek).tlp).toBe('amber');
	});
});

describe('a request to exercise control', () => {
	it('is answered by exercise control or the country’s moderators, without a name, also for a body that does not play', () => {
		for (const to of [{ control: true }, { control: true, as: 'Port authority' }] as RequestTo[]) {
			const desk = new Desk();
			desk.ask(greekLead, greek, to);
			const record = desk.of(greek);
			const answer = (actor: Actor) =>
				answerOf(desk.act(answerRequest, actor, { record, answer: 'All clear' }));
			expect(answer(frenchModerator)).toBe('not-found');
			expect(answer(greekLead)).toBe('forbidden');
			expect(answer(greekModerator)).toBe('facts');
			expect(desk.standing(greek)).toMatchObject({
				to: 'as' in to ? { body: 'Port authority' } : { control: true },
				direction: 'sent',
				answer: { text: 'All clear', by: null, from: null }
			});
			for (const { entry } of desk.entries.slice(1)) expect(entry.by).toBeNull();
		}
	});

	it('[P1] [P2] the simulation cell answers or declines for a body that does not play, and nothing else', () => {
		const simcell = person('Actor', { role: 'simcell' });
		const commands = [
			[acknowledgeRequest, {}],
			[answerRequest, { answer: 'All clear' }],
			[declineRequest, { reason: 'Not ours to say' }]
		] as const;
		const asked = (to: RequestTo) => {
			const desk = new Desk();
			desk.ask(greekLead, greek, to);
			return desk;
		};
		for (const to of [{ control: true }, { team: french.id }] as RequestTo[])
			for (const [command, input] of commands)
				for (const [record] of asked(to).records) {
					const desk = asked(to);
					const tried = desk.act(command as typeof answerRequest, simcell, { record, ...input } as never);
					expect(tried).toEqual(
						desk.act(command as typeof answerRequest, simcell, {
							record: idOf<RecordId>('no record at all'),
							...input
						} as never)
					);
				}
		for (const [command, input] of commands) {
			const desk = asked({ control: true, as: 'Port authority' });
			const record = desk.of(greek);
			const answer = desk.act(command as typeof answerRequest, simcell, { record, ...input } as never);
			expect(answerOf(answer)).toBe('facts');
			// the body spoke: players read nobody's name
			expect(desk.entries.at(-1)!.entry.by).toBeNull();
			expect(JSON.stringify(desk.standing(greek))).not.toContain('Actor');
		}
	});
});

describe('questions come down', () => {
	it('to the teams on duty for the network below, and the first answer is everybody’s', () => {
		const desk = new Desk();
		expect(answerOf(desk.ask(officer, cma, { network: csirts.id }))).toBe('facts');
		expect(desk.standing(cma).to).toEqual({ network: csirts.name });
		desk.act(answerRequest, frenchLead, { record: desk.of(french), answer: 'Two' });
		expect(desk.standing(cma)).toMatchObject({ state: 'answered', answer: { from: 'FR CSIRT' } });
		expect(desk.standing(greek)).toMatchObject({ state: 'answered', direction: 'received' });
		expect(answerOf(desk.act(answerRequest, greekLead, { record: desk.of(greek), answer: 'Three' }))).toBe(
			'stale'
		);
	});

	it('not to a network that the team is far from, nor to one without anybody on duty', () => {
		expect(answerOf(new Desk().ask(italianLead, italian, { network: csirts.id }))).toBe('not-found');
		expect(answerOf(new Desk().ask(greekLead, greek, { network: cyclone.id }))).toBe('not-found');
		expect(answerOf(new Desk().ask(officer, cma, { network: cyclone.id }))).toBe('not-now');
	});
});

it('is open on both sides until it is answered: what one shift hands to the next', () => {
	const desk = new Desk();
	desk.ask(greekLead, greek, { team: french.id });
	const open = (of: Team) => definitionOf('request').open!(desk.standing(of), 'Europe/Athens');
	expect(open(greek)).toMatchObject([{ state: 'sent' }]);
	expect(open(french)).toMatchObject([{ state: 'received' }]);
	desk.act(answerRequest, frenchLead, { record: desk.of(french), answer: 'Two' });
	expect([...open(greek), ...open(french)]).toEqual([]);
});

it('outside play nobody asks or answers', () => {
	const desk = new Desk();
	desk.ask(greekLead, greek, { team: french.id });
	const record = desk.of(french);
	desk.exercise = exercise('ended');
	expect(answerOf(desk.ask(greekLead, greek, { control: true }))).toBe('not-now');
	expect(answerOf(desk.act(answerRequest, frenchLead, { record, answer: 'x' }))).toBe('not-now');
	expect(answerOf(desk.act(closeRequest, greekLead, { record: desk.of(greek) }))).toBe('not-now');
});
