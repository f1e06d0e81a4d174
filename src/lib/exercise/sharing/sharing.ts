import type { CountryCode } from '#lib/standards/countries.ts';
import { tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import type { AccountId, OrganisationId, TeamId } from '../ids.ts';

/*
 * Who may receive what carries a TLP label (TLP 2.0, DOMAIN 3.1): one answer for pages, the API, search, exports, notices
 * and delivery. A label decides who may receive; it never widens what somebody was not sent.
 */

/** A team as sharing sees it. A team without an organisation is one by itself. */
export interface Party {
	team: TeamId;
	country: CountryCode;
	organisation: OrganisationId | null;
}

/** Whom an item was given to by whoever made it. */
export interface Shared {
	tlp: Tlp;
	/** who made it; null: exercise control */
	from: Party | null;
	/** teams that it was sent to; their organisations are the recipients that AMBER means */
	to: readonly Party[];
	/** the people in the exchange, for RED */
	people: readonly AccountId[];
	/** exercise control's own people are among those it was sent to: moderators, evaluators, planners */
	toStaff?: boolean;
}

/** Somebody who would read it: through a team, as a participant without one, or not of the exercise at all. */
export interface Reader {
	account: AccountId | null;
	/** the teams in which the person plays */
	parties: readonly Party[];
	/** takes part in the exercise: its community, for GREEN */
	takesPart: boolean;
	/** runs the exercise: the director and the controllers read everything in play (DOMAIN 6) */
	isControl?: boolean;
	/** of exercise control's own organisation, without running the whole: moderators, evaluators, planners, facilitators */
	isStaff?: boolean;
}

const organisationOf = (party: Party): string => party.organisation ?? party.team;
const sameOrganisation = (a: Party, b: Party) => organisationOf(a) === organisationOf(b);

/**
 * Does the label let this reader have the item? Whether it was put where the reader looks is another question, and both
 * must be answered yes: nothing leaves a space by itself (DOMAIN 0, 10).
 */
export function mayReceive(item: Shared, reader: Reader): boolean {
	if (reader.isControl) return true;
	const { from } = item;
	const ofOriginator =
		from === null ? reader.isStaff === true : reader.parties.some((one) => sameOrganisation(one, from));
	const addressed =
		(item.toStaff === true && reader.isStaff === true) ||
		reader.parties.some((one) => item.to.some((to) => sameOrganisation(one, to)));
	switch (item.tlp) {
		case 'clear':
			return true;
		case 'green':
			return reader.takesPart;
		case 'amber':
		case 'amber_strict':
			return ofOriginator || addressed;
		case 'red':
			return reader.account !== null && item.people.includes(reader.account);
	}
}

/** Made by the sender's own organisation; null: exercise control. */
function isOriginator({ originator }: { originator: Party | null }, sender: Party | null): boolean {
	if (sender === null || originator === null) return sender === originator;
	return sameOrganisation(originator, sender);
}

/**
 * Why a sender may not give an item to some parties; empty when all may have it. The originator addresses whom the
 * label allows: with AMBER+STRICT only the own organisation, with RED only people. Who has it from somebody else passes
 * it on no further than its label says (AMBER and stricter: inside the own organisation; RED: not at all).
 */
export function keptFrom<To extends Party>(
	item: { tlp: Tlp; originator: Party | null },
	sender: Party | null,
	to: readonly To[]
): To[] {
	const own = isOriginator(item, sender);
	switch (item.tlp) {
		case 'clear':
		case 'green':
			return [];
		case 'amber':
			return own ? [] : to.filter((one) => sender === null || !sameOrganisation(one, sender));
		case 'amber_strict':
			// what exercise control plays is addressed by name, whatever its label
			if (sender === null && own) return [];
			return to.filter((one) => sender === null || !sameOrganisation(one, sender));
		case 'red':
			return [...to];
	}
}

/** Everybody who would receive what is said in a place: teams, people by name, and all who hold a role. */
export interface Audience {
	parties: readonly (Party & { name: string })[];
	people: readonly (Reader & { name: string })[];
	/** `isStaff`: exercise control's own people */
	groups: readonly { name: string; isStaff: boolean }[];
}

/** Something said to an audience, as sharing sees it: who is named there brings the own organisation. */
export function saidTo(
	{ parties, people, groups }: Audience,
	{ tlp, from }: { tlp: Tlp; from: Party | null }
): Shared {
	return {
		tlp,
		from,
		to: [...parties, ...people.flatMap((one) => one.parties)],
		people: people.flatMap((one) => one.account ?? []),
		toStaff: groups.some((one) => one.isStaff) || people.some((one) => one.isStaff)
	};
}

/**
 * Whom of an audience a label leaves out; empty when it may be said there. RED wants people by name and nobody else,
 * AMBER+STRICT one organisation, AMBER organisations that can be recipients: who is of none, such as an observer, cannot.
 * What somebody else made is passed on no further than its label says (`keptFrom`).
 */
export function keptOut(
	item: { tlp: Tlp; originator: Party | null },
	sender: Party | null,
	{ parties, people, groups }: Audience
): { name: string }[] {
	// the director and the controllers read everything in play: they are never left out
	const others = people.filter((one) => !one.isControl);
	const isOwn = (own: readonly Party[]) =>
		sender !== null && own.some((one) => sameOrganisation(one, sender));
	const isOwnPerson = (one: Reader) => (sender === null ? one.isStaff === true : isOwn(one.parties));
	const own = isOriginator(item, sender);
	switch (item.tlp) {
		case 'clear':
			return [];
		case 'green':
			return others.filter((one) => !one.takesPart);
		case 'amber':
		case 'amber_strict':
			// its originator addresses other organisations; passed on, it stays inside the own one
			if (item.tlp === 'amber' && own)
				return [
					...others.filter((one) => one.parties.length === 0 && !one.isStaff),
					...groups.filter((one) => !one.isStaff)
				];
			return [
				...parties.filter((one) => !isOwn([one])),
				...others.filter((one) => !isOwnPerson(one)),
				...groups.filter((one) => sender !== null || !one.isStaff)
			];
		case 'red':
			return own ? [...parties, ...groups] : [...parties, ...others, ...groups];
	}
}

function namesOf(kept: readonly { name: string }[]): string {
	const names = [...new Set(kept.map((one) => one.name))];
	const more = names.length > 4 ? ` and ${names.length - 4} more` : '';
	return `${names.slice(0, 4).join(', ')}${more}`;
}

/** What a sender is told when a label keeps recipients out. */
export function keptFromSentence(tlp: Tlp, kept: readonly { name: string }[]): string {
	const label = tlpLabel(tlp);
	const who = namesOf(kept);
	switch (tlp) {
		case 'red':
			return `${label} is for named people only: ${who} cannot receive it as teams. Name the people in a private exchange.`;
		case 'amber_strict':
			return `${label} stays inside your own organisation: ${who} cannot receive it. Ask its originator to relax the label, or leave them out.`;
		default:
			return `${label} does not let you pass this on to ${who}. Ask its originator to relax the label.`;
	}
}

/** The same for what somebody says in a place; `derived`: the label is that of something it quotes. */
export function keptOutSentence(tlp: Tlp, kept: readonly { name: string }[], derived: boolean): string {
	if (derived) return keptFromSentence(tlp, kept);
	const label = tlpLabel(tlp);
	switch (tlp) {
		case 'red':
			return keptFromSentence(tlp, kept);
		case 'amber_strict':
			return `${label} stays inside one organisation: ${namesOf(kept)} cannot receive it. Choose another label, or say it where only your organisation reads.`;
		default:
			return `${label} is for the organisations in an exchange: ${namesOf(kept)} cannot receive it. Choose a wider label, or say it elsewhere.`;
	}
}
