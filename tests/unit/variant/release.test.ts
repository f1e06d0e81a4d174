import { describe, expect, it } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import {
	approveInjects,
	releaseAdHoc,
	releaseInject,
	releaseOnSchedule
} from '#lib/exercise/inject/commands.ts';
import { injectWarnings, reachedTeams } from '#lib/exercise/inject/release.ts';
import { injectFingerprint, type Inject, type Recipients } from '#lib/exercise/inject/schema.ts';
import { takeOver } from '#lib/exercise/inject/variant.ts';
import {
	answerOf,
	controller,
	director,
	exercise,
	factOf,
	french,
	greek,
	greekModerator,
	greekPort,
	idOf,
	inject,
	injectId,
	injectState,
	moment,
	row,
	sentenceOf,
	startex,
	teams
} from '../domain/factories.ts';

const running = exercise('running');
const everyone: Recipients = { all: true, countries: [], levels: [], teams: [] };
const variantId = idOf<InjectId>('variant_one');
const place = { country: 'GR' as const, teams, variantOf: () => undefined };
const variant = takeOver(inject(), variantId, place);

describe('whom a release reaches', () => {
	it('leaves out the teams of countries that have a variant, for previews and release alike', () => {
		expect(reachedTeams(everyone, ['GR'], teams)).toEqual({ reached: [french], leftOut: [greek, greekPort] });
		expect(reachedTeams(everyone, [], teams).reached).toEqual(teams);
		expect(reachedTeams({ ...everyone, all: false, countries: ['FR'] }, ['GR'], teams)).toEqual({
			reached: [french],
			leftOut: []
		});
	});

	const release = (values: Parameters<typeof row>[0], actor = controller, to?: Recipients) =>
		releaseInject.decide(
			injectState(running, [row(values)]),
			{ inject: injectId, ...(to && { to }) },
			actor,
			moment(running)
		);

	it('by hand: the others receive it, and the answer says how many did not', () => {
		const decision = release({ variants: ['GR'] });
		const fact = factOf(decision, 'inject-released');
		expect(fact.deliveries.map((one) => one.team)).toEqual([french.id]);
		expect(fact.leftOut).toEqual([greek.id, greekPort.id]);
		expect(decision).toMatchObject({ result: { teams: 1, leftOut: 2 } });
	});

	it('by schedule: to nobody where all have a variant, so that what follows goes on', () => {
		const due = row({ variants: ['FR', 'GR'], dueAt: startex });
		const now = moment(running, 0);
		const fact = factOf(releaseOnSchedule(injectState(running, [due]), due, now), 'inject-released');
		expect(fact.deliveries).toEqual([]);
		expect(fact.leftOut).toHaveLength(3);
	});

	it('by hand to teams that all have a variant is refused, and says why', () => {
		const decision = release({ variants: ['GR'] }, controller, {
			...everyone,
			all: false,
			teams: [greek.id]
		});
		expect(answerOf(decision)).toBe('invalid');
		expect(sentenceOf(decision)).toContain('variant');
	});

	it('without variants nothing of this shows in the fact', () => {
		const fact = factOf(release({}), 'inject-released');
		expect(fact.leftOut).toBeUndefined();
		expect(fact.texts).toBeUndefined();
		expect(fact.deliveries.every((one) => !('language' in one))).toBe(true);
	});

	it('[P1] a moderator whose teams all have a variant has nothing to do with the central inject', () => {
		expect(answerOf(release({ variants: ['GR'] }, greekModerator))).toBe('not-found');
	});

	it('[P1] what another country has of its own does not make a central inject a moderator’s, and is not told', () => {
		const [without, withVariant] = [
			release({}, greekModerator),
			release({ variants: ['FR'] }, greekModerator)
		];
		expect(answerOf(withVariant)).toBe('forbidden');
		expect(withVariant).toEqual(without);
	});
});

describe('approving a variant', () => {
	const approve = (content: Inject, rows: ReturnType<typeof row>[] = [], cell: 'GR' | 'central' = 'GR') =>
		approveInjects.decide(
			injectState({ ...running, settings: { ...running.settings, authorMayApprove: true } }, rows, [content]),
			{ cell, injects: [{ inject: content.id, fingerprint: injectFingerprint(content) }] },
			director,
			moment(running)
		);

	it('is possible while the central inject is not released', () => {
		expect(answerOf(approve(variant))).toBe('facts');
		expect(answerOf(approve(variant, [row()]))).toBe('facts');
	});

	it('[P2] is refused when it reaches another country', () => {
		for (const to of [everyone, { ...everyone, all: false, teams: [greek.id, french.id] }])
			expect(answerOf(approve({ ...variant, to }))).toBe('invalid');
	});

	it('is refused the first time when its teams have the central text already, and not later', () => {
		const central = row({ state: 'released', releasedAt: startex });
		expect(answerOf(approve(variant, [central]))).toBe('not-now');
		expect(answerOf(approve({ ...variant, origin: null }, [central]))).toBe('facts');
		const approvedBefore = row({ inject: variantId, cell: 'GR', content: variant });
		expect(answerOf(approve(variant, [central, approvedBefore]))).toBe('facts');
	});

	it('an inject of the central cell is no variant, whatever its page says', () => {
		expect(answerOf(approve({ ...variant, to: everyone }, [], 'central'))).toBe('facts');
	});
});

it('what is made up during play stands in no central inject’s place', () => {
	const values = { ...variant, to: { ...everyone, all: false, countries: ['GR' as const] } };
	const decision = releaseAdHoc.decide(injectState(running, []), values, greekModerator, moment(running));
	expect(factOf(decision, 'inject-approved').content.origin).toBeNull();
});

it('a planner is warned that the central text goes out as long as the variant is not approved', () => {
	const context = {
		startsAt: startex,
		endsAt: startex + 3_600_000,
		teams,
		fingerprint: injectFingerprint,
		exists: () => true
	};
	const warnings = (of: Inject, approved: string | null) =>
		injectWarnings(of, { ...context, approved: () => approved });
	expect(warnings(variant, null)).toEqual(['variant-unapproved', 'unapproved']);
	expect(warnings(variant, injectFingerprint(variant))).toEqual([]);
	expect(warnings(inject(), null)).toEqual(['unapproved']);
});
