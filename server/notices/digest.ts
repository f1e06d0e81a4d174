import { and, asc, count, eq, getTableColumns, gt, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { hasRole } from '#lib/exercise/exercise/access.ts';
import { readCirculations } from '#lib/exercise/finding/fold.ts';
import { cameNear, waitingFor } from '#lib/exercise/finding/waiting.ts';
import { readsChannel } from '#lib/exercise/channel/access.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { AccountId, ChannelId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { isOverdue } from '#lib/exercise/inject/release.ts';
import { mailedKinds, readChoices, type NoticeKind } from '#lib/exercise/notice/choices.ts';
import { gathered, happeningOf, noticeText, type Happening } from '#lib/exercise/notice/notice.ts';
import { nearMs } from '#lib/exercise/team/deadlines.ts';
import { translator } from '#lib/text/index.ts';
import { readFindingActs } from '../commands/finding.ts';
import { readChannels } from '../channels/rows.ts';
import { databaseNow, type Database, type Transaction } from '../database/open.ts';
import {
	account,
	delivery,
	exercise as exerciseTable,
	fact,
	inject,
	injectComment,
	membership,
	noticeCursor,
	noticePreference
} from '../database/schema.ts';
import { readActor } from '../exercises/actor.ts';
import { toExercise } from '../exercises/rows.ts';
import { readTeams } from '../exercises/teams.ts';
import { isMailAddress, type MailQueue } from '../mail/queue.ts';
import { rightsOf } from '../mail/recipient.ts';
import { createRounds } from '../rounds.ts';

export const digestTimes = {
	/** how often a node looks whose digest is due, ms */
	lookEvery: 15_000,
	/** of one look */
	people: 50,
	/** facts that are looked at for one person and exercise: more have happened than a count is worth */
	facts: 5000
} as const;

/** Everything is over, or has not been thought of: nobody is written to. */
const quietStates = ['draft', 'cancelled', 'closed'];

/**
 * The digest: a mail now and then to whoever wants one, that counts what happened since the last. It is made of what is
 * stored at this moment, with the rights of this moment (R17), and queued in the same transaction that remembers how far
 * it told: nothing is told twice, nothing before it happened. Before it leaves, the right is asked once more (sender.ts).
 */
export function createDigest({
	database,
	mail,
	log
}: {
	database: Database;
	mail: Pick<MailQueue, 'isSetUp' | 'queueMail' | 'origin'>;
	log: Logger;
}) {
	const { db } = database;
	/** Everybody whose time has come; how many mails that are. One node takes a person, by moving the next time on. */
	async function look(): Promise<number> {
		if (!mail.isSetUp) return 0;
		let queued = 0;
		const due = await db
			.select({ id: noticePreference.accountId })
			.from(noticePreference)
			.where(and(isNotNull(noticePreference.digestAt), lte(noticePreference.digestAt, sql`now()`)))
			.orderBy(asc(noticePreference.digestAt))
			.limit(digestTimes.people);
		for (const { id } of due)
			queued += await db
				.transaction((tx) => digestOf(tx, id as AccountId))
				.catch((error: unknown) => {
					log.error({ err: error }, 'a digest could not be made');
					return 0;
				});
		return queued;
	}

	async function digestOf(tx: Transaction, accountId: AccountId): Promise<number> {
		const [row] = await tx
			.select({ choices: noticePreference.choices, email: account.email, disabledAt: account.disabledAt })
			.from(noticePreference)
			.innerJoin(account, eq(account.id, noticePreference.accountId))
			.where(and(eq(noticePreference.accountId, accountId), lte(noticePreference.digestAt, sql`now()`)))
			.for('update', { of: noticePreference, skipLocked: true });
		if (!row) return 0;
		const choices = readChoices(row.choices);
		const kinds = mailedKinds(choices);
		await tx
			.update(noticePreference)
			.set({
				digestAt:
					kinds.length > 0
						? sql`now() + make_interval(mins => ${choices.digestMinutes}::int)`
						: sql`null::timestamptz`
			})
			.where(eq(noticePreference.accountId, accountId));
		if (row.disabledAt || kinds.length === 0 || !isMailAddress(row.email)) return 0;
		const exercises = await tx
			.selectDistinct({ id: membership.exerciseId })
			.from(membership)
			.innerJoin(exerciseTable, eq(exerciseTable.id, membership.exerciseId))
			.where(
				and(
					eq(membership.accountId, accountId),
					sql`${exerciseTable.state} <> all(${sql.param(quietStates)}::text[])`
				)
			);
		let queued = 0;
		for (const { id } of exercises)
			queued += await digestOfExercise(tx, id as ExerciseId, { accountId, email: row.email }, kinds);
		return queued;
	}

	async function digestOfExercise(
		tx: Transaction,
		exerciseId: ExerciseId,
		to: { accountId: AccountId; email: string },
		kinds: readonly NoticeKind[]
	): Promise<number> {
		const [head] = await tx.select().from(exerciseTable).where(eq(exerciseTable.id, exerciseId));
		const actor = await readActor(tx, exerciseId, to.accountId);
		// without a right, or before its terms are accepted, nothing of the exercise goes to a mailbox
		if (!head || actor.memberships.length === 0) return 0;
		const exercise = toExercise(head);
		const now = await databaseNow(tx);
		const [cursor] = await tx
			.select()
			.from(noticeCursor)
			.where(and(eq(noticeCursor.accountId, to.accountId), eq(noticeCursor.exerciseId, exerciseId)));
		await tx
			.insert(noticeCursor)
			.values({ accountId: to.accountId, exerciseId, sequence: head.sequence, at: new Date(now) })
			.onConflictDoUpdate({
				target: [noticeCursor.accountId, noticeCursor.exerciseId],
				set: { sequence: head.sequence, at: new Date(now) }
			});
		// the first look is the beginning: what happened before somebody wanted to be told is not news
		if (!cursor) return 0;
		const teams = await readTeams(tx, exerciseId);
		const happenings = [
			...(await fromFacts(tx, exerciseId, cursor.sequence, head.sequence, actor, teams)),
			...(await mentions(tx, exerciseId, actor, cursor.at)),
			...(await deadlines(tx, exercise, actor, { now, before: cursor.at.getTime() })),
			...(await findingsNear(tx, exerciseId, actor, teams, { now, before: cursor.at.getTime() }))
		].filter(
			// when the report is made, findings alone are still asked about
			({ kind, as }) => kinds.includes(kind) && (exercise.state !== 'reported' || as === 'finding')
		);
		if (happenings.length === 0) return 0;
		const t = translator('en', exercise.kind);
		const lines = gathered(happenings).map((one) => {
			const { title, body } = noticeText(one, exercise.name, t);
			return body ? `${title}: ${body}` : title;
		});
		return mail.queueMail(tx, [
			{
				exercise: { id: exerciseId, kind: exercise.kind, name: exercise.name },
				kind: 'digest',
				once: `digest/${exerciseId}/${to.accountId}/${head.sequence}/${now}`,
				to: to.email,
				subject: t('console.digest.subject', { count: happenings.reduce((sum, one) => sum + one.count, 0) }),
				text: [
					...lines,
					'',
					t('console.digest.open', { link: `${mail.origin}/exercises/${exerciseId}` }),
					t('console.digest.settings', { link: `${mail.origin}/account#notices` })
				].join('\n'),
				tlp: exercise.tlp,
				recipient: { account: to.accountId, rights: rightsOf(actor) }
			}
		]);
	}

	const rounds = createRounds(look, digestTimes.lookEvery, (error) =>
		log.error({ err: error }, 'the digests could not be looked at')
	);
	return {
		start: () => void (mail.isSetUp && rounds.start()),
		/** now rather than at the next turn */
		look,
		stop: rounds.stop
	};
}

async function fromFacts(
	tx: Transaction,
	exerciseId: ExerciseId,
	after: number,
	upTo: number,
	actor: Actor,
	teams: readonly Team[]
): Promise<Happening[]> {
	const rows = await tx
		.select({ fact: fact.fact, actorId: fact.actorId, sequence: fact.sequence })
		.from(fact)
		.where(and(eq(fact.exerciseId, exerciseId), gt(fact.sequence, after), lte(fact.sequence, upTo)))
		.orderBy(asc(fact.sequence))
		.limit(digestTimes.facts);
	const byId = new Map<TeamId, Team>(teams.map((team) => [team.id, team]));
	// who is out of a channel by now, or came after it was said, is told of nothing there
	const joined = new Map(
		(await readChannels(tx, exerciseId)).map(({ id, members }) => [id, readsChannel(members, actor)])
	);
	return rows.flatMap((row) => {
		const reader = {
			actor,
			countryOf: (id: TeamId) => byId.get(id)?.country,
			hears: (id: ChannelId) => (joined.get(id)?.since ?? Infinity) < row.sequence
		};
		// what somebody did is no news to who did it
		if (row.actorId === actor.accountId) return [];
		return happeningOf(row.fact, reader) ?? [];
	});
}

/** Open comments that name the person; only of scripts that the person may still read. */
async function mentions(
	tx: Transaction,
	exerciseId: ExerciseId,
	actor: Actor,
	since: Date
): Promise<Happening[]> {
	const cells = readableCells(actor);
	if (cells !== null && cells.length === 0) return [];
	const [row] = await tx
		.select({ n: count() })
		.from(injectComment)
		.where(
			and(
				eq(injectComment.exerciseId, exerciseId),
				isNull(injectComment.resolvedAt),
				gt(injectComment.createdAt, since),
				cells === null ? undefined : inArray(injectComment.cell, cells),
				sql`${actor.accountId} = any(${injectComment.mentions})`
			)
		);
	return row!.n > 0 ? [{ kind: 'mention', count: row!.n }] : [];
}

/** Null: every cell. */
function readableCells(actor: Actor): string[] | null {
	if (actor.memberships.some(({ role }) => role === 'director' || role === 'controller')) return null;
	const cells = actor.memberships.flatMap(({ role, cell, country }) =>
		role === 'planner' && cell ? [cell, 'central'] : role === 'moderator' && country ? [country] : []
	);
	return [...new Set(cells)];
}

/** Findings to which the person's country says nothing, and whose deadline has come near since the last digest. */
async function findingsNear(
	tx: Transaction,
	exerciseId: ExerciseId,
	actor: Actor,
	teams: readonly Team[],
	wall: { now: number; before: number }
): Promise<Happening[]> {
	// nobody else answers for a country
	if (!hasRole(actor, 'moderator', 'player')) return [];
	const circulations = readCirculations(await readFindingActs(tx, exerciseId)).values();
	const near = waitingFor(circulations, actor, teams, wall.now).filter((one) => cameNear(one, wall));
	return near.length > 0 ? [{ kind: 'deadline', count: near.length, as: 'finding' }] : [];
}

/** What the person's own teams owe, and what has come near or is over since the last digest. */
async function deadlines(
	tx: Transaction,
	exercise: Exercise,
	actor: Actor,
	wall: { now: number; before: number }
): Promise<Happening[]> {
	const now = exerciseTimeAt(exercise.clock, wall.now);
	const before = exerciseTimeAt(exercise.clock, wall.before);
	const own = actor.memberships.flatMap((one) => (one.role === 'player' && one.teamId ? [one.teamId] : []));
	if (now === null || own.length === 0 || (exercise.state !== 'running' && exercise.state !== 'paused'))
		return [];
	const rows = await tx
		.select({ ...getTableColumns(delivery) })
		.from(delivery)
		.innerJoin(inject, eq(inject.id, delivery.injectId))
		.where(
			and(
				eq(delivery.exerciseId, exercise.id),
				inArray(delivery.teamId, own),
				// what was taken back asks nothing any more
				isNull(inject.recalledAt)
			)
		);
	const presses = (row: (typeof rows)[number], at: number) => isOverdue(row, row, at + nearMs);
	const pressing = rows.filter(
		(row) => presses(row, now) && (before === null || row.releasedAt > before || !presses(row, before))
	);
	return pressing.length > 0 ? [{ kind: 'deadline', count: pressing.length }] : [];
}
