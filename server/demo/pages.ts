import { Readable } from 'node:stream';
import { generateNKeysBetween } from 'fractional-indexing';
import type * as Y from 'yjs';
import { documentName } from '#lib/exercise/documents.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import {
	addInject,
	injectFingerprint,
	newInject,
	orderOf,
	readScript,
	scriptInjects,
	type Inject,
	type InjectAttachment,
	type InjectText,
	type Recipients,
	type Schedule
} from '#lib/exercise/inject/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { addItem, groundTruthOf, narrativeOf, setTitle } from '#lib/exercise/scenario/schema.ts';
import { pageText } from '#lib/exercise/report/page.ts';
import { mintId } from '../mint.ts';
import { connectionsPng, noticePdf } from './drawings.ts';
import type { DemoAccount } from './people.ts';
import {
	demoTeams,
	exerciseName,
	groundTruth,
	narrative,
	objectives,
	storylines,
	type Deed,
	type ScriptedInject,
	type Stage,
	type Texts
} from './scenario.ts';
import { inFrench } from './script/in-french.ts';
import { inGerman } from './script/in-german.ts';
import { inGreek } from './script/in-greek.ts';
import type { Setting } from './setting.ts';

/** The pages that planners have written before the exercise begins: scenario, scripts, and what each team has noted. */

export async function writeScenario({ services, exercise }: Setting, author: DemoAccount): Promise<void> {
	await services.documents.edit(documentName({ exercise, kind: 'scenario' }), author.accountId, (doc) => {
		setTitle(doc, exerciseName);
		writeFragment(narrativeOf(doc), richTextFromText(narrative));
		writeFragment(groundTruthOf(doc), richTextFromText(groundTruth));
		for (const storyline of storylines) addItem(doc, 'storylines', mintId<string>(), storyline);
		for (const objective of objectives) addItem(doc, 'objectives', mintId<string>(), objective);
	});
}

const openPoints = `Open points
Who runs Quayboard here, and who installed 7.4? Sector contact asks.
Who is allowed to speak to the press? Lead decides.
Deadlines: early warning forty minutes after awareness.`;

/** Each playing team has begun a page of notes. */
export async function writeNotes({ services, exercise, teams, account }: Setting): Promise<void> {
	for (const team of teams) {
		if (!demoTeams.find((one) => one.name === team.name)?.plays) continue;
		const name = documentName({ exercise, kind: 'worksheet', team: team.id, page: 'notes' });
		await services.documents.edit(name, account(`${team.name} lead`).accountId, (doc) =>
			writeFragment(pageText(doc), richTextFromText(openPoints))
		);
	}
}

// --- scripts ----------------------------------------------------------------------------------------------------------

export type Attached = Record<NonNullable<ScriptedInject['file']>, InjectAttachment>;

/** The files of the central script, stored as an upload would store them. */
export async function storeFiles({ services, exercise }: Setting, by: DemoAccount): Promise<Attached> {
	const store = (name: string, content: Buffer) =>
		services.files.add({ exercise, cell: 'central', by: by.accountId }, Readable.from([content]), {
			name,
			bytes: content.length,
			stillMay: () => Promise.resolve()
		});
	return {
		notice: await store('Withdrawal of update 7.4.pdf', await noticePdf()),
		connections: await store('Connections of qb-sync.png', connectionsPng())
	};
}

export const scriptName = ({ exercise }: Pick<Setting, 'exercise'>, cell: CellId) =>
	documentName({ exercise, kind: 'script', cell });

/** Adds injects at the end of a cell's script. */
export async function writeScript(
	setting: Setting,
	cell: CellId,
	injects: readonly Inject[],
	author: DemoAccount
): Promise<void> {
	await setting.services.documents.edit(scriptName(setting, cell), author.accountId, (doc: Y.Doc) => {
		const last = [...scriptInjects(doc).values()].map(orderOf).sort().at(-1) ?? null;
		const keys = generateNKeysBetween(last, null, injects.length);
		for (const [i, inject] of injects.entries()) addInject(doc, inject, keys[i]!);
	});
}

const returned =
	'To whom? The technical teams alone, or the operators too? Add a time to react, then submit it again.';

/** One person submits, another approves or returns; what is still a draft, or waits, stays so. */
export async function approve(
	setting: Setting,
	cell: CellId,
	stages: ReadonlyMap<string, Stage>,
	author: DemoAccount,
	approver: DemoAccount
): Promise<void> {
	const page = readScript(await setting.services.documents.read(scriptName(setting, cell)));
	const named = (...of: Stage[]) =>
		page
			.filter(({ reference }) => of.includes(stages.get(reference) ?? 'draft'))
			.map((inject) => ({ inject: inject.id, fingerprint: injectFingerprint(inject) }));
	const submitted = named('submitted', 'returned', 'approved');
	const approved = named('approved');
	if (submitted.length > 0) await setting.run(author, 'inject.submit', { cell, injects: submitted });
	if (approved.length > 0) await setting.run(approver, 'inject.approve', { cell, injects: approved });
	for (const { inject } of named('returned'))
		await setting.run(approver, 'inject.return', { inject, reason: returned });
}

export function toInject(
	scripted: ScriptedInject & { storyline: string },
	{ ids, teams }: Pick<Setting, 'ids' | 'teams'>,
	attached: Attached
): Inject {
	const { reference, title, from, channel, level, tlp, text, storyline, notes } = scripted;
	return newInject(ids.get(reference)!, {
		reference,
		title,
		from,
		channel,
		level,
		tlp,
		storyline,
		category: scripted.category ?? 'contextual',
		schedule: scheduleOf(scripted, ids),
		to: recipientsOf(scripted, teams),
		body: richTextFromText(text),
		expectedActions: (scripted.expect ?? []).map(({ text: action, within, critical }, i) => ({
			id: actionId(i + 1),
			text: action,
			withinSeconds: within ? within * 60 : null,
			critical: critical ?? false
		})),
		objectives: scripted.objectives ?? [],
		capabilities: [],
		controller: 'Central exercise control',
		controllerNotes: notes?.controller ?? '',
		evaluatorNotes: notes?.evaluator ?? '',
		acknowledgementRequired: scripted.acknowledge !== false,
		acknowledgeWithin: scripted.acknowledge === false ? null : (scripted.acknowledge ?? 10) * 60,
		responseRequired: scripted.answer !== undefined,
		respondWithin: scripted.answer === undefined ? null : scripted.answer * 60,
		language: 'en',
		translations: textsOf(
			Object.entries({ de: inGerman, el: inGreek, fr: inFrench }).flatMap(([language, texts]) => {
				const found = texts[reference];
				return found ? [[language, found] as const] : [];
			})
		),
		attachments: scripted.file ? [attached[scripted.file]] : []
	});
}

export const textsOf = (texts: readonly (readonly [string, Texts[string]])[]): Record<string, InjectText> =>
	Object.fromEntries(
		texts.map(([language, { title, text }]) => [language, { title, body: richTextFromText(text) }])
	);

const actionId = (number: number) => `action_${number}`;

function scheduleOf({ when }: ScriptedInject, ids: Setting['ids']): Schedule {
	if (typeof when === 'number') return { mode: 'offset', seconds: Math.round(when * 60) };
	if (when === 'by hand') return { mode: 'manual' };
	if ('if' in when) {
		const inject = when.missed && ids.get(when.missed.reference);
		return {
			mode: 'contingency',
			condition: when.if,
			...(inject && { missed: { inject, action: `action_${when.missed!.expected}` } })
		};
	}
	if ('after' in when) return { mode: 'after', inject: ids.get(when.after)!, seconds: when.minutes * 60 };
	const { all, any, minutes } = when;
	return {
		mode: 'condition',
		when: { match: all ? 'all' : 'any', clauses: (all ?? any ?? []).map((deed) => clauseOf(deed, ids)) },
		seconds: minutes * 60
	};
}

function clauseOf({ of, act, not, within }: Deed, ids: Setting['ids']) {
	const did = typeof act === 'object';
	return {
		inject: ids.get(of)!,
		act: did ? ('did' as const) : act,
		action: did ? actionId(act.did) : null,
		not: not ?? false,
		withinSeconds: within === undefined ? null : within * 60
	};
}

function recipientsOf({ to }: ScriptedInject, teams: Setting['teams']): Recipients {
	return {
		all: 'everyone' in to,
		countries: 'countries' in to ? to.countries : [],
		levels: 'levels' in to ? to.levels : [],
		teams: 'teams' in to ? to.teams.map((name) => teams.find((team) => team.name === name)!.id) : []
	};
}
