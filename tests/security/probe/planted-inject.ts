import { createHash } from 'node:crypto';
import { documentName } from '#lib/exercise/documents.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import {
	addInject,
	injectFingerprint,
	readScript,
	scriptInjects,
	setFields,
	type Inject,
	type InjectAttachment
} from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { Person } from '../../support/exercise.ts';
import type { Scope } from './planted.ts';
import type { ProbeScene } from './scene.ts';

/** Recipients: the Greek teams alone. */
export const toGreece: Inject['to'] = { all: false, countries: ['GR'], levels: [], teams: [] };

/** A planted word in every field of an inject that takes one. */
export function plantedInject(
	{ planted }: ProbeScene,
	scope: Scope,
	name: string
): Partial<Omit<Inject, 'id'>> {
	const word = (field: string) => planted.word(scope, `${name}${field}`);
	return {
		title: word('title'),
		reference: word('number'),
		storyline: word('story'),
		from: word('from'),
		// what is released goes out by mail too (leak-probe-mail)
		channel: 'email',
		body: richTextFromText(word('body')),
		controllerNotes: word('control'),
		evaluatorNotes: word('evaluate'),
		controller: word('controller'),
		objectives: [word('objective')],
		capabilities: [word('capability')],
		expectedActions: [{ id: word('act'), text: word('expected'), withinSeconds: 60, critical: true }],
		otherFields: [{ name: word('other'), value: word('value') }],
		language: 'en',
		translations: {
			el: { title: word('eltitle'), body: richTextFromText(word('elbody')) },
			it: { title: word('ittitle'), body: richTextFromText(word('itbody')) }
		}
	};
}

export async function upload(
	{ server, exercise, planted }: ProbeScene,
	by: Person,
	cell: CellId,
	scope: Scope,
	name: string
): Promise<InjectAttachment> {
	const content = Buffer.from(`${planted.word(scope, `${name}content`)} in a file\n`);
	const response = await fetch(`${server.url}/api/scripts/${exercise.id}/${cell}/files`, {
		method: 'POST',
		headers: {
			cookie: by.cookie,
			origin: server.url,
			'content-type': 'application/octet-stream',
			'x-file-name': `${planted.word(scope, `${name}name`)}.txt`
		},
		body: content
	});
	if (response.status !== 201) throw new Error(`${by.name} may not upload: ${await response.text()}`);
	const file = (await response.json()) as InjectAttachment;
	planted.id(scope, `${name} file`, file.id);
	planted.id(scope, `${name} sum`, createHash('sha256').update(content).digest('hex'));
	return file;
}

export const scriptOf = ({ exercise }: ProbeScene, cell: CellId) =>
	documentName({ exercise: exercise.id, kind: 'script', cell });

/** Puts injects at the end of a cell's page. */
export async function write(
	scene: ProbeScene,
	by: Person,
	cell: CellId,
	injects: Inject[],
	after = 'a'
): Promise<void> {
	await scene.server.services.documents.edit(scriptOf(scene, cell), by.id, (doc) => {
		for (const [i, one] of injects.entries()) addInject(doc, one, `${after}${i}`);
	});
}

export async function change(
	scene: ProbeScene,
	by: Person,
	cell: CellId,
	id: InjectId,
	values: Partial<Inject>
) {
	await scene.server.services.documents.edit(scriptOf(scene, cell), by.id, (doc) =>
		setFields(scriptInjects(doc).get(id)!, values)
	);
}

/** Injects of a page as commands name them: with the text that is meant. */
export async function named(scene: ProbeScene, cell: CellId, ids: readonly InjectId[]) {
	const page = readScript(await scene.server.services.documents.read(scriptOf(scene, cell)));
	return page
		.filter((one) => ids.includes(one.id))
		.map((one) => ({ inject: one.id, fingerprint: injectFingerprint(one) }));
}

export async function approve(
	scene: ProbeScene,
	by: Person,
	cell: CellId,
	...ids: InjectId[]
): Promise<void> {
	await scene.exercise.must(by, 'inject.approve', { cell, injects: await named(scene, cell, ids) });
}

/** When every TestExercise starts. */
const startsAt = Date.UTC(2026, 5, 10, 7);

/** An unusual moment of exercise time: as a number or as written it stands nowhere by chance. */
export function oddSeconds({ planted }: ProbeScene, scope: Scope, what: string, seconds: number): number {
	const at = startsAt + seconds * 1000;
	planted.id(scope, `time of ${what}`, String(at));
	planted.id(scope, `time of ${what} as written`, new Date(at).toISOString().slice(0, 19));
	return seconds;
}
