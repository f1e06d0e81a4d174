import type { CountryCode } from '#lib/standards/countries.ts';
import type { CellId, Team } from '../exercise/schema.ts';
import { canonical } from '../fingerprint.ts';
import type { InjectId } from '../ids.ts';
import { recipientTeams } from './release.ts';
import {
	injectLimits,
	scheduleSchema,
	type Inject,
	type OriginText,
	type Recipients,
	type Schedule
} from './schema.ts';

/*
 * National variants of central injects (DOMAIN 10: a country localises 40 to 80 of them). A variant remembers the
 * central text that it was taken from, so that a later change of the central text can be told from the cell's own.
 */

/** What a cell takes over and compares, in the order in which people read it. */
export const variantFields = [
	'title',
	'body',
	'language',
	'translations',
	'attachments',
	'schedule',
	'to',
	'from',
	'channel',
	'tlp',
	'storyline',
	'category',
	'level',
	'acknowledgementRequired',
	'acknowledgeWithin',
	'responseRequired',
	'respondWithin',
	'windowSeconds',
	'expectedActions',
	'objectives',
	'capabilities',
	'evaluatorNotes',
	'controllerNotes',
	'controller'
] as const satisfies readonly (keyof OriginText)[];
export type VariantField = (typeof variantFields)[number];

/** What makes a central value a cell's own: its country, its teams, and which of its injects are variants of what. */
export interface CellPlace {
	country: CountryCode;
	/** all teams; those of other countries are passed over */
	teams: readonly Pick<Team, 'id' | 'country' | 'level'>[];
	/** the cell's own variant of a central inject */
	variantOf: (central: InjectId) => InjectId | undefined;
}

export function originText(central: Inject): OriginText {
	return structuredClone(
		Object.fromEntries(variantFields.map((field) => [field, central[field]]))
	) as unknown as OriginText;
}

/** A central inject as a new one of a cell: the same text, the cell's number, its teams, and its time. */
export function takeOver(
	central: Inject,
	id: InjectId,
	place: CellPlace,
	{
		shiftSeconds = 0,
		references = new Set<string>()
	}: { shiftSeconds?: number; references?: Set<string> } = {}
): Inject {
	const taken = originText(central);
	const own = structuredClone(taken);
	return {
		...own,
		id,
		reference: variantReference(central.reference, place.country, references),
		to: localRecipients(central.to, place),
		schedule: shiftSchedule(localSchedule(central.schedule, place), shiftSeconds),
		origin: { inject: central.id, taken },
		otherFields: []
	};
}

/** `CM-031` of Greece is `CM-031-EL`; where that is taken, `CM-031-EL-2`. A central inject without a number has none here. */
export function variantReference(
	central: string,
	country: CountryCode,
	references: ReadonlySet<string>
): string {
	if (central === '') return '';
	// planners write Greece as the Union does
	const ending = `-${country === 'GR' ? 'EL' : country}`;
	for (let n = 1; ; n++) {
		const whole = n === 1 ? ending : `${ending}-${n}`;
		const reference = central.slice(0, injectLimits.reference - whole.length) + whole;
		if (!references.has(reference)) return reference;
	}
}

/** Those of the recipients that are of the country. */
export function localRecipients(to: Recipients, { country, teams }: CellPlace): Recipients {
	const nobody: Recipients = { all: false, countries: [], levels: [], teams: [] };
	if (to.all || to.countries.includes(country)) return { ...nobody, countries: [country] };
	const own = teams.filter((team) => team.country === country);
	const reached = recipientTeams(to, own).map((team) => team.id);
	return { ...nobody, teams: reached.sort() };
}

/** What it follows, or waits for, is the cell's own variant where there is one: its teams get that. */
export function localSchedule(schedule: Schedule, { variantOf }: CellPlace): Schedule {
	if (schedule.mode === 'after')
		return { ...schedule, inject: variantOf(schedule.inject) ?? schedule.inject };
	if (schedule.mode === 'condition')
		return {
			...schedule,
			when: {
				...schedule.when,
				clauses: schedule.when.clauses.map((clause) => ({
					...clause,
					inject: variantOf(clause.inject) ?? clause.inject
				}))
			}
		};
	if (schedule.mode === 'contingency' && schedule.missed) {
		const { missed } = schedule;
		return { ...schedule, missed: { ...missed, inject: variantOf(missed.inject) ?? missed.inject } };
	}
	return schedule;
}

/** The variants in these scripts, by their central inject and then by the country in whose cell they stand. */
export function variantsByCell(
	injects: readonly Inject[],
	cellOf: (inject: string) => CellId
): Map<string, Map<CountryCode, Inject[]>> {
	const found = new Map<string, Map<CountryCode, Inject[]>>();
	for (const inject of injects) {
		if (!inject.origin) continue;
		const cell = cellOf(inject.id);
		if (cell === 'central') continue;
		const cells = found.get(inject.origin.inject) ?? new Map<CountryCode, Inject[]>();
		cells.set(cell, [...(cells.get(cell) ?? []), inject]);
		found.set(inject.origin.inject, cells);
	}
	return found;
}

/**
 * What an inject of a cell really follows where it names another one: the cell's own variant of it, because its teams
 * get that. A variant itself may follow its central inject.
 */
export function followedHere(
	named: InjectId,
	follower: { id: InjectId; cell: CellId },
	variants: ReadonlyMap<CountryCode, readonly Inject[]> | undefined
): InjectId {
	const own = follower.cell === 'central' ? undefined : variants?.get(follower.cell);
	return own?.find(({ id }) => id !== follower.id)?.id ?? named;
}

/** The same for whole scripts, for their planned times: by what each counts from. */
export function followedIn(
	injects: readonly Inject[],
	cellOf: (inject: string) => CellId,
	isOut: (central: string, variant: string) => boolean = () => false
): (follower: Inject, named: InjectId) => InjectId {
	const standing = injects.filter(({ id, origin }) => origin && !isOut(origin.inject, id));
	const variants = variantsByCell(standing, cellOf);
	if (variants.size === 0) return (_, named) => named;
	return ({ id }, named) => followedHere(named, { id, cell: cellOf(id) }, variants.get(named));
}

/** Later, or earlier; what a person decides has no time to move. Out of range it stays where it is. */
export function shiftSchedule(schedule: Schedule, seconds: number): Schedule {
	if (seconds === 0 || schedule.mode === 'manual' || schedule.mode === 'contingency') return schedule;
	const moved =
		schedule.mode === 'at'
			? { ...schedule, at: schedule.at + seconds * 1000 }
			: { ...schedule, seconds: schedule.seconds + seconds };
	return scheduleSchema.safeParse(moved).success ? moved : schedule;
}

// --- when the central text changes ------------------------------------------------------------------------------------

/** `unchanged`: the centre changed nothing; `central`: only the centre; `both`: differently; `same`: both to the same. */
export type FieldStanding = 'unchanged' | 'central' | 'both' | 'same';

export interface FieldComparison<F extends VariantField = VariantField> {
	field: F;
	standing: FieldStanding;
	/** the central value when it was taken over, or last decided on */
	base: OriginText[F];
	/** the central value now; recipients and what it follows as the cell would have them */
	central: OriginText[F];
	ours: OriginText[F];
}

export type VariantStanding =
	/** the central inject is not in its script any more */
	| { kind: 'gone' }
	/** `changed`: fields that wait for a decision */
	| { kind: 'present'; changed: number };

/** Three ways, field by field: what was taken, what the centre says now, what the cell says now. */
export function compareVariant(variant: Inject, central: Inject, place: CellPlace): FieldComparison[] {
	const { origin } = variant;
	if (!origin) return [];
	return variantFields.map((field) => {
		const base = localValue(field, origin.taken[field], place);
		const theirs = localValue(field, central[field], place);
		const ours = variant[field];
		return { field, standing: standingOf(base, theirs, ours), base, central: theirs, ours };
	});
}

function standingOf(base: unknown, central: unknown, ours: unknown): FieldStanding {
	const [before, theirs, own] = [canonical(base), canonical(central), canonical(ours)];
	if (before === theirs) return 'unchanged';
	if (theirs === own) return 'same';
	return before === own ? 'central' : 'both';
}

export const waitsForDecision = ({ standing }: Pick<FieldComparison, 'standing'>) =>
	standing === 'central' || standing === 'both';

export function variantStanding(
	variant: Inject,
	central: Inject | undefined,
	place: CellPlace
): VariantStanding {
	if (!central) return { kind: 'gone' };
	return {
		kind: 'present',
		changed: compareVariant(variant, central, place).filter(waitsForDecision).length
	};
}

/**
 * What a decision writes: the fields that are taken, and nothing else of the variant, so that what others write meanwhile
 * stays; and that the centre's value of every field decided is known from now on, so that it is not asked about again.
 */
export function decideFields(
	variant: Inject,
	central: Inject,
	decisions: ReadonlyMap<VariantField, 'take' | 'decline'>,
	place: CellPlace
): Partial<Inject> {
	if (!variant.origin) return {};
	const taken = { ...variant.origin.taken };
	const values: Partial<Inject> = {};
	for (const [field, decision] of decisions) {
		Object.assign(taken, { [field]: structuredClone(central[field]) });
		if (decision === 'take')
			Object.assign(values, { [field]: structuredClone(localValue(field, central[field], place)) });
	}
	return { ...values, origin: { inject: variant.origin.inject, taken } };
}

function localValue<F extends VariantField>(field: F, value: OriginText[F], place: CellPlace): OriginText[F] {
	if (field === 'to') return localRecipients(value as Recipients, place) as OriginText[F];
	if (field === 'schedule') return localSchedule(value as Schedule, place) as OriginText[F];
	return value;
}
