import { z } from 'zod';
import { strictestTlp, tlpIds, tlpLabel, tlpLevels, type Tlp } from '#lib/standards/tlp.ts';
import { shortText, type Team } from '../exercise/schema.ts';
import type { InjectId } from '../ids.ts';
import { formatSchedule } from '../inject/schedule.ts';
import { recipientTeams } from '../inject/release.ts';
import { newInject, type Condition, type Inject, type Recipients, type Schedule } from '../inject/schema.ts';
import { textOfRichText } from '../rich-text.ts';
import type { Objective, Scenario, Storyline } from '../scenario/schema.ts';

/**
 * What the library keeps of injects: everything that another exercise can use, and nothing of the participants of the
 * one it comes from. Recipients are countries and levels, times count from STARTEX, ids mean something only in the item.
 */
export interface LibraryContent {
	injects: Inject[];
	storylines: Omit<Storyline, 'id'>[];
	objectives: Omit<Objective, 'id'>[];
	/** all words, for the search */
	words: string;
}

export const libraryKinds = ['inject', 'kit'] as const;
export type LibraryKind = (typeof libraryKinds)[number];

export const libraryLimits = {
	/** one block of a large exercise; a whole script is exported instead */
	injects: 500,
	summary: 2000,
	tags: 12,
	tag: 40,
	/** what a search shows; more words find less */
	found: 60
} as const;

export const libraryItemSchema = z.object({
	kind: z.enum(libraryKinds),
	title: shortText('Title', 200),
	summary: z.string().trim().max(libraryLimits.summary, 'Summary: at most 2000 characters.'),
	tags: z
		.array(z.string().trim().toLowerCase().min(1).max(libraryLimits.tag, 'A tag has at most 40 characters.'))
		.max(libraryLimits.tags, 'At most 12 tags.')
		.transform((tags) => [...new Set(tags)]),
	tlp: z.enum(tlpIds),
	injects: z
		.array(z.string().min(1).max(40))
		.min(1, 'Choose at least one inject.')
		.max(libraryLimits.injects, `At most ${libraryLimits.injects} injects go into one kit.`)
});

const rank = (tlp: Tlp) => tlpLevels.find((one) => one.id === tlp)!.rank;

/** Why these injects cannot be kept under this label, as a sentence; null where they can. */
export function labelProblem(wanted: Tlp, injects: readonly Inject[]): string | null {
	const strictest = strictestTlp(injects.map((inject) => inject.tlp));
	// RED is for named people in one exchange: a library has no such list
	if (strictest === 'red' || wanted === 'red')
		return 'TLP:RED is for named people only and cannot go into the library. Leave those injects out.';
	if (rank(wanted) < rank(strictest))
		return `An inject in it is ${tlpLabel(strictest)}: the item needs at least that label.`;
	return null;
}

export interface SourceContext {
	startsAt: number;
	timeZone: string;
	teams: readonly Team[];
	/** the whole script, for the words that stand for what is left behind */
	script: readonly Inject[];
	scenario: Pick<Scenario, 'storylines' | 'objectives'>;
}

/** Injects of a script as the library keeps them. */
export function libraryContent(chosen: readonly Inject[], context: SourceContext): LibraryContent {
	const ids = new Map(chosen.map((inject, i) => [inject.id, localId('item', i)]));
	const injects = chosen.map((inject): Inject => {
		const actions = new Map(inject.expectedActions.map((action, i) => [action.id, localId('action', i)]));
		return {
			...newInject(ids.get(inject.id)!),
			reference: inject.reference,
			storyline: inject.storyline,
			title: inject.title,
			category: inject.category,
			level: inject.level,
			schedule: keptSchedule(inject.schedule, ids, chosen, context),
			from: inject.from,
			to: keptRecipients(inject.to, context.teams),
			channel: inject.channel,
			tlp: inject.tlp,
			body: inject.body,
			expectedActions: inject.expectedActions.map((action) => ({
				...action,
				id: actions.get(action.id)!
			})),
			windowSeconds: inject.windowSeconds,
			objectives: inject.objectives,
			capabilities: inject.capabilities,
			evaluatorNotes: inject.evaluatorNotes,
			controllerNotes: inject.controllerNotes,
			acknowledgementRequired: inject.acknowledgementRequired,
			acknowledgeWithin: inject.acknowledgeWithin,
			responseRequired: inject.responseRequired,
			respondWithin: inject.respondWithin,
			language: inject.language,
			translations: inject.translations,
			// the controller is a person, files belong to their exercise, other tools' fields may name anybody
			controller: '',
			attachments: [],
			otherFields: [],
			origin: keptOrigin(inject, ids, context)
		};
	});
	const names = new Set(injects.map((inject) => fold(inject.storyline)));
	const codes = new Set(injects.flatMap((inject) => inject.objectives.map(fold)));
	const storylines = context.scenario.storylines
		.filter(({ name }) => names.has(fold(name)))
		.map(({ id: _, ...storyline }) => storyline);
	const objectives = context.scenario.objectives
		.filter(({ code }) => codes.has(fold(code)))
		.map(({ id: _, ...objective }) => objective);
	return { injects, storylines, objectives, words: wordsOf(injects, storylines, objectives) };
}

/** Ids inside an item: the next reader learns nothing from them. */
const localId = (what: string, index: number) => `${what}-${String(index + 1).padStart(4, '0')}` as InjectId;
const fold = (name: string) => name.trim().toLowerCase();

function keptRecipients(to: Recipients, teams: readonly Team[]): Recipients {
	const named = recipientTeams({ all: false, countries: [], levels: [], teams: to.teams }, teams);
	return {
		all: to.all,
		countries: [...new Set([...to.countries, ...named.map((team) => team.country)])],
		levels: to.levels,
		teams: []
	};
}

function keptSchedule(
	schedule: Schedule,
	ids: ReadonlyMap<InjectId, InjectId>,
	chosen: readonly Inject[],
	{ startsAt, timeZone, script }: SourceContext
): Schedule {
	const outside = (): Schedule => ({
		mode: 'contingency',
		condition: formatSchedule(schedule, {
			startsAt,
			timeZone,
			referenceOf: (id) => {
				const found = script.find((one) => one.id === id);
				return found && (found.reference || found.title);
			},
			injectOf: () => undefined
		})
			.replace(/^if /, '')
			.slice(0, 1000)
	});
	switch (schedule.mode) {
		case 'at':
			return { mode: 'offset', seconds: bounded(Math.round((schedule.at - startsAt) / 1000)) };
		case 'after': {
			const inject = ids.get(schedule.inject);
			return inject ? { ...schedule, inject } : outside();
		}
		case 'condition': {
			if (schedule.when.clauses.some((clause) => !ids.has(clause.inject))) return outside();
			return {
				...schedule,
				when: repointed(schedule.when, ids, (inject, action) => {
					const known = chosen.find((one) => one.id === inject)?.expectedActions ?? [];
					return localId(
						'action',
						Math.max(
							0,
							known.findIndex((one) => one.id === action)
						)
					);
				})
			};
		}
		case 'contingency': {
			// what it makes up for comes along, or is forgotten: the words of its condition stay
			const { missed, ...kept } = schedule;
			const inject = missed && ids.get(missed.inject);
			const known = chosen.find((one) => one.id === missed?.inject)?.expectedActions ?? [];
			const index = known.findIndex((one) => one.id === missed?.action);
			return inject && index >= 0 ? { ...kept, missed: { inject, action: localId('action', index) } } : kept;
		}
		default:
			return schedule;
	}
}

function repointed(
	when: Condition,
	ids: ReadonlyMap<InjectId, InjectId>,
	actionOf: (inject: InjectId, action: string) => string
): Condition {
	return {
		...when,
		clauses: when.clauses.map((clause) => ({
			...clause,
			inject: ids.get(clause.inject)!,
			action: clause.action === null ? null : actionOf(clause.inject, clause.action)
		}))
	};
}

/** A variant stays one where its central inject comes along; what was taken over is cleaned in the same way. */
function keptOrigin(
	inject: Inject,
	ids: ReadonlyMap<InjectId, InjectId>,
	context: SourceContext
): Inject['origin'] {
	const central = inject.origin && ids.get(inject.origin.inject);
	if (!inject.origin || !central) return null;
	const { taken } = inject.origin;
	return {
		inject: central,
		taken: {
			...taken,
			controller: '',
			attachments: [],
			to: keptRecipients(taken.to, context.teams),
			schedule: { mode: 'manual' }
		}
	};
}

/** The farthest from STARTEX that a schedule can say: a year. */
const farthest = 366 * 86_400;
const bounded = (seconds: number) => Math.max(-farthest, Math.min(farthest, seconds));

function wordsOf(
	injects: readonly Inject[],
	storylines: LibraryContent['storylines'],
	objectives: LibraryContent['objectives']
): string {
	return [
		...injects.flatMap((one) => [
			one.reference,
			one.title,
			one.from,
			one.storyline,
			textOfRichText(one.body),
			...one.expectedActions.map((action) => action.text),
			...one.capabilities,
			...Object.values(one.translations).flatMap(({ title, body }) => [title, textOfRichText(body)])
		]),
		...storylines.flatMap((one) => [one.name, one.description]),
		...objectives.flatMap((one) => [one.code, one.text, one.capability])
	]
		.filter(Boolean)
		.join('\n')
		.toLowerCase();
}

export interface UseContext {
	mint: () => string;
	/** added to every time that counts from STARTEX, seconds */
	shift: number;
	/** the next reference of the script, given those that were given already */
	nextReference: (given: readonly string[]) => string;
}

/** The injects of an item as new ones of a script: new ids, references that go on, links between them kept. */
export function copiedInjects(content: LibraryContent, context: UseContext): Inject[] {
	const ids = new Map(content.injects.map((inject) => [inject.id, context.mint() as InjectId]));
	const actions = new Map(
		content.injects.flatMap((inject) =>
			inject.expectedActions.map((action) => [`${inject.id} ${action.id}`, context.mint()] as const)
		)
	);
	const references: string[] = [];
	return content.injects.map((inject): Inject => {
		const reference = context.nextReference(references);
		references.push(reference);
		const central = inject.origin && ids.get(inject.origin.inject);
		return {
			...newInject(ids.get(inject.id)!, inject),
			id: ids.get(inject.id)!,
			reference,
			schedule: copiedSchedule(inject.schedule, ids, actions, context.shift),
			expectedActions: inject.expectedActions.map((action) => ({
				...action,
				id: actions.get(`${inject.id} ${action.id}`)!
			})),
			origin: inject.origin && central ? { ...inject.origin, inject: central } : null
		};
	});
}

function copiedSchedule(
	schedule: Schedule,
	ids: ReadonlyMap<InjectId, InjectId>,
	actions: ReadonlyMap<string, string>,
	shift: number
): Schedule {
	switch (schedule.mode) {
		case 'offset':
			return { mode: 'offset', seconds: bounded(schedule.seconds + shift) };
		case 'after':
			return { ...schedule, inject: ids.get(schedule.inject)! };
		case 'condition':
			return {
				...schedule,
				when: repointed(schedule.when, ids, (inject, action) => actions.get(`${inject} ${action}`) ?? action)
			};
		case 'contingency': {
			const { missed, ...kept } = schedule;
			const inject = missed && ids.get(missed.inject);
			const action = missed && actions.get(`${missed.inject} ${missed.action}`);
			return inject && action ? { ...kept, missed: { inject, action } } : kept;
		}
		default:
			return schedule;
	}
}
