import { and, count, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { generateKeyBetween } from 'fractional-indexing';
import * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { Fact, Recorded } from '#lib/exercise/facts.ts';
import { canonical } from '#lib/exercise/fingerprint.ts';
import type { AccountId, HelpId, InjectId } from '#lib/exercise/ids.ts';
import type { ClaimState } from '#lib/exercise/claim/commands.ts';
import type { Claim, ClaimKind, ClaimTarget } from '#lib/exercise/claim/schema.ts';
import type { SuggestionState } from '#lib/exercise/conduct/commands.ts';
import type { Exercise, CellId } from '#lib/exercise/exercise/schema.ts';
import type { HelpCommandState } from '#lib/exercise/help/commands.ts';
import { helpTopics, type HelpRow, type HelpState } from '#lib/exercise/help/schema.ts';
import type { AdaptState } from '#lib/exercise/inject/adapt.ts';
import { lineOf } from '#lib/exercise/inject/commands.ts';
import { spacingOf } from '#lib/exercise/inject/line.ts';
import { isInjectOver, reachedTeams } from '#lib/exercise/inject/release.ts';
import {
	addInject,
	bodyOf,
	orderOf,
	readScript,
	scriptInjects,
	setFields,
	storedInject,
	type Inject
} from '#lib/exercise/inject/schema.ts';
import { readFragment, writeFragment } from '#lib/exercise/rich-text.ts';
import type { Transaction } from '../database/open.ts';
import {
	delivery,
	exercise as exerciseTable,
	helpRequest,
	inject,
	injectVersion,
	question,
	suggestionDismissal,
	team,
	workClaim
} from '../database/schema.ts';
import type { Stored } from '../documents/log.ts';
import { readTeams } from '../exercises/teams.ts';
import type { ApplyContext } from './apply.ts';
import { loadInjectRows, loadTeams, type LoadContext } from './load.ts';

/*
 * Exercise control at work: what its commands are decided on, and what their facts change. Claims and the line of what is
 * caught up are rows that are compared and swapped, one by one (R10).
 */

const conductKinds = [
	'catch-up-held',
	'catch-up-resumed',
	'catch-up-rate-set',
	'suggestion-dismissed',
	'work-claimed',
	'work-returned',
	'help-asked',
	'help-answered',
	'help-closed'
] as const;
type ConductFact = Extract<Fact, { kind: (typeof conductKinds)[number] }>;
export const isConductFact = (fact: Fact): fact is ConductFact =>
	(conductKinds as readonly string[]).includes(fact.kind);

// --- what is loaded ---------------------------------------------------------------------------------------------------

export async function loadClaimState(
	{ tx, exercise, actor }: LoadContext,
	input: Record<string, unknown>
): Promise<ClaimState> {
	const ofPerson = and(eq(workClaim.exerciseId, exercise.id), eq(workClaim.accountId, actor.accountId));
	if (typeof input['kind'] !== 'string') {
		const own = await tx.select().from(workClaim).where(ofPerson).for('update');
		return { exercise, target: null, claim: null, own: own.map(toClaim) };
	}
	const kind = input['kind'] as ClaimKind;
	const subject = String(input['subject']);
	const [row] = await tx
		.select()
		.from(workClaim)
		.where(
			and(eq(workClaim.exerciseId, exercise.id), eq(workClaim.kind, kind), eq(workClaim.subject, subject))
		)
		.for('update');
	return {
		exercise,
		target: await claimTarget(tx, exercise, kind, subject),
		claim: row ? toClaim(row) : null,
		own: []
	};
}

export const toClaim = (row: typeof workClaim.$inferSelect): Claim => ({
	kind: row.kind as ClaimKind,
	subject: row.subject,
	accountId: row.accountId as AccountId,
	name: row.name,
	claimedAt: row.claimedAt.getTime(),
	away: row.awaySince !== null
});

async function claimTarget(
	tx: Transaction,
	exercise: Exercise,
	kind: ClaimKind,
	subject: string
): Promise<ClaimTarget | null> {
	const here = exercise.id;
	switch (kind) {
		case 'country': {
			const [row] = await tx
				.select({ id: team.id })
				.from(team)
				.where(and(eq(team.exerciseId, here), eq(team.country, subject)))
				.limit(1);
			return row ? { label: subject, countries: null, done: false } : null;
		}
		case 'storyline': {
			const { rows } = await tx.execute(sql`
				select 1 from inject i join inject_version v on v.inject_id = i.id and v.version = i.version
				where i.exercise_id = ${here} and v.content ->> 'storyline' = ${subject} limit 1`);
			return rows.length > 0 ? { label: subject, countries: null, done: false } : null;
		}
		case 'question': {
			const [row] = await tx
				.select({ name: team.name, country: team.country, answeredAt: question.answeredAt })
				.from(question)
				.innerJoin(team, eq(team.id, question.teamId))
				.where(and(eq(question.exerciseId, here), eq(question.id, subject)));
			return row
				? { label: row.name, countries: [row.country as CountryCode], done: row.answeredAt !== null }
				: null;
		}
		case 'inject': {
			const row = (await loadInjectRows(tx, here, [subject])).get(subject);
			if (!row?.content) return null;
			const { reached } = reachedTeams(row.content.to, row.variants, await loadTeams(tx, here));
			return {
				label: row.content.reference || row.content.title,
				countries: [...new Set(reached.map((one) => one.country))],
				done: isInjectOver(row.state)
			};
		}
		case 'help': {
			const [row] = await tx
				.select()
				.from(helpRequest)
				.where(and(eq(helpRequest.exerciseId, here), eq(helpRequest.id, subject)));
			return row
				? { label: row.askedBy, countries: row.countries as CountryCode[], done: row.state !== 'open' }
				: null;
		}
	}
}

export async function loadHelpState(
	{ tx, exercise, actor }: LoadContext,
	name: string,
	input: Record<string, unknown>
): Promise<HelpCommandState> {
	const none: HelpCommandState = { exercise, request: null, own: { open: 0, teams: [], countries: [] } };
	if (name !== 'help.ask') {
		const [row] = await tx
			.select()
			.from(helpRequest)
			.where(and(eq(helpRequest.exerciseId, exercise.id), eq(helpRequest.id, String(input['request']))))
			.for('update');
		return { ...none, request: row ? toHelpRow(row) : null };
	}
	const [open] = await tx
		.select({ n: count() })
		.from(helpRequest)
		.where(
			and(
				eq(helpRequest.exerciseId, exercise.id),
				eq(helpRequest.accountId, actor.accountId),
				eq(helpRequest.state, 'open')
			)
		);
	const teams = await readTeams(tx, exercise.id);
	const own = teams.filter((one) => actor.memberships.some((m) => m.teamId === one.id));
	const cells = actor.memberships.flatMap(({ country, cell }) => [country, cell]);
	return {
		...none,
		own: {
			open: open!.n,
			teams: own.map((one) => one.name),
			countries: countryCodes.filter(
				(code) => own.some((one) => one.country === code) || cells.includes(code)
			)
		}
	};
}

const toHelpRow = (row: typeof helpRequest.$inferSelect): HelpRow => ({
	request: row.id as HelpId,
	person: row.accountId as AccountId,
	askedBy: row.askedBy,
	countries: row.countries as CountryCode[],
	topic: helpTopics.find((one) => one === row.topic) ?? 'exercise',
	text: row.text,
	state: row.state as HelpState
});

export async function loadSuggestionState(
	{ tx, exercise }: LoadContext,
	input: Record<string, unknown>
): Promise<SuggestionState> {
	const {
		inject: wanted,
		team: teamId,
		missed
	} = input as {
		inject: string;
		team: string;
		missed: { inject: string };
	};
	const teams = await loadTeams(tx, exercise.id);
	const rows = await loadInjectRows(tx, exercise.id, [wanted, missed.inject]);
	const row = rows.get(wanted);
	const [came] = await tx
		.select({ id: delivery.id })
		.from(delivery)
		.where(and(eq(delivery.injectId, missed.inject), eq(delivery.teamId, teamId)));
	return {
		exercise,
		team: teams.find((one) => one.id === teamId) ?? null,
		contingency: row?.content
			? {
					inject: row.content,
					teams: reachedTeams(row.content.to, row.variants, teams).reached,
					waits: row.state === 'ready' || row.state === 'held'
				}
			: null,
		missed: came ? (rows.get(missed.inject)?.content ?? null) : null
	};
}

/** The inject, and the pages on which the actor can change it: its own cell's, and those of the countries moderated. */
export async function loadAdaptState(
	{ tx, exercise, actor, documents }: LoadContext,
	input: Record<string, unknown>
): Promise<AdaptState> {
	const teams = await loadTeams(tx, exercise.id);
	const wanted = String(input['inject']);
	const [place] = await tx
		.select({ cell: inject.cell })
		.from(inject)
		.where(and(eq(inject.id, wanted), eq(inject.exerciseId, exercise.id)));
	const cells = new Set<CellId>();
	if (place) cells.add(place.cell as CellId);
	for (const { role, country } of actor.memberships) if (role === 'moderator' && country) cells.add(country);
	const pages = new Map<CellId, ReadonlyMap<string, Inject>>();
	// pages before injects, as approval locks them, and each kind in one order: nobody waits in a circle
	for (const cell of [...cells].sort()) {
		const name = documentName({ exercise: exercise.id, kind: 'script', cell });
		const page = await documents.read(name, tx);
		pages.set(cell, new Map(readScript(page).map((one) => [one.id, one])));
	}
	const rows = await loadInjectRows(tx, exercise.id, [wanted]);
	const { schedule } = rows.get(wanted)?.content ?? {};
	const before = schedule?.mode === 'after' ? [schedule.inject as string] : [];
	for (const [id, one] of await loadInjectRows(tx, exercise.id, before)) rows.set(id, one);
	return { exercise, teams, rows, pages };
}

// --- what facts change ------------------------------------------------------------------------------------------------

const stale = (sentence: string) => new AppError('stale', sentence);

export async function applyConduct(
	{ tx, exercise, actorId }: Pick<ApplyContext, 'tx' | 'exercise' | 'actorId'>,
	recorded: Recorded,
	fact: ConductFact
): Promise<void> {
	const here = eq(exerciseTable.id, exercise.id);
	const wallAt = new Date(recorded.wallAt);
	switch (fact.kind) {
		case 'catch-up-held':
			await tx.update(exerciseTable).set({ catchUpHeld: true }).where(here);
			return;
		case 'catch-up-resumed':
			// the line goes on with the distance that it keeps: what waited for a person is not late
			await tx.update(exerciseTable).set({ catchUpHeld: false, pacedAt: wallAt }).where(here);
			return;
		case 'catch-up-rate-set':
			await tx
				.update(exerciseTable)
				.set({
					settings: sql`${exerciseTable.settings} || ${JSON.stringify({ catchUpPerMinute: fact.perMinute })}::jsonb`
				})
				.where(here);
			return;
		case 'suggestion-dismissed': {
			const { inject: injectId, team: teamId, missed, note } = fact;
			const added = await tx
				.insert(suggestionDismissal)
				.values({
					injectId,
					teamId,
					missedInject: missed.inject,
					missedAction: missed.action,
					note,
					byName: recorded.by?.name ?? '',
					at: recorded.exerciseAt ?? exercise.startsAt
				})
				.onConflictDoNothing()
				.returning({ id: suggestionDismissal.injectId });
			if (added.length === 0) throw stale('Somebody has dismissed this suggestion already.');
			return;
		}
		case 'work-claimed':
			return claim(tx, exercise, fact, { accountId: actorId ?? '', name: recorded.by?.name ?? '', wallAt });
		case 'work-returned': {
			const gone = await tx
				.delete(workClaim)
				.where(and(ofSubject(exercise, fact.of), eq(workClaim.accountId, fact.from.accountId)))
				.returning({ subject: workClaim.subject });
			if (gone.length === 0) throw stale('It was given back meanwhile, or somebody else has it.');
			return;
		}
		case 'help-asked':
			await tx.insert(helpRequest).values({
				id: fact.request,
				exerciseId: exercise.id,
				accountId: fact.person,
				askedBy: recorded.by?.name ?? '',
				teams: fact.teams,
				countries: fact.countries,
				topic: fact.topic,
				text: fact.text,
				place: fact.place,
				askedWall: wallAt,
				askedAt: recorded.exerciseAt
			});
			return;
		case 'help-answered': {
			await moveHelp(tx, fact.request, ['open'], {
				state: 'answered',
				answer: fact.answer,
				answeredBy: recorded.by?.name ?? '',
				answeredWall: wallAt
			});
			return;
		}
		case 'help-closed':
			await moveHelp(tx, fact.request, ['open', 'answered'], { state: 'closed' });
			return;
	}
}

const ofSubject = (exercise: Exercise, { kind, subject }: { kind: string; subject: string }) =>
	and(eq(workClaim.exerciseId, exercise.id), eq(workClaim.kind, kind), eq(workClaim.subject, subject));

async function claim(
	tx: Transaction,
	exercise: Exercise,
	{ of, from }: Extract<Fact, { kind: 'work-claimed' }>,
	who: { accountId: string; name: string; wallAt: Date }
): Promise<void> {
	const values = { accountId: who.accountId, name: who.name, claimedAt: who.wallAt, awaySince: null };
	const taken = from
		? await tx
				.update(workClaim)
				.set(values)
				.where(and(ofSubject(exercise, of), eq(workClaim.accountId, from.accountId)))
				.returning({ subject: workClaim.subject })
		: await tx
				.insert(workClaim)
				.values({ exerciseId: exercise.id, ...of, ...values })
				.onConflictDoNothing()
				.returning({ subject: workClaim.subject });
	if (taken.length === 0) throw stale('Somebody else was faster: look who handles it now.');
}

async function moveHelp(
	tx: Transaction,
	id: HelpId,
	from: HelpState[],
	to: Partial<typeof helpRequest.$inferInsert>
): Promise<void> {
	const moved = await tx
		.update(helpRequest)
		.set(to)
		.where(and(eq(helpRequest.id, id), inArray(helpRequest.state, from)))
		.returning({ id: helpRequest.id });
	if (moved.length === 0) throw stale('Somebody else was faster. Look at it again.');
	// whoever had it is done with it
	await tx.delete(workClaim).where(and(eq(workClaim.kind, 'help'), eq(workClaim.subject, id)));
}

/** The next one may leave the line only so long after the last: two nodes at once, one of them waits (R10). */
export async function takeTurn(tx: Transaction, exercise: Exercise, wallAt: number): Promise<void> {
	const latest = new Date(wallAt - spacingOf(lineOf(exercise).perMinute));
	const taken = await tx
		.update(exerciseTable)
		.set({ pacedAt: new Date(wallAt) })
		.where(
			and(
				eq(exerciseTable.id, exercise.id),
				or(isNull(exerciseTable.pacedAt), lte(exerciseTable.pacedAt, latest))
			)
		)
		.returning({ id: exerciseTable.id });
	if (taken.length === 0) throw stale('It is not its turn in the line yet.');
}

/** The page of the cell as the moderator has written it; others who write there see it come. */
export function writeAdapted(
	{ tx, exercise, documents, actorId }: Pick<ApplyContext, 'tx' | 'exercise' | 'documents' | 'actorId'>,
	{ cell, content }: Extract<Fact, { kind: 'inject-adapted' }>
): Promise<Stored[]> {
	const name = documentName({ exercise: exercise.id, kind: 'script', cell });
	return documents.editIn(tx, name, actorId, (doc) => {
		const record = scriptInjects(doc).get(content.id);
		if (!record) {
			const last = [...scriptInjects(doc).values()].map(orderOf).sort().at(-1) ?? null;
			addInject(doc, content, generateKeyBetween(last === '' ? null : last, null));
			return;
		}
		setFields(record, content);
		let body = bodyOf(record);
		if (!body) record.set('body', (body = new Y.XmlFragment()));
		if (canonical(readFragment(body)) !== canonical(content.body)) writeFragment(body, content.body);
	});
}

/** What somebody has claimed and left: for the sweep (server/conduct/leaving.ts). Locks what it reads. */
export async function lockLeft(tx: Transaction, exerciseId: string, awayMs: number): Promise<Claim[]> {
	const rows = await tx
		.select()
		.from(workClaim)
		.where(
			and(
				eq(workClaim.exerciseId, exerciseId),
				sql`${workClaim.awaySince} < now() - make_interval(secs => ${awayMs / 1000})`
			)
		)
		.for('update', { skipLocked: true });
	return rows.map(toClaim);
}

/** Approved injects with an expected action are read where they are shown: one loader for the board's suggestions. */
export async function approvedContent(
	tx: Pick<Transaction, 'select'>,
	ids: readonly string[]
): Promise<Map<InjectId, Inject>> {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select({ id: inject.id, content: injectVersion.content })
		.from(inject)
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(inArray(inject.id, [...ids]));
	return new Map(rows.map((row) => [row.id as InjectId, storedInject(row.content)]));
}
