import { z } from 'zod';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { Refusal } from '#lib/errors.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Fact } from '../facts.ts';
import type { AccountId, DeliveryId, InjectId, TeamId } from '../ids.ts';
import { consoleScope, isControl, plansIn, seesConsole } from '../exercise/access.ts';
import {
	cellIds,
	id,
	longText,
	type Actor,
	type CellId,
	type Exercise,
	type Team
} from '../exercise/schema.ts';
import { foreignAttachment, giveAttachments, type StoredAttachment } from './attachments.ts';
import {
	deliveredInject,
	injectFingerprint,
	injectSchema,
	newInject,
	recipientsSchema,
	type Inject,
	type Recipients
} from './schema.ts';
import { translatedTexts } from './delivered.ts';
import { lateBy, nextTurn, waitsInLine, type ReleaseLine } from './line.ts';
import {
	dueAt,
	isHandledIn,
	followedRelease,
	isInjectOver,
	latestAutomaticRelease,
	reachedTeams,
	recipientTeams,
	staysInside,
	type InjectState
} from './release.ts';

/** An inject outside its page: submitted, or approved as a numbered, immutable version. */
export interface InjectRow {
	inject: InjectId;
	cell: CellId;
	state: InjectState;
	/** 0 while it was never approved */
	version: number;
	/** the approved text; null while it was never approved */
	content: Inject | null;
	submittedBy: AccountId | null;
	/** of the text that waits for approval; null: nothing waits */
	submittedFingerprint: string | null;
	/** exercise time, ms */
	dueAt: number | null;
	releasedAt: number | null;
	/** of a central inject: the countries whose cell has an approved variant of it */
	variants?: readonly CountryCode[];
	/** the central inject of which this is its cell's approved variant */
	variantOf?: InjectId | null;
}

export interface InjectCommandState {
	exercise: Exercise;
	teams: readonly Team[];
	/** the injects that the command names, those that they follow, and their cell's variants of these */
	rows: ReadonlyMap<string, InjectRow>;
	/** what is stored of the attachments that these injects name */
	attachments?: ReadonlyMap<string, StoredAttachment>;
	/** for submit and approve: the page as it is now */
	page?: ReadonlyMap<string, Inject>;
	/** of injects that go team by team, and of those in reserve: the teams that have them already */
	delivered?: ReadonlyMap<string, ReadonlySet<string>>;
	/** of the inject that the schedule looks at: the teams where its condition has made it due, the first one first */
	due?: readonly { team: TeamId; dueAt: number }[];
}

const named = z
	.array(z.object({ inject: id<InjectId>(), fingerprint: z.string().regex(/^[0-9a-f]{64}$/) }))
	.min(1, 'Choose at least one inject.')
	.max(3000)
	.refine((all) => new Set(all.map((one) => one.inject)).size === all.length, 'Name each inject once.');

const mayPlan = (actor: Actor, cell: CellId) => isControl(actor) || plansIn(actor, cell);
/** What one team has read is not changed for the next. */
export const isOut = (row: InjectRow | undefined) =>
	row !== undefined && (isInjectOver(row.state) || row.releasedAt !== null);
export const isOver = (exercise: Exercise) =>
	['ended', 'evaluating', 'reported', 'closed', 'cancelled'].includes(exercise.state);

/** Submitted or approved from the page: several at once, all or nothing. */
export const submitInjects = command({
	name: 'inject.submit',
	input: z.object({ cell: z.enum(cellIds), injects: named }),
	decide({ exercise, rows, page }: InjectCommandState, { cell, injects }, actor): Decision {
		if (!mayPlan(actor, cell)) return notFound();
		if (isOver(exercise)) return refuse('not-now', 'After ENDEX the script is closed.');
		const facts: Fact[] = [];
		for (const { inject: injectId, fingerprint } of injects) {
			const inject = page?.get(injectId);
			if (!inject) return notFound();
			const row = rows.get(injectId);
			// the id of another cell's inject, written into this cell's page
			if (row && row.cell !== cell) return notFound();
			if (isOut(row)) return refuse('not-now', `${nameOf(inject)} is released; write a new inject instead.`);
			facts.push({
				kind: 'inject-submitted',
				inject: injectId,
				cell,
				reference: inject.reference,
				title: inject.title,
				fingerprint
			});
		}
		return { facts };
	}
});

export const returnInject = command({
	name: 'inject.return',
	input: z.object({ inject: id<InjectId>(), reason: longText('Reason') }),
	decide({ rows, page }: InjectCommandState, { inject, reason }, actor): Decision {
		const row = rows.get(inject);
		if (!row || !mayPlan(actor, row.cell)) return notFound();
		if (row.submittedFingerprint === null)
			return refuse('stale', 'This inject does not wait for approval any more.');
		const { reference, title } = page?.get(inject) ?? newInject(inject);
		return { facts: [{ kind: 'inject-returned', inject, reference, title, reason }] };
	}
});

export const approveInjects = command({
	name: 'inject.approve',
	input: z.object({ cell: z.enum(cellIds), injects: named }),
	decide(
		{ exercise, rows, page, teams, attachments }: InjectCommandState,
		{ cell, injects },
		actor
	): Decision {
		if (!mayPlan(actor, cell)) return notFound();
		if (isOver(exercise)) return refuse('not-now', 'After ENDEX nothing can be approved.');
		const facts: Fact[] = [];
		for (const { inject: injectId, fingerprint } of injects) {
			const content = page?.get(injectId);
			if (!content) return notFound();
			const row = rows.get(injectId);
			if (row && row.cell !== cell) return notFound();
			const name = nameOf(content);
			if (isOut(row)) return refuse('not-now', `${name} is released; write a new inject instead.`);
			if (injectFingerprint(content) !== fingerprint)
				return refuse('stale', `${name} was changed while you looked at it. Read it again, then approve.`, {
					inject: injectId
				});
			if (!exercise.settings.authorMayApprove) {
				if (!row || row.submittedFingerprint !== fingerprint)
					return refuse('not-now', `${name} must be submitted before somebody else approves it.`, {
						inject: injectId
					});
				if (row.submittedBy === actor.accountId)
					return refuse('forbidden', `You submitted ${name}; another planner approves it.`, {
						inject: injectId
					});
			}
			const checked = injectSchema.safeParse(content);
			if (!checked.success)
				return refuse(
					'invalid',
					`${name}: ${checked.error.issues[0]?.message ?? 'something is not right.'}`,
					{ inject: injectId }
				);
			if (recipientTeams(content.to, teams).length === 0)
				return refuse('invalid', `${name} reaches no team. Choose its recipients first.`, {
					inject: injectId
				});
			const problem = variantProblem(content, cell, row, { rows, teams });
			if (problem) return problem;
			const foreign = foreignAttachment(content, cell, attachments);
			if (foreign)
				return refuse(
					'invalid',
					`${name}: the file “${foreign.name}” is not stored here. Remove it and attach it again.`,
					{ inject: injectId }
				);
			facts.push({
				kind: 'inject-approved',
				inject: injectId,
				cell,
				version: (row?.version ?? 0) + 1,
				content,
				fingerprint,
				dueAt: dueOf(content, cell, exercise, rows)
			});
		}
		return { facts };
	}
});

export const holdInject = command({
	name: 'inject.hold',
	input: z.object({ inject: id<InjectId>(), reason: z.string().trim().max(1000).default('') }),
	decide(state: InjectCommandState, { inject, reason }, actor): Decision {
		return handle(state, inject, actor, ['ready'], ({ reference, title }) => ({
			facts: [{ kind: 'inject-held', inject, reference, title, reason }]
		}));
	}
});

export const liftHold = command({
	name: 'inject.liftHold',
	input: z.object({ inject: id<InjectId>() }),
	decide(state: InjectCommandState, { inject }, actor, { exercise: now }): Decision {
		return handle(state, inject, actor, ['held', 'skipped'], (content, { cell }) => {
			const { reference, title } = content;
			const due = dueOf(content, cell, state.exercise, state.rows);
			if (due !== null && now !== null && due < now)
				return refuse(
					'not-now',
					`${nameOf(content)} was due in the past. Release it by hand, or give it a new time.`
				);
			return { facts: [{ kind: 'inject-hold-lifted', inject, reference, title, dueAt: due }] };
		});
	}
});

export const skipInject = command({
	name: 'inject.skip',
	input: z.object({ inject: id<InjectId>(), reason: longText('Reason') }),
	decide(state: InjectCommandState, { inject, reason }, actor): Decision {
		return handle(state, inject, actor, ['ready', 'held'], ({ reference, title }) => ({
			facts: [{ kind: 'inject-skipped', inject, reference, title, reason }]
		}));
	}
});

/** By hand, to its own recipients or to others. */
export const releaseInject = command({
	name: 'inject.release',
	input: z.object({ inject: id<InjectId>(), to: recipientsSchema.optional() }),
	decide(state: InjectCommandState, { inject, to }, actor, moment): Decision {
		// what lies in reserve goes team by team: a moderator uses it for the own teams, whomever it is written for
		const forOwn = to !== undefined && state.rows.get(inject)?.content?.schedule.mode === 'contingency';
		return handle(
			state,
			inject,
			actor,
			['ready', 'held', 'skipped'],
			(content, row) => release(state, content, row, { to, trigger: 'hand' }, actor, moment),
			forOwn
		);
	}
});

/** Approved and released in one act: what exercise control makes up during play. */
export const releaseAdHoc = command({
	name: 'inject.releaseAdHoc',
	input: injectSchema
		.omit({ id: true, schedule: true })
		.partial()
		.required({ title: true, body: true, to: true }),
	decide(state: InjectCommandState, values, actor, moment): Decision {
		if (!seesConsole(actor)) return notFound();
		const inject = newInject(moment.mint<InjectId>(), {
			category: 'other',
			...values,
			reference:
				values.reference || `AH-${new Date(moment.wall).toISOString().slice(11, 19).replaceAll(':', '')}`
		});
		// made up during play, it stands in no other inject's place
		inject.origin = null;
		const cell: CellId = isControl(actor) ? 'central' : ([...(consoleScope(actor) ?? [])][0] ?? 'central');
		const foreign = foreignAttachment(inject, cell, state.attachments);
		if (foreign) return refuse('invalid', `The file “${foreign.name}” is not stored here. Attach it again.`);
		const decision = release(state, inject, { version: 1 }, { trigger: 'ad-hoc' }, actor, moment);
		if ('refused' in decision) return decision;
		return {
			facts: [
				{
					kind: 'inject-approved',
					inject: inject.id,
					cell,
					version: 1,
					content: inject,
					fingerprint: '',
					dueAt: null
				},
				...decision.facts
			],
			result: decision.result
		};
	}
});

/**
 * By schedule, decided as purely as by hand (PROMISES P5): never before its exercise time, never more than a minute
 * late by itself; then it waits for a controller.
 */
export function releaseOnSchedule(state: InjectCommandState, row: InjectRow, moment: Moment): Decision {
	const { exercise } = state;
	if (exercise.state !== 'running') return refuse('not-now', 'The clock is not running.');
	if (row.state !== 'ready' || !row.content) return refuse('stale', 'This inject is not ready.');
	if (row.content.schedule.mode === 'condition') return releaseWhereDue(state, row, row.content, moment);
	if (row.dueAt === null || moment.exercise === null || moment.exercise < row.dueAt)
		return refuse('not-now', 'This inject is not due yet.');
	if (isLate(exercise, row.dueAt, moment))
		return holdLate(row.content, row.dueAt, 'It was due more than a minute ago.');
	const inLine = turnInLine(exercise, row.dueAt, moment);
	if ('refused' in inLine) return inLine;
	return release(state, row.content, row, { trigger: 'schedule', ...inLine }, null, moment);
}

export const lineOf = ({ catchUp, settings }: Exercise): ReleaseLine => ({
	pacedAt: catchUp?.pacedAt ?? null,
	perMinute: settings.catchUpPerMinute,
	held: catchUp?.held ?? false
});

/** An outage must not empty itself on players (P5); what a person holds back is not late. */
function isLate(exercise: Exercise, due: number, { wall }: Moment): boolean {
	const line = lineOf(exercise);
	if (line.held && waitsInLine(due, exercise.clock, line, wall)) return false;
	return lateBy(due, exercise.clock, line, wall) > latestAutomaticRelease;
}

/** What became due in a pause goes one by one, when it is its turn (line.ts). */
function turnInLine(
	exercise: Exercise,
	due: number,
	{ wall }: Moment
): { paced?: true } | { refused: Refusal } {
	const line = lineOf(exercise);
	if (!waitsInLine(due, exercise.clock, line, wall)) return {};
	if (line.held)
		return {
			refused: { code: 'not-now', message: 'What became due in the pause is held by exercise control.' }
		};
	if (nextTurn(line) > wall)
		return { refused: { code: 'not-now', message: 'It waits in line: others became due before it.' } };
	return { paced: true };
}

/**
 * To the teams where its condition has made it due. When it is a minute late at one of them, the whole inject waits for a
 * controller, at all teams: no outage is of one team, and what to do is one decision. Lifting the hold lets it go to
 * every team where it is due by then; by hand it goes to the teams that are chosen; skipping ends it for all that wait.
 */
function releaseWhereDue(
	state: InjectCommandState,
	row: InjectRow,
	content: Inject,
	moment: Moment
): Decision {
	const now = moment.exercise;
	const own = new Set<string>(
		reachedTeams(content.to, row.variants, state.teams).reached.map((team) => team.id)
	);
	const due = (state.due ?? []).filter(({ team, dueAt }) => now !== null && dueAt <= now && own.has(team));
	if (due.length === 0) return refuse('not-now', 'This inject is not due yet.');
	const first = Math.min(...due.map(({ dueAt }) => dueAt));
	if (isLate(state.exercise, first, moment))
		return holdLate(content, first, 'It was due at a team more than a minute ago.');
	const inLine = turnInLine(state.exercise, first, moment);
	if ('refused' in inLine) return inLine;
	const teams = new Set<string>(due.map(({ team }) => team));
	const how = { trigger: 'schedule' as const, ...inLine };
	return release(state, content, row, how, null, moment, (team) => teams.has(team.id));
}

function holdLate({ id: inject, reference, title }: Inject, dueAt: number, reason: string): Decision {
	return { facts: [{ kind: 'inject-held', inject, reference, title, reason, late: { dueAt } }] };
}

function release(
	state: InjectCommandState,
	planned: Inject,
	{ version, variants }: Pick<InjectRow, 'version' | 'variants'>,
	how: { trigger: 'schedule' | 'hand' | 'ad-hoc'; to?: Recipients | undefined; paced?: true },
	actor: Actor | null,
	moment: Moment,
	only: (team: Team) => boolean = () => true
): Decision {
	const { exercise, teams } = state;
	const content = { ...planned, to: how.to ?? planned.to };
	if (exercise.state === 'stopped')
		return refuse(
			'not-now',
			'The exercise is stopped for a real emergency. Nothing is released until the director resumes.'
		);
	if ((exercise.state !== 'running' && exercise.state !== 'paused') || moment.exercise === null)
		return refuse('not-now', `Nothing can be released: the exercise is ${exercise.state}.`);
	const { reached, leftOut } = reachedTeams(content.to, variants, teams);
	const wanted = reached.filter(only);
	if (wanted.length === 0 && leftOut.length > 0 && how.to)
		return refuse('invalid', `These teams get the variant of ${nameOf(content)} of their own country.`);
	// where all have a variant of their own it is released to nobody: what follows it goes on
	if (wanted.length === 0 && leftOut.length === 0)
		return refuse('invalid', `${nameOf(content)} reaches no team. Choose its recipients first.`);
	// one that goes team by team comes to those that do not have it yet, and is out when all of its own have it
	const delivered = state.delivered?.get(content.id);
	const recipients = wanted.filter((team) => !delivered?.has(team.id));
	if (recipients.length === 0 && wanted.length > 0)
		return refuse('stale', `${nameOf(content)} has come to these teams already. Choose others.`);
	const whole = delivered ? state.rows.get(content.id)?.content : null;
	const partly =
		whole &&
		reachedTeams(whole.to, variants, teams).reached.some(
			(team) => !delivered?.has(team.id) && !recipients.includes(team)
		);
	if (actor && !staysInside(recipients, consoleScope(actor)))
		return forbidden('A moderator releases to teams of the own country only.');
	const { texts, languageOf } = translatedTexts(content, recipients);
	return {
		facts: [
			{
				kind: 'inject-released',
				inject: content.id,
				version,
				content,
				delivered: deliveredInject(content, moment.exercise),
				...(texts && { texts }),
				trigger: how.trigger,
				deliveries: recipients.map((team) => {
					const language = languageOf(team);
					const given = giveAttachments(content, state.attachments, moment.mint);
					return {
						delivery: moment.mint<DeliveryId>(),
						team: team.id as TeamId,
						...(language && { language }),
						...(given.length > 0 && { attachments: given })
					};
				}),
				...(leftOut.length > 0 && { leftOut: leftOut.map((team) => team.id) }),
				...(partly && { partly: true as const }),
				...(how.paced && { paced: true as const })
			}
		],
		result: { teams: recipients.length, ...(leftOut.length > 0 && { leftOut: leftOut.length }) }
	};
}

/** The checks that handling an approved inject has in common: known, in the actor's scope, in the right state. */
function handle(
	{ exercise, teams, rows }: InjectCommandState,
	inject: InjectId,
	actor: Actor,
	from: InjectState[],
	then: (content: Inject, row: InjectRow) => Decision,
	/** whoever may know of it may do it: what is done is judged by itself */
	forOwn = false
): Decision {
	const row = rows.get(inject);
	if (!row?.content || !seesConsole(actor)) return notFound();
	const { to } = row.content;
	const scope = consoleScope(actor);
	if (!isHandledIn(to, row.variants, teams, scope)) {
		const sees = reachedTeams(to, row.variants, teams).reached.some((team) => scope?.has(team.country));
		if (!sees) return notFound();
		if (!forOwn) return forbidden('It also reaches other countries: ask exercise control.');
	}
	if (isOver(exercise)) return refuse('not-now', 'After ENDEX injects are locked.');
	if (!from.includes(row.state))
		return refuse('stale', `${nameOf(row.content)} is ${row.state} already.`, { state: row.state });
	return then(row.content, row);
}

/** What a national variant must be, beyond what every inject must be. */
export function variantProblem(
	content: Inject,
	cell: CellId,
	row: InjectRow | undefined,
	{ rows, teams }: Pick<InjectCommandState, 'rows' | 'teams'>
): Decision | null {
	if (cell === 'central' || !content.origin) return null;
	const name = nameOf(content);
	if (!staysInside(recipientTeams(content.to, teams), new Set([cell])))
		return refuse('invalid', `${name} is a variant: it goes to teams of its own country only.`, {
			inject: content.id
		});
	const central = rows.get(content.origin.inject);
	// who has the central text would get the same event a second time
	if (central?.cell === 'central' && isInjectOver(central.state) && (row?.version ?? 0) === 0)
		return refuse(
			'not-now',
			central.state === 'recalled'
				? `The central inject of ${name} was recalled from your teams. Make ${name} an inject of its own first.`
				: `The central inject of ${name} is released, and your teams have it. Make ${name} an inject of its own first.`,
			{ inject: content.id }
		);
	return null;
}

export function dueOf(
	content: Inject,
	cell: CellId,
	exercise: Exercise,
	rows: ReadonlyMap<string, InjectRow>
): number | null {
	return dueAt(content.schedule, {
		startsAt: exercise.startsAt,
		releasedAt: (before) => followedRelease(before, { inject: content.id, cell }, rows.values())
	});
}

export const nameOf = (inject: Inject) => inject.reference || `“${inject.title || 'untitled'}”`;
