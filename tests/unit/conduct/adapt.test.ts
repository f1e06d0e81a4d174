import { describe, expect, it } from 'vitest';
import { defaultSettings, type Actor, type CellId, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { adaptInject, type AdaptState } from '#lib/exercise/inject/adapt.ts';
import type { InjectRow } from '#lib/exercise/inject/commands.ts';
import { injectFingerprint, type Inject } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import {
	answerOf,
	controller,
	exercise,
	factOf,
	factsOf,
	french,
	frenchModerator,
	greek,
	greekLead,
	greekModerator,
	greekPlanner,
	idOf,
	inject,
	injectState,
	minute,
	moment,
	observer,
	person,
	row,
	sentenceOf,
	startex
} from '../domain/factories.ts';

const two = exercise('running');
const alone = exercise('running', { settings: { ...defaultSettings, authorMayApprove: true } });
const toGreece = { all: false, countries: ['GR' as const], levels: [], teams: [] };
const own = inject({
	id: idOf<InjectId>('own'),
	reference: 'GR-001',
	to: toGreece,
	schedule: { mode: 'offset', seconds: 1800 }
});
const ownRow = row({ inject: own.id, cell: 'GR', content: own, dueAt: startex + 30 * minute });
const central = inject({
	schedule: { mode: 'offset', seconds: 1800 },
	language: 'en',
	translations: { el: { title: 'Γερανοί', body: richTextFromText('Στέκονται') } }
});
const centralRow = row({ content: central, dueAt: startex + 30 * minute });

type Changes = Parameters<typeof adaptInject.decide>[1]['changes'];
function adapt(
	actor: Actor,
	changes: Changes,
	{
		of = two,
		rows = [ownRow],
		pages = { GR: [own] },
		fingerprint,
		hold = false
	}: {
		of?: Exercise;
		rows?: InjectRow[];
		pages?: Partial<Record<CellId, Inject[]>>;
		fingerprint?: string;
		hold?: boolean;
	} = {}
) {
	const state: AdaptState = {
		...injectState(of, rows),
		pages: new Map(
			Object.entries(pages).map(([cell, all]) => [
				cell as CellId,
				new Map(all.map((one) => [one.id as string, one]))
			])
		)
	};
	const target = rows[0]!;
	return adaptInject.decide(
		state,
		{
			inject: target.inject,
			fingerprint: fingerprint ?? injectFingerprint(target.content!),
			changes,
			hold
		},
		actor,
		moment(of)
	);
}

describe('adapting an inject before its release', () => {
	it('writes it on its page and submits it: somebody else approves', () => {
		const facts = factsOf(adapt(greekModerator, { title: 'Cranes stand still again' }));
		expect(facts.map((fact) => fact.kind)).toEqual(['inject-adapted', 'inject-submitted']);
		const adapted = factOf({ facts }, 'inject-adapted');
		expect(adapted).toMatchObject({
			inject: own.id,
			cell: 'GR',
			content: { title: 'Cranes stand still again' }
		});
		expect(factOf({ facts }, 'inject-submitted').fingerprint).toBe(injectFingerprint(adapted.content));
	});

	it('is approved with it where authors may approve, as the next version with its new time', () => {
		const facts = factsOf(adapt(greekModerator, { at: startex + 45 * minute }, { of: alone }));
		expect(facts.map((fact) => fact.kind)).toEqual(['inject-adapted', 'inject-approved']);
		expect(factOf({ facts }, 'inject-approved')).toMatchObject({
			version: 2,
			dueAt: startex + 45 * minute,
			content: { schedule: { mode: 'at', at: startex + 45 * minute } }
		});
	});

	it('holds the approved text meanwhile where that is wanted', () => {
		const facts = factsOf(adapt(greekModerator, { title: 'New' }, { hold: true }));
		expect(factOf({ facts }, 'inject-held').inject).toBe(own.id);
	});

	it('makes a variant of a central inject: for the own country, under the own number, without old translations', () => {
		const facts = factsOf(
			adapt(
				greekModerator,
				{ body: richTextFromText('The crane in Piraeus stands still.') },
				{ of: alone, rows: [centralRow], pages: { central: [central], GR: [own] } }
			)
		);
		const { content, of, cell } = factOf({ facts }, 'inject-adapted');
		expect([of, cell]).toEqual([central.id, 'GR']);
		expect(content).toMatchObject({
			reference: 'CE-001-EL',
			to: toGreece,
			translations: {},
			origin: { inject: central.id, taken: { title: central.title } }
		});
		expect(content.id).not.toBe(central.id);
		expect(factOf({ facts }, 'inject-approved')).toMatchObject({
			inject: content.id,
			version: 1,
			cell: 'GR'
		});
	});

	it('keeps translations when only the time changes', () => {
		const facts = factsOf(
			adapt(
				controller,
				{ at: startex + 50 * minute },
				{
					of: alone,
					rows: [centralRow],
					pages: { central: [central] }
				}
			)
		);
		expect(factOf({ facts }, 'inject-adapted')).toMatchObject({
			cell: 'central',
			content: { translations: central.translations }
		});
	});

	it('[P1] does not exist for whoever has nothing to do with it', () => {
		for (const actor of [frenchModerator, greekLead, greekPlanner, observer])
			expect(answerOf(adapt(actor, { title: 'x' }))).toBe('not-found');
		const french = row({ ...centralRow, content: inject({ to: { ...toGreece, countries: ['FR'] } }) });
		expect(answerOf(adapt(greekModerator, { title: 'x' }, { rows: [french], pages: { GR: [] } }))).toBe(
			'not-found'
		);
	});

	it('[P2] stays inside the own country', () => {
		expect(answerOf(adapt(greekModerator, { to: { ...toGreece, teams: [french.id] } }))).toBe('forbidden');
		expect(answerOf(adapt(greekModerator, { to: { ...toGreece, countries: [], teams: [greek.id] } }))).toBe(
			'facts'
		);
		const both = person('Both', { role: 'moderator', country: 'GR' }, { role: 'moderator', country: 'FR' });
		expect(answerOf(adapt(both, { title: 'x' }, { rows: [centralRow], pages: { GR: [], FR: [] } }))).toBe(
			'forbidden'
		);
	});

	it('never changes what a team has, nor what somebody else has changed meanwhile', () => {
		expect(
			answerOf(adapt(greekModerator, { title: 'x' }, { rows: [{ ...ownRow, state: 'released' }] }))
		).toBe('stale');
		expect(answerOf(adapt(greekModerator, { title: 'x' }, { fingerprint: 'f'.repeat(64) }))).toBe('stale');
		const begun = { ...own, title: 'Planners write here' };
		expect(sentenceOf(adapt(greekModerator, { title: 'x' }, { pages: { GR: [begun] } }))).toMatch(
			/changed on its script page/
		);
		expect(answerOf(adapt(greekModerator, { title: 'x' }, { pages: { GR: [] } }))).toBe('not-now');
		const taken = { ...own, origin: { inject: central.id, taken: central } };
		expect(
			sentenceOf(adapt(greekModerator, { title: 'x' }, { rows: [centralRow], pages: { GR: [taken] } }))
		).toMatch(/taken it over as GR-001/);
	});

	it('[P5] refuses a time that is past, an empty change and a title without words', () => {
		expect(answerOf(adapt(greekModerator, { at: startex + 10 * minute }))).toBe('invalid');
		expect(answerOf(adapt(greekModerator, {}))).toBe('invalid');
		expect(answerOf(adapt(greekModerator, { title: own.title }))).toBe('invalid');
		expect(
			adaptInject.input.safeParse({ inject: own.id, fingerprint: 'f'.repeat(64), changes: { title: ' ' } })
				.success
		).toBe(false);
		expect(answerOf(adapt(greekModerator, { title: 'x' }, { of: exercise('ended') }))).toBe('not-now');
	});
});
