import { describe, expect, it } from 'vitest';
import type { Fact, Recorded } from '#lib/exercise/facts.ts';
import type { DeliveryId, InjectId, RecordId } from '#lib/exercise/ids.ts';
import { deliveredInject, type Inject } from '#lib/exercise/inject/schema.ts';
import { defaultRhythm } from '#lib/exercise/report/due.ts';
import {
	figuresBy,
	figuresOf,
	filtered,
	loadByHour,
	noFilter,
	objectivesOf,
	shareInTime
} from '#lib/exercise/statistics/figures.ts';
import { Measuring, type MeasureInput } from '#lib/exercise/statistics/measures.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import {
	french,
	greek,
	greekPort,
	idOf,
	inject,
	minute,
	startex,
	teams,
	wallAtStart
} from '../domain/factories.ts';

const at = (minutes: number) => startex + minutes * minute;
const recorded = (minutes: number | null, fact: Fact): Recorded => ({
	fact,
	by: null,
	wallAt: wallAtStart,
	exerciseAt: minutes === null ? null : at(minutes)
});
const input = (values: Partial<MeasureInput> = {}): MeasureInput => ({
	teams,
	watched: new Set(teams.map(({ id }) => id)),
	startsAt: startex,
	timeZone: 'Europe/Brussels',
	rhythm: defaultRhythm,
	...values
});
const measured = (facts: readonly Recorded[], now: number, values: Partial<MeasureInput> = {}) => {
	const measuring = new Measuring(input(values));
	for (const one of facts) measuring.add(one);
	return measuring.end(at(now));
};

const delivery = (content: Inject, team: Team) => idOf<DeliveryId>(`${content.id} ${team.name}`);
const released = (minutes: number, content: Inject, to: readonly Team[]) =>
	recorded(minutes, {
		kind: 'inject-released',
		inject: content.id,
		version: 1,
		content,
		delivered: deliveredInject(content, at(minutes)),
		trigger: 'hand',
		deliveries: to.map((team) => ({ delivery: delivery(content, team), team: team.id }))
	});
const acknowledged = (minutes: number, content: Inject, team: Team) =>
	recorded(minutes, {
		kind: 'delivery-acknowledged',
		team: team.id,
		delivery: delivery(content, team),
		title: content.title,
		afterMs: 0
	});
const responded = (minutes: number, content: Inject, team: Team) =>
	recorded(minutes, {
		kind: 'delivery-responded',
		team: team.id,
		delivery: delivery(content, team),
		title: content.title,
		text: 'Done',
		afterMs: 0
	});

const cranes = inject({
	id: idOf<InjectId>('cranes'),
	acknowledgementRequired: true,
	acknowledgeWithin: 5 * 60,
	responseRequired: true,
	respondWithin: 30 * 60,
	objectives: ['OBJ-1', 'OBJ-2'],
	expectedActions: [
		{ id: 'call', text: 'Calls the port', withinSeconds: 600, critical: true },
		{ id: 'warn', text: 'Warns the network', withinSeconds: null, critical: false }
	]
});
const rumour = inject({
	id: idOf<InjectId>('rumour'),
	objectives: ['OBJ-10'],
	acknowledgementRequired: true
});

describe('times of acknowledging and responding', () => {
	const facts = [
		released(0, cranes, teams),
		acknowledged(2, cranes, greek),
		acknowledged(5, cranes, greekPort),
		acknowledged(9, cranes, french),
		responded(20, cranes, greek),
		responded(25, cranes, greek)
	];

	it('median, nine of ten, in time (exactly then is in time), late and missing', () => {
		const figures = figuresOf(measured(facts, 60), at(60));
		expect(figures.deliveries).toBe(3);
		expect(figures.acknowledged).toEqual({
			done: 3,
			median: 5 * minute,
			ninetieth: 492_000,
			inTime: 2,
			late: 1,
			missing: 0
		});
		// the first answer counts, what was added to it does not
		expect(figures.responded).toMatchObject({ done: 1, median: 20 * minute, inTime: 1, late: 0, missing: 2 });
		expect(shareInTime(figures.responded)).toBeCloseTo(1 / 3);
	});

	it('what is due later is not missing yet, and nothing is late without a limit', () => {
		expect(figuresOf(measured(facts, 30), at(30)).responded.missing).toBe(0);
		const open = figuresOf(measured([released(0, rumour, teams)], 900), at(900));
		expect(open.acknowledged).toMatchObject({ done: 0, median: null, inTime: 0, late: 0, missing: 0 });
		expect(shareInTime(open.acknowledged)).toBeNull();
	});

	it('a jump back of the clock makes no negative time', () => {
		const back = [released(60, cranes, [greek]), acknowledged(10, cranes, greek)];
		expect(figuresOf(measured(back, 10), at(10)).acknowledged.median).toBe(0);
	});

	it('facts of teams that are not asked for leave no trace', () => {
		const only = measured(facts, 60, { teams: [greek], watched: new Set([greek.id]) });
		expect(only.deliveries.map(({ team }) => team)).toEqual([greek.id]);
		expect(JSON.stringify(only)).not.toContain(french.id);
		expect([...only.load.keys()]).toEqual([greek.id]);
	});
});

describe('what was taken back', () => {
	const recalled = (minutes: number, content: Inject, from: readonly Team[]) =>
		recorded(minutes, {
			kind: 'inject-recalled',
			inject: content.id,
			reference: content.reference,
			title: content.title,
			tlp: content.tlp,
			reason: 'Wrong teams',
			deliveries: from.map((team) => ({ delivery: delivery(content, team), team: team.id }))
		});
	const marked = (minutes: number, action: string) =>
		recorded(minutes, {
			kind: 'action-marked',
			team: greek.id,
			inject: cranes.id,
			reference: cranes.reference,
			title: cranes.title,
			action,
			text: ''
		});
	const facts = [
		released(0, cranes, teams),
		acknowledged(2, cranes, greek),
		acknowledged(9, cranes, french),
		marked(3, 'call'),
		recalled(10, cranes, teams)
	];

	it('counts with what was done by then, and nobody is missing or late for the rest', () => {
		const figures = figuresOf(measured(facts, 60), at(60));
		expect(figures.deliveries).toBe(3);
		expect(figures.acknowledged).toMatchObject({ done: 2, inTime: 1, late: 1, missing: 0 });
		expect(figures.responded).toMatchObject({ done: 0, inTime: 0, late: 0, missing: 0 });
		// the same without the recall
		const before = figuresOf(measured(facts.slice(0, -1), 60), at(60));
		expect([before.acknowledged.missing, before.responded.missing]).toEqual([1, 3]);
	});

	it('expects no action any more but those that were done', () => {
		expect(figuresOf(measured(facts.slice(0, -1), 60), at(60)).actions).toMatchObject({
			expected: 6,
			met: 1
		});
		expect(figuresOf(measured(facts, 60), at(60)).actions).toEqual({ expected: 1, met: 1, partly: 0 });
	});

	it('leaves other injects alone', () => {
		const other = [...facts, released(20, rumour, [greek])];
		const figures = figuresOf(measured(other, 60), at(60));
		expect(figures.deliveries).toBe(4);
		expect(
			figuresOf(
				measured([...facts, released(20, { ...cranes, id: idOf<InjectId>('again') }, [greek])], 60),
				at(60)
			).responded.missing
		).toBe(1);
	});
});

describe('rows', () => {
	const measures = measured(
		[
			released(0, cranes, teams),
			released(1, rumour, [french]),
			acknowledged(2, cranes, greek),
			acknowledged(3, rumour, french)
		],
		10
	);

	it('by team, country and level', () => {
		const rows = (by: 'team' | 'country' | 'level') =>
			figuresBy(measures, teams, by, at(10)).map(({ key, deliveries }) => [key, deliveries]);
		expect(rows('team')).toEqual([
			[greek.id, 1],
			[greekPort.id, 1],
			[french.id, 2]
		]);
		expect(rows('country')).toEqual([
			['GR', 2],
			['FR', 2]
		]);
		expect(rows('level')).toEqual([
			['technical', 3],
			['entity', 1]
		]);
	});

	it('by objective, in the order of their numbers, and without reports', () => {
		const rows = figuresBy(measures, teams, 'objective', at(10));
		expect(rows.map(({ key, deliveries }) => [key, deliveries])).toEqual([
			['OBJ-1', 3],
			['OBJ-2', 3],
			['OBJ-10', 1]
		]);
		expect(rows.every(({ situation, nis2 }) => situation === null && nis2 === null)).toBe(true);
	});

	it('a filter leaves what it names, and an unknown one nothing', () => {
		const left = (values: object) => filtered(measures, teams, { ...noFilter, ...values }).deliveries.length;
		expect(left({})).toBe(4);
		expect(left({ country: 'GR' })).toBe(2);
		expect(left({ level: 'entity' })).toBe(1);
		expect(left({ objective: 'OBJ-10' })).toBe(1);
		expect(left({ country: 'GR', team: french.id })).toBe(0);
		expect(left({ team: 'nobodys-team' })).toBe(0);
	});
});

describe('situation reports', () => {
	const report = (minutes: number, number: number, nextDue?: number | null): Recorded =>
		recorded(minutes, {
			kind: 'report-approved',
			team: greek.id,
			page: `report-${number}`,
			number,
			title: 'Report',
			tlp: 'amber',
			text: { type: 'doc', content: [] } as never,
			fingerprint: '',
			asOf: at(minutes),
			...(nextDue !== undefined && { nextDue })
		});
	const one = { teams: [greek], watched: new Set([greek.id]) };
	const figures = (facts: Recorded[], now: number) =>
		figuresOf(measured(facts, now, one), at(now)).situation!;

	it('the first is due from STARTEX, the next as it was said with the one before', () => {
		const facts = [report(120, 1, at(180)), report(200, 2, at(260))];
		expect(figures(facts, 210)).toEqual({
			sent: 2,
			inTime: 1,
			late: 1,
			missing: 0,
			medianLate: 20 * minute,
			worstLate: 20 * minute
		});
		expect(figures(facts, 261).missing).toBe(1);
	});

	it('nobody asks for one: it is sent, and neither in time nor late', () => {
		const facts = [report(10, 1, null), report(500, 2, null)];
		expect(figures(facts, 900)).toMatchObject({ sent: 2, inTime: 1, late: 0, missing: 0 });
	});

	it('a new rhythm moves what was said to be due', () => {
		const hourly = recorded(30, {
			kind: 'report-rhythm-set',
			rhythm: { ...defaultRhythm, technical: 30 }
		});
		expect(figures([report(10, 1, at(130)), hourly, report(50, 2)], 51)).toMatchObject({
			late: 1,
			inTime: 1
		});
		expect(figures([report(10, 1, at(130)), hourly], 41).missing).toBe(1);
		expect(figures([report(10, 1, at(130))], 41).missing).toBe(0);
	});
});

describe('NIS2 reports', () => {
	const record = idOf<RecordId>('case');
	const content = {
		title: 'Port down',
		entity: 'Port',
		provider: null,
		basis: 'obliged',
		tlp: 'amber'
	} as const;
	const opened = recorded(0, {
		kind: 'notification-opened',
		team: greek.id,
		record,
		title: 'Port down',
		number: 1,
		content: { ...content, awareAt: at(0) },
		incident: null,
		form: { id: 'form', version: 1 }
	} as unknown as Fact);
	const submitted = (minutes: number, report: string, due: number, version = 1) =>
		recorded(minutes, {
			kind: 'notification-submitted',
			team: greek.id,
			record,
			title: 'Port down',
			report,
			version,
			form: { id: 'form', version: 1 },
			values: { words: 'secret' },
			fingerprint: '',
			due: at(due),
			to: null,
			content: { ...content, awareAt: at(0) },
			met: [],
			copies: [{ team: french.id, record: idOf<RecordId>('theirs') }]
		} as unknown as Fact);
	const day = 24 * 60;

	it('in time, late and missing by the clocks of the law; an amendment is no further report', () => {
		const facts = [
			opened,
			submitted(day + 60, 'early_warning', day),
			submitted(day + 90, 'early_warning', day, 2)
		];
		const figures = figuresOf(measured(facts, 2 * day), at(2 * day)).nis2!;
		expect(figures).toMatchObject({ sent: 1, inTime: 0, late: 1, missing: 0, worstLate: 60 * minute });
		expect(figuresOf(measured(facts, 3 * day + 1), at(3 * day + 1)).nis2!.missing).toBe(1);
	});

	it('the receiving side of a case has no report of its own due', () => {
		const rows = figuresBy(
			measured([opened, submitted(60, 'early_warning', day)], 70),
			teams,
			'team',
			at(70)
		);
		expect(rows.map(({ key, nis2 }) => [key, nis2!.sent])).toEqual([[greek.id, 1]]);
	});
});

describe('expected actions', () => {
	const mark = (team: Team, action: string, seen?: 'partly' | 'no') =>
		recorded(5, {
			kind: 'action-marked',
			team: team.id,
			inject: cranes.id,
			reference: '',
			title: '',
			action,
			text: '',
			...(seen && { seen })
		});
	const see = (team: Team, action: string, seen: 'yes' | 'partly' | 'no' | 'not_applicable') =>
		recorded(6, {
			kind: 'action-observed',
			team: team.id,
			delivery: delivery(cranes, team),
			title: '',
			action,
			text: '',
			seen
		});
	const facts = [released(0, cranes, [greek, french]), mark(greek, 'call'), see(french, 'call', 'yes')];
	const actions = (more: Recorded[], values: Partial<MeasureInput> = {}) =>
		figuresOf(measured([...facts, ...more], 10, values), at(10)).actions;

	it('met when marked or seen; the last word of an evaluator counts', () => {
		expect(actions([])).toEqual({ expected: 4, met: 2, partly: 0 });
		expect(actions([see(greek, 'warn', 'partly')])).toEqual({ expected: 4, met: 2, partly: 1 });
		expect(actions([see(french, 'call', 'no')])).toEqual({ expected: 4, met: 1, partly: 0 });
		expect(actions([see(greek, 'warn', 'not_applicable')])).toEqual({ expected: 3, met: 2, partly: 0 });
	});

	it('marked at the table, as noted by an evaluator: both count the same, and the better of the two', () => {
		for (const say of [mark, see]) {
			expect(actions([say(greek, 'warn', 'partly')])).toEqual({ expected: 4, met: 2, partly: 1 });
			expect(actions([say(greek, 'warn', 'no')])).toEqual({ expected: 4, met: 2, partly: 0 });
			// what was said last
			const better = say === mark ? mark(greek, 'warn') : see(greek, 'warn', 'yes');
			expect(actions([say(greek, 'warn', 'no'), better])).toEqual({ expected: 4, met: 3, partly: 0 });
		}
		expect(actions([mark(greek, 'warn', 'partly'), see(greek, 'warn', 'no')])?.partly).toBe(1);
		expect(actions([mark(greek, 'warn', 'no'), see(greek, 'warn', 'yes')])?.met).toBe(3);
		expect(actions([mark(greek, 'warn', 'no'), see(greek, 'warn', 'not_applicable')])?.expected).toBe(3);
	});

	it('[P1] of teams that are not watched nothing of what was expected is kept, nor any objective', () => {
		expect(actions([], { watched: new Set() })).toBeNull();
		const unwatched = measured(facts, 10, { watched: new Set() });
		expect(objectivesOf(unwatched)).toEqual([]);
		expect(JSON.stringify(unwatched)).not.toMatch(/OBJ|call|warn/);
	});
});

describe('load', () => {
	const log = (minutes: number | null, team: Team) =>
		recorded(minutes, { kind: 'log-added', team: team.id, log: 'communication', text: 'Seen' } as Fact);
	const message = (minutes: number, speaker: Team | null, more: object = {}) =>
		recorded(minutes, {
			kind: 'message-posted',
			channel: 'c',
			name: 'Network',
			speaker: speaker?.id ?? null,
			message: 'm',
			tlp: 'green',
			text: 'Hello',
			sources: [],
			...more
		} as unknown as Fact);

	it('by hour from the first to the last in which there was anything; silent hours between are told', () => {
		const measures = measured(
			[released(10, cranes, teams), log(59, greek), log(61, greek), message(190, greek)],
			200
		);
		expect(loadByHour(measures)).toEqual([
			{ hour: 0, deliveries: 3, log: 1, messages: 0, reports: 0 },
			{ hour: 1, deliveries: 0, log: 1, messages: 0, reports: 0 },
			{ hour: 2, deliveries: 0, log: 0, messages: 0, reports: 0 },
			{ hour: 3, deliveries: 0, log: 0, messages: 1, reports: 0 }
		]);
	});

	it('a jump over a week is no week of silence', () => {
		expect(
			loadByHour(measured([log(0, greek), log(7 * 24 * 60, greek)], 20_000)).map(({ hour }) => hour)
		).toEqual([0, 168]);
	});

	it('a message that is said again is counted once; what exercise control says is no team’s', () => {
		const measures = measured(
			[message(1, greek), message(2, greek, { corrects: 'm' }), message(3, null), log(null, greek)],
			10
		);
		expect(loadByHour(measures)).toEqual([{ hour: 0, deliveries: 0, log: 0, messages: 2, reports: 0 }]);
		const own = filtered(measures, teams, { ...noFilter, country: 'GR' });
		expect(loadByHour(own)[0]!.messages).toBe(1);
	});
});
