import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { AppError, type Refusal } from '#lib/errors.ts';
import { returned } from '#lib/exercise/claim/commands.ts';
import { claimAwayMs } from '#lib/exercise/claim/schema.ts';
import { commands, isCommandName, type CommandName } from '#lib/exercise/commands.ts';
import type { Command, Decision, Moment } from '#lib/exercise/decision.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { mayIn, refusalIn } from '#lib/exercise/real/place.ts';
import { isNameless, teamOfFact, type Fact, type Recorded } from '#lib/exercise/facts.ts';
import type { AccountId, DeliveryId, ExerciseId, RecordId, TeamId } from '#lib/exercise/ids.ts';
import { releaseOnSchedule } from '#lib/exercise/inject/commands.ts';
import type { ProjectionContext } from '#lib/exercise/timeline.ts';
import { isWorkingFact, sidesOf } from '#lib/exercise/working/kinds.ts';
import { commandDeadline, type CommandAnswer, type CommandMessage } from '#lib/protocol/wire.ts';
import { storable } from '#lib/storable.ts';
import { writeAudit } from '../audit/audit.ts';
import { listFact } from '../audit/chain.ts';
import type { Database, Transaction } from '../database/open.ts';
import {
	commandResult,
	delivery as deliveryTable,
	inject as injectTable,
	injectVersion,
	team as teamTable
} from '../database/schema.ts';
import { sent, together } from '../database/together.ts';
import type { Documents } from '../documents/documents.ts';
import type { Stored } from '../documents/log.ts';
import type { MailQueue } from '../mail/queue.ts';
import { mintId } from '../mint.ts';
import { readyTimelines } from '../timelines/write.ts';
import { applyFact } from './apply.ts';
import { lockLeft } from './conduct.ts';
import { storeFacts } from './facts.ts';
import { loadInjectRows, loadScheduledState, loadState } from './load.ts';
import { ringFor, type Ring } from './topics.ts';
import { createTurns } from '../turns.ts';

export interface CommandDependencies {
	database: Database;
	documents: Documents;
	exercise: (tx: Transaction, id: ExerciseId, lock: 'update' | 'key share') => Promise<Exercise | null>;
	actor: (tx: Transaction, id: ExerciseId, accountId: AccountId) => Promise<Actor>;
	ring: (ring: Ring) => void;
	mail: MailQueue;
	log: Logger;
}

export interface Caller {
	accountId: AccountId;
	name: string;
}

/** A refusal on its way out of the transaction, which it rolls back. */
class Refused extends Error {
	readonly refusal: Refusal;
	constructor(refusal: Refusal) {
		super(refusal.message);
		this.refusal = refusal;
	}
}

/** of the connections to the database, for acts of one exercise: the rest is for who reads */
const shareOfConnections = 0.4;

const codeOf = (error: unknown) => (error as { cause?: { code?: string } } | null)?.cause?.code ?? '';
/** PostgreSQL's deadlock_detected and serialization_failure. */
const wasBrokenOff = (error: unknown) => ['40P01', '40001'].includes(codeOf(error));
/** query_canceled: it waited for others as long as an act may take. */
const tookTooLong = (error: unknown) => codeOf(error) === '57014';

const busy = () =>
	new AppError('slow-down', 'The server is busy. Nothing was changed: try again in a moment.', {
		retry: { after: 2000 }
	});

/** The teams whose names the timelines show with a fact. */
function teamsNamedIn(fact: Fact): readonly TeamId[] {
	if (fact.kind === 'inject-released')
		return [...fact.deliveries.map((one) => one.team), ...(fact.leftOut ?? [])];
	if (fact.kind === 'inject-recalled') return fact.deliveries.map((one) => one.team);
	if (fact.kind === 'announcement-made') return fact.to?.teams ?? [];
	if (isWorkingFact(fact)) return sidesOf(fact).map((side) => side.team);
	if (fact.kind === 'report-shared') return [fact.team, ...fact.copies.map((copy) => copy.team)];
	const team = teamOfFact(fact);
	return team ? [team] : [];
}

export type Commands = ReturnType<typeof createCommands>;

/**
 * Runs commands: who may, valid, once, one transaction, audit, then ring (DESIGN). Nothing is announced before the
 * commit, and everything a command does commits together.
 */
export function createCommands(dependencies: CommandDependencies) {
	const { database, documents, log } = dependencies;
	const underWay = new Set<Promise<unknown>>();
	const inTurn = createTurns(Math.max(2, Math.floor((database.pool.options.max ?? 10) * shareOfConnections)));

	/** Answers every input with a result or a refusal; never throws. The same key is answered with the first result. */
	function run(message: CommandMessage, caller: Caller): Promise<CommandAnswer> {
		return track(
			attempt(message, caller).catch((error: unknown): CommandAnswer => {
				// one shape for all refusals: "decided so" and "not found on the way" must look the same (R5)
				if (error instanceof Refused) return { ok: false, error: AppError.from(error.refusal).toRefusal() };
				if (error instanceof AppError) return { ok: false, error: error.toRefusal() };
				if (tookTooLong(error)) {
					log.warn({ command: message.name }, 'an act waited too long and was given up');
					return { ok: false, error: busy().toRefusal() };
				}
				const requestId = mintId<string>();
				log.error({ err: error, requestId, command: message.name }, 'a command failed');
				return {
					ok: false,
					error: {
						code: 'internal',
						message: 'Something went wrong on the server. Nothing was changed.',
						details: { requestId }
					}
				};
			})
		);
	}

	async function attempt(message: CommandMessage, caller: Caller): Promise<CommandAnswer> {
		if (!isCommandName(message.name)) throw new AppError('not-found', 'There is no such command.');
		const command = commands[message.name] as unknown as Command<
			CommandName,
			unknown,
			{ exercise: Exercise }
		>;
		const parsed = command.input.safeParse(storable(message.input));
		if (!parsed.success) {
			const issues = parsed.error.issues.map((issue) => ({
				path: issue.path.join('.'),
				message: issue.message
			}));
			throw new AppError('invalid', issues[0]?.message ?? 'The input is not of the right shape.', {
				details: { issues }
			});
		}
		const input = parsed.data;
		const exerciseId = message.exercise as ExerciseId;
		const asked = Date.now();
		const act = async (tx: Transaction) => {
			const [first, begun, actor] = await together([
				firstAnswer(tx, caller.accountId, message),
				begin(tx, exerciseId, command.exclusive ? 'update' : 'key share'),
				dependencies.actor(tx, exerciseId, caller.accountId)
			]);
			if (first) return { answer: first, after: null };
			if (!begun || actor.memberships.length === 0)
				throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
			const { exercise, moment } = begun;
			// a room has no script, an exercise no states that consent (real/place.ts)
			if (!mayIn(exercise.kind, message.name as CommandName))
				throw new AppError('not-now', refusalIn(exercise.kind));
			const state = await loadState(
				{ tx, exercise, actor, documents },
				message.name as CommandName,
				input as Record<string, unknown>
			);
			const decision = command.decide(state as { exercise: Exercise }, input, actor, moment);
			if ('refused' in decision) throw new Refused(decision.refused);
			const answer: CommandAnswer = {
				ok: true,
				...('result' in decision && decision.result !== undefined && { result: decision.result })
			};
			const keep = tx
				.update(commandResult)
				.set({ answer: answer as unknown as Record<string, unknown> })
				.where(and(eq(commandResult.accountId, caller.accountId), eq(commandResult.key, message.key)));
			const after = await carryOut(tx, exercise, message.name, decision, actor, moment, keep);
			return { answer, after };
		};
		// what stops everybody does not stand in their line
		const done = command.exclusive
			? await transact(act)
			: await inTurn(exerciseId, () => {
					if (Date.now() - asked > commandDeadline) throw busy();
					return transact(act);
				});
		announce(done.after);
		return done.answer;
	}

	/**
	 * All or nothing. An act that waited in a circle with another one (a hold, and the release of the inject before it) was
	 * broken off by PostgreSQL and has left nothing behind: it is done again.
	 */
	async function transact<T>(act: (tx: Transaction) => Promise<T>): Promise<T> {
		for (let attempts = 1; ; attempts++)
			try {
				return await database.db.transaction(act);
			} catch (error) {
				if (attempts === 3 || !wasBrokenOff(error)) throw error;
			}
	}

	/** Whether this key was answered before: waits for a twin that is still under way. */
	async function firstAnswer(
		tx: Transaction,
		accountId: string,
		message: CommandMessage
	): Promise<CommandAnswer | null> {
		const inserted = await tx
			.insert(commandResult)
			.values({ accountId, key: message.key, name: message.name, answer: {} })
			.onConflictDoNothing()
			.returning({ key: commandResult.key });
		if (inserted.length > 0) return null;
		const [row] = await tx
			.select()
			.from(commandResult)
			.where(and(eq(commandResult.accountId, accountId), eq(commandResult.key, message.key)));
		if (!row || row.name !== message.name)
			throw new AppError('invalid', 'This key was used for another command. Use a new one.');
		return row.answer as unknown as CommandAnswer;
	}

	/** Releases one inject that is due; quietly does nothing when somebody was faster (R10). */
	function releaseDue(exerciseId: ExerciseId, injectId: string): Promise<'released' | 'held' | 'nothing'> {
		return track(
			transact(async (tx) => {
				const begun = await begin(tx, exerciseId, 'key share');
				const row = (await loadInjectRows(tx, exerciseId, [injectId])).get(injectId);
				if (!begun || !row) return null;
				const { exercise, moment } = begun;
				const state = await loadScheduledState(tx, exercise, row, moment.exercise ?? 0);
				const decision = releaseOnSchedule(state, row, moment);
				const after = await carryOut(tx, exercise, 'schedule', decision, null, moment);
				return { after, kind: 'facts' in decision ? decision.facts[0]?.kind : undefined };
			})
				.then((done) => {
					announce(done?.after ?? null);
					return done?.kind === 'inject-held' ? ('held' as const) : ('released' as const);
				})
				.catch((error: unknown) => {
					if (error instanceof Refused || (error instanceof AppError && error.code === 'stale'))
						return 'nothing' as const;
					throw error;
				})
		);
	}

	/** Gives back what people have claimed who left (claim/schema.ts); how many claims that were. */
	function returnLeft(exerciseId: ExerciseId): Promise<number> {
		return track(
			transact(async (tx) => {
				const begun = await begin(tx, exerciseId, 'key share');
				const left = begun ? await lockLeft(tx, exerciseId, claimAwayMs) : [];
				if (!begun || left.length === 0) return { after: null, count: 0 };
				const facts = returned(left, 'left');
				const after = await carryOut(tx, begun.exercise, 'claims', { facts }, null, begun.moment);
				return { after, count: left.length };
			}).then(({ after, count }) => {
				announce(after);
				return count;
			})
		);
	}

	/**
	 * Locks the exercise and reads the database's clock. Exclusive commands wait for all others, and they for it: in a queue,
	 * so that an emergency stop is not passed by the acts of a thousand people, as it would be if the row's lock alone decided.
	 */
	async function begin(
		tx: Transaction,
		exerciseId: ExerciseId,
		lock: 'update' | 'key share'
	): Promise<{ exercise: Exercise; moment: Moment } | null> {
		const turn = sql.raw(lock === 'update' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared');
		const [clock, exercise] = await together([
			// the clock is read after the lock: what waited for its turn happens when it gets it
			sent(
				tx.execute<{ now: string }>(sql`
					select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now, turn.mine::text,
						set_config('statement_timeout', ${String(commandDeadline - 1000)}, true)
					from (select ${turn}(hashtextextended(${`exercise ${exerciseId}`}, 0)) as mine offset 0) turn`)
			),
			// a statement of its own, behind it: one that waits sees what was there when it began to
			dependencies.exercise(tx, exerciseId, lock)
		]);
		const wall = Number(clock.rows[0]!.now);
		if (!exercise) return null;
		return { exercise, moment: { wall, exercise: exerciseTimeAt(exercise.clock, wall), mint: mintId } };
	}

	/** Stores the facts of a decision with everything that follows from them; `keep` with the last of it. */
	async function carryOut(
		tx: Transaction,
		exercise: Exercise,
		act: string,
		decision: Decision,
		actor: Actor | null,
		moment: Moment,
		keep?: PromiseLike<unknown>
	): Promise<{ stored: Stored[]; ring: Ring } | null> {
		if ('refused' in decision) throw new Refused(decision.refused);
		const { facts } = decision;
		if (facts.length === 0) {
			await keep;
			return null;
		}
		const acts = new Map<Fact, ReadonlyMap<RecordId, number>>();
		const recorded = facts.map((fact) => record(fact, actor, moment));
		// from here to the commit everybody else who acts in this exercise waits: as few questions to the database as can be
		const [context, { lastSequence, chain }] = await together([
			projection(tx, facts, acts),
			storeFacts(tx, exercise.id, recorded)
		]);
		const firstSequence = lastSequence - facts.length + 1;
		const stored: Stored[] = [];
		const frozen: string[] = [];
		for (const [i, one] of recorded.entries()) {
			const effects = await applyFact(
				{ tx, exercise, documents, mail: dependencies.mail, actorId: actor?.accountId ?? null },
				one,
				firstSequence + i
			);
			stored.push(...effects.stored);
			frozen.push(...effects.frozen);
			if (effects.acts) acts.set(one.fact, effects.acts);
		}
		const audited = {
			scope: exercise.id,
			actorId: facts.some(isNameless) ? null : (actor?.accountId ?? null),
			act,
			detail: { facts: recorded.map((one, i) => listFact(one, firstSequence + i)) }
		};
		const timelines = await readyTimelines(tx, exercise.id, recorded, context);
		stored.push(...timelines.rows);
		await together([timelines.write(), writeAudit(tx, audited, chain), keep]);
		const ring = {
			...ringFor(exercise.id, facts),
			facts: [firstSequence, lastSequence] as [number, number]
		};
		return { stored, ring: { ...ring, ...(frozen.length > 0 && { frozen }) } };
	}

	function record(fact: Fact, actor: Actor | null, moment: Moment): Recorded {
		// what starts or moves the clock happens at the time that it sets
		const segment = 'segment' in fact ? fact.segment : null;
		return {
			fact,
			by: actor && !isNameless(fact) ? { account: actor.accountId, name: actor.name } : null,
			wallAt: moment.wall,
			exerciseAt: segment?.exerciseStart ?? moment.exercise
		};
	}

	/** Names and references that the timelines show; `acts` is filled in while the facts are applied. */
	async function projection(
		tx: Transaction,
		facts: readonly Fact[],
		acts: ReadonlyMap<Fact, ReadonlyMap<RecordId, number>>
	): Promise<ProjectionContext> {
		const teamIds = new Set(facts.flatMap(teamsNamedIn));
		const deliveries = facts.flatMap((fact) =>
			fact.kind === 'delivery-acknowledged' || fact.kind === 'delivery-responded'
				? [fact.delivery as string]
				: []
		);
		const [teams, references] = await together([
			teamIds.size > 0
				? tx
						.select()
						.from(teamTable)
						.where(inArray(teamTable.id, [...teamIds]))
				: [],
			deliveries.length > 0
				? tx
						.select({ id: deliveryTable.id, content: injectVersion.content })
						.from(deliveryTable)
						.innerJoin(injectTable, eq(injectTable.id, deliveryTable.injectId))
						.innerJoin(
							injectVersion,
							and(eq(injectVersion.injectId, injectTable.id), eq(injectVersion.version, injectTable.version))
						)
						.where(inArray(deliveryTable.id, deliveries))
				: []
		]);
		const byId = new Map(teams.map((row) => [row.id, row]));
		const byDelivery = new Map(references.map((row) => [row.id, row.content.reference]));
		return {
			team: (id) => {
				const row = byId.get(id);
				if (!row) throw new Error(`no team ${id}`);
				return { id: row.id as TeamId, name: row.name, country: row.country as never };
			},
			referenceOf: (delivery: DeliveryId) => byDelivery.get(delivery) ?? '',
			actOf: (fact, record) => acts.get(fact)!.get(record)!
		};
	}

	/** After the commit, never before. */
	function announce(after: { stored: Stored[]; ring: Ring } | null): void {
		if (!after) return;
		documents.announce(after.stored);
		for (const name of after.ring.frozen ?? []) documents.freeze(name);
		dependencies.ring(after.ring);
	}

	function track<T>(promise: Promise<T>): Promise<T> {
		underWay.add(promise);
		const forget = () => underWay.delete(promise);
		promise.then(forget, forget);
		return promise;
	}

	return {
		run,
		releaseDue,
		returnLeft,
		/** until every command under way has committed or failed: for a graceful stop */
		settled: async () => {
			await Promise.allSettled([...underWay]);
		}
	};
}
