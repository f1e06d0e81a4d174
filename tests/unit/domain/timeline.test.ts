import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countryCodes } from '#lib/standards/countries.ts';
import { tlpIds } from '#lib/standards/tlp.ts';
import { timelineName, type Audience } from '#lib/exercise/documents.ts';
import { teamLevels, type Team } from '#lib/exercise/exercise/schema.ts';
import type { Fact, FactKind } from '#lib/exercise/facts.ts';
import type {
	CardId,
	DeliveryId,
	EntryId,
	ExerciseId,
	FindingId,
	GuideId,
	InjectId,
	ObservationId,
	MediaId,
	QuestionId,
	SharedReportId,
	TeamId,
	PassageId
} from '#lib/exercise/ids.ts';
import {
	deliveredInject,
	injectCategories,
	injectChannels,
	injectLevels,
	type Inject,
	type Schedule
} from '#lib/exercise/inject/schema.ts';
import type { ChannelFact } from '#lib/exercise/channel/facts.ts';
import type { GuideRef, ObservationContent } from '#lib/exercise/evaluation/schema.ts';
import { defaultRhythm } from '#lib/exercise/report/due.ts';
import type { WorkingFact } from '#lib/exercise/working/kinds.ts';
import type { FrozenFinding } from '#lib/exercise/finding/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import {
	audiencesOf,
	compareEntries,
	type EntryBody,
	type ProjectionContext,
	type TimelineEntry
} from '#lib/exercise/timeline.ts';
import { french, greek, greekPort, idOf, inject, minute, startex, team, wallAtStart } from './factories.ts';

const segment = { wallStart: wallAtStart, exerciseStart: startex, rate: 1 };
const delivery = idOf<DeliveryId>('delivery');
const question = idOf<QuestionId>('question');
const card = idOf<CardId>('card');
const item = idOf<MediaId>('media item');
const teamsById = new Map([greek, greekPort, french].map((one) => [one.id, one]));
const context: ProjectionContext = {
	team: (id) => teamsById.get(id)!,
	referenceOf: () => 'CE-001',
	actOf: () => 1
};

const project = (fact: Fact, of = context) =>
	audiencesOf(
		{ fact, by: { account: 'account', name: 'Somebody' }, wallAt: wallAtStart, exerciseAt: startex },
		of
	);

const labelOf = (audience: Audience) =>
	audience.to === 'control'
		? 'control'
		: audience.to === 'channel'
			? audience.channel
			: audience.to === 'evaluation'
				? `evaluation ${teamsById.get(audience.team)!.name}`
				: teamsById.get(audience.team)!.name;

const content = inject();
const released: Fact = {
	kind: 'inject-released',
	inject: content.id,
	version: 2,
	content,
	delivered: deliveredInject(content, startex),
	trigger: 'hand',
	deliveries: [greek, greekPort, french].map((one, i) => ({
		delivery: idOf<DeliveryId>(`delivery_${i}`),
		team: one.id
	}))
};
const named = { inject: content.id, reference: 'CE-001', title: content.title };
const ofGreek = { team: greek.id };
const observation = idOf<ObservationId>('observation');
const about: GuideRef = {
	guide: idOf<GuideId>('guide'),
	task: null,
	objective: 'OBJ-1',
	capability: 'Detection',
	words: 'Words'
};
const observed: ObservationContent = { sort: 'strength', text: 'Text', evidence: [], about, rating: null };

const ofFinding = { finding: idOf<FindingId>('finding'), title: 'No reserve line' };
const frozen: FrozenFinding = {
	title: 'No reserve line',
	kind: 'area_for_improvement',
	capability: '',
	tlp: 'amber',
	text: richTextFromText('Nobody had tested it.'),
	cause: richTextFromText(''),
	recommendation: richTextFromText('')
};
const answered = { ...ofFinding, round: 2, country: 'GR' as const, words: 'Our own words' };
const recalled: Fact = {
	kind: 'inject-recalled',
	...named,
	tlp: 'amber',
	reason: 'Sent to the wrong teams',
	deliveries: [
		{ delivery: idOf<DeliveryId>('delivery_0'), team: greek.id, title: 'Γερανοί' },
		{ delivery: idOf<DeliveryId>('delivery_2'), team: french.id }
	]
};

/**
 * Every kind of fact, and who sees it: the list is closed. A star: this audience reads who did it.
 */
const table: Record<
	Exclude<FactKind, WorkingFact['kind'] | ChannelFact['kind']>,
	[fact: Fact, audiences: string[]]
> = {
	'exercise-advanced': [{ kind: 'exercise-advanced', from: 'draft', to: 'planned' }, []],
	'exercise-started': [{ kind: 'exercise-started', segment }, ['control*', 'everyone']],
	'clock-paused': [{ kind: 'clock-paused', segment }, ['control*', 'everyone']],
	'clock-resumed': [{ kind: 'clock-resumed', segment }, ['control*', 'everyone']],
	'clock-rate-set': [{ kind: 'clock-rate-set', segment, rate: 24 }, ['control*', 'everyone']],
	'clock-jumped': [
		{ kind: 'clock-jumped', segment, from: 0, to: 1, reason: 'Night' },
		['control*', 'everyone']
	],
	'exercise-stopped': [{ kind: 'exercise-stopped', segment, reason: 'Fire' }, ['control*', 'everyone']],
	'stop-lifted': [{ kind: 'stop-lifted', to: 'paused' }, ['control*', 'everyone']],
	'exercise-ended': [{ kind: 'exercise-ended', segment }, ['control*', 'everyone']],
	'announcement-made': [{ kind: 'announcement-made', text: 'Lunch', tlp: 'green' }, ['control*', 'everyone']],
	'inject-submitted': [{ kind: 'inject-submitted', cell: 'central', fingerprint: '', ...named }, []],
	'inject-returned': [{ kind: 'inject-returned', reason: 'Why?', ...named }, []],
	'inject-approved': [
		{
			kind: 'inject-approved',
			inject: content.id,
			cell: 'central',
			version: 1,
			content,
			fingerprint: '',
			dueAt: null
		},
		['control*']
	],
	'inject-adapted': [{ kind: 'inject-adapted', cell: 'GR', content, ...named }, ['GR*', 'control*']],
	'team-prompted': [
		{ kind: 'team-prompted', text: 'Look at the log', tlp: 'green', ...ofGreek },
		['GR CSIRT', 'GR*', 'control*']
	],
	'table-asked': [
		{ kind: 'table-asked', question: 'Who pays?', seconds: 300, endsAt: 1, ...ofGreek },
		['GR CSIRT*']
	],
	'table-extended': [
		{ kind: 'table-extended', question: 'Who pays?', seconds: 120, endsAt: 2, ...ofGreek },
		['GR CSIRT*']
	],
	'table-cleared': [{ kind: 'table-cleared', question: 'Who pays?', ...ofGreek }, ['GR CSIRT*']],
	'suggestion-dismissed': [
		{
			kind: 'suggestion-dismissed',
			missed: { inject: content.id, action: 'a', reference: 'CE-000', text: 'Isolates the network' },
			note: 'They are about to',
			...named,
			...ofGreek
		},
		['GR*', 'control*']
	],
	'figures-shared': [{ kind: 'figures-shared', country: 'GR', shared: true }, []],
	'affected-named': [{ kind: 'affected-named', country: 'GR', reason: 'Its ports' }, []],
	'affected-taken-back': [{ kind: 'affected-taken-back', country: 'GR', reason: 'Not its ports' }, []],
	'records-relabelled': [
		{
			kind: 'records-relabelled',
			format: 'stix',
			from: 'exercise',
			objects: 1,
			confirmed: 'Vera',
			...ofGreek
		},
		[]
	],
	'catch-up-held': [{ kind: 'catch-up-held' }, ['control*']],
	'catch-up-resumed': [{ kind: 'catch-up-resumed' }, ['control*']],
	'catch-up-rate-set': [{ kind: 'catch-up-rate-set', perMinute: 10 }, ['control*']],
	'work-claimed': [{ kind: 'work-claimed', of: { kind: 'country', subject: 'GR' }, label: 'GR' }, []],
	'work-returned': [
		{
			kind: 'work-returned',
			of: { kind: 'country', subject: 'GR' },
			label: 'GR',
			from: { accountId: idOf('ana'), name: 'Ana' },
			why: 'left'
		},
		[]
	],
	'help-asked': [
		{
			kind: 'help-asked',
			request: idOf('help_1'),
			person: idOf('ana'),
			topic: 'technical',
			text: 'No sound',
			place: '',
			teams: ['GR CSIRT'],
			countries: ['GR']
		},
		[]
	],
	'help-answered': [
		{
			kind: 'help-answered',
			request: idOf('help_1'),
			person: idOf('ana'),
			askedBy: 'Ana',
			asked: 'No sound',
			answer: 'Click once'
		},
		[]
	],
	'help-closed': [{ kind: 'help-closed', request: idOf('help_1'), person: idOf('ana'), askedBy: 'Ana' }, []],
	'inject-held': [{ kind: 'inject-held', reason: 'Later', ...named }, ['control*']],
	'inject-hold-lifted': [{ kind: 'inject-hold-lifted', dueAt: null, ...named }, ['control*']],
	'inject-skipped': [{ kind: 'inject-skipped', reason: 'Not needed', ...named }, ['control*']],
	'inject-released': [released, ['FR CSIRT', 'FR*', 'GR CSIRT', 'GR Port', 'GR*', 'control*']],
	'inject-recalled': [recalled, ['FR CSIRT', 'FR*', 'GR CSIRT', 'GR*', 'control*']],
	'delivery-seen': [{ kind: 'delivery-seen', delivery, ...ofGreek }, []],
	'delivery-acknowledged': [
		{ kind: 'delivery-acknowledged', delivery, title: 'Title', afterMs: 1, ...ofGreek },
		['GR CSIRT*', 'GR*', 'control*']
	],
	'delivery-responded': [
		{ kind: 'delivery-responded', delivery, title: 'Title', text: 'Text', afterMs: 1, ...ofGreek },
		['GR CSIRT*', 'GR*', 'control*']
	],
	'action-marked': [
		{ kind: 'action-marked', action: 'a', text: 'Isolates the network', ...named, ...ofGreek },
		['GR*', 'control*']
	],
	'log-added': [
		{ kind: 'log-added', log: 'note', text: 'Text', ...ofGreek },
		['GR CSIRT*', 'GR*', 'control*']
	],
	'decision-recorded': [
		{
			kind: 'decision-recorded',
			number: 1,
			decision: {
				question: 'q',
				factsKnown: '',
				assumptions: '',
				options: [],
				chosen: 'c',
				reason: '',
				consulted: '',
				dissent: ''
			},
			...ofGreek
		},
		['GR CSIRT*', 'GR*', 'control*']
	],
	'decision-moved': [
		{ kind: 'decision-moved', number: 1, chosen: 'c', to: 'revoked', reason: 'r', ...ofGreek },
		['GR CSIRT*', 'GR*', 'control*']
	],
	'question-asked': [
		{ kind: 'question-asked', question, text: 'Text', ...ofGreek },
		['GR CSIRT*', 'GR*', 'control*']
	],
	'question-answered': [
		{ kind: 'question-answered', question, asked: 'Text', answer: 'Answer', ...ofGreek },
		['GR CSIRT', 'GR*', 'control*']
	],
	'report-opened': [
		{ kind: 'report-opened', page: 'report-1', number: 1, ...ofGreek },
		['GR CSIRT*', 'GR*', 'control*']
	],
	'report-approved': [
		{
			kind: 'report-approved',
			page: 'report-1',
			number: 1,
			title: 'Title',
			tlp: 'amber',
			text: richTextFromText('Text'),
			fingerprint: '',
			asOf: startex,
			...ofGreek
		},
		['GR CSIRT*', 'GR*', 'control*']
	],
	'media-published': [
		{
			kind: 'media-published',
			item,
			media: 'statement',
			publisher: greek.id,
			outlet: 'GR CSIRT',
			title: 'Title',
			text: 'Text'
		},
		['control*', 'media']
	],
	'media-commented': [
		{ kind: 'media-commented', item, publisher: null, outlet: '@port', text: 'Text' },
		['control*', 'media']
	],
	'media-counted': [{ kind: 'media-counted', item, counters: { views: 1, likes: 2, shares: 3 } }, ['media']],
	'media-withdrawn': [
		{ kind: 'media-withdrawn', item, outlet: 'GR CSIRT', title: 'Title', reason: 'Wrong' },
		['control*', 'media']
	],
	'report-shared': [
		{
			kind: 'report-shared',
			page: 'report-1',
			number: 1,
			title: 'Title',
			tlp: 'amber',
			asOf: startex,
			text: richTextFromText('Text'),
			content: null,
			approvedAt: startex,
			approvedBy: 'Lead',
			copies: [{ team: french.id, shared: idOf<SharedReportId>('shared') }],
			channels: [],
			reached: [french.id],
			people: 2,
			countries: ['FR'],
			...ofGreek
		},
		['FR CSIRT*', 'FR*', 'GR CSIRT*', 'GR*', 'control*']
	],
	'report-rhythm-set': [{ kind: 'report-rhythm-set', rhythm: defaultRhythm }, ['control*', 'everyone']],
	'card-added': [
		{ kind: 'card-added', card, column: 'change', text: 'Text', anonymous: false, ...ofGreek },
		[]
	],
	'card-withdrawn': [{ kind: 'card-withdrawn', card, ...ofGreek }, []],
	'card-voted': [{ kind: 'card-voted', card, on: true, ...ofGreek }, []],
	'observation-recorded': [
		{ kind: 'observation-recorded', observation, content: observed, ...ofGreek },
		['evaluation GR CSIRT*']
	],
	'observation-corrected': [
		{ kind: 'observation-corrected', observation, content: observed, ...ofGreek },
		['evaluation GR CSIRT*']
	],
	'observation-withdrawn': [
		{ kind: 'observation-withdrawn', observation, reason: '', ...ofGreek },
		['evaluation GR CSIRT*']
	],
	'rating-given': [
		{ kind: 'rating-given', about, rating: 'S', reason: '', ...ofGreek },
		['evaluation GR CSIRT*']
	],
	'action-observed': [
		{ kind: 'action-observed', delivery, title: 'Title', action: 'a', text: 'Text', seen: 'yes', ...ofGreek },
		['evaluation GR CSIRT*']
	],
	'finding-evidenced': [{ kind: 'finding-evidenced', of: greek.id, observation, on: true, ...ofFinding }, []],
	'finding-merged': [
		{ kind: 'finding-merged', into: idOf<FindingId>('other'), intoTitle: 'Another', ...ofFinding },
		[]
	],
	'finding-circulated': [
		{
			kind: 'finding-circulated',
			round: 2,
			countries: ['GR', 'IT'],
			deadline: 5,
			content: frozen,
			fingerprint: '',
			...ofFinding
		},
		[]
	],
	'finding-commented': [{ kind: 'finding-commented', ...answered }, []],
	'finding-agreed': [{ kind: 'finding-agreed', ...answered }, []],
	'finding-objected': [{ kind: 'finding-objected', ...answered }, []],
	'finding-opened': [{ kind: 'finding-opened', country: 'GR', on: true, ...ofFinding }, []],
	'contribution-handed-over': [
		{ kind: 'contribution-handed-over', country: 'GR', version: 1, sha256: '', tlp: 'green' },
		[]
	],
	'contribution-taken-back': [{ kind: 'contribution-taken-back', country: 'GR', version: 1 }, []],
	'passage-taken-over': [
		{
			kind: 'passage-taken-over',
			passage: idOf<PassageId>('passage'),
			chapter: 'summary',
			country: 'GR',
			version: 1,
			section: 'did',
			block: null,
			sha256: '',
			tlp: 'green',
			words: ''
		},
		[]
	],
	'aar-circulated': [
		{
			kind: 'aar-circulated',
			version: 1,
			extent: 'public',
			sha256: '',
			countries: ['GR'],
			deadline: 5,
			silence: true
		},
		[]
	],
	'aar-commented': [{ kind: 'aar-commented', version: 1, sha256: '', country: 'GR', words: '' }, []],
	'aar-agreed': [{ kind: 'aar-agreed', version: 1, sha256: '', country: 'GR', words: '' }, []],
	'aar-objected': [{ kind: 'aar-objected', version: 1, sha256: '', country: 'GR', words: '' }, []],
	'aar-published': [{ kind: 'aar-published', version: 1, sha256: '' }, []]
};

describe('who sees what of a fact', () => {
	for (const [kind, [fact, audiences]] of Object.entries(table))
		it(`[R1] ${kind}: ${audiences.join(', ') || 'on no timeline'}`, () => {
			const projected = project(fact).map(({ audience, named }) => labelOf(audience) + (named ? '*' : ''));
			expect(projected.sort()).toEqual(audiences);
		});

	it('[P2] a country’s channel tells of the own teams only', () => {
		const channel = (country: string) =>
			project(released).find(({ audience }) => labelOf(audience) === country)!.body as EntryBody & {
				kind: 'released';
			};
		expect(channel('GR').teams.map((one) => one.name)).toEqual(['GR CSIRT', 'GR Port']);
		expect(channel('FR').teams.map((one) => one.name)).toEqual(['FR CSIRT']);
	});

	it('[P2] of a recall each team reads its own title and the reason, and nothing of planning or of others', () => {
		const toTeams = project(recalled).filter(({ audience }) => audience.to === 'team');
		expect(toTeams.map(({ body }) => body)).toEqual([
			{
				kind: 'inject-recalled',
				delivery: 'delivery_0__',
				title: 'Γερανοί',
				tlp: 'amber',
				reason: 'Sent to the wrong teams'
			},
			{
				kind: 'inject-recalled',
				delivery: 'delivery_2__',
				title: content.title,
				tlp: 'amber',
				reason: 'Sent to the wrong teams'
			}
		]);
		const channel = project(recalled).find(({ audience }) => labelOf(audience) === 'GR')!.body;
		expect(channel).toMatchObject({ kind: 'recalled', teams: [{ id: greek.id }] });
		expect(JSON.stringify(channel)).not.toContain(french.id);
	});

	it('[P2] each team reads its own delivery, and nothing that tells of the others', () => {
		const toTeams = project(released).filter(({ audience }) => audience.to === 'team');
		expect(toTeams.map(({ body }) => (body as { delivery: string }).delivery)).toEqual([
			'delivery_0__',
			'delivery_1__',
			'delivery_2__'
		]);
		for (const { body } of toTeams) expect(Object.keys(body).sort()).toEqual(['delivery', 'inject', 'kind']);
	});

	it('[P1] what a team did reaches it without the planners’ reference, and exercise control with it', () => {
		for (const kind of ['delivery-acknowledged', 'delivery-responded'] as const) {
			const bodies = project(table[kind][0]);
			for (const { audience, body } of bodies)
				expect([labelOf(audience), 'reference' in body]).toEqual([labelOf(audience), audience.to !== 'team']);
		}
	});
});

// --- canaries: a word in each field that players must not read ----------------------------------------------------------

const word = (field: string) =>
	fc.integer({ min: 0, max: 0xffff }).map((n) => `canary-${field}-${n.toString(16)}`);
const open = (field: string) =>
	fc.integer({ min: 0, max: 0xffff }).map((n) => `open-${field}-${n.toString(16)}`);
const within = fc.option(fc.integer({ min: 1, max: 100_000 }));

const schedule: fc.Arbitrary<Schedule> = fc.oneof(
	fc.record({
		mode: fc.constant('at' as const),
		at: fc.integer({ min: startex, max: startex + 120 * minute })
	}),
	fc.record({ mode: fc.constant('offset' as const), seconds: fc.nat(7200) }),
	fc.record({
		mode: fc.constant('after' as const),
		inject: word('after').map((one) => one as InjectId),
		seconds: fc.nat(7200)
	}),
	fc.constant({ mode: 'manual' as const }),
	fc.record({ mode: fc.constant('contingency' as const), condition: word('condition') })
);

const injectWithCanaries: fc.Arbitrary<Inject> = fc.record({
	id: word('id').map((one) => one as InjectId),
	reference: word('reference'),
	storyline: word('storyline'),
	title: open('title'),
	category: fc.constantFrom(...injectCategories),
	level: fc.constantFrom(...injectLevels),
	schedule,
	from: open('from'),
	to: fc.record({
		all: fc.boolean(),
		countries: fc.subarray([...countryCodes]),
		levels: fc.subarray([...teamLevels]),
		teams: fc.array(word('recipient').map((one) => one as TeamId))
	}),
	channel: fc.constantFrom(...injectChannels),
	tlp: fc.constantFrom(...tlpIds),
	body: open('body').map(richTextFromText),
	expectedActions: fc.array(
		fc.record({ id: word('action'), text: word('expected'), withinSeconds: within, critical: fc.boolean() }),
		{ maxLength: 4 }
	),
	windowSeconds: within,
	objectives: fc.array(word('objective'), { maxLength: 4 }),
	capabilities: fc.array(word('capability'), { maxLength: 4 }),
	controller: word('controller'),
	evaluatorNotes: word('evaluator'),
	controllerNotes: word('notes'),
	acknowledgementRequired: fc.boolean(),
	acknowledgeWithin: within,
	responseRequired: fc.boolean(),
	respondWithin: within,
	language: fc.constant(''),
	translations: fc.constant({}),
	attachments: fc.constant([]),
	origin: fc.constant(null),
	otherFields: fc.array(fc.record({ name: word('field'), value: word('value') }), { maxLength: 2 })
});

const canaryTeams = fc
	.uniqueArray(fc.constantFrom(...countryCodes), { minLength: 1, maxLength: 5 })
	.map((countries) =>
		countries.flatMap((country) => [team(`${country} one`, country), team(`${country} two`, country)])
	);

describe('canaries', () => {
	it('[P1] nothing of planning reaches a team or everyone; title, sender, channel, label and text do', () => {
		fc.assert(
			fc.property(
				injectWithCanaries,
				canaryTeams,
				fc.constantFrom('schedule', 'hand', 'ad-hoc'),
				(one, to, trigger) => {
					const byId = new Map<string, Team>(to.map((of) => [of.id, of]));
					const of: ProjectionContext = {
						team: (id) => byId.get(id)!,
						referenceOf: () => one.reference,
						actOf: () => 1
					};
					const facts: Fact[] = [
						{
							kind: 'inject-submitted',
							inject: one.id,
							cell: 'central',
							reference: one.reference,
							title: one.title,
							fingerprint: 'canary'
						},
						{
							kind: 'inject-returned',
							inject: one.id,
							reference: one.reference,
							title: one.title,
							reason: 'canary'
						},
						{
							kind: 'inject-approved',
							inject: one.id,
							cell: 'central',
							version: 77,
							content: one,
							fingerprint: 'canary',
							dueAt: 1
						},
						{
							kind: 'inject-held',
							inject: one.id,
							reference: one.reference,
							title: one.title,
							reason: 'canary'
						},
						{
							kind: 'inject-hold-lifted',
							inject: one.id,
							reference: one.reference,
							title: one.title,
							dueAt: null
						},
						{
							kind: 'inject-skipped',
							inject: one.id,
							reference: one.reference,
							title: one.title,
							reason: 'canary'
						},
						{
							kind: 'inject-released',
							inject: one.id,
							version: 77,
							content: one,
							delivered: deliveredInject(one, startex),
							trigger,
							deliveries: to.map((team, i) => ({
								delivery: idOf<DeliveryId>(`delivery ${i}`),
								team: team.id
							}))
						},
						{ kind: 'delivery-acknowledged', team: to[0]!.id, delivery, title: one.title, afterMs: 1 },
						{
							kind: 'delivery-responded',
							team: to[0]!.id,
							delivery,
							title: one.title,
							text: 'Text',
							afterMs: 1
						}
					];
					for (const fact of facts)
						for (const { audience, body } of project(fact, of)) {
							const told = JSON.stringify(body);
							if (audience.to === 'team') expect(told).not.toContain('canary');
							// moderators read the reference of what was released; no field beside it
							if (audience.to === 'channel') expect(told).not.toMatch(/canary(?!-(reference|id)-)/);
							if (audience.to === 'channel') expect(audience.channel).not.toBe('everyone');
							if (fact.kind.startsWith('inject-') && fact.kind !== 'inject-released')
								expect(audience.to).toBe('control');
						}
					const inTeams = project(facts[6]!, of).filter(({ audience }) => audience.to === 'team');
					expect(inTeams).toHaveLength(to.length);
					for (const { body } of inTeams) {
						const told = JSON.stringify(body);
						for (const shown of [one.title, one.from]) expect(told).toContain(shown);
						expect(told).toContain('open-body');
						expect(Object.keys((body as { inject: object }).inject).sort()).toEqual([
							'acknowledgeBy',
							'acknowledgementRequired',
							'body',
							'channel',
							'from',
							'respondBy',
							'responseRequired',
							'title',
							'tlp'
						]);
					}
				}
			)
		);
	});

	it('[P2] nothing of one team reaches another team, another country or everyone', () => {
		const own = Object.values(table)
			.map(([fact]) => fact)
			// a report is shared with whom its team chose
			.filter((fact) => 'team' in fact && fact.kind !== 'report-shared');
		expect(own).toHaveLength(25);
		for (const fact of own)
			for (const { audience } of project(fact))
				expect(['GR CSIRT', 'GR', 'control', 'evaluation GR CSIRT']).toContain(labelOf(audience));
	});

	it('[P2] names of exercise control do not reach players', () => {
		const acts = ['question-answered', 'team-prompted', 'inject-released'];
		// what a team did itself is told it with names; channels of countries are their moderators'
		for (const [fact] of Object.values(table))
			for (const { audience, named } of project(fact))
				if (
					audience.to === 'team'
						? !('team' in fact) || acts.includes(fact.kind)
						: audience.to === 'channel' && audience.channel === 'everyone'
				)
					expect(named).toBe(false);
	});

	it('[P2] an announcement to some teams says to none of them who else was told, and nothing to everyone', () => {
		const to = { countries: ['GR' as const], levels: [], teams: [greek.id, greekPort.id, french.id] };
		const told = project({ kind: 'announcement-made', text: 'Lunch at one', tlp: 'green', to });
		expect(told.map(({ audience }) => labelOf(audience)).sort()).toEqual([
			'FR',
			'FR CSIRT',
			'GR',
			'GR CSIRT',
			'GR Port',
			'control'
		]);
		for (const { audience, body, named } of told) {
			const words = JSON.stringify(body);
			if (audience.to !== 'team') continue;
			expect(named).toBe(false);
			for (const { name, id } of [greek, greekPort, french]) {
				expect(words).not.toContain(name);
				expect(words).not.toContain(id);
			}
		}
		const ofGreece = told.find(({ audience }) => labelOf(audience) === 'GR')!;
		expect(JSON.stringify(ofGreece.body)).not.toContain('FR CSIRT');
	});
});

describe('the order of a timeline', () => {
	const entry = (exerciseAt: number | null, order: number): TimelineEntry => ({
		id: idOf<EntryId>(`${exerciseAt}_${order}`),
		exerciseAt,
		wallAt: 0,
		order,
		by: null,
		body: { kind: 'continued', segment: 1 }
	});

	it('is by exercise time, then as the server wrote it; before STARTEX comes first', () => {
		const sorted = [entry(5, 1), entry(null, 9), entry(2, 8), entry(2, 3), entry(null, 0)].sort(
			compareEntries
		);
		expect(sorted.map((one) => [one.exerciseAt, one.order])).toEqual([
			[null, 0],
			[null, 9],
			[2, 3],
			[2, 8],
			[5, 1]
		]);
	});

	it('is the same whatever the order of arrival', () => {
		const entries = fc.uniqueArray(
			fc.record({ at: fc.option(fc.nat(5)), order: fc.nat(1000) }).map(({ at, order }) => entry(at, order)),
			{ selector: (one) => one.order }
		);
		fc.assert(
			fc.property(entries, (list) => {
				expect([...list].reverse().sort(compareEntries)).toEqual([...list].sort(compareEntries));
			})
		);
	});
});

describe('names of timelines', () => {
	it('[R1] no two audiences share one', () => {
		const exercise = idOf<ExerciseId>('exercise');
		const names = new Set(
			[
				{ to: 'control' } as const,
				...[greek, greekPort, french].map((one) => ({ to: 'team', team: one.id }) as const),
				...(['everyone', ...countryCodes] as const).map((channel) => ({ to: 'channel', channel }) as const)
			].map((audience) => timelineName(exercise, audience))
		);
		expect(names.size).toBe(1 + 3 + 1 + countryCodes.length);
	});
});
