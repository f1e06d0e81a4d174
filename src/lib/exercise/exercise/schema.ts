import { z } from 'zod';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { idPattern, type AccountId, type ExerciseId, type OrganisationId, type TeamId } from '../ids.ts';
import { catchUpLimits } from '../inject/line.ts';
import type { ClockSegment } from './clock.ts';

/** The lifecycle of an exercise (DOMAIN 7.1). `stopped` is the emergency stop. */
export const exerciseStates = [
	'draft',
	'planned',
	'ready',
	'running',
	'paused',
	'stopped',
	'ended',
	'evaluating',
	'reported',
	'closed',
	'cancelled'
] as const;
export type ExerciseState = (typeof exerciseStates)[number];

/**
 * A space is an exercise, or a coordination room for an incident that is real (DOMAIN 4.5). Fixed at creation: the
 * database refuses to change it, and nothing of one is ever shown in the other.
 */
export const exerciseKinds = ['exercise', 'real'] as const;
export type ExerciseKind = (typeof exerciseKinds)[number];

export const roles = [
	'director',
	'controller',
	'moderator',
	'simcell',
	'planner',
	'facilitator',
	'evaluator',
	'player',
	'media_player',
	'observer'
] as const;
/**
 * Roles of DOMAIN 4.2. `controller` is central exercise control; a team lead is a player with `lead`; `simcell` answers for
 * bodies that do not play, and sees what is put to them and nothing else.
 */
export type Role = (typeof roles)[number];

/** A planning cell: `central`, or a country's. */
export type CellId = 'central' | CountryCode;
export const cellIds = ['central', ...countryCodes] as [CellId, ...CellId[]];

/**
 * One role of one person in one exercise, with its scope: moderator by country, planner by cell, evaluator,
 * facilitator and player by team. A facilitator without a team leads the whole exercise's hot wash and review.
 */
export interface Membership {
	role: Role;
	teamId?: TeamId;
	country?: CountryCode;
	cell?: CellId;
	/** team lead: signs reports and decisions */
	lead?: boolean;
}

/** Who acts, as the server knows it from the session and the database: never from a message. */
export interface Actor {
	accountId: AccountId;
	name: string;
	memberships: readonly Membership[];
}

/** A day of the wall's calendar, UTC, as `2027-06-10`. */
export interface ChosenErasure {
	day: string;
	reason: string;
	/** it was done */
	done?: true;
}

export interface Exercise {
	id: ExerciseId;
	kind: ExerciseKind;
	name: string;
	tlp: Tlp;
	state: ExerciseState;
	/** the zone in which exercise time is told */
	timeZone: string;
	/** exercise time at STARTEX and at planned ENDEX, ms; of a real room when it was opened, and when it was closed (or, until then, opened) */
	startsAt: number;
	endsAt: number;
	clock: readonly ClockSegment[];
	settings: ExerciseSettings;
	/** it is a rehearsal of this one */
	rehearsalOf?: ExerciseId;
	/** it has terms of confidentiality that everybody accepts */
	hasTerms?: true;
	/** when the names of people are erased from it, and why then; missing: nobody has chosen a day */
	erasure?: ChosenErasure;
	/** how what became due in a pause is caught up; missing: as it always begins */
	catchUp?: { pacedAt: number | null; held: boolean };
}

export interface ExerciseSettings {
	/** whether the author of an inject may approve it (small exercises); normally two people (DOMAIN 7.2) */
	authorMayApprove: boolean;
	/** whether evaluators may read scripts before release */
	evaluatorsReadScript: boolean;
	/** the review page is open to players and observers too */
	reviewOpen: boolean;
	/** players may leave hot wash cards without their name */
	anonymousHotWash: boolean;
	/** how many injects a minute are released of those that became due while the clock stood still */
	catchUpPerMinute: number;
	/** whom players can ask that nobody plays: exercise control and the simulation cell answer in their name */
	simulatedBodies: string[];
	/** how often teams of a level report, where it differs from `defaultRhythm` (report/due.ts) */
	reportRhythm?: Partial<Record<TeamLevel, number | null>>;
}

export const defaultSettings: ExerciseSettings = {
	authorMayApprove: false,
	evaluatorsReadScript: false,
	reviewOpen: false,
	anonymousHotWash: true,
	catchUpPerMinute: catchUpLimits.standard,
	simulatedBodies: []
};

/** Each setting by itself, as it is checked wherever one comes from. */
export const settingsShape = {
	authorMayApprove: z.boolean(),
	evaluatorsReadScript: z.boolean(),
	reviewOpen: z.boolean(),
	anonymousHotWash: z.boolean(),
	catchUpPerMinute: z
		.number('Catching up: write a number.')
		.int('Catching up: write a whole number.')
		.min(catchUpLimits.slowest, `Catching up: at least ${catchUpLimits.slowest} a minute.`)
		.max(catchUpLimits.fastest, `Catching up: at most ${catchUpLimits.fastest} a minute.`),
	simulatedBodies: z
		.array(
			z
				.string()
				.trim()
				.min(1, 'Simulated bodies: a name is empty.')
				.max(80, 'Simulated bodies: a name has at most 80 characters.')
		)
		.max(60, 'Simulated bodies: at most 60.')
		.refine((all) => new Set(all).size === all.length, 'Simulated bodies: name each once.')
} satisfies Record<Exclude<keyof ExerciseSettings, 'reportRhythm'>, z.ZodType>;

/** Levels at which teams play (DOMAIN 2.1). */
export const teamLevels = ['technical', 'operational', 'political', 'entity'] as const;
export type TeamLevel = (typeof teamLevels)[number];

export interface Team {
	id: TeamId;
	/** short and unique in the exercise, as in a script's cell: `GR CSIRT` */
	name: string;
	country: CountryCode;
	level: TeamLevel;
	organisationId?: OrganisationId;
	/** in which it receives injects, BCP 47; missing: as they were written */
	language?: string;
}

export const organisationKinds = [
	'competent_authority',
	'csirt',
	'crisis_management_authority',
	'operator',
	'union_body',
	'network',
	'other'
] as const;
export type OrganisationKind = (typeof organisationKinds)[number];

export const exerciseLimits = {
	/** longer than any name in use; a title is one line on a 1366 px screen */
	name: 120,
	/** DOMAIN 10, XL: 1,000 teams */
	teams: 2000,
	/** a reason, a question, an announcement: one paragraph or two */
	text: 4000
} as const;

export const id = <T>() =>
	z.string().regex(idPattern, 'This is not an id of Muster.') as unknown as z.ZodType<T>;
export const shortText = (label: string, max: number = exerciseLimits.name) =>
	z
		.string()
		.trim()
		.min(1, `${label}: write something here.`)
		.max(max, `${label}: at most ${max} characters.`);
export const longText = (label: string) => shortText(label, exerciseLimits.text);
export const timeZone = z.string().refine((zone) => {
	try {
		new Intl.DateTimeFormat('en', { timeZone: zone });
		return true;
	} catch {
		return false;
	}
}, 'Name a time zone as in “Europe/Brussels”.');
/** Milliseconds since 1970, years 1970 to 2200. */
export const instant = z.number().int().min(0).max(7_258_118_400_000);

export const membershipSchema = z
	.object({
		role: z.enum(roles),
		teamId: id<TeamId>().optional(),
		country: z.enum(countryCodes).optional(),
		cell: z.enum(cellIds).optional(),
		lead: z.boolean().optional()
	})
	.superRefine((membership, context) => {
		const problem = membershipProblem(membership);
		if (problem) context.addIssue({ code: 'custom', message: problem });
	});

/** What is missing from a role's scope, as a sentence; null when it is complete. */
export function membershipProblem(membership: Membership): string | null {
	switch (membership.role) {
		case 'moderator':
			return membership.country ? null : 'A moderator needs a country.';
		case 'planner':
			return membership.cell ? null : 'A planner needs a planning cell: central, or a country.';
		case 'evaluator':
		case 'player':
			return membership.teamId
				? null
				: `${membership.role === 'player' ? 'A player' : 'An evaluator'} needs a team.`;
		default:
			return null;
	}
}

export const newExerciseSchema = z
	.object({
		name: shortText('Name'),
		tlp: z.enum(tlpIds).default('amber'),
		timeZone: timeZone.default('Europe/Brussels'),
		startsAt: instant,
		endsAt: instant,
		settings: z.object(settingsShape).partial().default({})
	})
	.refine((exercise) => exercise.endsAt > exercise.startsAt, {
		message: 'ENDEX must be later than STARTEX.',
		path: ['endsAt']
	});
export type NewExercise = z.infer<typeof newExerciseSchema>;

/** A room for a real incident: no times of play, no settings of a script. It is open at once. */
export const newRoomSchema = z.object({
	kind: z.literal('real'),
	name: shortText('Name'),
	tlp: z.enum(tlpIds).default('amber'),
	/** in which times are told: the one that everybody can count with */
	timeZone: timeZone.default('UTC'),
	/** whose teams take part; more can be added later */
	countries: z
		.array(z.enum(countryCodes))
		.min(1, 'Participating countries: choose at least one.')
		.max(countryCodes.length)
		.refine((all) => new Set(all).size === all.length, 'Participating countries: name each once.')
});
