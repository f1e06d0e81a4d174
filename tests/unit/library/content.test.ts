import { describe, expect, it } from 'vitest';
import { defaultSettings, exerciseStates, type Membership } from '#lib/exercise/exercise/schema.ts';
import type { AttachmentId, ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import { newInject, type Inject } from '#lib/exercise/inject/schema.ts';
import { isSurprisedIn, openSources } from '#lib/exercise/library/access.ts';
import { copiedInjects, labelProblem, libraryContent } from '#lib/exercise/library/content.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { french, greek, idOf, startex, teams } from '../domain/factories.ts';

const named = (name: string, values: Partial<Omit<Inject, 'id'>> = {}) =>
	newInject(idOf<InjectId>(name), { reference: name, title: `Title ${name}`, ...values });
const keep = (chosen: Inject[], script = chosen) =>
	libraryContent(chosen, {
		startsAt: startex,
		timeZone: 'Europe/Brussels',
		teams,
		script,
		scenario: {
			storylines: [
				{ id: 's1', name: 'Ransom at the port', colour: 'blue', description: 'd' },
				{ id: 's2', name: 'Other', colour: 'red', description: '' }
			],
			objectives: [{ id: 'o1', code: 'OBJ-1', text: 'x', capability: '', measure: '', deadline: '' }]
		}
	});
let minted = 0;
const use = (content: ReturnType<typeof keep>, shift = 0) =>
	copiedInjects(content, {
		mint: () => `minted-${String(++minted).padStart(6, '0')}`,
		shift,
		nextReference: (given) => `N-${given.length + 7}`
	});

describe('what the library keeps of injects', () => {
	it('[P1] nothing of participants: no team, no controller, no file, no id of the exercise', () => {
		const content = keep([
			named('CM-1', {
				to: { all: false, countries: ['IT'], levels: ['political'], teams: [greek.id, french.id] },
				controller: 'Zeisig Controller',
				otherFields: [{ name: 'owner', value: 'Zeisig' }],
				attachments: [{ id: idOf<AttachmentId>('zeisig file'), name: 'a.pdf', mediaType: 'x', bytes: 1 }],
				origin: { inject: idOf<InjectId>('elsewhere'), taken: named('x') }
			})
		]);
		expect(content.injects[0]!.to).toEqual({
			all: false,
			countries: ['IT', 'GR', 'FR'],
			levels: ['political'],
			teams: []
		});
		const bytes = JSON.stringify(content).toLowerCase();
		for (const secret of ['zeisig', greek.id, french.id, idOf('CM-1'), idOf('elsewhere')])
			expect(bytes).not.toContain(secret.toLowerCase());
	});

	it('times count from STARTEX, and move with the shift when it is used', () => {
		const content = keep([
			named('A', { schedule: { mode: 'at', at: startex + 90_000 } }),
			named('B', { schedule: { mode: 'offset', seconds: -600 } }),
			named('C', { schedule: { mode: 'manual' } })
		]);
		expect(content.injects.map((one) => one.schedule)).toEqual([
			{ mode: 'offset', seconds: 90 },
			{ mode: 'offset', seconds: -600 },
			{ mode: 'manual' }
		]);
		expect(use(content, 3600).map((one) => one.schedule)).toEqual([
			{ mode: 'offset', seconds: 3690 },
			{ mode: 'offset', seconds: 3000 },
			{ mode: 'manual' }
		]);
	});

	it('links between its injects point to the copies; what points outside becomes a condition in words', () => {
		const first = named('CM-1', {
			expectedActions: [
				{ id: 'act-a', text: 'Report', withinSeconds: null, critical: true },
				{ id: 'act-b', text: 'Call', withinSeconds: null, critical: false }
			]
		});
		const outside = named('CM-9');
		const clause = {
			inject: first.id,
			act: 'did',
			action: 'act-b',
			not: false,
			withinSeconds: null
		} as const;
		const chosen = [
			first,
			named('CM-2', { schedule: { mode: 'after', inject: first.id, seconds: 60 } }),
			named('CM-3', {
				schedule: { mode: 'condition', when: { match: 'all', clauses: [clause] }, seconds: 0 }
			}),
			named('CM-4', { schedule: { mode: 'after', inject: outside.id, seconds: 600 } }),
			named('CM-5', {
				schedule: {
					mode: 'condition',
					when: { match: 'any', clauses: [clause, { ...clause, inject: outside.id }] },
					seconds: 0
				}
			}),
			named('CM-6', { origin: { inject: first.id, taken: first } })
		];
		const content = keep(chosen, [...chosen, outside]);
		expect(content.injects[3]!.schedule).toEqual({ mode: 'contingency', condition: 'after CM-9 +00:10' });
		expect(content.injects[4]!.schedule).toMatchObject({ mode: 'contingency' });
		const copies = use(content);
		const again = use(content);
		expect(copies[1]!.schedule).toEqual({ mode: 'after', inject: copies[0]!.id, seconds: 60 });
		expect(copies[2]!.schedule).toMatchObject({
			when: { clauses: [{ inject: copies[0]!.id, action: copies[0]!.expectedActions[1]!.id }] }
		});
		expect(copies[5]!.origin?.inject).toBe(copies[0]!.id);
		const ids = [...copies, ...again].flatMap((one) => [one.id, ...one.expectedActions.map((a) => a.id)]);
		expect(new Set(ids).size).toBe(ids.length);
		expect(copies.map((one) => one.reference)).toEqual(['N-7', 'N-8', 'N-9', 'N-10', 'N-11', 'N-12']);
	});

	it('takes the storylines and objectives that its injects name, and all words for the search', () => {
		const content = keep([
			named('CM-1', {
				storyline: 'ransom AT the port',
				objectives: ['OBJ-1'],
				body: richTextFromText('Cranes stand still')
			})
		]);
		expect(content.storylines.map((one) => one.name)).toEqual(['Ransom at the port']);
		expect(content.objectives.map((one) => one.code)).toEqual(['OBJ-1']);
		expect(content.words).toContain('cranes stand still');
	});

	it('[P8] has at least the label of its injects, and nothing RED', () => {
		expect(labelProblem('green', [named('a', { tlp: 'amber' })])).toContain('TLP:AMBER');
		expect(labelProblem('amber', [named('a', { tlp: 'amber' })])).toBeNull();
		expect(labelProblem('amber', [named('a', { tlp: 'red' })])).toContain('TLP:RED');
		expect(labelProblem('red', [named('a', { tlp: 'clear' })])).toContain('TLP:RED');
	});
});

describe('who is to be surprised', () => {
	const roles: [Membership, boolean][] = [
		[{ role: 'player', teamId: greek.id }, true],
		[{ role: 'observer' }, true],
		[{ role: 'evaluator', teamId: greek.id }, true],
		[{ role: 'facilitator' }, true],
		[{ role: 'moderator', country: 'GR' }, true],
		[{ role: 'planner', cell: 'central' }, false],
		[{ role: 'controller' }, false],
		[{ role: 'director' }, false]
	];
	const ask = (
		memberships: Membership[],
		state: (typeof exerciseStates)[number],
		evaluatorsReadScript = false
	) =>
		isSurprisedIn(
			{ id: idOf<ExerciseId>('e'), state, settings: { ...defaultSettings, evaluatorsReadScript } },
			{ accountId: idOf('somebody'), name: '', memberships }
		);
	it('[P1] every role but planning and control, in every state before ENDEX, also beside another role', () => {
		for (const state of exerciseStates) {
			const over = ['ended', 'evaluating', 'reported', 'closed'].includes(state);
			for (const [membership, surprised] of roles) {
				expect(ask([membership], state), `${membership.role} ${state}`).toBe(surprised && !over);
				expect(ask([{ role: 'planner', cell: 'central' }, membership], state)).toBe(surprised && !over);
			}
		}
	});
	it('evaluators to whom scripts are open know them anyway', () => {
		expect(ask([{ role: 'evaluator', teamId: greek.id }], 'running', true)).toBe(false);
	});
	it('[P1] planners see what comes from scripts that they may read; exercise control, and all after ENDEX, everything', () => {
		const open = (membership: Membership, state: (typeof exerciseStates)[number] = 'running') =>
			openSources(
				{ id: idOf<ExerciseId>('e'), state, settings: defaultSettings },
				{ accountId: idOf('somebody'), name: '', memberships: [membership] }
			);
		expect(open({ role: 'planner', cell: 'GR' })).toEqual(['central', 'GR']);
		expect(open({ role: 'planner', cell: 'central' })).toEqual(['central']);
		expect(open({ role: 'player', teamId: greek.id })).toEqual([]);
		expect(open({ role: 'controller' })).toBeNull();
		expect(open({ role: 'director' })).toBeNull();
		expect(open({ role: 'planner', cell: 'GR' }, 'ended')).toBeNull();
	});
});
