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
}

const organisationOf = (party: Party): string => party.organisation ?? party.team;
const sameOrganisation = (a: Party, b: Party) => organisationOf(a) === organisationOf(b);

/**
 * Does the label let this reader have the item? Whether it was put where the reader looks is another question, and both
 * must be answered yes: nothing leaves a space by itself (DOMAIN 0, 10).
 */
export function mayReceive(item: Shared, reader: Reader): boolean {
	if (reader.isControl) return true;
	const ofOriginator = item.from !== null && reader.parties.some((one) => sameOrganisation(one, item.from!));
	const addressed = reader.parties.some((one) => item.to.some((to) => sameOrganisation(one, to)));
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

/**
 * Why a sender may not give an item to some parties; empty when all may have it. The originator addresses whom the
 * label allows: with AMBER+STRICT only the own organisation, with RED only people. Who has it from somebody else passes
 * it on no further than its label says (AMBER and stricter: inside the own organisation; RED: not at all).
 */
export function keptFrom(
	item: { tlp: Tlp; originator: Party | null },
	sender: Party | null,
	to: readonly Party[]
): Party[] {
	const isOriginator =
		sender === null
			? item.originator === null
			: item.originator !== null && sameOrganisation(item.originator, sender);
	switch (item.tlp) {
		case 'clear':
		case 'green':
			return [];
		case 'amber':
			return isOriginator ? [] : to.filter((one) => sender === null || !sameOrganisation(one, sender));
		case 'amber_strict':
			// what exercise control plays is addressed by name, whatever its label
			if (sender === null && isOriginator) return [];
			return to.filter((one) => sender === null || !sameOrganisation(one, sender));
		case 'red':
			return [...to];
	}
}

/** What a sender is told when a label keeps recipients out. */
export function keptFromSentence(tlp: Tlp, kept: readonly { name: string }[]): string {
	const label = tlpLabel(tlp);
	const names = kept
		.slice(0, 4)
		.map((one) => one.name)
		.join(', ');
	const more = kept.length > 4 ? ` and ${kept.length - 4} more` : '';
	const who = `${names}${more}`;
	switch (tlp) {
		case 'red':
			return `${label} is for named people only: ${who} cannot receive it as teams. Name the people in a private exchange.`;
		case 'amber_strict':
			return `${label} stays inside your own organisation: ${who} cannot receive it. Ask its originator to relax the label, or leave them out.`;
		default:
			return `${label} does not let you pass this on to ${who}. Ask its originator to relax the label.`;
	}
}

/** How far something goes: the same function that delivers, asked of everybody who could read it. */
export function reachOf(
	item: Shared,
	community: readonly (Reader & { countries: readonly CountryCode[] })[]
): { people: number; countries: CountryCode[] } {
	let people = 0;
	const countries = new Set<CountryCode>();
	for (const reader of community) {
		if (!mayReceive(item, reader)) continue;
		people++;
		for (const country of reader.countries) countries.add(country);
	}
	return { people, countries: [...countries].sort() };
}
