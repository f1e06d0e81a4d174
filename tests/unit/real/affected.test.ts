import { describe, expect, test } from 'vitest';
import { affectedStates, namedNow, type AffectedAct, type RoomSays } from '#lib/exercise/real/affected.ts';
import { nameAffected, takeBackAffected } from '#lib/exercise/real/commands.ts';
import { notificationForms } from '#lib/standards/notification-forms.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { ExerciseState, Role } from '#lib/exercise/exercise/schema.ts';
import { exercise } from '../domain/factories.ts';

const greek = { name: 'GR CSIRT', country: 'GR' } as const;
const italian = { name: 'IT CSIRT', country: 'IT' } as const;
const nothing: RoomSays = { incidents: [], notifications: [], reports: [], acts: [] };
const countries = (room: Partial<RoomSays>) =>
	affectedStates({ ...nothing, ...room }).map(({ country }) => country);
const impact = (country: CountryCode, severity: 'white' | 'green' | 'yellow' | 'red') =>
	({ country, severity }) as never;
const incident = (state: string, ...impacts: never[]) =>
	({ team: greek, standing: { number: 1, state, content: { impacts } } }) as never;
const named = (country: CountryCode, reason = 'why'): AffectedAct => ({
	fact: { kind: 'affected-named', country, reason },
	by: 'Vera',
	wallAt: 1
});
const takenBack = (country: CountryCode): AffectedAct => ({
	fact: { kind: 'affected-taken-back', country, reason: 'no' },
	by: 'Vera',
	wallAt: 2
});

describe('[P11] whose consent the publication of a review needs', () => {
	test('nobody is affected by an empty room', () => {
		expect(affectedStates(nothing)).toEqual([]);
	});

	test('an incident: where it hits, else at home; white is no impact', () => {
		expect(countries({ incidents: [incident('open')] })).toEqual(['GR']);
		expect(countries({ incidents: [incident('open', impact('IT', 'red'), impact('FR', 'white'))] })).toEqual([
			'IT'
		]);
		expect(countries({ incidents: [incident('open', impact('GR', 'white'))] })).toEqual([]);
	});

	test('what turned out to be no incident affects nobody; a closed one still does', () => {
		for (const state of ['not-an-incident', 'duplicate'])
			expect(countries({ incidents: [incident(state, impact('IT', 'red'))] })).toEqual([]);
		for (const state of ['new', 'contained', 'recovered', 'closed', 'transferred'])
			expect(countries({ incidents: [incident(state, impact('IT', 'red'))] }), state).toEqual(['IT']);
	});

	test('a notification: the state of who notified, and those that its forms name; a withdrawn one none', () => {
		const form = notificationForms.find(({ fields }) => fields.some(({ type }) => type === 'countries'))!;
		const field = form.fields.find(({ type }) => type === 'countries')!;
		const reports = [
			{ versions: [{ form: { id: form.id, version: form.version }, values: { [field.id]: ['FR', 'DE'] } }] }
		];
		const standing = { number: 2, closed: null, reports };
		expect(countries({ notifications: [{ team: italian, standing: standing as never }] })).toEqual([
			'FR',
			'DE',
			'IT'
		]);
		const withdrawn = { ...standing, closed: { withdrawn: true } };
		expect(countries({ notifications: [{ team: italian, standing: withdrawn as never }] })).toEqual([]);
	});

	test('a situation report: those that it says are hit, not who wrote it', () => {
		const reports = [
			{ team: greek, number: 3, content: { impacts: [impact('IT', 'yellow'), impact('GR', 'white')] } },
			{ team: greek, number: 4, content: null }
		];
		expect(affectedStates({ ...nothing, reports })).toEqual([
			{ country: 'IT', reasons: [{ from: 'report', team: 'GR CSIRT', number: 3 }] }
		]);
	});

	test('the coordinator names others, and takes back only what was named', () => {
		expect(countries({ acts: [named('FR')] })).toEqual(['FR']);
		expect(countries({ acts: [named('FR'), takenBack('FR')] })).toEqual([]);
		expect(countries({ incidents: [incident('open')], acts: [named('GR'), takenBack('GR')] })).toEqual([
			'GR'
		]);
		expect(
			namedNow([named('FR', 'first'), takenBack('FR'), named('FR', 'again')]).get('FR')!.fact.reason
		).toBe('again');
	});

	test('each state once, with all reasons, never with words of a record', () => {
		const [state] = affectedStates({
			...nothing,
			incidents: [incident('open', impact('IT', 'red'), impact('IT', 'green'))],
			acts: [named('IT', 'They asked for help')]
		});
		expect(state).toEqual({
			country: 'IT',
			reasons: [
				{ from: 'incident', team: 'GR CSIRT', number: 1 },
				{ from: 'coordinator', by: 'Vera', reason: 'They asked for help', wallAt: 1 }
			]
		});
	});
});

describe('[P11] naming an affected state', () => {
	const decide = (
		command: typeof nameAffected | typeof takeBackAffected,
		role: Role | null,
		state: ExerciseState = 'running',
		known: CountryCode[] = []
	) => {
		const decision = command.decide(
			{ exercise: exercise(state, { kind: 'real' }), named: new Set(known) },
			{ country: 'FR', reason: 'Its grid' },
			{ accountId: 'a' as never, name: 'Vera', memberships: role ? [{ role }] : [] },
			{ wall: 0, exercise: 0, mint: () => 'x' as never }
		);
		return 'refused' in decision ? decision.refused.code : decision.facts;
	};

	test('is the coordinator’s alone', () => {
		expect(decide(nameAffected, 'director')).toEqual([
			{ kind: 'affected-named', country: 'FR', reason: 'Its grid' }
		]);
		expect(decide(nameAffected, 'controller')).toBe('forbidden');
		for (const role of ['moderator', 'facilitator', 'player', 'observer', null] as const)
			expect(decide(nameAffected, role), String(role)).toBe('not-found');
	});

	test('once, and not in a room that is closed for good', () => {
		expect(decide(nameAffected, 'director', 'running', ['FR'])).toBe('stale');
		expect(decide(takeBackAffected, 'director')).toBe('stale');
		expect(decide(takeBackAffected, 'director', 'reported', ['FR'])).toHaveLength(1);
		expect(decide(nameAffected, 'director', 'closed')).toBe('not-now');
	});

	test('with a reason', () => {
		expect(nameAffected.input.safeParse({ country: 'FR', reason: ' ' }).success).toBe(false);
		expect(nameAffected.input.safeParse({ country: 'XX', reason: 'why' }).success).toBe(false);
	});
});
