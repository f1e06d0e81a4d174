import { describe, expect, it } from 'vitest';
import { t } from '#lib/text/index.ts';
import type { Fact } from '#lib/exercise/facts.ts';
import type { DeliveryId, InjectId } from '#lib/exercise/ids.ts';
import { planState, type InjectStatus } from '#lib/exercise/inject/approval.ts';
import { plannedTimes } from '#lib/exercise/inject/schedule.ts';
import { deliveredInject } from '#lib/exercise/inject/schema.ts';
import {
	countRows,
	filterFromQuery,
	filterRows,
	noFilter,
	writeFilter,
	type ScriptRow
} from '#lib/exercise/inject/view.ts';
import type { RecordScope } from '#lib/exercise/record/scope.ts';
import { factWords, type RecordContext } from '#lib/exercise/record/sentence.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { audiencesOf } from '#lib/exercise/timeline.ts';
import { french, greek, greekPort, idOf, inject, startex, teams, wallAtStart } from '../domain/factories.ts';

/* What timelines, the record and the grid say of variants and languages. */

const content = inject({
	language: 'en',
	translations: { el: { title: 'Γερανοί', body: richTextFromText('…') } }
});
const released: Extract<Fact, { kind: 'inject-released' }> = {
	kind: 'inject-released',
	inject: content.id,
	version: 1,
	content,
	delivered: deliveredInject(content, startex),
	texts: { el: content.translations['el']! },
	trigger: 'hand',
	deliveries: [{ delivery: idOf<DeliveryId>('delivery_1'), team: greek.id, language: 'el' }],
	leftOut: [french.id]
};
const project = (fact: Fact) =>
	audiencesOf(
		{ fact, by: { account: 'a', name: 'Vera' }, wallAt: wallAtStart, exerciseAt: startex },
		{ team: (id) => teams.find((team) => team.id === id)!, referenceOf: () => '', actOf: () => 1 }
	);

describe('timelines', () => {
	it('[P2] exercise control reads who was left out; a country hears of its own teams only', () => {
		const projected = project(released);
		const of = (to: string) => projected.find(({ audience }) => JSON.stringify(audience).includes(to))!.body;
		expect(of('control')).toMatchObject({ leftOut: [{ id: french.id }] });
		expect(of('"GR"')).not.toHaveProperty('leftOut');
		expect(projected.some(({ audience }) => JSON.stringify(audience).includes('"FR"'))).toBe(false);
		expect(projected.map(({ audience }) => audience.to)).toEqual(['control', 'channel', 'team']);
	});

	it('released to nobody, it is told to exercise control alone', () => {
		const none = { ...released, deliveries: [], leftOut: [greek.id, greekPort.id, french.id] };
		expect(project(none).map(({ audience }) => audience.to)).toEqual(['control']);
	});
});

describe('the record', () => {
	const context: RecordContext = {
		say: t,
		teamName: (id: string) => teams.find((team) => team.id === id)?.name ?? '',
		time: String,
		duration: String,
		injectOf: () => undefined,
		isWithdrawn: () => false
	} as unknown as RecordContext;
	const player: RecordScope = {
		teams: new Set([greek.id]),
		cells: new Set(),
		staff: false,
		channels: new Map()
	};
	const control: RecordScope = { teams: null, cells: null, staff: true, channels: null };

	it('a player reads the language of the own team, exercise control what was written', () => {
		expect(factWords(released, player, context).sentence).toContain('Γερανοί');
		expect(factWords(released, control, context).sentence).toContain(content.title);
	});

	it('says that nobody was left to receive it', () => {
		const none = { ...released, deliveries: [] };
		expect(factWords(none, control, context).sentence).toContain(t('variant.record.nobody'));
	});
});

describe('the grid', () => {
	const rowOf = (values: Partial<ScriptRow>): ScriptRow => ({
		row: { id: content.id, order: 'a0', inject: content, fingerprint: '', hasFingerprint: true },
		number: 1,
		state: planState(undefined as InjectStatus | undefined, () => ''),
		warnings: [],
		plannedAt: null,
		...values
	});
	const rows = [
		rowOf({}),
		rowOf({ central: { kind: 'present', changed: 0, name: 'CM-1' } }),
		rowOf({ central: { kind: 'present', changed: 2, name: 'CM-2' } }),
		rowOf({ central: { kind: 'gone', name: 'CM-3' } })
	];

	it('counts and finds the variants whose central inject has moved on', () => {
		expect(countRows(rows).central).toBe(2);
		expect(filterRows(rows, { ...noFilter, central: true }, teams)).toEqual(rows.slice(2));
	});

	it('the address says it too', () => {
		const query = new URLSearchParams();
		writeFilter({ ...noFilter, central: true }, query);
		expect(query.toString()).toBe('central=1');
		expect(filterFromQuery(query).central).toBe(true);
	});

	it('a team finds what will reach it: not the central inject where its country has a variant', () => {
		const central = [rowOf({ variants: ['GR'] })];
		const to = (team: string) => filterRows(central, { ...noFilter, team }, teams).length;
		expect([to(greek.id), to('country:GR'), to(french.id)]).toEqual([0, 0, 1]);
	});

	it('what follows an inject of the central script has its time', () => {
		const central = idOf<InjectId>('central_one');
		const follower = inject({ schedule: { mode: 'after', inject: central, seconds: 60 } });
		const elsewhere = new Map([[central as string, startex]]);
		expect(plannedTimes([follower], startex, elsewhere).get(follower.id)).toBe(startex + 60_000);
		expect(plannedTimes([follower], startex).get(follower.id)).toBeNull();
	});
});
