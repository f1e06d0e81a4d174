import { randomInt } from 'node:crypto';
import { and, count, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { longText, type Actor, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import {
	answersSurvey,
	leadsSurvey,
	mayBeMade,
	moveProblem,
	resultsFor
} from '#lib/exercise/survey/access.ts';
import {
	groupsOf,
	resultsOf,
	type GroupSize,
	type SurveyFilter,
	type SurveyResults
} from '#lib/exercise/survey/results.ts';
import {
	readAnswers,
	surveyFormSchema,
	surveyLimits,
	type Anonymity,
	type SurveyAnswers,
	type SurveyGroup,
	type SurveyQuestion,
	type SurveyState
} from '#lib/exercise/survey/schema.ts';
import { surveyTemplate } from '#lib/exercise/survey/template.ts';
import { translator } from '#lib/text/index.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database, Transaction } from '../database/open.ts';
import { survey, surveyAnswered } from '../database/schema.ts';
import { readEverybody } from '../exercises/actor.ts';
import type { Ring } from '../exercises/change.ts';
import { check } from '../exercises/check.ts';
import { noExercise } from '../exercises/rights.ts';
import type { ExportFile } from '../exchange/record/file.ts';
import { findAnswer, readAnswersOf, readKept, settleAnswers, storeAnswer, type KeptOf } from './answers.ts';
import { resultsFile } from './csv.ts';

const t = translator('en');
/** Read aloud and typed on a phone: nothing that looks like something else. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
const codeLength = 6;
/** How long it holds who is in the exercise, to answer thousands within minutes. */
const keptForMs = 60_000;

export interface SurveyView {
	/** null: there is none, or none that the reader may know of */
	survey: {
		state: SurveyState;
		title: string;
		anonymity: Anonymity;
		questions: SurveyQuestion[];
		version: number;
		/** the short address leads to it: `/s/<code>` */
		code: string;
		summary: string | null;
	} | null;
	mayLead: boolean;
	mayAnswer: boolean;
	/** the reader has, whatever it was */
	answered: boolean;
	/** what the reader answered with their name */
	named: SurveyAnswers | null;
	/** what of the reader's group would be kept beside an answer */
	kept: SurveyGroup | null;
	/** for those who lead it, while it is open */
	counts: { asked: number; answered: number } | null;
	results: ReturnType<typeof resultsFor>;
}

export interface SurveyResultsView {
	title: string;
	state: SurveyState;
	summary: string | null;
	/** null: too few answered, all together or in this group */
	results: SurveyResults | null;
	/** what can be filtered by; empty for who reads the counts of all */
	groups: GroupSize[];
	answers: number;
	readsAll: boolean;
	/** may write down what was concluded */
	mayConclude: boolean;
}

const receiptSchema = z.string().regex(/^([A-Za-z0-9_-]{22,64})?$/, 'This is no receipt of this survey.');
const answerSchema = z.object({ answers: z.unknown(), anonymous: z.boolean(), receipt: receiptSchema });

const tooLate = () => new AppError('not-now', 'The exercise is over: no survey is sent any more.');

export type Survey = ReturnType<typeof createSurvey>;

/** The feedback survey of an exercise. Making, opening and closing it is recorded; answering it leaves no trace but the answer. */
export function createSurvey({ database, ring }: { database: Database; ring: Ring }) {
	const { db } = database;
	const keptOf = new Map<ExerciseId, { at: number; of: Promise<KeptOf> }>();

	/** Everybody's groups are read once a minute, not once for each who answers. */
	function kept(exercise: ExerciseId): Promise<KeptOf> {
		const now = performance.now();
		for (const [id, one] of keptOf) if (now - one.at > keptForMs) keptOf.delete(id);
		const known = keptOf.get(exercise) ?? { at: now, of: readKept(db, exercise) };
		known.of.catch(() => keptOf.delete(exercise));
		keptOf.set(exercise, known);
		return known.of;
	}

	async function read(queryable: Pick<Transaction, 'select'>, exercise: ExerciseId) {
		const [row] = await queryable.select().from(survey).where(eq(survey.exerciseId, exercise));
		return row ? { ...row, state: row.state as SurveyState, anonymity: row.anonymity as Anonymity } : null;
	}

	function requireLead(actor: Actor): void {
		if (actor.memberships.length === 0) throw noExercise();
		if (!leadsSurvey(actor))
			throw new AppError('forbidden', 'Facilitators and the director make the survey.');
	}

	/** One act of whoever leads the survey, on the row as it is now. */
	async function act(
		exercise: Exercise,
		actor: Actor,
		name: string,
		work: (
			tx: Transaction,
			row: NonNullable<Awaited<ReturnType<typeof read>>>
		) => Promise<Record<string, unknown>>
	): Promise<void> {
		requireLead(actor);
		await db.transaction(async (tx) => {
			await tx
				.select({ id: survey.exerciseId })
				.from(survey)
				.where(eq(survey.exerciseId, exercise.id))
				.for('update');
			const row = await read(tx, exercise.id);
			if (!row) throw new AppError('not-now', 'There is no survey yet.');
			const detail = await work(tx, row);
			await writeAudit(tx, { scope: exercise.id, actorId: actor.accountId, act: name, detail });
		});
		ring({ exercise: exercise.id, topics: ['hot-wash'] });
	}

	const mintCode = () =>
		Array.from({ length: codeLength }, () => letters[randomInt(letters.length)]).join('');

	return {
		async view(exercise: Exercise, actor: Actor): Promise<SurveyView> {
			if (actor.memberships.length === 0) throw noExercise();
			const row = await read(db, exercise.id);
			const mayLead = leadsSurvey(actor);
			const none: SurveyView = {
				survey: null,
				mayLead,
				mayAnswer: false,
				answered: false,
				named: null,
				kept: null,
				counts: null,
				results: null
			};
			// a draft is nobody's business but of those who write it
			if (!row || (row.state === 'draft' && !mayLead)) return none;
			const { state, title, anonymity, version, code, summary } = row;
			const mayAnswer = answersSurvey(actor, state);
			const [own, named, group, counts] = await Promise.all([
				db
					.select({ id: surveyAnswered.accountId })
					.from(surveyAnswered)
					.where(
						and(eq(surveyAnswered.exerciseId, exercise.id), eq(surveyAnswered.accountId, actor.accountId))
					),
				mayAnswer ? findAnswer(db, exercise.id, actor, '') : null,
				mayAnswer ? kept(exercise.id) : null,
				mayLead && state === 'open' ? countsOf(exercise.id) : null
			]);
			return {
				...none,
				survey: {
					state,
					title,
					anonymity,
					version,
					code,
					summary,
					questions: mayAnswer || mayLead ? row.questions : []
				},
				mayAnswer,
				answered: own.length > 0,
				named: named?.answers ?? null,
				kept: group?.(actor.memberships) ?? null,
				counts,
				results: resultsFor(actor, state)
			};
		},

		/** A draft with the questions that we propose. */
		async make(exercise: Exercise, actor: Actor): Promise<void> {
			requireLead(actor);
			if (!mayBeMade(exercise.state)) throw tooLate();
			await db.transaction(async (tx) => {
				const { title, anonymity, questions } = surveyTemplate(t('survey.proposedTitle'));
				const made = await tx
					.insert(survey)
					.values({ exerciseId: exercise.id, code: mintCode(), title, anonymity, questions })
					.onConflictDoNothing({ target: survey.exerciseId })
					.returning({ id: survey.exerciseId });
				if (made.length === 0) throw new AppError('duplicate', 'There is a survey already.');
				await writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'survey.made',
					detail: { questions: questions.length }
				});
			});
			ring({ exercise: exercise.id, topics: ['hot-wash'] });
		},

		/** @param version that was changed: somebody else's change since is never overwritten */
		save: (exercise: Exercise, actor: Actor, version: number, wanted: unknown) =>
			act(exercise, actor, 'survey.changed', async (tx, row) => {
				if (!mayBeMade(exercise.state)) throw tooLate();
				if (row.state !== 'draft')
					throw new AppError('not-now', 'The survey is open: its questions stay as they are.');
				if (row.version !== version)
					throw new AppError('stale', 'Somebody else has changed the survey since: reload the page.');
				const form = check(surveyFormSchema, wanted);
				await tx
					.update(survey)
					.set({ ...form, version: version + 1 })
					.where(eq(survey.exerciseId, exercise.id));
				return { version: version + 1, questions: form.questions.length, anonymity: form.anonymity };
			}),

		open: (exercise: Exercise, actor: Actor) =>
			act(exercise, actor, 'survey.opened', async (tx, row) => {
				const problem = moveProblem(row.state, 'open', exercise.state);
				if (problem) throw new AppError('not-now', problem);
				await tx
					.update(survey)
					.set({ state: 'open', openedAt: sql`now()` })
					.where(eq(survey.exerciseId, exercise.id));
				return { title: row.title, anonymity: row.anonymity };
			}),

		close: (exercise: Exercise, actor: Actor) =>
			act(exercise, actor, 'survey.closed', async (tx, row) => {
				const problem = moveProblem(row.state, 'closed', exercise.state);
				if (problem) throw new AppError('not-now', problem);
				await tx
					.update(survey)
					.set({ state: 'closed', closedAt: sql`now()` })
					.where(eq(survey.exerciseId, exercise.id));
				return settleAnswers(tx, exercise.id);
			}),

		/** What was concluded: everybody who was asked reads it, with what all together answered. */
		conclude: (exercise: Exercise, actor: Actor, summary: string) =>
			act(exercise, actor, 'survey.analysed', async (tx, row) => {
				const problem = row.state === 'analysed' ? null : moveProblem(row.state, 'analysed', exercise.state);
				if (problem) throw new AppError('not-now', problem);
				const text = check(longText('Conclusions').max(surveyLimits.summary), summary);
				await tx
					.update(survey)
					.set({ state: 'analysed', summary: text })
					.where(eq(survey.exerciseId, exercise.id));
				return { characters: text.length };
			}),

		/** Answers the survey, or changes what the same person answered. No fact, no audit row, no time, no ring. */
		async answer(exercise: Exercise, actor: Actor, wanted: unknown): Promise<void> {
			if (actor.memberships.length === 0) throw noExercise();
			const { answers: given, anonymous, receipt } = check(answerSchema, wanted);
			const group = (await kept(exercise.id))(actor.memberships);
			await db.transaction(async (tx) => {
				// closing waits for answers that are being stored, and answers for closing
				await tx
					.select({ id: survey.exerciseId })
					.from(survey)
					.where(eq(survey.exerciseId, exercise.id))
					.for('share');
				const row = await read(tx, exercise.id);
				if (!row || row.state === 'draft') throw noExercise();
				if (!answersSurvey(actor, row.state)) throw new AppError('not-now', 'The survey is closed.');
				const found = readAnswers(row.questions, given);
				if ('problem' in found)
					throw new AppError('invalid', found.problem, {
						details: { fields: { [found.question]: found.problem } }
					});
				const nameless = anonymous || row.anonymity === 'always';
				const stored = await storeAnswer(tx, exercise.id, actor, {
					answers: found.answers,
					by: nameless ? null : actor,
					receipt,
					group
				});
				if (!stored)
					throw new AppError(
						'not-now',
						'You have answered without your name. Only the device on which you did can change it: nobody else knows which answer is yours.'
					);
			});
		},

		/** What this browser's receipt answered, to change it. */
		async mine(exercise: Exercise, actor: Actor, receipt: string): Promise<SurveyAnswers | null> {
			const row = await read(db, exercise.id);
			if (!row || !answersSurvey(actor, row.state)) throw noExercise();
			return (await findAnswer(db, exercise.id, actor, check(receiptSchema, receipt)))?.answers ?? null;
		},

		async results(exercise: Exercise, actor: Actor, filter: SurveyFilter): Promise<SurveyResultsView> {
			const row = await read(db, exercise.id);
			const reads = row && resultsFor(actor, row.state);
			if (!row || !reads) throw noExercise();
			const answers = await readAnswersOf(db, exercise.id);
			const results = resultsOf(row.questions, answers, reads === 'all' ? filter : null);
			return {
				title: row.title,
				state: row.state,
				summary: row.summary,
				results:
					reads === 'all' || !results
						? results
						: { ...results, questions: results.questions.map((one) => ({ ...one, words: [] })) },
				groups: reads === 'all' ? groupsOf(answers) : [],
				answers: answers.length,
				readsAll: reads === 'all',
				mayConclude: leadsSurvey(actor)
			};
		},

		/** All that the page of results can show, as CSV. */
		async exportCsv(exercise: Exercise, actor: Actor): Promise<ExportFile> {
			const row = await read(db, exercise.id);
			if (!row || resultsFor(actor, row.state) !== 'all') throw noExercise();
			const answers = await readAnswersOf(db, exercise.id);
			const filters: SurveyFilter[] = [
				null,
				...groupsOf(answers).map(({ by, is }) => ({ by, is }) as SurveyFilter)
			];
			await db.transaction((tx) =>
				writeAudit(tx, {
					scope: exercise.id,
					actorId: actor.accountId,
					act: 'survey.exported',
					detail: { answers: answers.length, groups: filters.length - 1 }
				})
			);
			return resultsFile(
				exercise,
				row.title,
				filters.flatMap((filter) => resultsOf(row.questions, answers, filter) ?? [])
			);
		},

		/** Where a short address leads, for whoever is in that exercise; null: nowhere, or not for this person. */
		async exerciseOf(code: string): Promise<ExerciseId | null> {
			const [row] = await db
				.select({ id: survey.exerciseId, state: survey.state })
				.from(survey)
				.where(eq(survey.code, code.toLowerCase().slice(0, codeLength + 1)));
			return row && row.state !== 'draft' ? (row.id as ExerciseId) : null;
		},

		/** The code of a survey that is open now, for a screen that everybody sees; null: none is. */
		async openCode(exercise: Exercise, actor: Actor): Promise<string | null> {
			if (actor.memberships.length === 0) return null;
			const row = await read(db, exercise.id);
			return row?.state === 'open' ? row.code : null;
		}
	};

	async function countsOf(exercise: ExerciseId) {
		const [[row], people] = await Promise.all([
			db.select({ answered: count() }).from(surveyAnswered).where(eq(surveyAnswered.exerciseId, exercise)),
			readEverybody(db, exercise)
		]);
		return { asked: people.size, answered: row?.answered ?? 0 };
	}
}
