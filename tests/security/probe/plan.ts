import { documentName } from '#lib/exercise/documents.ts';
import { newInject, readScript, type Inject } from '#lib/exercise/inject/schema.ts';
import { takeOver } from '#lib/exercise/inject/variant.ts';
import { writeFragment, richTextFromText } from '#lib/exercise/rich-text.ts';
import { addItem, groundTruthOf, narrativeOf } from '#lib/exercise/scenario/schema.ts';
import { toAll } from '../../support/exercise.ts';
import {
	approve,
	change,
	named,
	oddSeconds,
	plantedInject,
	scriptOf,
	toGreece,
	upload,
	write
} from './planted-inject.ts';
import type { ProbeScene } from './scene.ts';

/** What the central cell plans: its script in every state, remarks, scenario, readiness, a kit in the library. */
export async function planCentral(scene: ProbeScene): Promise<void> {
	const { server, exercise, planted, ids, people } = scene;
	const { director, centralPlanner } = people;
	for (const [what, scope] of [
		['central', 'central'],
		['narrow', 'narrow'],
		['held', 'central'],
		['draft', 'planning']
	] as const)
		planted.id(scope, `of ${what}`, ids[what]);
	const files = {
		central: await upload(scene, centralPlanner, 'central', 'central', 'attached'),
		narrow: await upload(scene, centralPlanner, 'central', 'narrow', 'attached')
	};
	ids.centralFile = files.central.id;
	ids.narrowFile = files.narrow.id;
	const seconds = oddSeconds(scene, 'central', 'central', 5 * 3600 + 1237);
	const central = newInject(ids.central, {
		...plantedInject(scene, 'central', 'first'),
		to: toAll,
		schedule: { mode: 'offset', seconds },
		attachments: [files.central]
	});
	const clause = { inject: ids.central, act: 'did', action: central.expectedActions[0]!.id } as const;
	await write(scene, centralPlanner, 'central', [
		central,
		newInject(ids.narrow, {
			...plantedInject(scene, 'narrow', 'first'),
			to: toGreece,
			attachments: [files.narrow],
			schedule: {
				mode: 'condition',
				when: { match: 'all', clauses: [{ ...clause, not: false, withinSeconds: null }] },
				seconds: 60
			}
		}),
		newInject(ids.held, {
			...plantedInject(scene, 'central', 'held'),
			to: toAll,
			schedule: { mode: 'contingency', condition: planted.word('central', 'condition') }
		}),
		newInject(ids.draft, { ...plantedInject(scene, 'planning', 'draft'), to: toAll })
	]);
	await approve(scene, director, 'central', ids.central, ids.narrow, ids.held);
	// a second version, so that there is something to compare
	const second = { title: planted.word('central', 'secondtitle') };
	await change(scene, centralPlanner, 'central', ids.central, second);
	await approve(scene, director, 'central', ids.central);
	await exercise.must(director, 'inject.hold', {
		inject: ids.held,
		reason: planted.word('central', 'reason')
	});
	await exercise.must(centralPlanner, 'inject.submit', {
		cell: 'central',
		injects: await named(scene, 'central', [ids.draft])
	});
	await exercise.must(director, 'inject.return', {
		inject: ids.draft,
		reason: planted.word('planning', 'returned')
	});
	await planScenario(scene);

	const { comments, library, readiness } = server.services;
	const desk = await scene.open(centralPlanner);
	const { id } = await comments.add(desk.exercise, desk.actor, 'central', {
		inject: ids.central,
		text: `@${people.greekPlanner.name} ${planted.word('planning', 'comment')}`,
		mentions: [people.greekPlanner.id]
	});
	ids.comment = planted.id('planning', 'comment', id);
	[ids.kit] = (await library.save({ id: centralPlanner.id, isAdministrator: false }, exercise.id, 'central', {
		kind: 'kit',
		title: planted.word('planning', 'kit'),
		summary: planted.word('planning', 'summary'),
		tags: [planted.word('planning', 'tag')],
		tlp: 'amber',
		injects: [ids.central, ids.narrow]
	})) as [string];
	planted.id('planning', 'kit', ids.kit);
	const control = await scene.open(director);
	await readiness.goList.add(control.exercise, control.actor, {
		text: planted.word('planning', 'goitem'),
		owner: planted.word('planning', 'goowner')
	});
	const { items } = await readiness.goList.view(control.exercise, control.actor);
	ids.goItem = planted.id('planning', 'go item', items[0]!.id);
	await readiness.goList.change(control.exercise, control.actor, ids.goItem, {
		state: 'no-go',
		note: planted.word('planning', 'gonote')
	});
	await readiness.communication.waive(control.exercise, control.actor, planted.word('planning', 'waived'));
}

async function planScenario({ server, exercise, planted, people }: ProbeScene): Promise<void> {
	const word = (place: string) => planted.word('planning', place);
	await server.services.documents.edit(
		documentName({ exercise: exercise.id, kind: 'scenario' }),
		people.centralPlanner.id,
		(doc) => {
			doc.getMap('head').set('title', word('scenario'));
			writeFragment(narrativeOf(doc), richTextFromText(word('narrative')));
			writeFragment(groundTruthOf(doc), richTextFromText(word('truth')));
			addItem(doc, 'storylines', 'storyline-1', {
				name: word('storyline'),
				colour: 'teal',
				description: word('storytold')
			});
			addItem(doc, 'objectives', 'objective-1', {
				code: word('code'),
				text: word('objective'),
				capability: word('capability'),
				measure: word('measure'),
				deadline: word('deadline')
			});
		}
	);
}

/** What the Greek cell plans: a variant of a central inject, one of its own, remarks, files, an item, a rehearsal. */
export async function planGreek(scene: ProbeScene): Promise<void> {
	const { server, exercise, planted, ids, people } = scene;
	const { greekPlanner } = people;
	for (const what of ['greek', 'greekDraft'] as const) planted.id('greek', `of ${what}`, ids[what]);
	const file = await upload(scene, greekPlanner, 'GR', 'greek', 'attached');
	ids.greekFile = file.id;
	const { documents, exercises } = server.services;
	const central = readScript(await documents.read(scriptOf(scene, 'central'))).find(
		({ id }) => id === ids.central
	)!;
	const place = {
		country: 'GR' as const,
		teams: await exercises.teams(exercise.id),
		variantOf: () => undefined
	};
	const taken = takeOver(central, ids.greek, place, { shiftSeconds: 7700 });
	oddSeconds(scene, 'greek', 'the variant', 5 * 3600 + 1237 + 7700);
	const variant: Inject = {
		...taken,
		...plantedInject(scene, 'greek', 'variant'),
		attachments: [...taken.attachments, file],
		origin: {
			inject: ids.central,
			taken: { ...taken.origin!.taken, title: planted.word('greek', 'origintitle') }
		}
	};
	const clause = {
		inject: ids.greek,
		act: 'acknowledged',
		action: null,
		not: true,
		withinSeconds: 600
	} as const;
	await write(scene, greekPlanner, 'GR', [
		variant,
		newInject(ids.greekDraft, {
			...plantedInject(scene, 'greek', 'draft'),
			to: toGreece,
			schedule: { mode: 'condition', when: { match: 'any', clauses: [clause] }, seconds: 0 }
		})
	]);
	await approve(scene, greekPlanner, 'GR', ids.greek);
	await change(scene, greekPlanner, 'GR', ids.greek, { title: planted.word('greek', 'secondtitle') });
	await approve(scene, greekPlanner, 'GR', ids.greek);

	const { comments, library, transfer, scriptExchange } = server.services;
	const desk = await scene.open(greekPlanner);
	const said = (text: string) =>
		comments.add(desk.exercise, desk.actor, 'GR', {
			inject: ids.greek,
			text,
			mentions: [people.director.id]
		});
	ids.greekComment = planted.id('greek', 'comment', (await said(planted.word('greek', 'comment'))).id);
	const settled = await said(planted.word('greek', 'settled'));
	await comments.resolve(desk.exercise, desk.actor, 'GR', settled.id, true);
	[ids.greekItem] = (await library.save({ id: greekPlanner.id, isAdministrator: false }, exercise.id, 'GR', {
		kind: 'inject',
		title: planted.word('greek', 'item'),
		summary: planted.word('greek', 'summary'),
		tags: [planted.word('greek', 'tag')],
		tlp: 'amber',
		injects: [ids.greek]
	})) as [string];
	planted.id('greek', 'item', ids.greekItem);
	const [mapping] = await transfer.mappings.save(greekPlanner.id, planted.word('own', 'mapping'), {
		columns: [{ heading: planted.word('own', 'heading').toLowerCase(), target: 'title' }],
		dateOrder: 'dmy',
		bareTimes: null
	});
	ids.mapping = planted.id('own', 'mapping', mapping!.id);
	const shelved = await scriptExchange.read(desk.exercise, desk.actor, 'GR', {
		bytes: Buffer.from(`Title;From\n${shelvedWord};The port\n`),
		fileName: 'plan.csv'
	});
	ids.shelved = planted.id('own', 'file on the shelf', shelved.file);
	await rehearse(scene);
}

/** Stands in memory alone, so it is no word whose place in the database is looked for. */
export const shelvedWord = 'ZeisigownQshelvedQ';

/** The Greek cell tries out what it approved: its injects are released, in an exercise of its own. */
async function rehearse(scene: ProbeScene): Promise<void> {
	const { server, ids, planted, people } = scene;
	const { readiness, database, commands } = server.services;
	const desk = await scene.open(people.greekPlanner);
	const rehearsal = await readiness.rehearsals.make(desk.exercise, desk.actor);
	ids.rehearsal = planted.id('planning', 'rehearsal', rehearsal);
	await readiness.rehearsals.start(desk.exercise, desk.actor, rehearsal);
	const { rows } = await database.pool.query<{ id: string }>(
		`select i.id from inject i join inject_version v on v.inject_id = i.id and v.version = i.version
		where i.exercise_id = $1 and v.content ->> 'title' = $2`,
		[rehearsal, planted.word('greek', 'secondtitle')]
	);
	const answer = await commands.run(
		{
			exercise: rehearsal,
			name: 'inject.release',
			key: 'release-in-the-rehearsal',
			input: { inject: rows[0]!.id }
		} as never,
		{ accountId: people.greekPlanner.id, name: people.greekPlanner.name }
	);
	if (!answer.ok) throw new Error(`the rehearsal releases nothing: ${answer.error.message}`);
}
