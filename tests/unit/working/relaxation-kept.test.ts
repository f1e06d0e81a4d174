import { describe, expect, it } from 'vitest';
import type { Decision, Moment } from '#lib/exercise/decision.ts';
import type { Actor, Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import { incidentContentSchema, incidentRecord } from '#lib/exercise/incident/schema.ts';
import { indicatorContentSchema, indicatorRecord, type Indicator } from '#lib/exercise/indicator/schema.ts';
import { sourceOf, uuidOf, type NamedIndicator } from '#lib/exercise/interchange/items.ts';
import { notificationRecord } from '#lib/exercise/notification/record.ts';
import { caseContentSchema, type Notification } from '#lib/exercise/notification/schema.ts';
import { askAboutKept, relaxKept, type KeptCopy } from '#lib/exercise/relaxation/kept.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import {
	answerOf,
	factOf,
	french,
	frenchLead,
	greek,
	greekLead,
	greekPlayer,
	greekPort,
	idOf,
	observer,
	person,
	startex,
	wallAtStart
} from '../domain/factories.ts';

const portLead = person('GR Port lead', { role: 'player', teamId: greekPort.id, lead: true });
const portPlayer = person('GR Port engineer', { role: 'player', teamId: greekPort.id });
const moment: Pick<Moment, 'mint'> = { mint: () => idOf('minted') as never };
const happened = { by: null, at: startex, wallAt: wallAtStart };

function indicator(tlp: Tlp, external: string | null = null): Indicator {
	const content = indicatorContentSchema.parse({ type: 'domain', value: 'port.example', tlp, external });
	return indicatorRecord.evolve(null, {
		...happened,
		side: 'own',
		fact: { kind: 'indicator-added', number: 1, tlp, content: content as Indicator['content'] }
	});
}

function notification(tlp: Tlp, side: 'own' | 'other'): Notification {
	const content = caseContentSchema.parse({ title: 'Port down', entity: 'Port', awareAt: startex, tlp });
	return notificationRecord.evolve(null, {
		...happened,
		side,
		...(side === 'other' && { from: greekPort.name }),
		fact: {
			kind: 'notification-submitted',
			title: 'Port down',
			tlp,
			report: 'early_warning',
			version: 1,
			form: { id: 'early_warning', version: 1 },
			values: {},
			fingerprint: '',
			due: null,
			to: greek.name,
			content,
			met: []
		}
	});
}

const atOf = (team: Team, name: string) => ({ team: team.id, record: idOf<RecordId>(name) });
const source = (of: Team) => ({ ...atOf(of, 'made'), of });
/** The Greek CSIRT has a notification of the port. */
const caseAtCsirt = (tlp: Tlp = 'amber', more: Partial<KeptCopy> = {}) =>
	({
		kind: 'notification',
		place: atOf(greek, 'kept'),
		source: source(greekPort),
		standing: notification(tlp, 'other'),
		made: notification(tlp, 'own'),
		...more
	}) as KeptCopy;
/** The French team has taken over an indicator of the Greek CSIRT. */
const indicatorAtFrench = (tlp: Tlp = 'amber', more: Partial<KeptCopy> = {}) =>
	({
		kind: 'indicator',
		place: atOf(french, 'kept'),
		source: source(greek),
		standing: indicator(tlp, 'indicator--x'),
		made: indicator(tlp),
		...more
	}) as KeptCopy;

const asking = { wanted: 'green' as Tlp, reason: 'The ministry asks', team: undefined, isAsked: false };
const ask = (copy: KeptCopy, actor: Actor, more: Partial<typeof asking> = {}): Decision =>
	askAboutKept(copy, { ...asking, ...more }, actor, moment);

describe('asking for the label of what another team made', () => {
	it('[P8] whoever keeps it asks, and the team that made it has the question', () => {
		const fact = factOf(ask(caseAtCsirt(), greekPlayer), 'relax-asked');
		expect(fact).toMatchObject({
			team: greek.id,
			tlp: 'amber',
			wanted: 'green',
			copies: [{ team: greekPort.id }],
			unseen: { kept: idOf('kept') },
			about: { from: { team: { name: greekPort.name } }, excerpt: 'Notification: Port down' }
		});
	});

	it('[P2] an indicator may have passed through other hands: who made it is not told by asking', () => {
		const fact = factOf(ask(indicatorAtFrench(), frenchLead), 'relax-asked');
		expect(fact.about).toMatchObject({ from: null, excerpt: 'Indicator: port.example' });
		expect(JSON.stringify(fact.about)).not.toContain(greek.name);
	});

	it.each<[string, KeptCopy, Actor, Partial<typeof asking>, string]>([
		['a record of another team', caseAtCsirt(), portPlayer, {}, 'not-found'],
		['by who only watches', caseAtCsirt(), observer, {}, 'not-found'],
		[
			'the own notification',
			{ ...caseAtCsirt(), standing: notification('amber', 'own') } as KeptCopy,
			greekPlayer,
			{},
			'invalid'
		],
		[
			'an indicator of its own',
			indicatorAtFrench('amber', { source: null, standing: indicator('amber') } as never),
			frenchLead,
			{},
			'invalid'
		],
		['one from outside', indicatorAtFrench('amber', { source: null }), frenchLead, {}, 'not-now'],
		['a label that is no lower', caseAtCsirt('green'), greekPlayer, {}, 'invalid'],
		['RED', indicatorAtFrench('red'), frenchLead, {}, 'forbidden'],
		['what was asked already', caseAtCsirt(), greekPlayer, { isAsked: true }, 'stale']
	])('[P8] not about %s', (_what, copy, actor, more, answer) => {
		expect(answerOf(ask(copy, actor, more))).toBe(answer);
	});
});

describe('the answer', () => {
	it('[P8] lowers the label at both sides, and raises it at none', () => {
		const answer = relaxKept(caseAtCsirt(), 'green', portLead);
		const fact = factOf(answer as Decision, 'notification-relaxed');
		expect(fact).toMatchObject({
			team: greekPort.id,
			record: idOf('made'),
			copies: [atOf(greek, 'kept')],
			tlp: 'green',
			was: 'amber'
		});
		for (const side of ['own', 'other'] as const)
			for (const tlp of tlpIds) {
				const after = notificationRecord.evolve(notification(tlp, side), { ...happened, side, fact });
				expect(after.content.tlp).toBe(tlp === 'clear' ? 'clear' : 'green');
			}
		const relaxed = relaxKept(indicatorAtFrench(), 'clear', greekPlayer);
		const after = indicatorRecord.evolve(indicator('amber', 'indicator--x'), {
			...happened,
			side: 'other',
			fact: factOf(relaxed as Decision, 'indicator-relaxed')
		});
		expect(after.content).toMatchObject({ tlp: 'clear', value: 'port.example', external: 'indicator--x' });
	});

	it('[P8] of a notification is its lead’s, and not below the incident of which it tells', () => {
		expect(answerOf(relaxKept(caseAtCsirt(), 'green', portPlayer) as Decision)).toBe('forbidden');
		const incident = incidentRecord.evolve(null, {
			...happened,
			side: 'own',
			fact: {
				kind: 'incident-opened',
				number: 4,
				tlp: 'amber',
				content: incidentContentSchema.parse({ title: 'Port down', tlp: 'amber', awareAt: startex })
			}
		});
		const strict = relaxKept(caseAtCsirt('amber', { incident } as never), 'green', portLead);
		expect(strict).toMatchObject({ refused: { code: 'not-now' } });
		expect(JSON.stringify(strict)).toContain('incident 4, marked TLP:AMBER');
	});

	it('is stale when the label is no stricter any more, and there is none about what was withdrawn', () => {
		expect(answerOf(relaxKept(caseAtCsirt('green'), 'green', portLead) as Decision)).toBe('stale');
		const withdrawn = { ...indicator('amber'), withdrawn: 'Wrong' };
		const copy = indicatorAtFrench('amber', { made: withdrawn } as never);
		expect(answerOf(relaxKept(copy, 'green', greekLead) as Decision)).toBe('not-now');
	});
});

describe('where an indicator came from', () => {
	const exercise = 'exercise';
	const own = (team: string, record: string) => uuidOf(exercise, team, record);
	const kept = (team: string, record: string, external: string | null = null) =>
		({ team, record, external }) as NamedIndicator;
	const made = kept('a', 'made');
	const first = kept('b', 'first', `indicator--${own('a', 'made')}`);
	// in MISP it left under a name of its own
	const second = kept('c', 'second', own('b', 'first'));
	const outside = kept('b', 'outside', 'indicator--5f0e1c9e-0000-4000-8000-000000000001');
	const passedOn = kept('c', 'passed', `indicator--${own('b', 'outside')}`);
	const all = [made, first, second, outside, passedOn];

	it.each<[string, NamedIndicator, NamedIndicator | null]>([
		['from the team that made it', first, made],
		['through another team, from the one that made it', second, made],
		['from the own team', made, null],
		['from outside', outside, null],
		['from outside, through another team', passedOn, null],
		['from itself', kept('d', 'loop', own('d', 'loop')), null]
	])('[P8] %s', (_what, from, source) => {
		expect(sourceOf(exercise, from, [...all, from])).toEqual(source);
	});
});
