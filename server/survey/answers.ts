import { createHash } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { groupOf, keptGroups, least, type Sorted } from '#lib/exercise/survey/groups.ts';
import type { KeptAnswer, SurveyAnswers, SurveyGroup } from '#lib/exercise/survey/schema.ts';
import type { Actor, Membership } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import type { Database, Transaction } from '../database/open.ts';
import { surveyAnswer, surveyAnswered } from '../database/schema.ts';
import { readEverybody } from '../exercises/actor.ts';
import { readTeams } from '../exercises/teams.ts';
import { mintId } from '../mint.ts';

/*
 * Answers as they lie in the database, so that whoever has it cannot tell whose one without a name is. Two things would
 * tell: what is kept of the group, and where and by which transaction a row was written (PostgreSQL keeps both in every
 * row). So of the group no more is kept than at least five people have in common, and with each answer as many others as
 * `touched` says are written anew, in both tables; at the end everything is, in an order of chance.
 *
 * Not hidden from somebody who copies the database before and after one answer, or reads its log of changes: nothing that
 * a database takes in one by one is.
 */
const touched = 63;
const rowsAtOnce = 500;
const nobody: SurveyGroup = { country: null, level: null, role: null };

/** What is kept of the groups of everybody who is asked, by group. */
export type KeptOf = (memberships: readonly Membership[]) => SurveyGroup;

const keyOf = ({ country, level, role }: SurveyGroup) => `${country ?? ''}/${level ?? ''}/${role ?? ''}`;

export async function readKept(db: Database['db'], exercise: ExerciseId): Promise<KeptOf> {
	const [people, teams] = await Promise.all([readEverybody(db, exercise), readTeams(db, exercise)]);
	const byId = new Map(teams.map((team) => [team.id, team]));
	const of = (memberships: readonly Membership[]) => groupOf(memberships, (team) => byId.get(team));
	const groups = [...people.values()].map(({ memberships }) => of(memberships));
	const kept = keptGroups(groups) ?? groups.map(() => nobody);
	const byKey = new Map(groups.map((group, at) => [keyOf(group), kept[at]!]));
	// who came since, with a group of their own
	return (memberships) => byKey.get(keyOf(of(memberships))) ?? nobody;
}

export interface NewAnswer {
	answers: SurveyAnswers;
	/** null: without a name */
	by: Pick<Actor, 'accountId' | 'name'> | null;
	/** '' : the browser keeps none, and the answer stays as it is */
	receipt: string;
	group: SurveyGroup;
}

/** Only its hash is kept: who has the database cannot change an answer with it. */
const hashed = (receipt: string) => createHash('sha256').update(receipt).digest('base64url');

/** Stores the answer of somebody, or puts it in the place of what they answered before. False: that cannot be found. */
export async function storeAnswer(
	tx: Transaction,
	exercise: ExerciseId,
	actor: Actor,
	{ answers, by, receipt, group }: NewAnswer
): Promise<boolean> {
	const first = await tx
		.insert(surveyAnswered)
		.values({ exerciseId: exercise, accountId: actor.accountId })
		.onConflictDoNothing()
		.returning({ id: surveyAnswered.accountId });
	if (first.length === 0) {
		const before = await findAnswer(tx, exercise, actor, receipt);
		if (!before) return false;
		await tx.delete(surveyAnswer).where(eq(surveyAnswer.id, before.id));
	}
	const id = mintId<string>();
	await tx.insert(surveyAnswer).values({
		id,
		exerciseId: exercise,
		answers,
		...group,
		accountId: by?.accountId ?? null,
		byName: by?.name ?? null,
		receipt: by === null && receipt !== '' ? hashed(receipt) : null
	});
	// rows that somebody else has in hand are left: waiting for each other, two answers could block each other for ever
	await tx.execute(sql`
		update ${surveyAnswer} set answers = answers where id in (
			select id from ${surveyAnswer} where exercise_id = ${exercise} and id <> ${id}
			order by random() limit ${touched} for update skip locked)`);
	await tx.execute(sql`
		update ${surveyAnswered} set account_id = account_id where exercise_id = ${exercise} and account_id in (
			select account_id from ${surveyAnswered}
			where exercise_id = ${exercise} and account_id <> ${actor.accountId}
			order by random() limit ${touched} for update skip locked)`);
	return true;
}

/** What somebody answered: by their name, or by what their browser keeps. */
export async function findAnswer(
	db: Pick<Transaction, 'select'>,
	exercise: ExerciseId,
	actor: Actor,
	receipt: string
): Promise<{ id: string; answers: SurveyAnswers } | null> {
	const of = async (whose: ReturnType<typeof eq>) => {
		const [row] = await db
			.select({ id: surveyAnswer.id, answers: surveyAnswer.answers })
			.from(surveyAnswer)
			.where(and(eq(surveyAnswer.exerciseId, exercise), whose));
		return row ?? null;
	};
	return (
		(await of(eq(surveyAnswer.accountId, actor.accountId))) ??
		(receipt === '' ? null : await of(eq(surveyAnswer.receipt, hashed(receipt))))
	);
}

export async function readAnswersOf(
	db: Pick<Transaction, 'select'>,
	exercise: ExerciseId
): Promise<KeptAnswer[]> {
	const rows = await db.select().from(surveyAnswer).where(eq(surveyAnswer.exerciseId, exercise));
	return rows.map(
		({ id, answers, country, level, role, byName }) =>
			({ id, answers, country, level, role, by: byName }) as KeptAnswer
	);
}

/**
 * The survey is closed: of groups that turned out too small nothing is kept, receipts go, who has answered goes because
 * nobody can any more, and answers are written anew in an order of chance. Where fewer than five gave no name, and so would
 * be known by the others' names, all names go.
 */
export async function settleAnswers(
	tx: Transaction,
	exercise: ExerciseId
): Promise<{ answers: number; names: boolean }> {
	const rows = await tx.select().from(surveyAnswer).where(eq(surveyAnswer.exerciseId, exercise));
	const sorted = rows.map((row): Sorted => ({ ...(row as SurveyGroup), named: row.accountId !== null }));
	const named = keptGroups(sorted);
	const groups =
		named ??
		(rows.length < least ? null : keptGroups(sorted.map((one) => ({ ...one, named: false })))) ??
		rows.map(() => nobody);
	const names = named !== null && rows.some((row) => row.accountId !== null);
	const anew = rows
		.map((row, at) => ({
			...row,
			...groups[at]!,
			id: mintId<string>(),
			receipt: null,
			...(named === null && { accountId: null, byName: null })
		}))
		// the new ids are random, and so is this order
		.sort((a, b) => (a.id < b.id ? -1 : 1));
	await tx.delete(surveyAnswer).where(eq(surveyAnswer.exerciseId, exercise));
	for (let from = 0; from < anew.length; from += rowsAtOnce)
		await tx.insert(surveyAnswer).values(anew.slice(from, from + rowsAtOnce));
	await tx.delete(surveyAnswered).where(eq(surveyAnswered.exerciseId, exercise));
	return { answers: rows.length, names };
}
