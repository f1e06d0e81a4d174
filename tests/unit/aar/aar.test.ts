import * as Y from 'yjs';
import { describe, expect, it } from 'vitest';
import { aarCommands, type AarState, type VersionState } from '#lib/exercise/aar/commands.ts';
import {
	contributionFingerprint,
	contributionLabels,
	contributionText,
	freezeContribution,
	partOf,
	type FrozenContribution
} from '#lib/exercise/aar/contribution.ts';
import { contributesFor, readsVersion } from '#lib/exercise/aar/access.ts';
import {
	isEdited,
	labelOf,
	readHandedOver,
	readSignOffs,
	readSources,
	signStanding,
	type AarAct,
	type SignOffRound
} from '#lib/exercise/aar/fold.ts';
import {
	addPassage,
	citeInPassage,
	compareChapters,
	isChapter,
	labelPassage,
	movePassage,
	readPassages,
	type ChapterId
} from '#lib/exercise/aar/page.ts';
import { missingForPublication } from '#lib/exercise/aar/publication.ts';
import type { AarFact } from '#lib/exercise/aar/schema.ts';
import type { Moment } from '#lib/exercise/decision.ts';
import type { Said } from '#lib/exercise/finding/fold.ts';
import {
	defaultSettings,
	exerciseStates,
	type Actor,
	type Exercise,
	type Membership
} from '#lib/exercise/exercise/schema.ts';
import { fingerprint } from '#lib/exercise/fingerprint.ts';
import type { AccountId, ExerciseId, PassageId, TeamId } from '#lib/exercise/ids.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';

const actor = (...memberships: Membership[]): Actor => ({
	accountId: 'account' as AccountId,
	name: 'Somebody',
	memberships
});
const director = actor({ role: 'director' });
const controller = actor({ role: 'controller' });
const facilitator = actor({ role: 'facilitator' });
const greek = actor({ role: 'moderator', country: 'GR' });
const greekPlanner = actor({ role: 'planner', cell: 'GR' });
const italian = actor({ role: 'moderator', country: 'IT' });
const player = actor({ role: 'player', teamId: 'team-gr-1' as TeamId, lead: true });
const evaluator = actor({ role: 'evaluator', teamId: 'team-gr-1' as TeamId });
const everybody = [director, controller, facilitator, greek, greekPlanner, italian, player, evaluator];

const exercise = (state: Exercise['state'] = 'evaluating'): Exercise => ({
	id: 'exercise' as ExerciseId,
	kind: 'exercise',
	name: 'Drill',
	tlp: 'amber',
	state,
	timeZone: 'Europe/Brussels',
	startsAt: 0,
	endsAt: 1,
	clock: [],
	settings: defaultSettings
});
const text = richTextFromText('First paragraph.\nSecond paragraph.');
const draft: FrozenContribution = {
	country: 'GR',
	tlp: 'green',
	parts: { did: { tlp: 'green', text }, facts: { tlp: 'clear', text: richTextFromText('Five teams.') } }
};
const made = contributionFingerprint(draft);
const sum = 'c'.repeat(64);
const version: VersionState = {
	number: 4,
	extent: 'public',
	country: null,
	sha256: sum,
	missing: ['GR', 'IT'],
	isPublished: false
};
const round = (values: Partial<SignOffRound> = {}): SignOffRound => ({
	version: 4,
	deadline: 1000,
	silence: false,
	said: new Map([
		['GR', []],
		['IT', []]
	]),
	circulatedAt: 1,
	by: 'Fay',
	...values
});
const handed = (values: Partial<ReturnType<typeof readHandedOver>[number]> = {}) => ({
	country: 'GR' as const,
	version: 1,
	sha256: made,
	tlp: 'green' as const,
	by: 'Manos',
	wallAt: 1,
	isUsed: false,
	isTakenBack: false,
	...values
});
const moment: Moment = { wall: 500, exercise: null, mint: <T extends string>() => 'passage-0001' as T };
type Name = keyof typeof aarCommands;
function decide(name: Name, who: Actor, input: Record<string, unknown>, state: Partial<AarState> = {}) {
	const command = aarCommands[name] as unknown as {
		input: { parse: (input: unknown) => unknown };
		decide: (...given: unknown[]) => { facts?: AarFact[]; refused?: { code: string } };
	};
	return command.decide(
		{
			exercise: exercise(),
			teams: [
				{ id: 'team-gr-1' as TeamId, country: 'GR' },
				{ id: 'team-it-1' as TeamId, country: 'IT' }
			],
			affected: ['GR', 'IT'],
			draft: null,
			handedOver: [],
			source: null,
			version: null,
			signOffs: null,
			...state
		},
		command.input.parse(input),
		who,
		moment
	);
}
const outcome = (...given: Parameters<typeof decide>) => {
	const { facts, refused } = decide(...given);
	return refused?.code ?? facts!.map(({ kind }) => kind).join();
};

describe('a country’s contribution', () => {
	const page = () => {
		const doc = new Y.Doc();
		doc.transact(() => {
			writeFragment(contributionText(doc, 'did'), text);
			writeFragment(contributionText(doc, 'facts'), richTextFromText('Five teams.'));
			contributionLabels(doc).set('did', 'green');
		});
		return doc;
	};

	it('is frozen with its labels; what has none is as strict as the exercise; empty parts are none', () => {
		const frozen = freezeContribution(page(), 'GR', 'amber');
		expect(frozen.tlp).toBe('amber');
		expect(Object.entries(frozen.parts).map(([section, part]) => [section, part.tlp])).toEqual([
			['did', 'green'],
			['facts', 'amber']
		]);
		expect(partOf(frozen, 'did', 1)!.text.content).toEqual([text.content[1]]);
		expect(partOf(frozen, 'did', 2)).toBeNull();
		expect(partOf(frozen, 'strengths', null)).toBeNull();
	});

	it('[P2] is written and handed over by its own people alone', () => {
		expect(everybody.filter((one) => contributesFor(one, 'GR'))).toEqual([greek, greekPlanner]);
		for (const who of everybody)
			expect(outcome('contribution.handOver', who, { country: 'GR', fingerprint: made }, { draft })).toBe(
				who === greek || who === greekPlanner ? 'contribution-handed-over' : 'not-found'
			);
	});

	it.each([
		['another text than the one on the screen', { fingerprint: sum }, { draft }, 'stale'],
		['nothing written', { fingerprint: made }, { draft: { ...draft, parts: {} } }, 'invalid'],
		['the same again', { fingerprint: made }, { draft, handedOver: [handed()] }, 'duplicate'],
		[
			'the same again after it was taken back',
			{ fingerprint: made },
			{ draft, handedOver: [handed({ isTakenBack: true })] },
			'contribution-handed-over'
		]
	] as [string, object, Partial<AarState>, string][])('%s', (_, input, state, expected) => {
		expect(outcome('contribution.handOver', greek, { country: 'GR', ...input }, state)).toBe(expected);
	});

	it('is numbered one after the other', () => {
		const { facts } = decide(
			'contribution.handOver',
			greek,
			{ country: 'GR', fingerprint: made },
			{ draft, handedOver: [handed({ sha256: sum, version: 3 })] }
		);
		expect(facts).toMatchObject([{ version: 4, sha256: made, tlp: 'green' }]);
	});

	it('is taken back only while nothing of it is in the report', () => {
		const back = (one: ReturnType<typeof handed>, who = greek) =>
			outcome('contribution.takeBack', who, { country: 'GR', version: 1 }, { handedOver: [one] });
		expect(back(handed())).toBe('contribution-taken-back');
		expect(back(handed({ isUsed: true }))).toBe('not-now');
		expect(back(handed({ isTakenBack: true }))).toBe('');
		expect(back(handed(), facilitator)).toBe('not-found');
		expect(back(handed(), italian)).toBe('not-found');
	});

	it('nothing of the report is done before ENDEX, or after the exercise is closed', () => {
		for (const state of exerciseStates) {
			const open = ['ended', 'evaluating', 'reported'].includes(state);
			const one = { draft, exercise: exercise(state) };
			expect(outcome('contribution.handOver', greek, { country: 'GR', fingerprint: made }, one)).toBe(
				open ? 'contribution-handed-over' : 'not-now'
			);
		}
	});
});

describe('what is taken over', () => {
	const input = { country: 'GR', version: 1, section: 'did', block: 1, chapter: 'country:GR' };
	const state = { source: draft, handedOver: [handed()] };

	it('[P2] by whoever leads the review, and says where it came from', () => {
		for (const who of everybody)
			expect(outcome('aar.takeOver', who, input, state)).toBe(
				who === director || who === facilitator ? 'passage-taken-over' : 'not-found'
			);
		expect(decide('aar.takeOver', facilitator, input, state).facts).toEqual([
			{
				kind: 'passage-taken-over',
				passage: 'passage-0001',
				chapter: 'country:GR',
				country: 'GR',
				version: 1,
				section: 'did',
				block: 1,
				sha256: made,
				tlp: 'green',
				words: fingerprint({ type: 'doc', content: [text.content[1]] })
			}
		]);
	});

	it('not what was taken back, is not there, or belongs in another country’s chapter', () => {
		expect(
			outcome('aar.takeOver', facilitator, input, { ...state, handedOver: [handed({ isTakenBack: true })] })
		).toBe('not-found');
		expect(outcome('aar.takeOver', facilitator, { ...input, block: 9 }, state)).toBe('not-found');
		expect(outcome('aar.takeOver', facilitator, { ...input, chapter: 'country:IT' }, state)).toBe('invalid');
		expect(() => decide('aar.takeOver', facilitator, { ...input, chapter: 'elsewhere' }, state)).toThrow();
	});

	it('[P8] is never below the label of its source, whatever is written on the page', () => {
		expect(labelOf('clear', { tlp: 'amber' }, 'green')).toBe('amber');
		expect(labelOf('red', { tlp: 'amber' }, 'green')).toBe('red');
		expect(labelOf(null, { tlp: 'clear' }, 'green')).toBe('clear');
		expect(labelOf(null, undefined, 'green')).toBe('green');
		expect(labelOf('clear', undefined, 'green')).toBe('clear');
	});

	it('shows as edited once its text is another one', () => {
		const source = { words: fingerprint(text) };
		expect(isEdited(text, source)).toBe(false);
		expect(isEdited(richTextFromText('First paragraph.'), source)).toBe(true);
	});
});

describe('the page of the report', () => {
	const build = () => {
		const doc = new Y.Doc();
		doc.transact(() => {
			for (const [id, chapter] of [
				['one', 'summary'],
				['two', 'summary'],
				['three', 'country:GR']
			] as [string, ChapterId][])
				addPassage(doc, { id, chapter, tlp: null, text: richTextFromText(`Text of ${id}`) });
		});
		return doc;
	};

	it('keeps passages in their order, with labels and findings', () => {
		const doc = build();
		labelPassage(doc, 'two', 'green');
		citeInPassage(doc, 'one', 'finding-0001', true);
		movePassage(doc, 'two', -1);
		expect(readPassages(doc).map(({ id, chapter, tlp, cites }) => [id, chapter, tlp, cites])).toEqual(
			expect.arrayContaining([
				['two', 'summary', 'green', []],
				['one', 'summary', null, ['finding-0001']]
			])
		);
		expect(
			readPassages(doc)
				.filter(({ chapter }) => chapter === 'summary')
				.map(({ id }) => id)
		).toEqual(['two', 'one']);
		citeInPassage(doc, 'one', 'finding-0001', false);
		expect(readPassages(doc).every(({ cites }) => cites.length === 0)).toBe(true);
	});

	it('reads nothing that is no passage, and no chapter that is none', () => {
		const doc = build();
		doc.getMap('passages').set('broken', 'x');
		addPassage(doc, { id: 'odd', chapter: 'nowhere' as ChapterId, tlp: null, text });
		expect(
			readPassages(doc)
				.map(({ id }) => id)
				.sort()
		).toEqual(['one', 'three', 'two']);
		expect(['summary', 'objective:OBJ-1', 'capability:recovery', 'country:GR'].every(isChapter)).toBe(true);
		expect(
			['', 'x', 'objective:', 'capability:magic', 'country:XX', `objective:${'x'.repeat(90)}`].some(isChapter)
		).toBe(false);
	});

	it('sorts chapters as a report is read', () => {
		const all: ChapterId[] = [
			'conclusions',
			'country:IT',
			'objective:OBJ-10',
			'objective:OBJ-2',
			'summary',
			'course'
		];
		expect(all.sort(compareChapters)).toEqual([
			'summary',
			'course',
			'objective:OBJ-2',
			'objective:OBJ-10',
			'country:IT',
			'conclusions'
		]);
	});
});

describe('sign-off', () => {
	const said = { version: 4, country: 'GR', sha256: sum };
	const state = { version, signOffs: round() };

	it('[P2] is said by the country’s moderators alone, about exactly this text, until the deadline', () => {
		for (const who of everybody)
			expect(outcome('aar.agree', who, said, state)).toBe(who === greek ? 'aar-agreed' : 'not-found');
		expect(outcome('aar.agree', greek, { ...said, sha256: made }, state)).toBe('stale');
		expect(outcome('aar.agree', greek, said, { version, signOffs: round({ deadline: 100 }) })).toBe(
			'not-now'
		);
		expect(outcome('aar.agree', greek, said, { version, signOffs: null })).toBe('not-found');
		expect(outcome('aar.object', greek, { ...said, reason: 'It was not so' }, state)).toBe('aar-objected');
		expect(() => decide('aar.object', greek, { ...said, reason: ' ' }, state)).toThrow();
		expect(outcome('aar.comment', greek, { ...said, text: 'Half of it' }, state)).toBe('aar-commented');
	});

	it('holds for the content: a further version of the same text has it, another text has not', () => {
		const acts = (...facts: AarFact[]): AarAct[] =>
			facts.map((fact, wallAt) => ({ fact, by: 'Fay', wallAt }));
		const found = readSignOffs(
			acts(
				{
					kind: 'aar-circulated',
					version: 4,
					extent: 'public',
					sha256: sum,
					countries: ['GR', 'IT'],
					deadline: 100,
					silence: true
				},
				{ kind: 'aar-agreed', version: 4, sha256: sum, country: 'GR', words: '' },
				{ kind: 'aar-agreed', version: 4, sha256: sum, country: 'FR', words: 'not asked' },
				{
					kind: 'aar-circulated',
					version: 6,
					extent: 'public',
					sha256: sum,
					countries: ['IT'],
					deadline: 200,
					silence: false
				}
			)
		);
		expect([...found.keys()]).toEqual([sum]);
		const last = found.get(sum)!;
		expect(last).toMatchObject({ version: 6, deadline: 200, silence: false });
		expect(signStanding(last, 'GR', 500)).toBe('agreed');
		expect(signStanding(last, 'IT', 500)).toBe('waiting');
	});

	it('a comment breaks the silence, and is no agreement', () => {
		const commented: Said = { what: 'commented', words: 'Half of it', by: 'Manos', wallAt: 1 };
		const one = round({ silence: true, said: new Map([['GR', [commented]]]) });
		expect(signStanding(one, 'GR', 2000)).toBe('commented');
		const { missing } = missingForPublication({
			kind: 'exercise',
			affected: ['GR'],
			signOffs: one,
			now: 2000
		});
		expect(missing).toEqual([{ country: 'GR', why: 'waiting' }]);
	});

	it('silence is agreement only where that was announced', () => {
		expect(signStanding(round({ silence: true }), 'GR', 999)).toBe('waiting');
		expect(signStanding(round({ silence: true }), 'GR', 1000)).toBe('silent');
		expect(signStanding(round(), 'GR', 1000)).toBe('waiting');
	});

	it('is asked of those whom a version is for', () => {
		const input = { version: 4, countries: ['GR'], deadline: 900, silence: false };
		const circulate = (values: Partial<VersionState>, given: object = {}, who = facilitator) =>
			outcome('aar.circulate', who, { ...input, ...given }, { version: { ...version, ...values } });
		expect(circulate({})).toBe('aar-circulated');
		expect(circulate({}, {}, greek)).toBe('not-found');
		expect(circulate({ extent: 'full' })).toBe('invalid');
		expect(circulate({ extent: 'national', country: 'GR' })).toBe('aar-circulated');
		expect(circulate({ extent: 'national', country: 'IT' })).toBe('forbidden');
		expect(circulate({}, { countries: ['FR'] })).toBe('invalid');
		expect(circulate({}, { deadline: 500 })).toBe('invalid');
	});
});

describe('what is missing for publication', () => {
	const agreed: Said[] = [{ what: 'agreed', words: '', by: 'Manos', wallAt: 1 }];
	const objected: Said[] = [{ what: 'objected', words: 'No', by: 'Mara', wallAt: 1 }];
	const ask = (kind: 'exercise' | 'real', signOffs: SignOffRound | null, now = 2000) =>
		missingForPublication({ kind, affected: ['IT', 'GR', 'GR'], signOffs, now });

	it('of an exercise it may go out, and says who has not agreed', () => {
		expect(ask('exercise', null)).toEqual({
			missing: [
				{ country: 'GR', why: 'not-asked' },
				{ country: 'IT', why: 'not-asked' }
			],
			mayPublish: true
		});
		const said = new Map([
			['GR', agreed],
			['IT', []]
		]) as SignOffRound['said'];
		expect(ask('exercise', round({ said, silence: true })).missing).toEqual([]);
		expect(ask('exercise', round({ said })).missing).toEqual([{ country: 'IT', why: 'waiting' }]);
	});

	it('of something real every affected state consents explicitly: silence is never consent', () => {
		const all = new Map([
			['GR', agreed],
			['IT', agreed]
		]) as SignOffRound['said'];
		expect(ask('real', round({ said: all }))).toEqual({ missing: [], mayPublish: true });
		for (const [words, why] of [
			[[], 'only-silence'],
			[objected, 'objected']
		] as const) {
			const said = new Map([
				['GR', agreed],
				['IT', [...words]]
			]) as SignOffRound['said'];
			expect(ask('real', round({ said, silence: true }))).toEqual({
				missing: [{ country: 'IT', why }],
				mayPublish: false
			});
		}
		expect(ask('real', null).mayPublish).toBe(false);
	});

	it('a version whose title page names a country as agreed that has not is frozen again first', () => {
		const publish = (missing: VersionState['missing'], who = director) =>
			outcome('aar.publish', who, { version: 4, sha256: sum }, { version: { ...version, missing } });
		expect(publish(['GR', 'IT'])).toBe('aar-published');
		expect(publish(['IT'])).toBe('stale');
		expect(publish(['GR', 'IT'], facilitator)).toBe('forbidden');
		expect(publish(['GR', 'IT'], greek)).toBe('not-found');
		const national = { ...version, extent: 'national' as const };
		expect(outcome('aar.publish', director, { version: 4, sha256: sum }, { version: national })).toBe(
			'invalid'
		);
	});
});

describe('who reads a frozen version', () => {
	const read = (values: Partial<Parameters<typeof readsVersion>[1]>) =>
		everybody.filter((one) =>
			readsVersion(one, { extent: 'full', country: null, isPublished: false, countries: [], ...values })
		);
	const staff = [director, controller, facilitator, evaluator];

	it('[P2] the full one whoever knows of evidence, a national one its moderator too, a public one those asked, then all', () => {
		expect(read({})).toEqual(staff);
		expect(read({ isPublished: true })).toEqual(staff);
		expect(read({ extent: 'national', country: 'GR' })).toEqual([
			director,
			controller,
			facilitator,
			greek,
			evaluator
		]);
		expect(read({ extent: 'public' })).toEqual(staff);
		expect(read({ extent: 'public', countries: ['IT'] })).toEqual([
			director,
			controller,
			facilitator,
			italian,
			evaluator
		]);
		expect(read({ extent: 'public', isPublished: true })).toEqual(everybody);
		expect(readsVersion(actor(), { extent: 'public', country: null, isPublished: true, countries: [] })).toBe(
			false
		);
		// whoever evaluates and plays learns of no evidence
		const both = actor({ role: 'evaluator', teamId: 'team-gr-1' as TeamId }, ...player.memberships);
		expect(readsVersion(both, { extent: 'full', country: null, isPublished: false, countries: [] })).toBe(
			false
		);
	});
});

it('sources of passages are read from facts, not from the page', () => {
	const fact: AarFact = {
		kind: 'passage-taken-over',
		passage: 'passage-0001' as PassageId,
		chapter: 'summary',
		country: 'GR',
		version: 1,
		section: 'did',
		block: null,
		sha256: made,
		tlp: 'green',
		words: made
	};
	expect(readSources([{ fact, by: 'Fay', wallAt: 7 }]).get('passage-0001')).toMatchObject({
		country: 'GR',
		by: 'Fay',
		wallAt: 7,
		tlp: 'green'
	});
	const handedOver: AarFact = {
		kind: 'contribution-handed-over',
		country: 'GR',
		version: 1,
		sha256: made,
		tlp: 'green'
	};
	expect(readHandedOver([handedOver, fact].map((one) => ({ fact: one, by: 'x', wallAt: 1 })))).toMatchObject([
		{ isUsed: true, isTakenBack: false }
	]);
});
