import { and, asc, desc, eq, gt, inArray, ne } from 'drizzle-orm';
import { generateNKeysBetween } from 'fractional-indexing';
import { AppError } from '#lib/errors.ts';
import { documentName, documentRight } from '#lib/exercise/documents.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import { isControl, isDirector, plansIn } from '#lib/exercise/exercise/access.ts';
import {
	cellIds,
	exerciseLimits,
	type Actor,
	type CellId,
	type Exercise,
	type ExerciseState
} from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import { addInject, injectFingerprint, storedInject, type Inject } from '#lib/exercise/inject/schema.ts';
import { rehearsalRate, rehearsedInjects } from '#lib/exercise/ready/rehearsal.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Commands } from '../commands/run.ts';
import type { Database } from '../database/open.ts';
import { account, exercise as exerciseTable, inject, injectVersion } from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import type { Exercises } from '../exercises/exercises.ts';
import { copyAttachments } from '../files/rows.ts';
import { mintId } from '../mint.ts';

export interface Rehearsal {
	id: ExerciseId;
	name: string;
	state: ExerciseState;
	by: string;
	/** wall time, ms */
	madeAt: number;
	/** the reader may open it, and take it away */
	isMine: boolean;
	mayDelete: boolean;
}

/** One command takes at most so many injects within its time. */
const approvedAtOnce = 300;

export type Rehearsals = ReturnType<typeof createRehearsals>;

/**
 * Rehearsals: an exercise of its own, in which planners try out what is approved, with one test team and a fast clock. It
 * is another exercise in every respect, so nothing of the real one can be touched.
 */
export function createRehearsals({
	database: { db },
	documents,
	exercises,
	commands
}: {
	database: Database;
	documents: Pick<Documents, 'edit'>;
	exercises: Exercises;
	commands: Pick<Commands, 'run'>;
}) {
	const mayMake = (actor: Actor) => isControl(actor) || cellIds.some((cell) => plansIn(actor, cell));
	const nothing = () => new AppError('not-found', 'There is nothing here, or it is not open to you.');

	/** What is approved in the scripts that this person may read; a country's variant instead of the central text. */
	async function approvedFor(of: Exercise, actor: Actor): Promise<Inject[]> {
		const cells = cellIds.filter(
			(cell) =>
				documentRight({ exercise: of.id, kind: 'script', cell }, actor, { settings: of.settings }) !== 'none'
		);
		const rows = await db
			.select({ id: inject.id, variantOf: inject.variantOf, content: injectVersion.content })
			.from(inject)
			.innerJoin(
				injectVersion,
				and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
			)
			.where(
				and(
					eq(inject.exerciseId, of.id),
					inArray(inject.cell, cells),
					gt(inject.version, 0),
					ne(inject.state, 'skipped')
				)
			)
			.orderBy(asc(inject.dueAt), asc(inject.id));
		// whoever reads all countries tries all texts; a country tries what its teams will get
		const replaced = new Set(isControl(actor) ? [] : rows.flatMap(({ variantOf }) => variantOf ?? []));
		return rows.filter(({ id }) => !replaced.has(id)).map(({ content }) => storedInject(content));
	}

	async function run(exercise: ExerciseId, by: AccountId, name: string, input: object): Promise<void> {
		const answer = await commands.run(
			{ exercise, name, key: mintId<string>(), input } as never,
			{ accountId: by, name: '' } as never
		);
		if (!answer.ok) throw AppError.from(answer.error);
	}

	async function requireOwn(of: Exercise, actor: Actor, id: string) {
		const [row] = await db
			.select({ id: exerciseTable.id, by: exerciseTable.createdBy })
			.from(exerciseTable)
			.where(and(eq(exerciseTable.id, id), eq(exerciseTable.rehearsalOf, of.id)));
		if (!row || !mayMake(actor)) throw nothing();
		return { id: row.id as ExerciseId, isMine: row.by === actor.accountId };
	}

	return {
		async list(of: Exercise, actor: Actor): Promise<Rehearsal[]> {
			if (!mayMake(actor)) throw nothing();
			const rows = await db
				.select({ exercise: exerciseTable, by: account.name })
				.from(exerciseTable)
				.leftJoin(account, eq(account.id, exerciseTable.createdBy))
				.where(eq(exerciseTable.rehearsalOf, of.id))
				.orderBy(desc(exerciseTable.createdAt));
			return rows.map(({ exercise, by }) => {
				const isMine = exercise.createdBy === actor.accountId;
				return {
					id: exercise.id as ExerciseId,
					name: exercise.name,
					state: exercise.state as ExerciseState,
					by: by ?? '',
					madeAt: exercise.createdAt.getTime(),
					isMine,
					mayDelete: isMine || isDirector(actor)
				};
			});
		},

		/** Makes one, with all that is approved; its maker directs it and plays in its test team. */
		async make(of: Exercise, actor: Actor): Promise<ExerciseId> {
			if (!mayMake(actor)) throw nothing();
			if (isReal(of)) throw nothing();
			if (of.rehearsalOf) throw new AppError('not-now', 'This is a rehearsal already.');
			const injects = await approvedFor(of, actor);
			if (injects.length === 0)
				throw new AppError('not-now', 'Nothing is approved yet. Approve what you want to rehearse first.');
			const { accountId } = actor;
			const id = await exercises.create(
				{
					name: `Rehearsal of ${of.name}`.slice(0, exerciseLimits.name),
					tlp: of.tlp,
					timeZone: of.timeZone,
					startsAt: of.startsAt,
					endsAt: of.endsAt,
					settings: { ...of.settings, authorMayApprove: true }
				},
				accountId,
				of.id
			);
			try {
				const country = actor.memberships.find((one): one is typeof one & { cell: CountryCode } =>
					(countryCodes as readonly string[]).includes(one.cell ?? '')
				)?.cell;
				const [team] = await exercises.addTeams(
					id,
					[{ name: 'Test team', country: country ?? countryCodes[0], level: 'operational' }],
					accountId
				);
				await exercises.addMembership(
					id,
					{ accountId, role: 'player', teamId: team!.id, lead: true },
					accountId
				);
				const named = injects.flatMap((one) => one.attachments.map((file) => file.id));
				const cell: CellId = 'central';
				const files = await db.transaction((tx) => copyAttachments(tx, named, of.id, { exercise: id, cell }));
				const copies = rehearsedInjects(injects, () => mintId<InjectId>(), files);
				const orders = generateNKeysBetween(null, null, copies.length);
				await documents.edit(documentName({ exercise: id, kind: 'script', cell }), accountId, (doc) => {
					for (const [i, copy] of copies.entries()) addInject(doc, copy, orders[i]!);
				});
				for (let from = 0; from < copies.length; from += approvedAtOnce)
					await run(id, accountId, 'inject.approve', {
						cell,
						injects: copies
							.slice(from, from + approvedAtOnce)
							.map((copy) => ({ inject: copy.id, fingerprint: injectFingerprint(copy) }))
					});
				await db.transaction((tx) =>
					writeAudit(tx, {
						scope: of.id,
						actorId: accountId,
						act: 'rehearsal.made',
						detail: { rehearsal: id, injects: copies.length }
					})
				);
				return id;
			} catch (error) {
				// half a rehearsal helps nobody
				await db.delete(exerciseTable).where(eq(exerciseTable.id, id));
				throw error;
			}
		},

		/** STARTEX of a rehearsal, and its fast clock. */
		async start(of: Exercise, actor: Actor, id: string): Promise<void> {
			const rehearsal = await requireOwn(of, actor, id);
			if (!rehearsal.isMine) throw new AppError('forbidden', 'Whoever made a rehearsal starts it.');
			await run(rehearsal.id, actor.accountId, 'exercise.start', {});
			await run(rehearsal.id, actor.accountId, 'clock.setRate', { rate: rehearsalRate });
		},

		/** Takes it away with all its pages and deliveries. Its facts and audit rows stay, as everywhere. */
		async remove(of: Exercise, actor: Actor, id: string): Promise<void> {
			const rehearsal = await requireOwn(of, actor, id);
			if (!rehearsal.isMine && !isDirector(actor))
				throw new AppError('forbidden', 'Whoever made a rehearsal takes it away, or the director.');
			await db.transaction(async (tx) => {
				await tx.delete(exerciseTable).where(eq(exerciseTable.id, rehearsal.id));
				await writeAudit(tx, {
					scope: of.id,
					actorId: actor.accountId,
					act: 'rehearsal.removed',
					detail: { rehearsal: rehearsal.id }
				});
			});
		}
	};
}
