import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { coreCapabilities } from '#lib/standards/evaluation.ts';
import {
	addGuide,
	addTask,
	editGuide,
	editTask,
	guideLimits,
	guideProblems,
	guidesOf,
	readGuides,
	removeGuide,
	removeTask
} from '#lib/exercise/evaluation/guide.ts';
import { guideTemplates, templateName } from '#lib/exercise/evaluation/templates.ts';
import type { GuideId, GuideTaskId, TeamId } from '#lib/exercise/ids.ts';

let minted = 0;
const mint = () => `task_000${minted++}` as GuideTaskId;
const first = 'guide_first' as GuideId;
const second = 'guide_second' as GuideId;
const team = 'team_greek' as TeamId;

describe('the page of guides', () => {
	it('keeps guides and their tasks in the order in which they were added', () => {
		const doc = new Y.Doc();
		addGuide(doc, first, { objective: 'OBJ-1', tasks: [{ text: 'One', source: 'Plan' }] }, mint);
		addGuide(doc, second, { objective: 'OBJ-2', teams: [team] }, mint);
		const added = mint();
		addTask(doc, first, added, { text: 'Two' });
		editTask(doc, added, { source: 'Handbook' });
		editGuide(doc, first, { teams: [team], target: 'To be shown' });
		expect(readGuides(doc)).toMatchObject([
			{
				id: first,
				objective: 'OBJ-1',
				target: 'To be shown',
				teams: [team],
				tasks: [
					{ text: 'One', source: 'Plan' },
					{ id: added, text: 'Two', source: 'Handbook' }
				]
			},
			{ id: second, objective: 'OBJ-2', tasks: [] }
		]);
		expect(guidesOf(readGuides(doc), team)).toHaveLength(2);
		expect(guidesOf(readGuides(doc), 'team_other' as TeamId)).toEqual([]);
		removeTask(doc, added);
		expect(readGuides(doc)[0]!.tasks).toHaveLength(1);
		removeGuide(doc, first);
		expect(readGuides(doc).map(({ id }) => id)).toEqual([second]);
		expect(doc.getMap('tasks').size).toBe(0);
	});

	it('[P9] reads whatever a hostile page holds as guides with defaults', () => {
		const doc = new Y.Doc();
		const wrong = new Y.Map<unknown>();
		doc.getMap<unknown>('guides').set('guide_wrong', wrong);
		doc.getMap<unknown>('guides').set('x', new Y.Map());
		doc.getMap<unknown>('guides').set('guide_text', 'no map');
		wrong.set('target', 'x'.repeat(guideLimits.text + 1));
		wrong.set('teams', ['../x']);
		wrong.set('order', { no: 'key' });
		const task = new Y.Map<unknown>();
		doc.getMap<unknown>('tasks').set('task_wrong', task);
		task.set('guide', 'guide_wrong');
		task.set('text', 7);
		expect(readGuides(doc)).toEqual([
			{
				id: 'guide_wrong',
				objective: '',
				objectiveText: '',
				capability: '',
				target: '',
				standard: '',
				template: '',
				teams: [],
				tasks: [{ id: 'task_wrong', text: '', source: '' }]
			}
		]);
		expect(addGuide(doc, first, {}, mint)).toBe(true);
	});

	it('takes no more tasks than one person can watch', () => {
		const doc = new Y.Doc();
		addGuide(doc, first, {}, mint);
		for (let i = 0; i < guideLimits.tasks; i++) expect(addTask(doc, first, mint(), {})).toBe(true);
		expect(addTask(doc, first, mint(), {})).toBe(false);
	});

	it('says what a guide lacks', () => {
		const doc = new Y.Doc();
		addGuide(doc, first, {}, mint);
		expect(guideProblems(readGuides(doc)[0]!)).toEqual([
			'no-objective',
			'no-target',
			'no-standard',
			'no-tasks',
			'no-teams'
		]);
	});
});

describe('templates', () => {
	it('are complete guides but for objective and teams, of capabilities that there are', () => {
		for (const template of guideTemplates) {
			const doc = new Y.Doc();
			const { capability, target, standard, tasks } = template;
			addGuide(doc, first, { capability, target, standard, tasks, template: templateName(template) }, mint);
			const [guide] = readGuides(doc);
			expect(guideProblems(guide!)).toEqual(['no-objective', 'no-teams']);
			expect(guide!.tasks).toHaveLength(tasks.length);
			expect(coreCapabilities as readonly string[]).toContain(capability);
		}
		expect(new Set(guideTemplates.map(({ id }) => id)).size).toBe(guideTemplates.length);
	});
});
