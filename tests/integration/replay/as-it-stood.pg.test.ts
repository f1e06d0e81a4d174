import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId, QuestionId } from '#lib/exercise/ids.ts';
import { asOf } from '#lib/exercise/replay/moments.ts';
import { readFragment, richTextFromText, textOfRichText, writeFragment } from '#lib/exercise/rich-text.ts';
import { timelineEntries, type TimelineEntry } from '#lib/exercise/timeline.ts';
import { databaseNow } from '#server/database/open.ts';
import { document } from '#server/database/schema.ts';
import { insertUpdates, loadDocument, writeSnapshot } from '#server/documents/log.ts';
import { mergeNow } from '#server/documents/merge.ts';
import { positionAt } from '#server/replay/position.ts';
import { createRebuilder } from '#server/replay/rebuilder.ts';
import { replayLimits } from '#server/replay/limits.ts';
import { createReplay } from '#server/replay/replay.ts';
import { eq } from 'drizzle-orm';
import { chance } from '../../support/chance.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let teams: Team[];
let lead: Person;
let mate: Person;
let stranger: Person;

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	teams = [await exercise.team('GR CSIRT'), await exercise.team('IT CSIRT', 'IT')];
	lead = await exercise.member('Leda Lead', { role: 'player', teamId: teams[0]!.id, lead: true });
	mate = await exercise.member('Gina Greek', { role: 'player', teamId: teams[0]!.id });
	stranger = await exercise.member('Ivo Italian', { role: 'player', teamId: teams[1]!.id, lead: true });
});
afterAll(() => server.close());

const now = () => databaseNow(server.services.database.db);
const openFor = (person: Person) => server.services.exercises.open(exercise.id, person);
/** the document behind the exercise's name, as the address has it */
const pathOf = (name: string) => name.slice(`exercise/${exercise.id}/`.length);

function docOf(state: Uint8Array): Y.Doc {
	const doc = new Y.Doc();
	Y.applyUpdate(doc, state);
	return doc;
}
const entriesOf = (doc: Y.Doc): TimelineEntry[] =>
	[...timelineEntries(doc).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
const textIn = (doc: Y.Doc) => textOfRichText(readFragment(doc.getXmlFragment('text')));

async function pageAt(person: Person, name: string, wall: number) {
	const opened = await openFor(person);
	return server.services.replay.page(opened.exercise, opened.actor, pathOf(name), wall);
}
async function textAt(person: Person, name: string, wall: number): Promise<string> {
	const page = await pageAt(person, name, wall);
	if (page.is !== 'kept') return page.is;
	return textIn(docOf(Buffer.from(page.state, 'base64')));
}

describe('a random exercise', () => {
	test(
		'what is replayed of any moment is what a live reader had at that moment',
		{ timeout: 120_000 },
		async () => {
			const { below } = chance();
			const [greek] = teams;
			const { director } = exercise;
			const injects = await exercise.approved(
				...Array.from({ length: 8 }, (_, i) => ({
					title: `Inject ${i}`,
					to: toAll,
					acknowledgeWithin: 600,
					schedule: { mode: 'manual' as const }
				}))
			);
			const names = [
				exercise.timeline(greek!.id),
				exercise.timeline('everyone'),
				exercise.timeline('control'),
				exercise.notes(greek!.id)
			];
			const readers = await Promise.all(
				names.map((name) =>
					RawClient.synced({
						url: server.url,
						name,
						cookie: (name.includes('/control/') ? director : mate).cookie
					})
				)
			);
			await exercise.must(director, 'exercise.start', {});
			const startedAt = (await server.services.exercises.load(exercise.id))!.clock[0]!.exerciseStart;

			const released: typeof injects = [];
			const deliveries = () =>
				entriesOf(readers[0]!.doc).flatMap(({ body }) =>
					body.kind === 'inject' ? [body.delivery as DeliveryId] : []
				);
			const acts: (() => Promise<unknown>)[] = [
				async () => {
					const next = injects.find((one) => !released.includes(one));
					if (!next) return;
					released.push(next);
					await exercise.must(director, 'inject.release', { inject: next.id });
				},
				async () => {
					const [delivery] = deliveries().slice(below(4));
					// somebody may have been faster, or nothing has come
					if (delivery)
						await exercise.send(below(2) === 0 ? lead : mate, 'delivery.acknowledge', { delivery });
				},
				async () => {
					const [delivery] = deliveries().slice(below(4));
					if (delivery)
						await exercise.send(lead, 'delivery.respond', { delivery, text: `done ${below(99)}` });
				},
				() => exercise.must(director, 'announcement.make', { text: `To all ${below(99)}`, tlp: 'green' }),
				() => exercise.must(mate, 'question.ask', { team: greek!.id, text: `May we ${below(99)}?` }),
				async () => {
					const asked = entriesOf(readers[0]!.doc).findLast(({ body }) => body.kind === 'question')?.body;
					if (asked?.kind === 'question')
						await exercise.send(director, 'question.answer', {
							question: asked.question as QuestionId,
							answer: 'You may.'
						});
				},
				// back and forward: two moments of the record have one exercise time
				() =>
					exercise.must(director, 'clock.jump', {
						to: startedAt + below(3_600_000),
						reason: 'The room was late.'
					}),
				() =>
					server.services.documents.edit(names[3]!, below(2) === 0 ? lead.id : mate.id, (doc) => {
						const text = doc.getXmlFragment('text');
						text.delete(0, text.length);
						writeFragment(text, richTextFromText(`Notes ${below(1000)}`));
					})
			];

			const seen: { from: number; until: number; entries: TimelineEntry[][]; text: string }[] = [];
			for (let round = 0; round < 60; round++) {
				await acts[below(acts.length)]!();
				// the reader's screen has what the server has
				for (const [i, name] of names.entries()) {
					const stored = await server.services.documents.read(name);
					await eventually(
						() => Buffer.from(Y.encodeStateVector(readers[i]!.doc)).equals(Y.encodeStateVector(stored)),
						`the reader of ${name}`
					);
				}
				const from = await now();
				seen.push({
					from,
					until: from,
					entries: readers.slice(0, 3).map(({ doc }) => entriesOf(doc)),
					text: textIn(readers[3]!.doc)
				});
				await wait(below(4));
				seen.at(-1)!.until = await now();
				await wait(2);
			}
			const last = readers.slice(0, 3).map(({ doc }) => entriesOf(doc));
			expect(last[0]!.length).toBeGreaterThan(10);
			expect(new Set(seen.map(({ text }) => text)).size).toBeGreaterThan(1);

			const rebuildAt = createRebuilder(server.services.database);
			for (const { from, until, entries, text } of seen) {
				const wall = from + below(until - from + 1);
				for (const i of [0, 1, 2]) {
					// as the browser shows it: the entries that were there
					expect(asOf(last[i]!, wall), `seed above, at ${wall}`).toEqual(entries[i]);
					// and as the log has it
					const found = await positionAt(server.services.database, names[i]!, wall);
					const doc =
						found?.is === 'kept' ? docOf((await rebuildAt(found, 'a test')).rebuilt.state) : new Y.Doc();
					expect(entriesOf(doc)).toEqual(entries[i]);
				}
				const shown = await textAt(mate, names[3]!, wall);
				expect(shown === 'unwritten' ? '' : shown).toBe(text);
			}
			for (const reader of readers) reader.close();
		}
	);
});

describe('a page', () => {
	const notes = () => exercise.notes(teams[1]!.id);
	const write = async (person: Person, words: string) => {
		await server.services.documents.edit(notes(), person.id, (doc) => {
			const text = doc.getXmlFragment('text');
			text.delete(0, text.length);
			writeFragment(text, richTextFromText(words));
		});
		const at = await now();
		await wait(3);
		return at;
	};

	test('[R17] is rebuilt with who had changed it, for those who may open it now, and for nobody else', async () => {
		const before = await now();
		await wait(3);
		const first = await write(stranger, 'Three gates');
		const second = await write(exercise.director, 'Four gates');
		expect(await textAt(stranger, notes(), before)).toBe('unwritten');
		expect(await textAt(stranger, notes(), first)).toBe('Three gates');
		expect(await textAt(exercise.director, notes(), second)).toBe('Four gates');
		expect(await pageAt(stranger, notes(), first)).toMatchObject({
			last: { by: 'Ivo Italian' },
			touched: { text: { by: 'Ivo Italian' } }
		});
		expect(await pageAt(stranger, notes(), second)).toMatchObject({ last: { by: 'Director' }, until: null });
		const nothing = { code: 'not-found', message: 'There is nothing here, or it is not open to you.' };
		for (const name of [
			notes(),
			`exercise/${exercise.id}/worksheet/nobody/notes`,
			`exercise/${exercise.id}/scenario`
		])
			await expect(pageAt(lead, name, second)).rejects.toMatchObject(nothing);
		// timelines are read where they are live, and by no other way
		await expect(pageAt(stranger, exercise.timeline(teams[1]!.id), second)).rejects.toMatchObject(nothing);

		const opened = await openFor(stranger);
		const { moments, goneBefore } = await server.services.replay.moments(
			opened.exercise,
			opened.actor,
			pathOf(notes())
		);
		expect(moments.map(({ by }) => by)).toEqual(['Ivo Italian', 'Director']);
		expect(goneBefore).toBeNull();
	});

	test('[R14] that was restored stands at each moment as it stood in the epoch of that moment', async () => {
		const wrong = await write(stranger, 'All is lost');
		await server.services.documents.restore(notes(), 1, exercise.director.id);
		const after = await now();
		await wait(3);
		const later = await write(stranger, 'Five gates');
		expect(await textAt(stranger, notes(), wrong)).toBe('All is lost');
		expect(await textAt(stranger, notes(), after)).toBe('Three gates');
		expect(await textAt(stranger, notes(), later)).toBe('Five gates');
		// it holds until the restore, and no longer
		const page = await pageAt(stranger, notes(), wrong);
		expect(page.is === 'kept' && page.until !== null && page.until > wrong && page.until <= after).toBe(true);
	});

	test('of twelve thousand changes is rebuilt from the snapshot that is kept, and soon', async () => {
		const name = `exercise/${exercise.id}/worksheet/${teams[0]!.id}/report-1`;
		const { db } = server.services.database;
		await exercise.must(lead, 'report.open', { team: teams[0]!.id });
		const [head] = await db.select().from(document).where(eq(document.name, name));
		const doc = await server.services.documents.read(name);
		const made: Uint8Array[] = [];
		doc.on('update', (bytes: Uint8Array) => made.push(bytes));
		const count = 12_000;
		for (let i = 0; i < count; i++) doc.getText('keys').insert(i, String(i % 10));
		const rows = made.map((bytes, i) => ({
			document: name,
			epoch: head!.epoch,
			sequence: head!.sequence + i + 1,
			bytes,
			author: lead.id,
			session: null
		}));
		for (let from = 0; from < count; from += 1000)
			await db.transaction((tx) => insertUpdates(tx, rows.slice(from, from + 1000)));
		const kept = 10_500;
		expect((await server.services.documents.read(name)).getText('keys').length).toBe(count);
		await writeSnapshot(
			db,
			{ document: name, epoch: head!.epoch, sequence: head!.sequence + kept },
			mergeNow([Y.encodeStateAsUpdate(await readUpTo(name, head!.sequence + kept))])
		);
		const rebuildAt = createRebuilder(server.services.database);
		const lengthAt = async (after: number) => {
			const started = performance.now();
			const { rebuilt } = await rebuildAt(
				{ name, epoch: head!.epoch, sequence: head!.sequence + after },
				'a test'
			);
			const took = performance.now() - started;
			return { length: docOf(rebuilt.state).getText('keys').length, took };
		};
		const cold = await lengthAt(9_000);
		const last = await lengthAt(11_900);
		const next = await lengthAt(11_950);
		console.log(
			`a page of 12,000 changes: 9,000 from the start ${cold.took.toFixed(0)} ms, 11,900 from a snapshot ${last.took.toFixed(0)} ms, the next 50 ${next.took.toFixed(0)} ms`
		);
		expect([cold.length, last.length, next.length]).toEqual([9_000, 11_900, 11_950]);
		expect(cold.took).toBeLessThan(10_000);
		expect(next.took).toBeLessThan(1_000);
	}, 120_000);

	async function readUpTo(name: string, sequence: number): Promise<Y.Doc> {
		const loaded = (await loadDocument(server.services.database.db, name, { upTo: sequence }))!;
		const doc = docOf(loaded.snapshot.state);
		for (const { bytes } of loaded.tail) Y.applyUpdate(doc, bytes);
		return doc;
	}
});

describe('many who look back', () => {
	test('[P9] [L29] are asked to come back when the line is full, and a release does not wait for them', async () => {
		const { database, documents } = server.services;
		const limits = { ...replayLimits, waitingAtMost: 3, perPerson: 2, hereBytes: 0 };
		const replay = createReplay({ database, documents, limits });
		const name = `exercise/${exercise.id}/worksheet/${teams[0]!.id}/report-1`;
		const { rows } = await database.pool.query<{ at: Date }>(
			'select at from document_update where document = $1 order by sequence',
			[name]
		);
		expect(rows.length).toBeGreaterThan(10_000);
		const first = rows[0]!.at.getTime();
		const last = rows.at(-1)!.at.getTime();
		const askers = [lead, mate, exercise.director];
		const opened = await Promise.all(askers.map(openFor));
		const [inject] = await exercise.approved({
			title: 'While they look',
			to: toAll,
			schedule: { mode: 'manual' }
		});
		const asked = Array.from({ length: 500 }, (_, i) => {
			const { exercise: of, actor } = opened[i % opened.length]!;
			return replay.page(of, actor, pathOf(name), first + Math.floor(((last - first) * i) / 500)).then(
				() => 'read',
				(error: { code?: string; retry?: unknown }) => {
					expect(error.retry).toMatchObject({ after: expect.any(Number) as number });
					return error.code;
				}
			);
		});
		const started = performance.now();
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		const took = performance.now() - started;
		const answers = await Promise.all(asked);
		expect(new Set(answers)).toEqual(new Set(['read', 'slow-down']));
		expect(took).toBeLessThan(5_000);
		console.log(
			`a release beside 500 who look back: ${took.toFixed(0)} ms; ${answers.filter((one) => one === 'read').length} were answered`
		);
		// and once they have gone, the next is served
		const { exercise: of, actor } = opened[0]!;
		expect((await replay.page(of, actor, pathOf(name), last)).is).toBe('kept');
	}, 60_000);

	test('the same position is rebuilt once, however many ask for it', async () => {
		const name = exercise.notes(teams[0]!.id);
		const found = await positionAt(server.services.database, name, await now());
		if (found?.is !== 'kept') throw new Error('nothing was written');
		const rebuildAt = createRebuilder(server.services.database);
		const all = await Promise.all(Array.from({ length: 50 }, (_, i) => rebuildAt(found, `person ${i}`)));
		expect(new Set(all.map(({ rebuilt }) => rebuilt)).size).toBe(1);
	});
});
