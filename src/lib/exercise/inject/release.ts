import type { CountryCode } from '#lib/standards/countries.ts';
import type { CellId, Team } from '../exercise/schema.ts';
import type { Inject, Recipients, Schedule } from './schema.ts';

/**
 * The life of an inject once it has left the page (DOMAIN 7.2). `submitted` waits for approval; `ready` is FEMA's
 * "synchronized"; `held` was taken off the schedule by a person, or missed by an outage; `skipped` is "deferred";
 * `recalled` was taken back from the teams that had it, and is never released again.
 */
export const injectStates = ['submitted', 'ready', 'held', 'released', 'skipped', 'recalled'] as const;
export type InjectState = (typeof injectStates)[number];

/** Nothing of it is changed or released any more. */
export const isInjectOver = (state: InjectState) => state === 'released' || state === 'recalled';

/** The stages of one inject at one team (DOMAIN 7.3). `queued` has no delivery row yet. */
export const deliveryStates = ['queued', 'delivered', 'seen', 'acknowledged', 'responded'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** A scheduled inject later than this (wall time) waits for a controller: an outage must not empty itself on players (P5). */
export const latestAutomaticRelease = 60_000;

/** The teams that an inject reaches: everyone, or whoever is named by team, country or level. */
export function recipientTeams<T extends Pick<Team, 'id' | 'country' | 'level'>>(
	to: Recipients,
	teams: readonly T[]
): T[] {
	return teams.filter(
		(team) =>
			to.all ||
			to.teams.includes(team.id) ||
			to.countries.includes(team.country) ||
			to.levels.includes(team.level)
	);
}

/**
 * Whom a release reaches, for every preview and for the release itself. Teams of a country whose cell has an approved
 * variant of a central inject are left out: they get the variant, whenever that is released, or nothing where their cell
 * wanted it skipped.
 */
export function reachedTeams<T extends Pick<Team, 'id' | 'country' | 'level'>>(
	to: Recipients,
	variants: readonly CountryCode[] | undefined,
	teams: readonly T[]
): { reached: T[]; leftOut: T[] } {
	const named = recipientTeams(to, teams);
	if (!variants || variants.length === 0) return { reached: named, leftOut: [] };
	const hasOwn = (team: T) => variants.includes(team.country);
	return { reached: named.filter((team) => !hasOwn(team)), leftOut: named.filter(hasOwn) };
}

/**
 * The exercise time at which an inject is due, ms; null when a person decides, or when it follows an inject that is
 * not released yet.
 */
export function dueAt(
	schedule: Schedule,
	context: { startsAt: number; releasedAt: (inject: string) => number | null }
): number | null {
	switch (schedule.mode) {
		case 'at':
			return schedule.at;
		case 'offset':
			return context.startsAt + schedule.seconds * 1000;
		case 'after': {
			const released = context.releasedAt(schedule.inject);
			return released === null ? null : released + schedule.seconds * 1000;
		}
		default:
			return null;
	}
}

/**
 * When the inject was released that an inject of a cell follows, so that it counts from then; null: not yet. An inject
 * has one time for all its teams, so of one that goes team by team the first release counts, and of a central inject its
 * own release, whatever countries made of it. In a national cell its variant stands for the central inject, because that
 * is what its teams get (ADR 10). A variant itself may follow its central inject.
 */
export function followedRelease(
	followed: string,
	follower: { inject: string; cell: CellId },
	rows: Iterable<{
		inject: string;
		cell: CellId;
		variantOf?: string | null;
		releasedAt: number | null;
	}>
): number | null {
	let central: number | null = null;
	let own: number | null = null;
	let hasOwn = false;
	for (const row of rows) {
		if (row.inject === followed) central = row.releasedAt;
		if (row.variantOf !== followed || row.cell !== follower.cell || row.inject === follower.inject) continue;
		hasOwn = true;
		if (row.releasedAt !== null) own = Math.min(own ?? row.releasedAt, row.releasedAt);
	}
	return hasOwn ? own : central;
}

export interface DeliveryTimes {
	seenAt: number | null;
	acknowledgedAt: number | null;
	respondedAt: number | null;
}

export function deliveryState(times: DeliveryTimes): Exclude<DeliveryState, 'queued'> {
	if (times.respondedAt !== null) return 'responded';
	if (times.acknowledgedAt !== null) return 'acknowledged';
	return times.seenAt !== null ? 'seen' : 'delivered';
}

/** Whether something asked for is missing although its time has passed. All times exercise time, ms. */
export function isOverdue(
	times: DeliveryTimes,
	due: { acknowledgeBy: number | null; respondBy: number | null },
	now: number
): boolean {
	return (
		(due.acknowledgeBy !== null &&
			times.acknowledgedAt === null &&
			times.respondedAt === null &&
			now > due.acknowledgeBy) ||
		(due.respondBy !== null && times.respondedAt === null && now > due.respondBy)
	);
}

/** What is wrong with what an inject waits for (dependencies.ts). */
export type DependencyWarning =
	'circle' | 'follows-skipped' | 'never-holds' | 'waits-in-vain' | 'always-true' | 'central-waits';

export interface ScriptWarning {
	inject: Inject;
	kind:
		| 'no-recipients'
		| 'outside-play'
		| 'unknown-team'
		| 'unapproved'
		| 'changed-since-approval'
		| 'unknown-predecessor'
		| 'variant-unapproved'
		| DependencyWarning;
}

export interface WarningContext {
	startsAt: number;
	endsAt: number;
	teams: readonly Pick<Team, 'id' | 'country' | 'level'>[];
	/** approved fingerprint by inject, or null where it is not approved */
	approved: (inject: string) => string | null;
	fingerprint: (inject: Inject) => string;
	/** whether an inject with this id is in the script */
	exists: (inject: string) => boolean;
	/** what is wrong with what it waits for: needs the whole script */
	dependencies?: (inject: string) => readonly ScriptWarning['kind'][];
}

/** What a planner should put right before STARTEX (issue of every exercise: the inject that reaches nobody). */
export function scriptWarnings(
	injects: readonly Inject[],
	context: Omit<WarningContext, 'exists'>
): ScriptWarning[] {
	const ids = new Set<string>(injects.map((inject) => inject.id));
	const exists = (id: string) => ids.has(id);
	return injects.flatMap((inject) =>
		injectWarnings(inject, { ...context, exists }).map((kind) => ({ inject, kind }))
	);
}

/** The warnings of one inject, for a page that keeps them until the inject changes. */
export function injectWarnings(inject: Inject, context: WarningContext): ScriptWarning['kind'][] {
	const warnings: ScriptWarning['kind'][] = [];
	if (recipientTeams(inject.to, context.teams).length === 0) warnings.push('no-recipients');
	if (inject.to.teams.some((id) => !context.teams.some((team) => team.id === id)))
		warnings.push('unknown-team');
	if (inject.schedule.mode === 'after' && !context.exists(inject.schedule.inject))
		warnings.push('unknown-predecessor');
	// the whole script knows this of `after` too
	const found = context.dependencies?.(inject.id) ?? [];
	warnings.push(...found.filter((kind) => !warnings.includes(kind)));
	const due = dueAt(inject.schedule, { startsAt: context.startsAt, releasedAt: () => null });
	if (due !== null && (due < context.startsAt || due > context.endsAt)) warnings.push('outside-play');
	const approved = context.approved(inject.id);
	// its teams get the central text, unless it is approved in time
	if (approved === null && inject.origin) warnings.push('variant-unapproved');
	if (approved === null) warnings.push('unapproved');
	else if (approved !== context.fingerprint(inject)) warnings.push('changed-since-approval');
	return warnings;
}

/**
 * Whether somebody releases, holds and skips an inject: a moderator only what is written for teams of the own countries
 * and reaches one. Who else is left out does not count: that another country has a variant is not told (PROMISES P1).
 */
export function isHandledIn(
	to: Recipients,
	variants: readonly CountryCode[] | undefined,
	teams: readonly Pick<Team, 'id' | 'country' | 'level'>[],
	scope: ReadonlySet<CountryCode> | null
): boolean {
	return (
		scope === null ||
		(reachedTeams(to, variants, teams).reached.length > 0 && staysInside(recipientTeams(to, teams), scope))
	);
}

/** A moderator handles only what stays in the own countries. */
export function staysInside(
	teams: readonly Pick<Team, 'country'>[],
	scope: ReadonlySet<CountryCode> | null
): boolean {
	return scope === null || (teams.length > 0 && teams.every((team) => scope.has(team.country)));
}
