import { describe, expect, it } from 'vitest';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import type { AccountId, OrganisationId } from '#lib/exercise/ids.ts';
import {
	keptFrom,
	keptOut,
	mayReceive,
	saidTo,
	type Audience,
	type Party,
	type Reader,
	type Shared
} from '#lib/exercise/sharing/sharing.ts';
import { reach } from '#lib/exercise/sharing/reach.ts';
import { french, greek, greekPort, idOf, team } from '../domain/factories.ts';

const organisation = idOf<OrganisationId>('greek authority');
const party = (of: typeof greek, own: OrganisationId | null = null): Party => ({
	team: of.id,
	country: of.country,
	organisation: own
});
const originator = party(greek, organisation);
const sister = party(greekPort, organisation);
const addressed = party(french);
const other = party(team('IT CSIRT', 'IT'));
const named = idOf<AccountId>('named person');

const shared = (tlp: Tlp): Shared => ({ tlp, from: originator, to: [addressed], people: [named] });
const reader = (parties: Party[], account: string, takesPart = true): Reader => ({
	account: idOf<AccountId>(account),
	parties,
	takesPart
});

const audiences: Record<string, Reader> = {
	'the originator’s team': reader([originator], 'a'),
	'another team of its organisation': reader([sister], 'b'),
	'a team that it was sent to': reader([addressed], 'c'),
	'the named person there': reader([addressed], 'named person'),
	'another participant': reader([other], 'd'),
	'somebody outside the exercise': reader([], 'e', false)
};

/** Five labels, six audiences (DOMAIN 3.1): in the order of `audiences`. */
const table: Record<Tlp, boolean[]> = {
	clear: [true, true, true, true, true, true],
	green: [true, true, true, true, true, false],
	amber: [true, true, true, true, false, false],
	amber_strict: [true, true, true, true, false, false],
	red: [false, false, false, true, false, false]
};

describe('who may receive what a label marks', () => {
	it.each(tlpIds)('[P8] %s', (tlp) => {
		expect(Object.values(audiences).map((one) => mayReceive(shared(tlp), one))).toEqual(table[tlp]);
	});

	it('exercise control reads everything in play', () => {
		for (const tlp of tlpIds)
			expect(mayReceive(shared(tlp), { ...reader([], 'control'), isControl: true })).toBe(true);
	});

	it('is the same function that says how far it goes', () => {
		const readers = Object.values(audiences).map((one, at) => ({
			...one,
			name: `${at}`,
			countries: one.parties.map(({ country }) => country)
		}));
		const place = {
			audience: {
				parties: [{ ...addressed, name: 'addressed' }],
				people: [{ ...readers[3]!, name: 'named' }],
				groups: []
			},
			readers
		};
		for (const tlp of tlpIds)
			expect(reach({ tlp, from: originator }, [place, place]).people).toBe(table[tlp].filter(Boolean).length);
		expect(reach({ tlp: 'amber', from: originator }, [place]).countries).toEqual(['FR', 'GR']);
		// the own team has it already, and is neither counted nor left out
		expect(reach({ tlp: 'amber', from: originator, besides: originator.team }, [place]).people).toBe(3);
	});
});

describe('whom a sender may give it to', () => {
	const to = [originator, sister, addressed, other];
	const kept = (tlp: Tlp, sender: Party) =>
		keptFrom({ tlp, originator }, sender, to).map(({ team: one }) => one);

	it('[P8] the originator addresses whom the label allows', () => {
		expect(kept('clear', originator)).toEqual([]);
		expect(kept('green', originator)).toEqual([]);
		expect(kept('amber', originator)).toEqual([]);
		expect(kept('amber_strict', originator)).toEqual([addressed.team, other.team]);
		expect(kept('red', originator)).toHaveLength(4);
	});

	it('[P8] whoever has it from somebody else passes it on no further than the label says', () => {
		expect(kept('green', addressed)).toEqual([]);
		for (const tlp of ['amber', 'amber_strict'] as const)
			expect(kept(tlp, addressed)).toEqual([originator.team, sister.team, other.team]);
		expect(kept('red', addressed)).toHaveLength(4);
	});
});

describe('whom a label leaves out where something is said', () => {
	const staff: Reader = { ...reader([], 'moderator'), isStaff: true };
	const called = <T extends object>(one: T, name: string) => ({ ...one, name });
	const place: Audience = {
		parties: [called(originator, 'own'), called(sister, 'sister'), called(addressed, 'other')],
		people: [
			called(reader([other], 'd'), 'person'),
			called(reader([], 'o'), 'observer'),
			called(staff, 'moderator')
		],
		groups: [
			{ name: 'moderators', isStaff: true },
			{ name: 'observers', isStaff: false }
		]
	};
	const out = (tlp: Tlp, sender: Party | null, by: Party | null = sender) =>
		keptOut({ tlp, originator: by }, sender, place).map((one) => one.name);

	it('[P8] five labels, by its originator', () => {
		expect(out('clear', originator)).toEqual([]);
		expect(out('green', originator)).toEqual([]);
		expect(out('amber', originator)).toEqual(['observer', 'observers']);
		expect(out('amber_strict', originator)).toEqual([
			'other',
			'person',
			'observer',
			'moderator',
			'moderators',
			'observers'
		]);
		expect(out('red', originator)).toEqual(['own', 'sister', 'other', 'moderators', 'observers']);
	});

	it('[P8] passed on: AMBER inside the own organisation, RED not at all', () => {
		expect(out('green', addressed, originator)).toEqual([]);
		for (const tlp of ['amber', 'amber_strict'] as const)
			expect(out(tlp, addressed, originator)).toEqual([
				'own',
				'sister',
				'person',
				'observer',
				'moderator',
				'moderators',
				'observers'
			]);
		expect(out('red', addressed, originator)).toHaveLength(8);
	});

	it('[P8] exercise control is an organisation of its own', () => {
		expect(out('amber', null)).toEqual(['observer', 'observers']);
		expect(out('amber_strict', null)).toEqual(['own', 'sister', 'other', 'person', 'observer', 'observers']);
		expect(mayReceive({ tlp: 'amber', from: null, to: [], people: [] }, staff)).toBe(true);
		expect(mayReceive({ tlp: 'amber', from: originator, to: [], people: [] }, staff)).toBe(false);
		expect(mayReceive({ tlp: 'amber', from: originator, to: [], people: [], toStaff: true }, staff)).toBe(
			true
		);
	});

	it('[P8] says of each place what receiving there says', () => {
		for (const tlp of tlpIds)
			for (const sender of [originator, addressed]) {
				const left = new Set(out(tlp, sender));
				const item = saidTo(place, { tlp, from: sender });
				// what keeps one out is not said at all: so only where all may receive it does it matter who does
				for (const one of place.people)
					if (!left.has(one.name)) expect(mayReceive(item, one), `${tlp} ${one.name}`).toBe(true);
			}
	});

	it('the director and the controllers are never the reason', () => {
		const control: Audience = {
			parties: [],
			people: [called({ ...reader([], 'c'), isControl: true }, 'control')],
			groups: []
		};
		for (const tlp of tlpIds) expect(keptOut({ tlp, originator }, originator, control)).toEqual([]);
	});
});
