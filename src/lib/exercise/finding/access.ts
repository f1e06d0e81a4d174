import type { CountryCode } from '#lib/standards/countries.ts';
import { documentRight } from '../documents.ts';
import {
	hasRole,
	isControl,
	isDirector,
	isFacilitator,
	leads,
	moderatesCountry,
	playsIn,
	readsEvaluation
} from '../exercise/access.ts';
import type { Actor, Exercise, ExerciseState, Team } from '../exercise/schema.ts';
import type { TeamId } from '../ids.ts';

/** Writes the review, puts findings to countries, and reads what all of them say. */
export const leadsReview = (actor: Actor): boolean => isFacilitator(actor) || isDirector(actor);

/**
 * Findings are put to countries, and countries answer, after ENDEX until the exercise is closed: comments come in when the
 * report is long drafted (DOMAIN 9.7), but never during play.
 */
export const asksCountries = (state: ExerciseState): boolean =>
	['ended', 'evaluating', 'reported'].includes(state);

/** Reads the review page, also where only its writers do. */
export const readsReview = (actor: Actor, exercise: Pick<Exercise, 'id' | 'settings'>): boolean =>
	documentRight({ exercise: exercise.id, kind: 'review' }, actor, { settings: exercise.settings }) !== 'none';

/**
 * Puts what was observed of a team into findings, and takes it out: who works on the review and reads the observation.
 */
export const citesObservations = (actor: Actor, team: TeamId): boolean =>
	(leadsReview(actor) || hasRole(actor, 'evaluator')) && readsEvaluation(actor, team);

/**
 * Is told that a finding rests on observations, without their words. Nobody who plays, whatever else they are: a player
 * never learns that an observation exists.
 */
export const knowsOfEvidence = (actor: Actor): boolean =>
	!hasRole(actor, 'player') && (leadsReview(actor) || isControl(actor) || hasRole(actor, 'evaluator'));

type Teams = readonly Pick<Team, 'id' | 'country'>[];

/** Reads what was put to a country, and what it says: its moderators and its players. */
export const belongsTo = (actor: Actor, country: CountryCode, teams: Teams): boolean =>
	moderatesCountry(actor, country) ||
	teams.some((team) => team.country === country && playsIn(actor, team.id));

/** Says it: its moderators, and whoever leads one of its teams. */
export const speaksFor = (actor: Actor, country: CountryCode, teams: Teams): boolean =>
	moderatesCountry(actor, country) || teams.some((team) => team.country === country && leads(actor, team.id));
