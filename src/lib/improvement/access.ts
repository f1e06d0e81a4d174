import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { AccountId } from '../exercise/ids.ts';
import type { ActionState } from './action.ts';
import type { LessonState } from './lesson.ts';

/*
 * Who reads improvement actions and lessons. They are a country's own, or of the EU level (country `EU`, kept by the
 * secretariat): others see what a country shares, and by itself it shares nothing (DOMAIN 9.7, 11 no. 9).
 */

/** What a country shows to the secretariat and to the representatives of others. */
export const sharingLevels = ['private', 'statistics', 'full'] as const;
export type SharingLevel = (typeof sharingLevels)[number];

/** Somebody as far as improvement is concerned. */
export interface ImprovementPerson {
	id: AccountId;
	/** the countries whose actions the person keeps; `EU` for the secretariat */
	keeps: readonly CountryCode[];
	isSecretariat: boolean;
	isAdministrator: boolean;
}

/** A representative, or of the secretariat. An administrator is neither: administrators manage, and read nothing for it. */
export const takesPart = (person: Pick<ImprovementPerson, 'keeps'>): boolean => person.keeps.length > 0;

export interface KeptAction {
	country: CountryCode;
	tlp: Tlp;
	state: ActionState;
	ownerId: AccountId | null;
	proposedBy: AccountId;
}

/** AMBER+STRICT stays with the country's own people, whatever it shares. RED is never kept here (fields.ts). */
const crosses = (tlp: Tlp) => tlp !== 'amber_strict' && tlp !== 'red';

/**
 * Its owner always; who keeps the country's; others who take part where the country shares all. Who proposed it sees
 * what becomes of the proposal: once it is accepted it is the country's.
 */
export function readsAction(person: ImprovementPerson, action: KeptAction, sharing: SharingLevel): boolean {
	if (action.ownerId === person.id || person.keeps.includes(action.country)) return true;
	if (action.proposedBy === person.id && (action.state === 'proposed' || action.state === 'rejected'))
		return true;
	return takesPart(person) && sharing === 'full' && crosses(action.tlp);
}

export interface KeptLesson {
	country: CountryCode;
	tlp: Tlp;
	state: LessonState;
	createdBy: AccountId;
}

/** As with actions, but a lesson has no owner. Who wrote it down reads it until its country has taken it up. */
export function readsLesson(person: ImprovementPerson, lesson: KeptLesson, sharing: SharingLevel): boolean {
	if (person.keeps.includes(lesson.country)) return true;
	if (lesson.createdBy === person.id && lesson.state === 'observed') return true;
	return takesPart(person) && sharing === 'full' && crosses(lesson.tlp);
}

/** Counts by state are shown to who takes part, where a country shares at least those. */
export function readsCounts(person: ImprovementPerson, country: CountryCode, sharing: SharingLevel): boolean {
	return person.keeps.includes(country) || (takesPart(person) && sharing !== 'private');
}

/** Lessons that planners are offered: agreed, not yet learned, and of a label that may leave the country's own people. */
export function isOffered(lesson: Pick<KeptLesson, 'state' | 'tlp'>): boolean {
	return ['agreed', 'assigned', 'implemented'].includes(lesson.state) && crosses(lesson.tlp);
}

/** Administrators name the secretariat; the secretariat names the representatives, as administrators may too. */
export function managesRole(
	person: Pick<ImprovementPerson, 'isSecretariat' | 'isAdministrator'>,
	role: ImprovementRole
): boolean {
	return person.isAdministrator || (role === 'representative' && person.isSecretariat);
}

export const improvementRoles = ['secretariat', 'representative'] as const;
export type ImprovementRole = (typeof improvementRoles)[number];
