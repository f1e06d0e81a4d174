import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countryCodes } from '#lib/standards/countries.ts';
import {
	documentName,
	documentRight,
	mayKeepOffline,
	parseDocumentName,
	showsPresence,
	timelineName,
	type DocumentRef,
	type Right
} from '#lib/exercise/documents.ts';
import { cellIds, defaultSettings, type Actor, type Team } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import {
	centralPlanner,
	controller,
	director,
	facilitator,
	french,
	frenchLead,
	greek,
	greekEvaluator,
	greekFacilitator,
	greekLead,
	greekModerator,
	greekPlanner,
	greekPlayer,
	greekPort,
	idOf,
	observer,
	person,
	stranger
} from './factories.ts';

const exercise = idOf<ExerciseId>('exercise');

// --- names ------------------------------------------------------------------------------------------------------------

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
const idArbitrary = fc.string({
	unit: fc.constantFrom(...alphabet),
	minLength: 8,
	maxLength: 40
});
const refArbitrary = fc.tuple(
	idArbitrary,
	fc.oneof(
		fc.constantFrom({ kind: 'scenario' }, { kind: 'evaluation' }, { kind: 'review' }, { kind: 'report' }),
		fc.record({ kind: fc.constant('contribution'), country: fc.constantFrom(...countryCodes) }),
		fc.record({ kind: fc.constant('script'), cell: fc.constantFrom(...cellIds) }),
		fc.record({
			kind: fc.constant('worksheet'),
			team: idArbitrary,
			page: fc.oneof(
				fc.constant('notes'),
				fc.integer({ min: 1, max: 9999 }).map((n) => `report-${n}`)
			)
		}),
		fc.record({
			kind: fc.constant('timeline'),
			segment: fc.integer({ min: 0, max: 999_999 }),
			audience: fc.oneof(
				fc.constant({ to: 'control' }),
				fc.record({ to: fc.constantFrom('team', 'evaluation'), team: idArbitrary }),
				fc.record({ to: fc.constant('channel'), channel: fc.constantFrom('everyone', ...countryCodes) })
			)
		})
	)
);

describe('names of documents', () => {
	it('[R5] are read as what they were made from', () => {
		fc.assert(
			fc.property(refArbitrary, ([id, rest]) => {
				const ref = { exercise: id, ...rest } as DocumentRef;
				expect(parseDocumentName(documentName(ref))).toEqual(ref);
			}),
			{ numRuns: 1000 }
		);
	});

	it('[R5] are the only names: whatever else is read as something is written the same', () => {
		const words = fc.constantFrom(
			'exercise',
			'script',
			'timeline',
			'team',
			'channel',
			'control',
			'worksheet',
			'notes',
			'report-1',
			'report-01',
			'central',
			'GR',
			'gr',
			'EL',
			'everyone',
			'scenario',
			'review',
			'report',
			'contribution',
			'evaluation',
			'0',
			'00',
			'1',
			'-1',
			'1e3',
			'',
			'..',
			'exercise_1',
			'short'
		);
		fc.assert(
			fc.property(fc.array(words, { maxLength: 8 }), (parts) => {
				for (const name of [parts.join('/'), ['exercise', 'exercise_1', ...parts].join('/')]) {
					const ref = parseDocumentName(name);
					if (ref) expect(documentName(ref)).toBe(name);
				}
			}),
			{ numRuns: 5000 }
		);
	});

	const base = `exercise/${exercise}`;
	for (const name of [
		'',
		'/',
		'exercise',
		base,
		`${base}/`,
		`/${base}/scenario`,
		`${base}/scenario/`,
		`${base}/scenario/0`,
		`${base}//scenario`,
		`Exercise/${exercise}/scenario`,
		`exercise/short/scenario`,
		`exercise/${'a'.repeat(41)}/scenario`,
		`exercise/../../etc/scenario`,
		`${base}/../${exercise}/scenario`,
		`${base}/constructor`,
		`${base}/__proto__`,
		`${base}/script`,
		`${base}/script/`,
		`${base}/script/EL`,
		`${base}/script/gr`,
		`${base}/script/toString`,
		`${base}/script/GR/0`,
		`${base}/timeline/control`,
		`${base}/timeline/control/`,
		`${base}/timeline/control/-1`,
		`${base}/timeline/control/01`,
		`${base}/timeline/control/1.0`,
		`${base}/timeline/control/1e3`,
		`${base}/timeline/control/1000000`,
		`${base}/timeline/control/٣`,
		`${base}/timeline/0`,
		`${base}/timeline/team/0`,
		`${base}/timeline/evaluation/0`,
		`${base}/timeline/evaluation/${greek.id}`,
		`${base}/evaluation/${greek.id}`,
		`${base}/timeline/team/gr csirt__/0`,
		`${base}/timeline/team/${greek.id}`,
		`${base}/timeline/channel/press/0`,
		`${base}/timeline/channel/EL/0`,
		`${base}/timeline/everyone/0`,
		`${base}/worksheet/${greek.id}`,
		`${base}/worksheet/${greek.id}/report-0`,
		`${base}/worksheet/${greek.id}/report-01`,
		`${base}/worksheet/${greek.id}/report-10000`,
		`${base}/worksheet/${greek.id}/report-1\n`,
		`${base}/worksheet/${greek.id}/Notes`,
		`${base}/worksheet/${greek.id}/notes/0`,
		`${base}/worksheet/%2e%2e/notes`,
		`${base}/scenario?x`,
		`${base}/scenario#x`,
		`${base}/scenario\0`,
		`exercise\\${exercise}\\scenario`
	])
		it(`[R5] ${JSON.stringify(name)} is no document`, () => {
			expect(parseDocumentName(name)).toBeNull();
		});

	it('a timeline’s name is its segments’ without the number', () => {
		const audience = { to: 'team', team: greek.id } as const;
		expect(documentName({ exercise, kind: 'timeline', audience, segment: 3 })).toBe(
			`${timelineName(exercise, audience)}/3`
		);
	});
});

// --- rights -----------------------------------------------------------------------------------------------------------

const document = {
	'own script': { kind: 'script', cell: 'GR' },
	'other script': { kind: 'script', cell: 'FR' },
	'central script': { kind: 'script', cell: 'central' },
	scenario: { kind: 'scenario' },
	'control timeline': { kind: 'timeline', audience: { to: 'control' }, segment: 0 },
	'own team timeline': { kind: 'timeline', audience: { to: 'team', team: greek.id }, segment: 0 },
	'sister team timeline': { kind: 'timeline', audience: { to: 'team', team: greekPort.id }, segment: 0 },
	'other team timeline': { kind: 'timeline', audience: { to: 'team', team: french.id }, segment: 0 },
	'everyone channel': { kind: 'timeline', audience: { to: 'channel', channel: 'everyone' }, segment: 0 },
	'own channel': { kind: 'timeline', audience: { to: 'channel', channel: 'GR' }, segment: 0 },
	'other channel': { kind: 'timeline', audience: { to: 'channel', channel: 'FR' }, segment: 0 },
	'own worksheet': { kind: 'worksheet', team: greek.id, page: 'notes' },
	'own report': { kind: 'worksheet', team: greek.id, page: 'report-1' },
	'sister worksheet': { kind: 'worksheet', team: greekPort.id, page: 'notes' },
	'other worksheet': { kind: 'worksheet', team: french.id, page: 'notes' },
	'own evaluation': { kind: 'timeline', audience: { to: 'evaluation', team: greek.id }, segment: 0 },
	'other evaluation': { kind: 'timeline', audience: { to: 'evaluation', team: french.id }, segment: 0 },
	evaluation: { kind: 'evaluation' },
	review: { kind: 'review' },
	report: { kind: 'report' },
	'own contribution': { kind: 'contribution', country: 'GR' },
	'other contribution': { kind: 'contribution', country: 'FR' }
} as const satisfies Record<string, Record<string, unknown>>;
type DocumentLabel = keyof typeof document;

const teamsById = new Map<string, Team>([greek, greekPort, french].map((team) => [team.id, team]));
function rightOf(label: DocumentLabel, actor: Actor, settings = defaultSettings): Right {
	const ref = { exercise, ...document[label] } as unknown as DocumentRef;
	const id =
		ref.kind === 'worksheet'
			? ref.team
			: ref.kind === 'timeline' && 'team' in ref.audience
				? ref.audience.team
				: '';
	const team = teamsById.get(id);
	return documentRight(ref, actor, { settings, ...(team && { team }) });
}

describe('who may open which document', () => {
	/**
	 * w write, r read, - not even that it exists. All scopes are Greek: `own` is the Greek CSIRT's and Greece's, `sister`
	 * is another Greek team, `other` is France.
	 */
	const roles: [string, Actor][] = [
		['director', director],
		['controller', controller],
		['moderator', greekModerator],
		['planner', greekPlanner],
		['central planner', centralPlanner],
		['evaluator', greekEvaluator],
		['facilitator', greekFacilitator],
		['facilitator of all', facilitator],
		['team lead', greekLead],
		['player', greekPlayer],
		['observer', observer],
		['stranger', stranger]
	];
	const matrix: Record<DocumentLabel, string> = {
		//                       dir con mod pla cen eva fac all lea ply obs str
		'own script': '           w   w   r   w   -   -   -   -   -   -   -   -',
		'other script': '         w   w   -   -   -   -   -   -   -   -   -   -',
		'central script': '       w   w   -   r   w   -   -   -   -   -   -   -',
		scenario: '               w   w   -   w   w   r   -   -   -   -   -   -',
		'control timeline': '     r   r   -   -   -   -   -   -   -   -   -   -',
		'own team timeline': '    r   r   r   -   -   r   r   -   r   r   -   -',
		'sister team timeline': ' r   r   r   -   -   -   -   -   -   -   -   -',
		'other team timeline': '  r   r   -   -   -   -   -   -   -   -   -   -',
		'everyone channel': '     r   r   r   r   r   r   r   r   r   r   r   -',
		'own channel': '          r   r   r   -   -   -   -   -   -   -   -   -',
		'other channel': '        r   r   -   -   -   -   -   -   -   -   -   -',
		'own worksheet': '        r   r   r   -   -   r   r   -   w   w   -   -',
		'own report': '           r   r   r   -   -   r   r   -   w   w   -   -',
		'sister worksheet': '     r   r   r   -   -   -   -   -   -   -   -   -',
		'other worksheet': '      r   r   -   -   -   -   -   -   -   -   -   -',
		'own evaluation': '       r   r   -   -   -   r   -   -   -   -   -   -',
		'other evaluation': '     r   r   -   -   -   -   -   -   -   -   -   -',
		evaluation: '             w   w   -   -   -   w   -   -   -   -   -   -',
		review: '                 w   r   -   -   -   r   w   w   -   -   -   -',
		report: '                 w   r   -   -   -   r   w   w   -   -   -   -',
		// not even exercise control: a country's draft is the country's
		'own contribution': '     -   -   w   w   -   -   -   -   -   -   -   -',
		'other contribution': '   -   -   -   -   -   -   -   -   -   -   -   -'
	};
	const rights: Record<string, Right> = { w: 'write', r: 'read', '-': 'none' };

	for (const label of Object.keys(matrix) as DocumentLabel[])
		for (const [i, [role, actor]] of roles.entries()) {
			const expected = rights[matrix[label].trim().split(/\s+/)[i]!]!;
			it(`[R1] ${role}, ${label}: ${expected}`, () => {
				expect(rightOf(label, actor)).toBe(expected);
			});
		}

	/** What a director's setting opens: no more than this. */
	const opened = {
		evaluatorsReadScript: {
			settings: { ...defaultSettings, evaluatorsReadScript: true },
			who: ['evaluator'],
			what: ['own script', 'other script', 'central script']
		},
		reviewOpen: {
			settings: { ...defaultSettings, reviewOpen: true },
			who: ['moderator', 'planner', 'central planner', 'team lead', 'player', 'observer'],
			what: ['review']
		},
		authorMayApprove: { settings: { ...defaultSettings, authorMayApprove: true }, who: [], what: [] },
		anonymousHotWash: { settings: { ...defaultSettings, anonymousHotWash: false }, who: [], what: [] }
	};
	for (const [setting, { settings, who, what }] of Object.entries(opened))
		it(`[P1] the setting ${setting} opens ${what.join(', ') || 'nothing'}${who.length > 0 ? ` to ${who.join(', ')}` : ''}`, () => {
			for (const label of Object.keys(matrix) as DocumentLabel[])
				for (const [role, actor] of roles) {
					const opens = (who as string[]).includes(role) && (what as string[]).includes(label);
					expect([role, label, rightOf(label, actor, settings)]).toEqual([
						role,
						label,
						opens ? 'read' : rightOf(label, actor)
					]);
				}
		});

	it('[R5] a team of another exercise, or none, opens to nobody', () => {
		for (const ref of [
			{ exercise, kind: 'worksheet', team: greek.id, page: 'notes' },
			{ exercise, kind: 'timeline', audience: { to: 'team', team: greek.id }, segment: 0 }
		] as DocumentRef[])
			for (const [, actor] of roles) {
				expect(documentRight(ref, actor, { settings: defaultSettings })).toBe('none');
				expect(documentRight(ref, actor, { settings: defaultSettings, team: french })).toBe('none');
			}
	});

	it('[R6] no browser writes a timeline, whoever it is', () => {
		const all = person(
			'Everything',
			...roles.flatMap(([, actor]) => actor.memberships),
			...frenchLead.memberships
		);
		for (const label of Object.keys(matrix) as DocumentLabel[])
			if (document[label].kind === 'timeline')
				// who plays in the team reads nothing that is noted about it, whatever else they are
				expect([label, rightOf(label, all)]).toEqual([
					label,
					/^\w+ evaluation$/.test(label) ? 'none' : 'read'
				]);
	});

	it('[P2] rights of two roles add up, and lend nothing to each other', () => {
		const both = person('Both', { role: 'player', teamId: greek.id }, { role: 'moderator', country: 'FR' });
		expect(rightOf('own worksheet', both)).toBe('write');
		expect(rightOf('other worksheet', both)).toBe('read');
		expect(rightOf('sister worksheet', both)).toBe('none');
		expect(rightOf('other script', both)).toBe('read');
		expect(rightOf('own script', both)).toBe('none');
	});

	it('[P2] a role without its scope opens nothing', () => {
		for (const role of ['moderator', 'planner', 'evaluator', 'player'] as const) {
			const scopeless = person('Scopeless', { role });
			for (const label of [
				'own script',
				'central script',
				'own team timeline',
				'own channel',
				'own worksheet'
			] as const)
				expect([role, label, rightOf(label, scopeless)]).toEqual([role, label, 'none']);
		}
	});
});

describe('presence', () => {
	const shows = (label: DocumentLabel, actor: Actor) =>
		showsPresence({ exercise, ...document[label] } as unknown as DocumentRef, actor);

	it('[P2] on a team’s pages shows the team and those who facilitate it, and never who watches', () => {
		for (const actor of [greekLead, greekPlayer, greekFacilitator])
			expect(shows('own worksheet', actor)).toBe(true);
		for (const actor of [director, controller, greekModerator, greekEvaluator, observer])
			expect(shows('own worksheet', actor)).toBe(false);
	});

	it('[P2] nobody shows on a timeline', () => {
		for (const label of Object.keys(document) as DocumentLabel[])
			if (document[label].kind === 'timeline')
				for (const actor of [director, greekEvaluator, greekLead]) expect(shows(label, actor)).toBe(false);
	});

	it('[P1] in the central script those show who write it, not planners of other cells who read it', () => {
		expect(shows('central script', centralPlanner)).toBe(true);
		expect(shows('central script', controller)).toBe(true);
		expect(shows('central script', greekPlanner)).toBe(false);
	});

	it('planners see each other, evaluators see each other', () => {
		expect(shows('own script', greekPlanner)).toBe(true);
		expect(shows('evaluation', greekEvaluator)).toBe(true);
		expect(shows('evaluation', director)).toBe(true);
	});

	it('[P2] evaluators stay invisible where the review is open to players', () => {
		expect(shows('review', facilitator)).toBe(true);
		expect(shows('review', director)).toBe(true);
		expect(shows('review', greekEvaluator)).toBe(false);
	});
});

describe('offline copies', () => {
	it('[R14] exist of team pages only', () => {
		for (const label of Object.keys(document) as DocumentLabel[])
			expect([label, mayKeepOffline({ exercise, ...document[label] } as unknown as DocumentRef)]).toEqual([
				label,
				document[label].kind === 'worksheet'
			]);
	});
});
