import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { isChannelFact } from '#lib/exercise/channel/facts.ts';
import { stateAfter } from '#lib/exercise/exercise/commands.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import type { Fact, Recorded } from '#lib/exercise/facts.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import { writeReportPage } from '#lib/exercise/report/page.ts';
import { isWorkingFact } from '#lib/exercise/working/kinds.ts';
import type { Transaction } from '../database/open.ts';
import {
	actionMark,
	attachmentGrant,
	delivery,
	document,
	exercise as exerciseTable,
	hotWashCard,
	hotWashVote,
	inject,
	injectVersion,
	question,
	report
} from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import type { Stored } from '../documents/log.ts';
import { newDocument } from '../documents/create.ts';
import {
	dueFromNow,
	endWaiting,
	endWaitingOfCountry,
	judgeAnew,
	judgeReferring,
	writeCondition
} from './conditions.ts';
import { applyChannel } from '../channels/apply.ts';
import { applyConduct, isConductFact, takeTurn, writeAdapted } from './conduct.ts';
import { applyMerge } from './finding.ts';
import { applyHandOver, applyTakeOver } from './aar.ts';
import { applyShared } from './report.ts';
import { applyWorking } from './working.ts';
import { setFollowersDue } from './followers.ts';
import { recall } from './recall.ts';
import { queueReleased } from '../mail/released.ts';
import type { MailQueue } from '../mail/queue.ts';

export interface ApplyContext {
	tx: Transaction;
	exercise: Exercise;
	documents: Documents;
	mail: MailQueue;
	/** the person, for rows that remember who; null: the schedule */
	actorId: string | null;
}

/** What a fact leaves behind besides itself. */
export interface Effects {
	stored: Stored[];
	/** documents that nobody may write any more */
	frozen: string[];
	/** of a fact about working records: the how-manieth act on each it is */
	acts?: ReadonlyMap<RecordId, number>;
}

/**
 * Writes what a fact changes in the tables, in the transaction of the fact. Changes of state are compare-and-swap: when
 * somebody was faster, the whole command is refused as stale (R10).
 */
export async function applyFact(
	context: ApplyContext,
	recorded: Recorded,
	sequence: number
): Promise<Effects> {
	const { tx, exercise } = context;
	const { fact } = recorded;
	const effects: Effects = { stored: [], frozen: [] };
	const state = stateAfter(fact);
	if (state !== null) {
		const segment = 'segment' in fact ? fact.segment : null;
		await tx
			.update(exerciseTable)
			.set({
				state,
				stopReason: fact.kind === 'exercise-stopped' ? fact.reason : null,
				rightsVersion: sql`${exerciseTable.rightsVersion} + 1`,
				// nobody planned when an incident would end
				...(fact.kind === 'exercise-ended' && isReal(exercise) && { endsAt: fact.segment.exerciseStart }),
				...(segment && { clock: sql`${exerciseTable.clock} || ${JSON.stringify([segment])}::jsonb` })
			})
			.where(eq(exerciseTable.id, exercise.id));
		return effects;
	}
	if (isWorkingFact(fact)) {
		effects.acts = await applyWorking(tx, exercise.id, recorded, fact, sequence);
		return effects;
	}
	if (isChannelFact(fact)) {
		effects.stored = await applyChannel(context, recorded, fact, sequence);
		return effects;
	}
	if (isConductFact(fact)) {
		await applyConduct(context, recorded, fact);
		return effects;
	}
	switch (fact.kind) {
		case 'inject-adapted':
			effects.stored = await writeAdapted(context, fact);
			break;
		case 'clock-rate-set':
		case 'clock-jumped':
			await tx
				.update(exerciseTable)
				.set({ clock: sql`${exerciseTable.clock} || ${JSON.stringify([fact.segment])}::jsonb` })
				.where(eq(exerciseTable.id, exercise.id));
			break;
		case 'inject-submitted': {
			const values = {
				submittedBy: context.actorId,
				submittedAt: new Date(recorded.wallAt),
				submittedFingerprint: fact.fingerprint,
				returnReason: null,
				changed: sequence
			};
			await requireOwn(
				tx
					.insert(inject)
					.values({
						id: fact.inject,
						exerciseId: exercise.id,
						cell: fact.cell,
						state: 'submitted',
						...values
					})
					// what is approved stays in force until the new version is approved too
					.onConflictDoUpdate({
						target: inject.id,
						set: values,
						setWhere: eq(inject.exerciseId, exercise.id)
					})
					.returning({ id: inject.id })
			);
			break;
		}
		case 'inject-returned':
			await tx
				.update(inject)
				.set({ submittedBy: null, submittedFingerprint: null, returnReason: fact.reason, changed: sequence })
				.where(eq(inject.id, fact.inject));
			break;
		case 'inject-approved':
			await approve(context, recorded, fact, sequence);
			break;
		case 'inject-held':
			await move(tx, fact.inject, ['ready'], { state: 'held', reason: fact.reason, changed: sequence });
			break;
		case 'inject-hold-lifted':
			await move(tx, fact.inject, ['held', 'skipped'], {
				state: 'ready',
				reason: null,
				dueAt: fact.dueAt,
				changed: sequence
			});
			if (recorded.exerciseAt !== null) await dueFromNow(tx, fact.inject, recorded.exerciseAt);
			break;
		case 'inject-skipped':
			await move(tx, fact.inject, ['ready', 'held'], {
				state: 'skipped',
				reason: fact.reason,
				changed: sequence
			});
			break;
		case 'inject-released':
			await release(context, recorded, fact, sequence);
			break;
		case 'inject-recalled':
			await recall(context, recorded, fact, sequence);
			break;
		case 'delivery-seen':
			await tx
				.update(delivery)
				.set({ seenAt: recorded.exerciseAt ?? 0, changed: sequence })
				.where(and(eq(delivery.id, fact.delivery), sql`${delivery.seenAt} is null`));
			break;
		case 'delivery-acknowledged': {
			const now = recorded.exerciseAt ?? 0;
			const rows = await tx
				.update(delivery)
				.set({
					acknowledgedAt: now,
					acknowledgedBy: recorded.by?.name ?? null,
					seenAt: sql`coalesce(${delivery.seenAt}, ${now})`,
					changed: sequence
				})
				.where(and(eq(delivery.id, fact.delivery), sql`${delivery.acknowledgedAt} is null`))
				.returning({ inject: delivery.injectId });
			if (rows.length === 0) throw new AppError('stale', 'Your team has acknowledged this already.');
			await judgeReferring(tx, exercise.id, rows[0]!.inject, [fact.team], now);
			break;
		}
		case 'delivery-responded': {
			const now = recorded.exerciseAt ?? 0;
			const rows = await tx
				.update(delivery)
				.set({
					respondedAt: sql`coalesce(${delivery.respondedAt}, ${now})`,
					seenAt: sql`coalesce(${delivery.seenAt}, ${now})`,
					changed: sequence
				})
				.where(eq(delivery.id, fact.delivery))
				.returning({ inject: delivery.injectId });
			if (rows[0]) await judgeReferring(tx, exercise.id, rows[0].inject, [fact.team], now);
			break;
		}
		case 'action-marked': {
			const now = recorded.exerciseAt ?? 0;
			const rows = await tx
				.insert(actionMark)
				.values({
					injectId: fact.inject,
					action: fact.action,
					teamId: fact.team,
					at: now,
					byName: recorded.by?.name ?? '',
					seen: fact.seen ?? 'yes'
				})
				// met stays met; what was said less of gives way
				.onConflictDoUpdate({
					target: [actionMark.injectId, actionMark.action, actionMark.teamId],
					set: { at: now, byName: recorded.by?.name ?? '', seen: fact.seen ?? 'yes' },
					setWhere: ne(actionMark.seen, 'yes')
				})
				.returning({ action: actionMark.action });
			if (rows.length === 0) throw new AppError('stale', 'Somebody has marked this action already.');
			// so that open boards read the cell again
			await tx
				.update(delivery)
				.set({ changed: sequence })
				.where(and(eq(delivery.injectId, fact.inject), eq(delivery.teamId, fact.team)));
			await judgeReferring(tx, exercise.id, fact.inject, [fact.team], now);
			break;
		}
		case 'question-asked':
			await tx.insert(question).values({
				id: fact.question,
				exerciseId: exercise.id,
				teamId: fact.team,
				addressedTo: fact.to ?? null,
				text: fact.text,
				askedBy: recorded.by?.name ?? '',
				askedAt: recorded.exerciseAt ?? exercise.startsAt,
				askedWall: new Date(recorded.wallAt)
			});
			break;
		case 'question-answered':
			await tx
				.update(question)
				.set({
					answer: fact.answer,
					answeredBy: recorded.by?.name ?? '',
					answeredAs: fact.as ?? null,
					answeredAt: recorded.exerciseAt ?? exercise.startsAt
				})
				.where(eq(question.id, fact.question));
			break;
		case 'report-opened': {
			await tx.insert(report).values({
				exerciseId: exercise.id,
				teamId: fact.team,
				number: fact.number,
				page: fact.page,
				openedAt: recorded.exerciseAt ?? exercise.startsAt
			});
			const name = documentName({
				exercise: exercise.id,
				kind: 'worksheet',
				team: fact.team,
				page: fact.page
			});
			await tx.insert(document).values(newDocument(exercise.id, name));
			effects.stored = await context.documents.editIn(tx, name, null, writeReportPage);
			break;
		}
		case 'report-approved': {
			await tx
				.update(report)
				.set({ approvedSequence: sequence, supersedes: fact.supersedes ?? null })
				.where(and(eq(report.teamId, fact.team), eq(report.number, fact.number)));
			const name = documentName({
				exercise: exercise.id,
				kind: 'worksheet',
				team: fact.team,
				page: fact.page
			});
			await tx
				.update(document)
				.set({ closedAt: new Date(recorded.wallAt) })
				.where(eq(document.name, name));
			effects.frozen.push(name);
			break;
		}
		case 'report-shared':
			await applyShared(tx, exercise.id, recorded, fact, sequence);
			break;
		case 'report-rhythm-set':
			await tx
				.update(exerciseTable)
				.set({
					settings: sql`${exerciseTable.settings} || ${JSON.stringify({ reportRhythm: fact.rhythm })}::jsonb`
				})
				.where(eq(exerciseTable.id, exercise.id));
			break;
		case 'card-added':
			await tx.insert(hotWashCard).values({
				id: fact.card,
				exerciseId: exercise.id,
				teamId: fact.team,
				column: fact.column,
				text: fact.text,
				...(!fact.anonymous && { accountId: context.actorId, byName: recorded.by?.name ?? null })
			});
			break;
		case 'card-withdrawn':
			await tx.update(hotWashCard).set({ withdrawn: true }).where(eq(hotWashCard.id, fact.card));
			break;
		case 'card-voted': {
			const vote = { cardId: fact.card, accountId: context.actorId ?? '' };
			if (fact.on) await tx.insert(hotWashVote).values(vote).onConflictDoNothing();
			else
				await tx
					.delete(hotWashVote)
					.where(and(eq(hotWashVote.cardId, vote.cardId), eq(hotWashVote.accountId, vote.accountId)));
			break;
		}
		case 'finding-merged':
			effects.stored = await applyMerge(context, fact);
			break;
		case 'contribution-handed-over':
			await applyHandOver(context, fact);
			break;
		case 'passage-taken-over':
			effects.stored = await applyTakeOver(context, fact);
			break;
		default:
			// announcements, log entries and decisions are kept as facts alone
			break;
	}
	return effects;
}

async function move(
	tx: Transaction,
	id: string,
	from: string[],
	to: Partial<typeof inject.$inferInsert>
): Promise<void> {
	const moved = await tx
		.update(inject)
		.set(to)
		.where(and(eq(inject.id, id), inArray(inject.state, from)))
		.returning({ id: inject.id });
	if (moved.length === 0) throw stale();
}

const stale = () => new AppError('stale', 'Somebody else was faster. Look at it again.');

/** The id of an inject comes from a page, which its writers can make say anything: also the id of another exercise's inject. */
async function requireOwn(written: PromiseLike<unknown[]>): Promise<void> {
	if ((await written).length === 0)
		throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
}

async function approve(
	{ tx, exercise, actorId }: ApplyContext,
	recorded: Recorded,
	fact: Extract<Fact, { kind: 'inject-approved' }>,
	sequence: number
): Promise<void> {
	const [before] = await tx
		.select({ variantOf: inject.variantOf })
		.from(inject)
		.where(and(eq(inject.id, fact.inject), eq(inject.exerciseId, exercise.id)));
	const values = {
		version: fact.version,
		dueAt: fact.dueAt,
		afterInject: fact.content.schedule.mode === 'after' ? fact.content.schedule.inject : null,
		variantOf: fact.cell === 'central' ? null : (fact.content.origin?.inject ?? null),
		returnReason: null,
		submittedFingerprint: null,
		changed: sequence
	};
	await requireOwn(
		tx
			.insert(inject)
			.values({ id: fact.inject, exerciseId: exercise.id, cell: fact.cell, state: 'ready', ...values })
			.onConflictDoUpdate({
				target: inject.id,
				// a better text does not lift the hold that a controller has put on it
				set: {
					...values,
					state: sql`case when ${inject.state} = 'submitted' then 'ready' else ${inject.state} end`
				},
				// what one team has is not written anew for the next
				setWhere: and(
					eq(inject.exerciseId, exercise.id),
					sql`${inject.state} <> 'released'`,
					sql`${inject.releasedAt} is null`
				)
			})
			.returning({ id: inject.id })
	);
	// the central inject itself stays as it is: whoever may know of its variants reads it again with them. What follows it in
	// the cell counts from the variant, and is read again where it is shown
	if (values.variantOf) {
		await endWaitingOfCountry(tx, values.variantOf, fact.cell);
		await tx
			.update(inject)
			.set({ changed: sequence })
			.where(
				and(
					eq(inject.exerciseId, exercise.id),
					eq(inject.afterInject, values.variantOf),
					eq(inject.cell, fact.cell)
				)
			);
	}
	await tx.insert(injectVersion).values({
		injectId: fact.inject,
		version: fact.version,
		content: fact.content,
		fingerprint: fact.fingerprint,
		approvedBy: actorId,
		approvedAt: new Date(recorded.wallAt)
	});
	const inPlay = recorded.exerciseAt !== null;
	await writeCondition(tx, exercise.id, fact.inject, fact.content.schedule, inPlay);
	// no variant any more: its country's teams wait for the central inject again
	if (inPlay && before?.variantOf && before.variantOf !== values.variantOf)
		await judgeAnew(tx, exercise.id, before.variantOf);
}

async function release(
	{ tx, exercise, mail }: ApplyContext,
	recorded: Recorded,
	fact: Extract<Fact, { kind: 'inject-released' }>,
	sequence: number
): Promise<void> {
	const releasedAt = recorded.exerciseAt!;
	if (fact.paced) await takeTurn(tx, exercise, recorded.wallAt);
	const moved = await tx
		.update(inject)
		.set({
			// while other teams wait for their condition it stays as it is: ready, or held
			...(!fact.partly && { state: 'released', reason: null }),
			// of an inject that goes team by team, the first release is what the script and those that follow it go by
			releasedAt: sql`coalesce(${inject.releasedAt}, ${releasedAt}::bigint)`,
			releasedWall: sql`coalesce(${inject.releasedWall}, ${new Date(recorded.wallAt).toISOString()}::timestamptz)`,
			trigger: sql`coalesce(${inject.trigger}, ${fact.trigger})`,
			changed: sequence
		})
		.where(and(eq(inject.id, fact.inject), inArray(inject.state, ['ready', 'held', 'skipped'])))
		.returning({ firstAt: inject.releasedAt, cell: inject.cell, variantOf: inject.variantOf });
	if (moved.length === 0) throw stale();
	const reached = fact.deliveries.map((one) => one.team);
	const waited = await endWaiting(tx, fact.inject, reached, releasedAt);
	if (fact.trigger === 'schedule' && fact.content.schedule.mode === 'condition' && waited < reached.length)
		throw stale();
	const deliveries = fact.deliveries.map((one) => ({
		id: one.delivery,
		exerciseId: exercise.id,
		injectId: fact.inject,
		teamId: one.team,
		releasedAt,
		acknowledgeBy: fact.delivered.acknowledgeBy,
		respondBy: fact.delivered.respondBy,
		changed: sequence
	}));
	// none where every country has a variant of its own
	if (deliveries.length > 0) await tx.insert(delivery).values(deliveries);
	const grants = fact.deliveries.flatMap(({ delivery: deliveryId, attachments = [] }) =>
		attachments.map(({ grant, attachment }) => ({ id: grant, attachmentId: attachment, deliveryId }))
	);
	for (let from = 0; from < grants.length; from += 1000)
		await tx.insert(attachmentGrant).values(grants.slice(from, from + 1000));
	if (mail.isSetUp && fact.delivered.channel === 'email') await queueReleased(tx, mail, exercise, fact);
	await judgeReferring(tx, exercise.id, fact.inject, reached, releasedAt);
	const { firstAt, cell, variantOf } = moved[0]!;
	await setFollowersDue(
		tx,
		exercise.id,
		{ inject: fact.inject, cell, variantOf },
		firstAt ?? releasedAt,
		sequence
	);
}
