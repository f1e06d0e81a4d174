import { z } from 'zod';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Fact } from '../facts.ts';
import type { InjectId } from '../ids.ts';
import { isControl, moderatesCountry, seesConsole } from '../exercise/access.ts';
import { id, instant, shortText, type Actor, type CellId } from '../exercise/schema.ts';
import { canonical } from '../fingerprint.ts';
import { richTextSchema } from '../rich-text.ts';
import {
	dueOf,
	isOut,
	isOver,
	nameOf,
	variantProblem,
	type InjectCommandState,
	type InjectRow
} from './commands.ts';
import { reachedTeams, recipientTeams, staysInside } from './release.ts';
import { injectFingerprint, injectLimits, injectSchema, recipientsSchema, type Inject } from './schema.ts';
import { takeOver } from './variant.ts';

/*
 * Adapting an inject in play (DOMAIN 4.2, 9.1): a moderator changes the text, the recipients or the time of what has not
 * been released yet to the own country's teams. The page of the cell is changed, and the new text is approved by the rules
 * of the exercise: at once where authors approve, else it waits for somebody else. A central inject becomes the country's
 * variant, as planners make one.
 */
export interface AdaptState extends InjectCommandState {
	/** the pages that the change can concern, as they are now */
	pages: ReadonlyMap<CellId, ReadonlyMap<string, Inject>>;
}

const changes = z
	.object({
		title: shortText('Title', injectLimits.title),
		body: richTextSchema,
		from: z.string().trim().max(200),
		to: recipientsSchema,
		/** exercise time at which it is released from now on */
		at: instant
	})
	.partial();

export const adaptInject = command({
	name: 'inject.adapt',
	input: z.object({
		inject: id<InjectId>(),
		/** of the approved text that was on the screen: `injectFingerprint` */
		fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
		changes,
		/** the approved text waits until the new one is approved */
		hold: z.boolean().default(false)
	}),
	decide(state: AdaptState, { inject, fingerprint, changes: wanted, hold }, actor, moment): Decision {
		const row = state.rows.get(inject);
		const content = row?.content;
		if (!row || !content || !seesConsole(actor)) return notFound();
		const { reached } = reachedTeams(content.to, row.variants, state.teams);
		const cell = cellFor(row, reached, actor);
		if (cell === null) return notFound();
		if (cell === 'several')
			return forbidden('It reaches several of your countries: adapt it on the script page of each.');
		if (isOver(state.exercise)) return refuse('not-now', 'After ENDEX injects are locked.');
		if (isOut(row))
			return refuse('stale', `${nameOf(content)} is released already. Send a new inject instead.`);
		if (injectFingerprint(content) !== fingerprint)
			return refuse('stale', `${nameOf(content)} was approved anew while you looked at it. Read it again.`);
		const base = cell === row.cell ? ownBase(state, content, row) : variantBase(state, content, cell, moment);
		if ('refused' in base) return base;
		const next = changed(base, wanted);
		if (canonical(next) === canonical(base)) return refuse('invalid', 'Nothing is changed yet.');
		return adapted(state, next, row, cell, hold, actor, moment);
	}
});

/** Whose page it is written on. Null: the actor has nothing to do with it. */
function cellFor(
	row: InjectRow,
	reached: readonly { country: CountryCode }[],
	actor: Actor
): CellId | 'several' | null {
	if (isControl(actor)) return row.cell;
	if (row.cell !== 'central') return moderatesCountry(actor, row.cell) ? row.cell : null;
	const own = [...new Set(reached.map((team) => team.country))].filter((one) => moderatesCountry(actor, one));
	if (own.length > 1) return 'several';
	return own[0] ?? null;
}

/** What planners have begun to write on the page is not overwritten by somebody who has not seen it. */
function ownBase(state: AdaptState, content: Inject, row: InjectRow): Inject | Refusable {
	const onPage = state.pages.get(row.cell)?.get(content.id);
	if (!onPage)
		return refusal(
			refuse(
				'not-now',
				`${nameOf(content)} is not on its script page any more. Ask the planners of the cell.`
			)
		);
	if (injectFingerprint(onPage) !== injectFingerprint(content))
		return refusal(
			refuse(
				'not-now',
				`${nameOf(content)} was changed on its script page since it was approved. Look at it there first.`
			)
		);
	return onPage;
}

type Refusable = Extract<Decision, { refused: unknown }>;
const refusal = (decision: Decision): Refusable => decision as Refusable;

function variantBase(
	state: AdaptState,
	central: Inject,
	cell: CountryCode | 'central',
	{ mint }: Moment
): Inject | Refusable {
	if (cell === 'central') return refusal(notFound());
	const page = state.pages.get(cell) ?? new Map<string, Inject>();
	const variants = new Map(
		[...page.values()].flatMap((one) => (one.origin ? [[one.origin.inject, one]] : []))
	);
	const taken = variants.get(central.id);
	if (taken)
		return refusal(
			refuse(
				'not-now',
				`Your planners have taken it over as ${nameOf(taken)}, which is not approved yet. Go on with that one on the script page.`
			)
		);
	return takeOver(
		central,
		mint<InjectId>(),
		{
			country: cell,
			teams: state.teams,
			variantOf: (other) => variants.get(other)?.id
		},
		{ references: new Set([...page.values()].map((one) => one.reference)) }
	);
}

function changed(base: Inject, wanted: z.infer<typeof changes>): Inject {
	const { title, body, from, to, at } = wanted;
	const rewords =
		(title !== undefined && title !== base.title) ||
		(body !== undefined && canonical(body) !== canonical(base.body));
	return {
		...base,
		...(title !== undefined && { title }),
		...(body !== undefined && { body }),
		...(from !== undefined && { from }),
		...(to !== undefined && { to }),
		...(at !== undefined && { schedule: { mode: 'at' as const, at } }),
		// they say what the text said before: in play, every team gets the words that were just written
		...(rewords && { translations: {} })
	};
}

function adapted(
	state: AdaptState,
	next: Inject,
	row: InjectRow,
	cell: CellId,
	hold: boolean,
	actor: Actor,
	moment: Moment
): Decision {
	const { exercise, teams, rows } = state;
	const isVariant = cell !== row.cell;
	const checked = injectSchema.safeParse(next);
	if (!checked.success)
		return refuse('invalid', checked.error.issues[0]?.message ?? 'Something in it is not right.');
	const recipients = recipientTeams(next.to, teams);
	if (recipients.length === 0) return refuse('invalid', 'It reaches no team. Choose its recipients first.');
	if (cell !== 'central' && !staysInside(recipients, new Set([cell])))
		return forbidden('It goes to teams of its own country only.');
	const { schedule } = next;
	if (schedule.mode === 'at' && moment.exercise !== null && schedule.at <= moment.exercise)
		return refuse('invalid', 'That time is past. Choose a later one, or release it by hand.');
	const own = isVariant ? undefined : row;
	const problem = variantProblem(next, cell, own, { rows, teams });
	if (problem) return problem;
	const { id: inject, reference, title } = next;
	const fingerprint = injectFingerprint(next);
	const facts: Fact[] = [
		{
			kind: 'inject-adapted',
			inject,
			cell,
			reference,
			title,
			content: next,
			...(isVariant && { of: row.inject })
		}
	];
	if (exercise.settings.authorMayApprove)
		facts.push({
			kind: 'inject-approved',
			inject,
			cell,
			version: (own?.version ?? 0) + 1,
			content: next,
			fingerprint,
			dueAt: dueOf(next, cell, exercise, rows)
		});
	else {
		facts.push({ kind: 'inject-submitted', inject, cell, reference, title, fingerprint });
		if (hold && own?.state === 'ready')
			facts.push({
				kind: 'inject-held',
				inject,
				reference,
				title,
				reason: `${actor.name} has adapted it: the new text waits for approval.`
			});
	}
	return { facts, result: { inject, approved: exercise.settings.authorMayApprove, variant: isVariant } };
}
