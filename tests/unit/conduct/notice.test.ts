import { describe, expect, it } from 'vitest';
import { t } from '#lib/text/index.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { tlpIds } from '#lib/standards/tlp.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { Fact } from '#lib/exercise/facts.ts';
import type { HelpId, TeamId } from '#lib/exercise/ids.ts';
import { deliveredInject } from '#lib/exercise/inject/schema.ts';
import {
	defaultChoices,
	mailedKinds,
	noticeChoicesSchema,
	noticeKinds,
	readChoices,
	wants
} from '#lib/exercise/notice/choices.ts';
import { gathered, happeningOf, noticeText, severityOf } from '#lib/exercise/notice/notice.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import {
	controller,
	frenchLead,
	frenchModerator,
	greek,
	greekEvaluator,
	greekLead,
	greekModerator,
	greekPlayer,
	idOf,
	inject,
	observer,
	person,
	startex,
	stranger,
	teams
} from '../domain/factories.ts';

const countryOf = (id: TeamId) => teams.find((team) => team.id === id)?.country;
const told = (fact: Fact, actor: Actor) => happeningOf(fact, { actor, countryOf })?.kind ?? null;
const secret = inject({ title: 'ZEISIG title', tlp: 'amber', from: 'ZEISIG sender' });
const released: Fact = {
	kind: 'inject-released',
	inject: secret.id,
	version: 1,
	content: secret,
	delivered: deliveredInject(secret, startex),
	trigger: 'schedule',
	deliveries: [{ delivery: idOf('delivery'), team: greek.id }]
};

describe('whom a fact is told to', () => {
	it('[P1] [P2] [R17] an inject to those who play in a team that has it, and nobody else', () => {
		for (const actor of [greekLead, greekPlayer]) expect(told(released, actor)).toBe('inject');
		for (const actor of [frenchLead, greekModerator, greekEvaluator, controller, observer, stranger])
			expect(told(released, actor)).toBeNull();
	});

	it('[P1] [P2] [P8] a recall to those who had it, in the title that they read, and never why', () => {
		const recalled: Fact = {
			kind: 'inject-recalled',
			inject: secret.id,
			reference: 'ZEISIG reference',
			title: 'ZEISIG title',
			tlp: 'green',
			reason: 'ZEISIG reason',
			deliveries: [{ delivery: idOf('delivery'), team: greek.id, title: 'Own title' }]
		};
		const happening = happeningOf(recalled, { actor: greekPlayer, countryOf })!;
		expect(noticeText(happening, 'Meridian', t)).toEqual({
			title: 'EXERCISE: An inject was recalled in Meridian',
			body: 'Own title'
		});
		for (const actor of [frenchLead, greekModerator, greekEvaluator, controller, observer, stranger])
			expect(told(recalled, actor)).toBeNull();
	});

	it('[P1] nothing of planning is told to anybody', () => {
		const facts: Fact[] = [
			{ kind: 'inject-held', inject: secret.id, reference: 'a', title: 'b', reason: 'c' },
			{ kind: 'inject-skipped', inject: secret.id, reference: 'a', title: 'b', reason: 'c' },
			{
				kind: 'inject-approved',
				inject: secret.id,
				cell: 'central',
				version: 1,
				content: secret,
				fingerprint: '',
				dueAt: null
			},
			{ kind: 'catch-up-held' }
		];
		for (const fact of facts)
			for (const actor of [greekLead, controller, greekModerator, observer])
				expect(told(fact, actor)).toBeNull();
	});

	it('[P2] questions to those who answer them, answers to the team', () => {
		const asked = (to?: string): Fact => ({
			kind: 'question-asked',
			team: greek.id,
			question: idOf('q'),
			text: 'Who?',
			...(to && { to })
		});
		const simcell = person('Actor', { role: 'simcell' });
		for (const actor of [controller, greekModerator]) expect(told(asked(), actor)).toBe('request');
		for (const actor of [frenchModerator, frenchLead, greekLead, simcell, stranger])
			expect(told(asked(), actor)).toBeNull();
		expect(told(asked('Port authority'), simcell)).toBe('request');
		const requested = (to: { control: true } | { body: string } | { team: string }): Fact => ({
			kind: 'request-asked',
			team: greek.id,
			record: idOf('r'),
			tlp: 'amber',
			to,
			question: 'Who?',
			neededBy: null
		});
		for (const actor of [controller, greekModerator]) {
			expect(told(requested({ control: true }), actor)).toBe('request');
			expect(told(requested({ body: 'Port authority' }), actor)).toBe('request');
			expect(told(requested({ team: 'FR CSIRT' }), actor)).toBeNull();
		}
		expect(told(requested({ body: 'Port authority' }), simcell)).toBe('request');
		for (const to of [{ control: true } as const, { team: 'FR CSIRT' }])
			expect(told(requested(to), simcell)).toBeNull();
		for (const actor of [frenchModerator, frenchLead, greekLead, observer, stranger])
			expect(told(requested({ body: 'Port authority' }), actor)).toBeNull();
		const answered: Fact = {
			kind: 'question-answered',
			team: greek.id,
			question: idOf('q'),
			asked: 'Who?',
			answer: 'You'
		};
		expect(told(answered, greekPlayer)).toBe('request');
		for (const actor of [frenchLead, controller, observer]) expect(told(answered, actor)).toBeNull();
	});

	it('[P2] the help desk: the request to the desk, the answer to the person alone', () => {
		const of = { request: idOf<HelpId>('help'), person: greekPlayer.accountId };
		const asked: Fact = {
			kind: 'help-asked',
			...of,
			topic: 'technical',
			text: 'x',
			place: '',
			teams: [],
			countries: ['GR']
		};
		expect(told(asked, controller)).toBe('request');
		expect(told(asked, greekModerator)).toBe('request');
		for (const actor of [frenchModerator, greekLead, greekPlayer]) expect(told(asked, actor)).toBeNull();
		const answered: Fact = { kind: 'help-answered', ...of, askedBy: 'x', asked: 'x', answer: 'y' };
		expect(told(answered, greekPlayer)).toBe('request');
		for (const actor of [greekLead, controller]) expect(told(answered, actor)).toBeNull();
	});

	it('[P2] an announcement to some teams to them, their moderators and exercise control', () => {
		const some: Fact = {
			kind: 'announcement-made',
			text: 'x',
			tlp: 'green',
			to: { countries: ['GR'], levels: [], teams: [greek.id] }
		};
		for (const actor of [greekLead, greekModerator, controller]) expect(told(some, actor)).toBe('inject');
		for (const actor of [frenchLead, frenchModerator, observer]) expect(told(some, actor)).toBeNull();
		expect(told({ kind: 'announcement-made', text: 'x', tlp: 'green' }, observer)).toBe('inject');
	});

	it('[P2] [R17] a finding to those who may answer for a country that was asked, and to nobody else', () => {
		const put = (countries: CountryCode[]): Fact => ({
			kind: 'finding-circulated',
			finding: idOf('finding'),
			title: 'ZEISIG title',
			round: 1,
			countries,
			deadline: startex + 1,
			content: {
				title: 'ZEISIG title',
				kind: 'strength',
				capability: '',
				tlp: 'clear',
				text: richTextFromText('ZEISIG'),
				cause: richTextFromText(''),
				recommendation: richTextFromText('')
			},
			fingerprint: ''
		});
		for (const actor of [greekLead, greekModerator]) expect(told(put(['GR']), actor)).toBe('request');
		for (const actor of [
			frenchLead,
			frenchModerator,
			greekPlayer,
			greekEvaluator,
			controller,
			observer,
			stranger
		])
			expect(told(put(['GR']), actor)).toBeNull();
		// it says that there is one, not which, whatever its label
		const happening = happeningOf(put(['GR', 'FR']), { actor: frenchLead, countryOf })!;
		const { title, body } = noticeText(happening, 'Meridian', t);
		expect(title).toBe('EXERCISE: A finding waits for the answer of your country in Meridian');
		expect(body).toBe('');
		expect(gathered([happening, happening])).toEqual([{ kind: 'request', count: 2, as: 'finding' }]);
		expect(gathered([happening, { kind: 'request', count: 1 }])).toEqual([{ kind: 'request', count: 2 }]);
	});

	it('the stop and the clock to everybody who takes part', () => {
		expect(told({ kind: 'exercise-stopped', segment: null, reason: 'fire' }, observer)).toBe('stop');
		expect(told({ kind: 'exercise-stopped', segment: null, reason: 'fire' }, stranger)).toBeNull();
		const segment = { wallStart: 0, exerciseStart: 0, rate: 0 };
		expect(told({ kind: 'clock-paused', segment }, greekLead)).toBe('mode');
	});
});

describe('[P8] what a notice says', () => {
	it('[P8] kind, exercise, count and marking; a title only where the label lets everybody read it', () => {
		for (const tlp of tlpIds) {
			const text = noticeText({ kind: 'inject', count: 1, title: 'Gates closed', tlp }, 'Meridian', t);
			expect(text.title).toBe('EXERCISE: New inject in Meridian');
			expect(text.body).toBe(tlp === 'clear' || tlp === 'green' ? 'Gates closed' : '');
		}
		expect(noticeText({ kind: 'inject', count: 1, title: 'Gates closed' }, 'Meridian', t).body).toBe('');
		expect(
			noticeText({ kind: 'inject', count: 2, title: 'Gates closed', tlp: 'clear' }, 'Meridian', t)
		).toEqual({ title: 'EXERCISE: 2 new injects or announcements in Meridian', body: '' });
	});

	it('[P8] every kind is marked, and the stop says so itself', () => {
		for (const kind of noticeKinds) {
			const { title } = noticeText({ kind, count: 3 }, 'Meridian', t);
			expect(title).toMatch(kind === 'stop' ? /^STOP: / : /^EXERCISE: /);
			expect(title).toContain('Meridian');
			expect(title).toContain('3');
		}
		expect(severityOf('stop')).toBe('alarm');
	});

	it('gathers several into one of each kind, what presses first', () => {
		expect(
			gathered([
				{ kind: 'mode', count: 1 },
				{ kind: 'inject', count: 1, title: 'a', tlp: 'clear' },
				{ kind: 'inject', count: 1, title: 'b', tlp: 'clear' },
				{ kind: 'stop', count: 1 }
			])
		).toEqual([
			{ kind: 'stop', count: 1 },
			{ kind: 'inject', count: 2 },
			{ kind: 'mode', count: 1 }
		]);
	});
});

describe('what somebody chose', () => {
	it('begins without mail, and survives what is not understood', () => {
		expect(mailedKinds(defaultChoices)).toEqual([]);
		expect(readChoices(null)).toEqual(defaultChoices);
		expect(readChoices({ ways: { inject: ['mail'], stop: ['smoke'] }, digestMinutes: 1 })).toEqual({
			...defaultChoices,
			ways: { ...defaultChoices.ways, inject: ['mail'] }
		});
		expect(wants(readChoices({ ways: { mode: [] } }), 'mode', 'page')).toBe(false);
	});

	it('is bounded: a mail every five minutes at most', () => {
		const of = (digestMinutes: number) =>
			noticeChoicesSchema.safeParse({ ...defaultChoices, digestMinutes }).success;
		expect([4, 5, 1440, 1441, 7.5].map(of)).toEqual([false, true, true, false, false]);
	});
});
