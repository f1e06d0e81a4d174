import { mentionedIn } from '#lib/exercise/inject/comments.ts';
import {
	bodyOf,
	readInject,
	readScript,
	scriptInjects,
	setFields,
	type Inject,
	type InjectRecord
} from '#lib/exercise/inject/schema.ts';
import { mappingToSave } from '#lib/exercise/inject/spreadsheet/saved-mapping.ts';
import { shiftSchedule, takeOver, type CellPlace } from '#lib/exercise/inject/variant.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { mintId } from '../mint.ts';
import { approve, scriptName, textsOf, writeScript } from './pages.ts';
import type { DemoAccount } from './people.ts';
import { planningCountries, type ScriptedVariant, type Stage } from './scenario.ts';
import { libraryItems, remarks, workbooks } from './script/preparation.ts';
import { centralChange, openChange, variants } from './script/variants.ts';
import type { Setting } from './setting.ts';

/** What planners have done with the scripts beside writing them: variants, changes, remarks, the library, workbooks. */

/** Each country takes injects over and makes them its own. */
export async function writeVariants(setting: Setting, approver: DemoAccount): Promise<void> {
	const central = readScript(await setting.services.documents.read(scriptName(setting, 'central')));
	const references = new Set<string>();
	for (const country of planningCountries) {
		const own = new Map<string, InjectId>();
		const place: CellPlace = { country, teams: setting.teams, variantOf: (id) => own.get(id) };
		const stages = new Map<string, Stage>();
		const taken = variants
			.filter((one) => one.country === country)
			.map((one) => {
				const from = central.find(({ reference }) => reference === one.of)!;
				const inject = variantFrom(one, from, place, references);
				own.set(from.id, inject.id);
				references.add(inject.reference);
				stages.set(inject.reference, one.stage ?? 'approved');
				setting.ids.set(inject.reference, inject.id);
				return inject;
			});
		const author = setting.account(`${country} planner`);
		await writeScript(setting, country, taken, author);
		await approve(setting, country, stages, author, approver);
	}
}

function variantFrom(
	{ title, from, text, language, translations, laterByMinutes }: ScriptedVariant,
	central: Inject,
	place: CellPlace,
	references: Set<string>
): Inject {
	const shiftSeconds = (laterByMinutes ?? 0) * 60;
	const taken = takeOver(central, mintId<InjectId>(), place, { shiftSeconds, references });
	// a text of one's own is not what others have translated
	const own = text !== undefined && {
		body: richTextFromText(text),
		translations: textsOf(Object.entries(translations ?? {})),
		...(language && {
			language,
			translations: { en: { title: central.title, body: central.body } }
		})
	};
	return { ...taken, ...own, ...(title && { title }), ...(from && { from }) };
}

/** The centre goes on writing: one inject that countries have taken over, and one that nobody approved again. */
export async function changeCentralTexts(setting: Setting, author: DemoAccount): Promise<void> {
	const { services, ids } = setting;
	await services.documents.edit(scriptName(setting, 'central'), author.accountId, (doc) => {
		const recordOf = (reference: string): [Inject, InjectRecord] => {
			const id = ids.get(reference)!;
			const record = scriptInjects(doc).get(id)!;
			return [readInject(id, record), record];
		};
		const { of, text, expect, laterByMinutes } = centralChange;
		const [inject, record] = recordOf(of);
		setFields(record, {
			schedule: shiftSchedule(inject.schedule, laterByMinutes * 60),
			expectedActions: [
				...inject.expectedActions,
				{
					id: `action_${inject.expectedActions.length + 1}`,
					text: expect.text,
					withinSeconds: expect.within * 60,
					critical: false
				}
			]
		});
		writeFragment(bodyOf(record)!, richTextFromText(text));
		setFields(recordOf(openChange.of)[1], { controllerNotes: openChange.notes });
	});
}

/** Remarks about injects, with those who are meant. */
export async function discuss({ services, ids, open, account }: Setting): Promise<void> {
	for (const { cell, on, by, text, resolvedBy } of remarks) {
		const { exercise, actor } = await open(by);
		const { people } = await services.comments.list(exercise, actor, cell);
		const { id } = await services.comments.add(exercise, actor, cell, {
			inject: ids.get(on)!,
			text,
			mentions: mentionedIn(text, people).map((one) => one.id)
		});
		if (!resolvedBy) continue;
		const settled = await open(account(resolvedBy).name);
		await services.comments.resolve(settled.exercise, settled.actor, cell, id, true);
	}
}

/** Some injects and a kit, for the next exercise. */
export async function fillLibrary({ services, exercise, ids }: Setting, by: DemoAccount): Promise<void> {
	for (const item of libraryItems)
		await services.library.save({ id: by.accountId, isAdministrator: false }, exercise, 'central', {
			...item,
			injects: item.injects.map((reference) => ids.get(reference)!)
		});
}

export async function keepWorkbooks({ services, account }: Setting): Promise<void> {
	for (const { owner, name, columns } of workbooks) {
		const mapping = mappingToSave(
			columns.map(([heading]) => heading),
			{ columns: columns.map(([, target]) => target), dateOrder: 'dmy', bareTimes: 'clock' }
		);
		await services.transfer.mappings.save(account(owner).accountId, name, mapping!);
	}
}
