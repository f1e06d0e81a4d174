import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { joinedAt } from '../channel/access.ts';
import { audienceOf, type People } from '../channel/audience.ts';
import type { ChannelMembers, Teams } from '../channel/schema.ts';
import { playsIn } from '../exercise/access.ts';
import type { Actor, Team } from '../exercise/schema.ts';
import type { AccountId, TeamId } from '../ids.ts';
import { partyOf, readerOf } from './readers.ts';
import { keptOut, mayReceive, saidTo, type Audience, type Party, type Reader } from './sharing.ts';

/*
 * How far something goes: to whom, in which countries, and whom its label leaves out. One function for what a dialog says
 * beforehand and for the command that sends it, of messages and of reports alike.
 */

/** Somewhere that something goes: whom it is addressed to there, and everybody who would read it there. */
export interface Place {
	audience: Audience;
	readers: readonly (Reader & { name: string; countries: CountryCode[] })[];
}

const reading = (person: Actor, teams: Teams) => ({ ...readerOf(person, teams), name: person.name });

/** A channel: its members, and whoever reads it as one. */
export function channelPlace(members: ChannelMembers, people: People, teams: Teams): Place {
	return {
		audience: audienceOf(members, people, teams),
		readers: [...people.values()]
			.filter((person) => joinedAt(members, person) !== null)
			.map((person) => reading(person, teams))
	};
}

/** The room of a team that is addressed by name. */
export function teamPlace(team: Team, people: People, teams: Teams): Place {
	return {
		audience: { parties: [{ ...partyOf(team), name: team.name }], people: [], groups: [] },
		readers: [...people.values()]
			.filter((person) => playsIn(person, team.id))
			.map((person) => reading(person, teams))
	};
}

export interface Going {
	tlp: Tlp;
	/** who made it, and sends it; null: exercise control */
	from: Party | null;
	/** a team that has it already, with everybody in it: neither counted nor left out */
	besides?: TeamId;
}

export interface Reach {
	/** without exercise control, which reads everything in play and is counted for nobody */
	people: number;
	/** by code */
	countries: CountryCode[];
	/** whom the label leaves out; empty: it may go there */
	keptOut: { name: string }[];
}

/** Each person is counted once, in however many of the places they read it. */
export function reach({ tlp, from, besides }: Going, places: readonly Place[]): Reach {
	const readers = new Set<AccountId | null>();
	const countries = new Set<CountryCode>();
	const kept = new Map<string, { name: string }>();
	const has = ({ parties }: Reader) => parties.some(({ team }) => team === besides);
	for (const { audience: there, readers: all } of places) {
		const audience = { ...there, parties: there.parties.filter(({ team }) => team !== besides) };
		for (const one of keptOut({ tlp, originator: from }, from, audience)) kept.set(one.name, one);
		const item = saidTo(there, { tlp, from });
		for (const reader of all) {
			if (reader.isControl || has(reader) || !mayReceive(item, reader)) continue;
			readers.add(reader.account);
			for (const country of reader.countries) countries.add(country);
		}
	}
	return {
		people: readers.size,
		countries: [...countries].sort(),
		keptOut: [...kept.values()].map(({ name }) => ({ name }))
	};
}
