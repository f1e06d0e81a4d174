import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { t } from '#lib/text/index.ts';
import { formatDuration } from '#lib/text/format.ts';
import type { Fact, LogFact } from '#lib/exercise/facts.ts';
import type {
	AccountId,
	CardId,
	ChannelId,
	DeliveryId,
	EntryId,
	FileId,
	FindingId,
	GuideId,
	HelpId,
	InjectId,
	MediaId,
	ObservationId,
	QuestionId,
	SharedReportId,
	TeamId,
	PassageId
} from '#lib/exercise/ids.ts';
import { deliveredInject, newInject } from '#lib/exercise/inject/schema.ts';
import type { FrozenFinding } from '#lib/exercise/finding/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { ObservationContent } from '#lib/exercise/evaluation/schema.ts';
import { factKinds } from '#lib/exercise/record/kinds.ts';
import { recordLine } from '#lib/exercise/record/line.ts';
import { kindsOfChannelFacts, type ChannelFact } from '#lib/exercise/channel/facts.ts';
import { methaneHeadline, methaneSchema } from '#lib/exercise/team/methane.ts';
import { workingFactKinds, type WorkingFact } from '#lib/exercise/working/kinds.ts';
import type { RecordScope } from '#lib/exercise/record/scope.ts';
import { factWords, type RecordContext } from '#lib/exercise/record/sentence.ts';

const gr = 'team-gr-csirt' as TeamId;
const it2 = 'team-it-csirt' as TeamId;
const injectId = 'inject-000031' as InjectId;
const delivery = 'delivery-0001' as DeliveryId;
const question = 'question-0001' as QuestionId;
const card = 'card-00000001' as CardId;
const segment = { wallStart: 0, exerciseStart: 0, rate: 24 };
const observation = 'observation-01' as ObservationId;
const observed: ObservationContent = {
	sort: 'area_for_improvement',
	text: 'Called nobody for ten minutes.',
	evidence: [
		{ entry: 'entry-0000001' as EntryId, what: 'inject', words: 'Gates shut', exerciseAt: 60_000, wallAt: 1 }
	],
	about: {
		guide: 'guide-0000001' as GuideId,
		task: null,
		objective: 'OBJ-3',
		capability: 'Escalation',
		words: 'Informs the next level'
	},
	rating: 'M'
};
const content = newInject(injectId, {
	reference: 'CM-031',
	title: 'Port gate system shows ransom note',
	from: 'Terminal operator',
	body: richTextFromText('Gates closed since 10:36.'),
	controllerNotes: 'ground truth: insider',
	evaluatorNotes: 'watch who calls whom'
});
const decision = {
	question: 'Isolate the terminal network?',
	factsKnown: 'Cranes still work.',
	assumptions: '',
	options: [
		{ text: 'Isolate', pros: 'stops spread', cons: 'trucks wait' },
		{ text: 'Wait', pros: '', cons: '' }
	],
	chosen: 'Isolate the terminal network',
	reason: 'Spread is the larger harm.',
	consulted: 'Harbour master',
	dissent: ''
};

const ofFinding = { finding: 'finding-01' as FindingId, title: 'No reserve line' };
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

const named = 'inject CM-031 “Port gate system shows ransom note”';
/** One fact of every kind, and what it says to exercise control: sentence, then detail. */
const all: Record<
	Exclude<Fact['kind'], WorkingFact['kind'] | ChannelFact['kind']>,
	[Fact, string, string?]
> = {
	'exercise-advanced': [
		{ kind: 'exercise-advanced', from: 'ended', to: 'evaluating', reason: 'hot wash done' },
		'The exercise went from ended to under evaluation.',
		'hot wash done'
	],
	'inject-adapted': [
		{
			kind: 'inject-adapted',
			inject: content.id,
			cell: 'GR',
			reference: content.reference,
			title: content.title,
			content
		},
		`${named} was adapted.`
	],
	'team-prompted': [
		{ kind: 'team-prompted', team: gr, text: 'Look at the log', tlp: 'green' },
		'Exercise control prompted GR CSIRT.',
		'Look at the log'
	],
	'table-asked': [
		{ kind: 'table-asked', team: gr, question: 'Who pays?', seconds: 300, endsAt: 1 },
		'Put to the table of GR CSIRT, with 5 min to discuss.',
		'Who pays?'
	],
	'table-extended': [
		{ kind: 'table-extended', team: gr, question: 'Who pays?', seconds: 120, endsAt: 2 },
		'The table of GR CSIRT has 2 min more.',
		'Who pays?'
	],
	'table-cleared': [
		{ kind: 'table-cleared', team: gr, question: 'Who pays?' },
		'The table of GR CSIRT discusses it no more.',
		'Who pays?'
	],
	'suggestion-dismissed': [
		{
			kind: 'suggestion-dismissed',
			team: gr,
			inject: content.id,
			reference: content.reference,
			title: content.title,
			missed: { inject: content.id, action: 'a', reference: 'CM-001', text: 'Isolates the network' },
			note: 'They are about to'
		},
		`${named} was suggested for GR CSIRT and not used.`,
		'Not done in time: Isolates the network\nReason: They are about to'
	],
	'figures-shared': [
		{ kind: 'figures-shared', country: 'GR', shared: true },
		'Greece shares its figures with other countries that take part.'
	],
	'affected-named': [
		{ kind: 'affected-named', country: 'GR', reason: 'Its ports stand still' },
		'Named Greece as an affected state.',
		'Its ports stand still'
	],
	'affected-taken-back': [
		{ kind: 'affected-taken-back', country: 'GR', reason: 'It was Cyprus' },
		'Greece is no longer named as an affected state.',
		'It was Cyprus'
	],
	'records-relabelled': [
		{
			kind: 'records-relabelled',
			team: gr,
			format: 'stix',
			from: 'exercise',
			objects: 3,
			confirmed: 'Vera Controller'
		},
		'GR CSIRT took 3 objects that were marked EXERCISE over as real, confirmed by Vera Controller.'
	],
	'catch-up-held': [{ kind: 'catch-up-held' }, 'Catching up was held.'],
	'catch-up-resumed': [{ kind: 'catch-up-resumed' }, 'Catching up goes on.'],
	'catch-up-rate-set': [
		{ kind: 'catch-up-rate-set', perMinute: 10 },
		'Catching up: 10 injects a minute from now on.'
	],
	'work-claimed': [
		{
			kind: 'work-claimed',
			of: { kind: 'country', subject: 'GR' },
			label: 'GR',
			from: { accountId: 'ben' as AccountId, name: 'Ben' }
		},
		'Takes over GR from Ben.'
	],
	'work-returned': [
		{
			kind: 'work-returned',
			of: { kind: 'country', subject: 'GR' },
			label: 'GR',
			from: { accountId: 'ben' as AccountId, name: 'Ben' },
			why: 'left'
		},
		'Ben left and gave back GR.'
	],
	'help-asked': [
		{
			kind: 'help-asked',
			request: 'help-1' as HelpId,
			person: 'ana' as AccountId,
			topic: 'technical',
			text: 'No sound',
			place: '',
			teams: ['GR CSIRT'],
			countries: ['GR']
		},
		'Asked the help desk, from GR CSIRT.',
		'No sound'
	],
	'help-answered': [
		{
			kind: 'help-answered',
			request: 'help-1' as HelpId,
			person: 'ana' as AccountId,
			askedBy: 'Ana',
			asked: 'No sound',
			answer: 'Click once'
		},
		'The help desk answered Ana.',
		'Question: No sound\nAnswer: Click once'
	],
	'help-closed': [
		{ kind: 'help-closed', request: 'help-1' as HelpId, person: 'ana' as AccountId, askedBy: 'Ana' },
		'The request of Ana to the help desk was closed.'
	],
	'exercise-started': [{ kind: 'exercise-started', segment }, 'STARTEX: the exercise began.'],
	'clock-paused': [{ kind: 'clock-paused', segment, reason: 'lunch' }, 'The clock was paused.', 'lunch'],
	'clock-resumed': [{ kind: 'clock-resumed', segment }, 'The clock was resumed, at rate ×24.'],
	'clock-rate-set': [{ kind: 'clock-rate-set', segment, rate: 24 }, 'The clock was set to rate ×24.'],
	'clock-jumped': [
		{ kind: 'clock-jumped', segment, from: 60_000, to: 120_000, reason: 'night shift' },
		'The clock jumped from T+1 to T+2.',
		'night shift'
	],
	'exercise-stopped': [
		{ kind: 'exercise-stopped', segment, reason: 'fire alarm' },
		'The exercise was stopped for a real emergency.',
		'fire alarm'
	],
	'stop-lifted': [
		{ kind: 'stop-lifted', to: 'paused' },
		'The emergency stop was lifted; the clock stays paused.'
	],
	'exercise-ended': [{ kind: 'exercise-ended', segment }, 'ENDEX: the exercise ended.'],
	'announcement-made': [
		{ kind: 'announcement-made', text: 'Lunch moved to 12:30', tlp: 'green' },
		'Exercise control made an announcement.',
		'Lunch moved to 12:30'
	],
	'inject-submitted': [
		{
			kind: 'inject-submitted',
			inject: injectId,
			cell: 'GR',
			reference: 'CM-031',
			title: content.title,
			fingerprint: ''
		},
		`Submitted for approval: ${named}.`
	],
	'inject-returned': [
		{
			kind: 'inject-returned',
			inject: injectId,
			reference: 'CM-031',
			title: content.title,
			reason: 'name a real port'
		},
		`Returned to its author: ${named}.`,
		'name a real port'
	],
	'inject-approved': [
		{
			kind: 'inject-approved',
			inject: injectId,
			cell: 'GR',
			version: 2,
			content,
			fingerprint: '',
			dueAt: null
		},
		`Approved as version 2: ${named}.`
	],
	'inject-held': [
		{
			kind: 'inject-held',
			inject: injectId,
			reference: 'CM-031',
			title: content.title,
			reason: '',
			late: { dueAt: 60_000 }
		},
		`Held because it was late (due T+1): ${named}.`
	],
	'inject-hold-lifted': [
		{
			kind: 'inject-hold-lifted',
			inject: injectId,
			reference: 'CM-031',
			title: content.title,
			dueAt: 120_000
		},
		`No longer held, due T+2: ${named}.`
	],
	'inject-skipped': [
		{
			kind: 'inject-skipped',
			inject: injectId,
			reference: 'CM-031',
			title: content.title,
			reason: 'objective met'
		},
		`Skipped: ${named}.`,
		'objective met'
	],
	'inject-released': [
		{
			kind: 'inject-released',
			inject: injectId,
			version: 1,
			content,
			delivered: deliveredInject(content, 0),
			trigger: 'schedule',
			deliveries: [
				{ delivery, team: gr },
				{ delivery: 'delivery-0002' as DeliveryId, team: it2 }
			]
		},
		`Released by schedule: ${named}, to GR CSIRT, IT CSIRT.`,
		'Gates closed since 10:36.'
	],
	'inject-recalled': [
		{
			kind: 'inject-recalled',
			inject: injectId,
			reference: 'CM-031',
			title: content.title,
			tlp: 'amber',
			reason: 'Sent to the wrong teams',
			deliveries: [
				{ delivery, team: gr, title: 'Πύλες' },
				{ delivery: 'delivery-0002' as DeliveryId, team: it2 }
			]
		},
		`Recalled from GR CSIRT, IT CSIRT: ${named}.`,
		'Sent to the wrong teams'
	],
	'delivery-seen': [{ kind: 'delivery-seen', team: gr, delivery }, `GR CSIRT saw ${named}.`],
	'delivery-acknowledged': [
		{ kind: 'delivery-acknowledged', team: gr, delivery, title: content.title, afterMs: 110_000 },
		`GR CSIRT acknowledged ${named} after 1 min 50 s.`
	],
	'delivery-responded': [
		{
			kind: 'delivery-responded',
			team: gr,
			delivery,
			title: content.title,
			text: 'Isolated at 10:37',
			afterMs: 540_000
		},
		`GR CSIRT responded to ${named} after 9 min.`,
		'Isolated at 10:37'
	],
	'action-marked': [
		{
			kind: 'action-marked',
			team: gr,
			inject: injectId,
			reference: 'CM-031',
			title: content.title,
			action: 'a',
			text: 'Isolates the network'
		},
		`GR CSIRT did what was expected on ${named}, as marked by who watches it.`,
		'Isolates the network'
	],
	'log-added': [
		{
			kind: 'log-added',
			team: gr,
			log: 'communication',
			text: 'Called the harbour master',
			correctionOf: 'x',
			late: true
		},
		'GR CSIRT logged a communication. It corrects an earlier entry. Added after ENDEX.',
		'Called the harbour master'
	],
	'decision-recorded': [
		{ kind: 'decision-recorded', team: gr, number: 4, decision },
		'GR CSIRT recorded decision 4: Isolate the terminal network',
		[
			'Question: Isolate the terminal network?',
			'Decision: Isolate the terminal network',
			'Reason: Spread is the larger harm.',
			'Facts known: Cranes still work.',
			'Option 1: Isolate (for: stops spread; against: trucks wait)',
			'Option 2: Wait',
			'Consulted: Harbour master'
		].join('\n')
	],
	'decision-moved': [
		{
			kind: 'decision-moved',
			team: gr,
			number: 4,
			chosen: decision.chosen,
			to: 'superseded',
			reason: '',
			by: 6
		},
		'GR CSIRT put decision 6 in the place of decision 4: Isolate the terminal network'
	],
	'question-asked': [
		{ kind: 'question-asked', team: gr, question, text: 'Is signalling hit?' },
		'GR CSIRT asked exercise control a question.',
		'Is signalling hit?'
	],
	'question-answered': [
		{
			kind: 'question-answered',
			team: gr,
			question,
			asked: 'Is signalling hit?',
			answer: 'No, ticketing only.'
		},
		'Exercise control answered a question of GR CSIRT.',
		'Question: Is signalling hit?\nAnswer: No, ticketing only.'
	],
	'report-opened': [
		{ kind: 'report-opened', team: gr, page: 'report-3', number: 3 },
		'GR CSIRT opened situation report 3.'
	],
	'report-approved': [
		{
			kind: 'report-approved',
			team: gr,
			page: 'report-3',
			number: 3,
			title: 'Port gate outage',
			tlp: 'amber',
			text: richTextFromText('Since 10:36\nGates closed'),
			fingerprint: '',
			asOf: 60_000
		},
		'GR CSIRT approved situation report 3, “Port gate outage”, as of T+1.',
		'Since 10:36\nGates closed'
	],
	'media-published': [
		{
			kind: 'media-published',
			item: 'media-item-1' as MediaId,
			media: 'article',
			publisher: null,
			outlet: 'The Harbour Post',
			title: 'Ports stand still',
			text: 'Nobody knows why.'
		},
		'The Harbour Post published “Ports stand still”.',
		'Nobody knows why.'
	],
	'media-commented': [
		{
			kind: 'media-commented',
			item: 'media-item-1' as MediaId,
			publisher: null,
			outlet: '@angler',
			text: 'I know.'
		},
		'@angler commented in the media.',
		'I know.'
	],
	'media-counted': [
		{
			kind: 'media-counted',
			item: 'media-item-1' as MediaId,
			counters: { views: 10, likes: 2, shares: 1 }
		},
		'Counters set: 10 views, 2 likes, 1 shares.'
	],
	'media-withdrawn': [
		{
			kind: 'media-withdrawn',
			item: 'media-item-1' as MediaId,
			outlet: 'The Harbour Post',
			title: 'Ports stand still',
			reason: 'Not true'
		},
		'The Harbour Post took back “Ports stand still”.',
		'Not true'
	],
	'report-shared': [
		{
			kind: 'report-shared',
			team: gr,
			page: 'report-3',
			number: 3,
			title: 'Port gate outage',
			tlp: 'amber',
			asOf: 60_000,
			text: richTextFromText('Since 10:36'),
			content: null,
			approvedAt: 60_000,
			approvedBy: 'Lead',
			copies: [{ team: it2, shared: 'shared-report-1' as SharedReportId }],
			channels: [
				{ channel: 'channel-one' as ChannelId, name: 'CSIRTs network', shared: 'shared-2' as SharedReportId }
			],
			reached: [it2],
			people: 12,
			countries: ['IT', 'FR']
		},
		'GR CSIRT shared situation report 3, “Port gate outage”, with IT CSIRT, CSIRTs network: 12 people in 2 countries.'
	],
	'report-rhythm-set': [
		{ kind: 'report-rhythm-set', rhythm: { entity: 60, technical: 120, operational: 240, political: null } },
		'Exercise control set how often teams report.',
		'entity: 1 h\ntechnical: 2 h\noperational: 4 h\npolitical: –'
	],
	'card-added': [
		{
			kind: 'card-added',
			team: gr,
			card,
			column: 'did-not',
			text: 'Nobody knew the duty number',
			anonymous: true
		},
		'GR CSIRT added a hot wash card under “What did not go well”.',
		'Nobody knew the duty number'
	],
	'card-withdrawn': [
		{ kind: 'card-withdrawn', team: gr, card },
		'GR CSIRT took a hot wash card off the board.'
	],
	'card-voted': [{ kind: 'card-voted', team: gr, card, on: true }, 'GR CSIRT gave a hot wash card a vote.'],
	'observation-recorded': [
		{
			kind: 'observation-recorded',
			team: gr,
			observation,
			content: observed,
			noted: { wallAt: 5, exerciseAt: 120_000 }
		},
		'Observed of GR CSIRT: Area for improvement.',
		[
			'Called nobody for ten minutes.',
			'M: performed with major challenges',
			'OBJ-3: Informs the next level',
			'Evidence: T+1 Gates shut',
			'Written at T+2 without network'
		].join('\n')
	],
	'observation-corrected': [
		{
			kind: 'observation-corrected',
			team: gr,
			observation,
			content: { ...observed, text: 'Called late.', evidence: [], about: null, rating: null }
		},
		'An observation of GR CSIRT was corrected: Area for improvement.',
		'Called late.'
	],
	'observation-withdrawn': [
		{ kind: 'observation-withdrawn', team: gr, observation, reason: 'Another team' },
		'An observation of GR CSIRT was withdrawn.',
		'Another team'
	],
	'rating-given': [
		{ kind: 'rating-given', team: gr, about: observed.about!, rating: 'N', reason: 'Was at another table' },
		'GR CSIRT was rated N (not observed): Informs the next level.',
		'Was at another table'
	],
	'action-observed': [
		{
			kind: 'action-observed',
			team: gr,
			delivery,
			title: content.title,
			action: 'a',
			text: 'Isolates the network',
			seen: 'partly'
		},
		'GR CSIRT, “Port gate system shows ransom note”: expected action seen: Partly.',
		'Isolates the network'
	],
	'finding-evidenced': [
		{ kind: 'finding-evidenced', of: gr, observation, on: true, ...ofFinding },
		'An observation of GR CSIRT became evidence of the finding “No reserve line”.'
	],
	'finding-merged': [
		{ kind: 'finding-merged', into: 'finding-02' as FindingId, intoTitle: 'Another', ...ofFinding },
		'The finding “No reserve line” became part of “Another”.'
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
		'The finding “No reserve line” was put to countries, round 2.',
		'Greece, Italy'
	],
	'finding-commented': [
		{ kind: 'finding-commented', ...answered },
		'Greece commented on the finding “No reserve line”.'
	],
	'finding-agreed': [
		{ kind: 'finding-agreed', ...answered },
		'Greece agreed to the finding “No reserve line”.'
	],
	'finding-objected': [
		{ kind: 'finding-objected', ...answered },
		'Greece objected to the finding “No reserve line”.'
	],
	'finding-opened': [
		{ kind: 'finding-opened', country: 'GR', on: true, ...ofFinding },
		'Greece opened its comments on the finding “No reserve line” to the other countries.'
	],
	'contribution-handed-over': [
		{ kind: 'contribution-handed-over', country: 'GR', version: 2, sha256: '', tlp: 'green' },
		'Greece handed over its contribution to the report, version 2.'
	],
	'contribution-taken-back': [
		{ kind: 'contribution-taken-back', country: 'GR', version: 2 },
		'Greece took back version 2 of its contribution.'
	],
	'passage-taken-over': [
		{
			kind: 'passage-taken-over',
			passage: 'passage-01' as PassageId,
			chapter: 'summary',
			country: 'GR',
			version: 2,
			section: 'did',
			block: null,
			sha256: '',
			tlp: 'green',
			words: ''
		},
		'A passage of Greece, version 2, was taken over into the report.'
	],
	'aar-circulated': [
		{
			kind: 'aar-circulated',
			version: 3,
			extent: 'public',
			sha256: '',
			countries: ['GR', 'IT'],
			deadline: 5,
			silence: true
		},
		'Version 3 of the report was put to countries.',
		'Greece, Italy'
	],
	'aar-commented': [
		{ kind: 'aar-commented', version: 3, sha256: '', country: 'GR', words: 'secret' },
		'Greece commented on version 3 of the report.'
	],
	'aar-agreed': [
		{ kind: 'aar-agreed', version: 3, sha256: '', country: 'GR', words: 'secret' },
		'Greece agreed to version 3 of the report.'
	],
	'aar-objected': [
		{ kind: 'aar-objected', version: 3, sha256: '', country: 'GR', words: 'secret' },
		'Greece objected to version 3 of the report.'
	],
	'aar-published': [
		{ kind: 'aar-published', version: 3, sha256: '' },
		'Version 3 of the report was published.'
	]
};

const control: RecordScope = { teams: null, cells: null, staff: true, channels: null };
const player: RecordScope = { teams: new Set([gr]), cells: new Set(), staff: false, channels: new Map() };
const context: RecordContext = {
	say: t,
	teamName: (id) => (id === gr ? 'GR CSIRT' : 'IT CSIRT'),
	injectOf: () => ({ title: content.title, reference: 'CM-031' }),
	isWithdrawn: () => false,
	time: (at) => `T+${at / 60_000}`,
	duration: formatDuration
};
const line = (fact: Fact, scope: RecordScope) =>
	recordLine({ fact, by: { account: 'a', name: 'Vera Controller' }, wallAt: 1, exerciseAt: 2 }, scope, {
		...context,
		cellOf: () => 'GR'
	});

describe('a fact in words', () => {
	it('has an example of every kind here', () => {
		expect([...Object.keys(all), ...workingFactKinds, ...kindsOfChannelFacts].sort()).toEqual(
			[...factKinds].sort()
		);
	});

	it.each(Object.values(all))('$0.kind', (fact, sentence, detail = '') => {
		expect(factWords(fact, control, context)).toEqual({ sentence, detail });
	});

	it.each(workingFactKinds)('has a sentence for %s', (kind) => {
		expect(context.say(`working.sentence.${kind}`, { team: 'GR CSIRT', title: 'Title' })).toMatch(/[.”!?]$/);
	});

	it('of a recall, a player reads the own title and the reason; it is in the record of whoever had it', () => {
		const [fact] = all['inject-recalled'];
		expect(factWords(fact, player, context)).toEqual({
			sentence: 'Exercise control recalled “Πύλες”.',
			detail: 'Sent to the wrong teams'
		});
		expect(line(fact, player)).toMatchObject({ by: null, tlp: 'amber', group: 'injects' });
		const others: RecordScope = { ...player, teams: new Set(['team-0009' as TeamId]) };
		expect(line(fact, others)).toBeNull();
	});

	it('says nothing in JSON, ids or placeholders, to nobody', () => {
		for (const [fact] of Object.values(all))
			for (const scope of [control, player]) {
				const { sentence, detail } = factWords(fact, scope, context);
				expect(`${sentence} ${detail}`).not.toMatch(
					/[{}[\]]|undefined|null|review\.|inject-0|card-0|delivery-0|team-/
				);
				expect(sentence).toMatch(/[.”!?]$|decision \d: /);
			}
	});

	it('other wordings: hold without time, release to many teams, stop that ends, vote taken back, withdrawn card', () => {
		const words = (fact: Fact, extra: Partial<RecordContext> = {}) =>
			factWords(fact, control, { ...context, ...extra });
		expect(
			words({ kind: 'inject-hold-lifted', inject: injectId, reference: '', title: 'Odd logins', dueAt: null })
				.sentence
		).toBe('No longer held: “Odd logins”.');
		expect(words({ kind: 'stop-lifted', to: 'ended' }).sentence).toContain('ended');
		expect(words({ kind: 'card-voted', team: gr, card, on: false }).sentence).toContain('back');
		expect(words(all['card-added'][0], { isWithdrawn: () => true })).toEqual({
			sentence: 'GR CSIRT added a hot wash card under “What did not go well”; it was taken off later.',
			detail: ''
		});
		const moved = all['decision-moved'][0] as Extract<Fact, { kind: 'decision-moved' }>;
		expect(
			(['implemented', 'reviewed', 'revoked'] as const).map((to) => words({ ...moved, to }).sentence)
		).toEqual([
			'GR CSIRT carried out decision 4: Isolate the terminal network',
			'GR CSIRT looked at decision 4 again: Isolate the terminal network',
			'GR CSIRT revoked decision 4: Isolate the terminal network'
		]);
		const released = all['inject-released'][0] as Extract<Fact, { kind: 'inject-released' }>;
		const deliveries = Array.from({ length: 8 }, (_, i) => ({
			delivery: `delivery-${i}` as DeliveryId,
			team: `team-${i}` as TeamId
		}));
		const many = words({ ...released, deliveries }, { teamName: (id) => id.toUpperCase() });
		expect(many.sentence).toContain('TEAM-0, TEAM-1, TEAM-2, TEAM-3, TEAM-4, TEAM-5 and 2 more teams.');
		expect(many.detail).toBe(
			`Teams: ${deliveries.map(({ team }) => team.toUpperCase()).join(', ')}\nGates closed since 10:36.`
		);
		const long = 'a very long decision '.repeat(20);
		expect(
			words({ kind: 'decision-recorded', team: gr, number: 1, decision: { ...decision, chosen: long } })
				.sentence.length
		).toBeLessThan(200);
	});
});

describe('a METHANE report in words', () => {
	const logged = all['log-added'][0] as LogFact;
	const words = (report: z.input<typeof methaneSchema>, files: LogFact['files'] = []) => {
		const methane = methaneSchema.parse(report);
		const text = methaneHeadline(methane);
		const { correctionOf: _of, late: _late, ...plain } = logged;
		return factWords({ ...plain, log: 'methane', text, methane, files }, control, context);
	};

	it('says every field that was filled in by its name, in the order of the letters', () => {
		expect(
			words({ form: 'methane', major: true, location: 'Gate 3', type: 'Crane fire', casualties: 'two hurt' })
		).toEqual({
			sentence: 'GR CSIRT logged a METHANE report: Crane fire, Gate 3.',
			detail: [
				'Major incident: major incident declared',
				'Exact location: Gate 3',
				'Type of incident: Crane fire',
				'Number and severity of casualties: two hurt'
			].join('\n')
		});
		expect(words({ form: 'cyber', entity: 'Terminal 2', type: 'malicious-code' }).detail).toBe(
			'Entity, system, site: Terminal 2\nType of incident (RSIT): Malicious code'
		);
	});

	it('names its files, and not where they lie', () => {
		const file = { file: 'file-0000001' as FileId, name: 'note.png', mediaType: 'image/png', bytes: 9 };
		const { detail } = words({ form: 'methane', location: 'Gate 3', type: 'Fire' }, [file]);
		expect(detail).toContain('Files: note.png');
		expect(detail).not.toContain('file-0000001');
	});
});

describe('a player reads', () => {
	it('what arrived, without reference, planning, other teams or the controller', () => {
		const read = line(all['inject-released'][0], player)!;
		expect(read.sentence).toBe('Received from Terminal operator: “Port gate system shows ransom note”.');
		expect(read.by).toBeNull();
		expect(read.bySchedule).toBe(false);
		expect(JSON.stringify(read)).not.toMatch(/CM-031|IT CSIRT|insider|watch who|Vera/);
	});

	it('nothing of planning, of steps of the lifecycle, or of another team', () => {
		const kinds = Object.values(all)
			.map(([fact]) => fact)
			.filter((fact) => line(fact, player) === null)
			.map((fact) => fact.kind);
		expect(kinds).toEqual([
			'exercise-advanced',
			'inject-adapted',
			'suggestion-dismissed',
			'figures-shared',
			'affected-named',
			'affected-taken-back',
			'catch-up-held',
			'catch-up-resumed',
			'catch-up-rate-set',
			'work-claimed',
			'work-returned',
			'help-asked',
			'help-answered',
			'help-closed',
			'inject-submitted',
			'inject-returned',
			'inject-approved',
			'inject-held',
			'inject-hold-lifted',
			'inject-skipped',
			'action-marked',
			'observation-recorded',
			'observation-corrected',
			'observation-withdrawn',
			'rating-given',
			'action-observed',
			'finding-evidenced',
			'finding-merged',
			'finding-circulated',
			'finding-commented',
			'finding-agreed',
			'finding-objected',
			'finding-opened',
			'contribution-handed-over',
			'contribution-taken-back',
			'passage-taken-over',
			'aar-circulated',
			'aar-commented',
			'aar-agreed',
			'aar-objected',
			'aar-published'
		]);
		const foreign: RecordScope = { ...player, teams: new Set([it2]) };
		// a shared report is told to those with whom it was shared
		for (const [fact] of Object.values(all))
			if ('team' in fact && fact.kind !== 'report-shared') expect(line(fact, foreign)).toBeNull();
		const stranger: RecordScope = { ...player, teams: new Set(['team-of-nobody' as TeamId]) };
		for (const [fact] of Object.values(all)) if ('team' in fact) expect(line(fact, stranger)).toBeNull();
		const { sentence } = line(all['report-shared'][0], foreign)!;
		expect(sentence).toContain('GR CSIRT');
		expect(sentence).not.toMatch(/CSIRTs network|12 people|FR/);
	});

	it('the names of the own team, not those of exercise control', () => {
		expect(line(all['log-added'][0], player)!.by).toBe('Vera Controller');
		expect(line(all['question-answered'][0], player)!.by).toBeNull();
		expect(line(all['clock-jumped'][0], player)!.by).toBeNull();
		expect(line(all['clock-jumped'][0], control)!.by).toBe('Vera Controller');
	});
});

it('an anonymous card and a vote carry no name, whatever was stored', () => {
	for (const kind of ['card-added', 'card-voted'] as const)
		expect(JSON.stringify(line(all[kind][0], control))).not.toContain('Vera');
});
