import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import {
	actionActs,
	actionProblem,
	currentState,
	decideAction,
	editProblem,
	evidenceProblem,
	isOfFinding,
	isOverdue,
	openStates,
	type ActionAct,
	type ActionActKind,
	type ActionState,
	type ActionSummary,
	type Priority,
	type SourceKind
} from '#lib/improvement/action.ts';
import { readsAction, readsCounts, takesPart, type SharingLevel } from '#lib/improvement/access.ts';
import {
	actionFieldsSchema,
	evidenceSchema,
	improvementLimits,
	labelBelow,
	newActionSchema,
	noteText
} from '#lib/improvement/fields.ts';
import type { Capability, CapabilityElement } from '#lib/standards/capabilities.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { databaseNow, type Database, type Transaction } from '../database/open.ts';
import { account, improvementAction, improvementRole, lesson, lessonAction } from '../database/schema.ts';
import { check } from '../exercises/check.ts';
import { noExercise } from '../exercises/rights.ts';
import { mintId } from '../mint.ts';
import { readHistory, remember, type HistoryLine } from './history.ts';
import { accountByAddress, field, readSharing, requirePerson, type KnownPerson } from './people.ts';
import { actingAs, dayOf, loadActions, type ActionRow, type LoadedAction } from './rows.ts';
import type { FoundFinding } from './sources.ts';
import { visibleActions, visibleLessons } from './visible.ts';

/** One line of the board and the table. */
export interface ListedAction extends ActionSummary {
	owner: string | null;
	overdue: boolean;
	sourceTitle: string;
	/** the reader owns it */
	mine: boolean;
	/** what the reader may do with it now, for the board's menus */
	may: ActionActKind[];
}

export interface ActionFilter {
	country: string;
	state: string;
	capability: string;
	source: string;
	overdue: boolean;
	/** only those the reader owns */
	mine: boolean;
	sort: string;
}

/** Everything of one action, for somebody who may read it. */
export interface ActionView extends ListedAction {
	text: string;
	startOn: string | null;
	successMeasure: string;
	verificationMethod: string;
	ownerEmail: string | null;
	sourceExercise: string | null;
	version: number;
	history: HistoryLine[];
	/** why an act is not possible now, by act; null: it is */
	problems: Record<ActionActKind, string | null>;
	mayEdit: boolean;
	mayAddEvidence: boolean;
	mayNote: boolean;
	/** those that the reader may read */
	lessons: { id: string; title: string }[];
}

export interface CountryCounts {
	country: CountryCode;
	sharing: SharingLevel;
	offersPlanners: boolean;
	/** the reader keeps it */
	kept: boolean;
	/** names of those who keep it, for one of them: nobody else reads what is not shared */
	keepers: string[];
	/** null: not shared with the reader, which is not zero */
	counts: { open: number; overdue: number; verified: number } | null;
}

export function createActions({
	database: { db },
	finding
}: {
	database: Database;
	/** a finding that the person may read */
	finding: (person: { id: AccountId }, exercise: string, finding: string) => Promise<FoundFinding>;
}) {
	const today = async (tx: Pick<Transaction, 'execute'>) => dayOf(await databaseNow(tx));

	function listed(
		{ row, ownerName, standing }: LoadedAction,
		person: KnownPerson,
		day: string
	): ListedAction {
		const by = actingAs(person, row.country);
		return {
			id: row.id,
			title: row.title,
			country: row.country as CountryCode,
			state: currentState(standing, day),
			capability: row.capability as Capability,
			element: row.element as CapabilityElement,
			priority: row.priority as Priority,
			tlp: row.tlp as Tlp,
			ownerOrganisation: row.ownerOrganisation,
			owner: ownerName,
			dueOn: row.dueOn,
			deferredUntil: row.deferredUntil,
			source: row.source as SourceKind,
			sourceTitle: row.sourceTitle,
			overdue: isOverdue(standing, day),
			mine: row.ownerId === person.id,
			may: actionActs.filter((kind) => actionProblem(standing, kind, by, day) === null)
		};
	}

	/** An action that the person may read, or nothing. */
	async function find(
		tx: Database['db'] | Transaction,
		person: KnownPerson,
		id: string,
		lock = false
	): Promise<LoadedAction> {
		if (lock)
			await tx
				.select({ id: improvementAction.id })
				.from(improvementAction)
				.where(eq(improvementAction.id, id))
				.for('update');
		const [found] = await loadActions(tx, [id]);
		const sharing = await readSharing(tx);
		if (
			!found ||
			!readsAction(person, keptOf(found.row), sharing.get(found.row.country as CountryCode)!.level)
		)
			throw noExercise();
		return found;
	}

	/** Who may propose for a country: who keeps it, and for what an exercise found, whoever writes its review. */
	function mayProposeFor(person: KnownPerson, found: FoundFinding | null): CountryCode[] {
		return countryCodes.filter(
			(country) => person.keeps.includes(country) || found?.mayPropose.includes(country)
		);
	}

	async function ownerOf(tx: Transaction, email: string): Promise<AccountId | null> {
		if (email === '') return null;
		const id = await accountByAddress(tx, email);
		if (!id)
			throw field(
				'ownerEmail',
				'Nobody with this address has an account in use here. Leave it empty until there is one.'
			);
		return id;
	}

	return {
		find,

		/** What the page for a new action needs. */
		async proposal(reader: { id: AccountId }, exercise: string, findingId: string) {
			const person = await requirePerson(db, reader.id);
			const found = exercise ? await finding(reader, exercise, findingId) : null;
			const countries = mayProposeFor(person, found);
			if (countries.length === 0) throw noExercise();
			return {
				countries,
				keeps: [...person.keeps],
				finding: found && { exercise: found.exercise, id: found.finding, title: found.title }
			};
		},

		async propose(reader: { id: AccountId }, wanted: unknown): Promise<string> {
			const { ownerEmail, exercise, finding: findingId, ...action } = check(newActionSchema, wanted);
			const found =
				isOfFinding(action.source) && findingId ? await finding(reader, exercise, findingId) : null;
			// what a real room found came out of an incident, whatever the form says
			if (found) action.source = isReal(found.exercise) ? 'incident' : 'exercise';
			return db.transaction(async (tx) => {
				const person = await requirePerson(tx, reader.id);
				const allowed = mayProposeFor(person, found);
				if (allowed.length === 0) throw noExercise();
				if (!allowed.includes(action.country))
					throw field('country', 'You cannot propose an action for this country.');
				const problem = found && labelBelow(action.tlp, found.exercise.tlp);
				if (problem) throw field('tlp', problem);
				// who proposes without keeping the country cannot ask who has an account here
				if (ownerEmail !== '' && !person.keeps.includes(action.country))
					throw field('ownerEmail', 'Who keeps the actions of the country names the person.');
				const id = mintId<string>();
				await tx.insert(improvementAction).values({
					id,
					...action,
					sourceTitle: found?.title ?? action.sourceTitle,
					sourceExercise: found?.exercise.id ?? null,
					sourceExerciseName: found?.exercise.name ?? null,
					sourceFinding: found?.finding ?? null,
					ownerId: await ownerOf(tx, ownerEmail),
					proposedBy: reader.id
				});
				await remember(tx, {
					subject: id,
					of: 'action',
					kind: 'proposed',
					by: reader.id,
					country: action.country,
					audit: {
						source: action.source,
						...(found && { exercise: found.exercise.id, finding: found.finding })
					}
				});
				return id;
			});
		},

		async list(reader: { id: AccountId }, filter: ActionFilter) {
			const person = await requirePerson(db, reader.id);
			const day = await today(db);
			const ids = await db
				.select({ id: improvementAction.id })
				.from(improvementAction)
				.where(
					and(
						visibleActions(person),
						filter.country ? eq(improvementAction.country, filter.country) : undefined,
						filter.capability ? eq(improvementAction.capability, filter.capability) : undefined,
						filter.source ? eq(improvementAction.source, filter.source) : undefined,
						filter.mine ? eq(improvementAction.ownerId, person.id) : undefined,
						filter.overdue
							? sql`${improvementAction.dueOn} < ${day} and ${improvementAction.state} in ('accepted', 'in_progress', 'deferred')`
							: undefined
					)
				)
				.orderBy(asc(improvementAction.id));
			const all = (
				await loadActions(
					db,
					ids.map(({ id }) => id)
				)
			)
				.sort((a, b) => order(filter.sort, a.row, b.row))
				.map((one) => listed(one, person, day))
				.filter((one) => (!filter.state || one.state === filter.state) && (!filter.overdue || one.overdue));
			return {
				takesPart: takesPart(person),
				keeps: [...person.keeps],
				actions: all.slice(0, improvementLimits.listed),
				more: all.length > improvementLimits.listed,
				countries: [...new Set(all.map(({ country }) => country))].sort()
			};
		},

		async view(reader: { id: AccountId }, id: string): Promise<ActionView> {
			const person = await requirePerson(db, reader.id);
			const found = await find(db, person, id);
			const { row, standing } = found;
			const day = await today(db);
			const by = actingAs(person, row.country);
			const lessons = await db
				.select({ id: lesson.id, title: lesson.title })
				.from(lessonAction)
				.innerJoin(lesson, eq(lesson.id, lessonAction.lessonId))
				.where(and(eq(lessonAction.actionId, id), visibleLessons(person)))
				.orderBy(desc(lesson.createdAt));
			return {
				...listed(found, person, day),
				text: row.text,
				startOn: row.startOn,
				successMeasure: row.successMeasure,
				verificationMethod: row.verificationMethod,
				ownerEmail: by.keeps ? found.ownerEmail : null,
				sourceExercise: row.sourceExerciseName,
				version: row.version,
				history: await readHistory(db, id),
				problems: Object.fromEntries(
					actionActs.map((kind) => [kind, actionProblem(standing, kind, by, day)?.message ?? null])
				) as Record<ActionActKind, string | null>,
				mayEdit: editProblem(standing, by) === null,
				mayAddEvidence: evidenceProblem(standing, by) === null,
				mayNote: by.keeps || row.ownerId === person.id,
				lessons
			};
		},

		/** A step of its life. */
		async act(reader: { id: AccountId }, id: string, act: ActionAct): Promise<ActionState> {
			return db.transaction(async (tx) => {
				const person = await requirePerson(tx, reader.id);
				const { row, standing } = await find(tx, person, id, true);
				const day = await today(tx);
				const said = 'reason' in act ? act.reason : 'note' in act ? act.note : '';
				if (said.length > improvementLimits.note)
					throw field('note', `At most ${improvementLimits.note} characters.`);
				const decided = decideAction(standing, act, actingAs(person, row.country), day);
				if (!decided.ok) throw AppError.from(decided.refusal);
				await tx
					.update(improvementAction)
					.set({
						...decided.change,
						owners: [...(decided.change.owners ?? row.owners)],
						...raised
					})
					.where(eq(improvementAction.id, id));
				await remember(tx, {
					subject: id,
					of: 'action',
					kind: act.act,
					by: reader.id,
					country: row.country,
					detail: {
						...(said.trim() && { text: said.trim() }),
						...(act.act === 'defer' && { until: act.until })
					}
				});
				return decided.change.state!;
			});
		},

		/** Changes what is written; the history keeps what it was. `version`: what the form was made from. */
		async edit(reader: { id: AccountId }, id: string, version: number, wanted: unknown): Promise<void> {
			const { ownerEmail, ...fields } = check(actionFieldsSchema, wanted);
			await db.transaction(async (tx) => {
				const person = await requirePerson(tx, reader.id);
				const { row, standing, ownerName } = await find(tx, person, id, true);
				const problem = editProblem(standing, actingAs(person, row.country));
				if (problem) throw AppError.from(problem);
				if (row.version !== version)
					throw new AppError(
						'stale',
						'Somebody has changed this action meanwhile. Read it again, then change it.'
					);
				const ownerId = await ownerOf(tx, ownerEmail);
				if (ownerId === null && standing.state !== 'proposed')
					throw field('ownerEmail', 'An action that was accepted has a person who owns it.');
				const below = row.sourceExercise && labelBelow(fields.tlp, row.tlp as Tlp);
				if (below) throw field('tlp', 'What comes from a review cannot be labelled lower than it was.');
				const next = { ...fields, ownerId };
				const changed = Object.entries(next).filter(
					([name, value]) => row[name as keyof ActionRow] !== value
				);
				if (changed.length === 0) return;
				const owners =
					ownerId && standing.state !== 'proposed' ? [...new Set([...row.owners, ownerId])] : row.owners;
				await tx
					.update(improvementAction)
					.set({ ...next, owners, ...raised })
					.where(eq(improvementAction.id, id));
				await remember(tx, {
					subject: id,
					of: 'action',
					kind: 'changed',
					by: reader.id,
					country: row.country,
					detail: {
						fields: changed.map(([name]) => name),
						// ids of accounts are nobody's to read: of people the history has names
						before: Object.fromEntries(
							changed.map(([name]) => [name, name === 'ownerId' ? ownerName : row[name as keyof ActionRow]])
						),
						after: Object.fromEntries(
							await Promise.all(
								changed.map(async ([name, value]) => [
									name,
									name === 'ownerId' ? await nameOf(tx, ownerId) : value
								])
							)
						)
					},
					audit: { fields: changed.map(([name]) => name), ...(row.ownerId !== ownerId && { owner: ownerId }) }
				});
			});
		},

		async addEvidence(reader: { id: AccountId }, id: string, wanted: unknown): Promise<void> {
			const detail = check(evidenceSchema, wanted);
			await db.transaction(async (tx) => {
				const person = await requirePerson(tx, reader.id);
				const { row, standing } = await find(tx, person, id, true);
				const problem = evidenceProblem(standing, actingAs(person, row.country));
				if (problem) throw AppError.from(problem);
				await remember(tx, {
					subject: id,
					of: 'action',
					kind: 'evidence',
					by: reader.id,
					country: row.country,
					detail
				});
			});
		},

		async note(reader: { id: AccountId }, id: string, text: unknown): Promise<void> {
			const said = check(noteText('Note'), text);
			await db.transaction(async (tx) => {
				const person = await requirePerson(tx, reader.id);
				const { row } = await find(tx, person, id, true);
				if (row.ownerId !== person.id && !actingAs(person, row.country).keeps) throw noExercise();
				await remember(tx, {
					subject: id,
					of: 'action',
					kind: 'note',
					by: reader.id,
					country: row.country,
					detail: { text: said }
				});
			});
		},

		/** The dashboard: every country in turn, with counts where it shows them to the reader. */
		async countries(reader: { id: AccountId }): Promise<CountryCounts[]> {
			const person = await requirePerson(db, reader.id);
			if (!takesPart(person)) throw noExercise();
			const sharing = await readSharing(db);
			const shown = countryCodes.filter((country) =>
				readsCounts(person, country, sharing.get(country)!.level)
			);
			const keepers = await db
				.select({ country: improvementRole.country, name: account.name })
				.from(improvementRole)
				.innerJoin(account, eq(account.id, improvementRole.accountId))
				.where(inArray(improvementRole.country, [...person.keeps]))
				.orderBy(asc(account.name));
			const day = await today(db);
			const rows = await db
				.select({
					country: improvementAction.country,
					state: improvementAction.state,
					deferredUntil: improvementAction.deferredUntil,
					dueOn: improvementAction.dueOn
				})
				.from(improvementAction)
				.where(sql`${improvementAction.country} = any(${sql.param(shown)}::text[])`);
			return countryCodes.map((country) => {
				const own = rows
					.filter((row) => row.country === country)
					.map((row) => ({ ...row, state: row.state as ActionState }));
				const { level, offersPlanners } = sharing.get(country)!;
				const kept = person.keeps.includes(country);
				return {
					country,
					sharing: level,
					// whether planners are offered lessons is the country's own affair
					offersPlanners: kept && offersPlanners,
					kept,
					keepers: keepers.flatMap((one) => (one.country === country ? [one.name] : [])),
					counts: shown.includes(country)
						? {
								open: own.filter(({ state }) => openStates.includes(state) || state === 'implemented').length,
								overdue: own.filter((one) => isOverdue(one, day)).length,
								verified: own.filter(({ state }) => state === 'verified' || state === 'closed').length
							}
						: null
				};
			});
		}
	};
}

async function nameOf(tx: Transaction, id: AccountId | null): Promise<string | null> {
	if (id === null) return null;
	const [row] = await tx.select({ name: account.name }).from(account).where(eq(account.id, id));
	return row?.name ?? null;
}

const raised = { version: sql`${improvementAction.version} + 1`, changedAt: sql`now()` };

export const keptOf = (row: ActionRow) => ({
	country: row.country as CountryCode,
	tlp: row.tlp as Tlp,
	state: row.state as ActionState,
	ownerId: row.ownerId as AccountId | null,
	proposedBy: row.proposedBy as AccountId
});

const rank: Record<string, number> = { high: 0, medium: 1, low: 2 };

/** By the wanted key; what has no day comes last, and newer before older where nothing else decides. */
function order(sort: string, a: ActionRow, b: ActionRow): number {
	const due = (a.dueOn ?? '9').localeCompare(b.dueOn ?? '9');
	const changed = b.changedAt.getTime() - a.changedAt.getTime();
	switch (sort) {
		case 'priority':
			return rank[a.priority]! - rank[b.priority]! || due || changed;
		case 'changed':
			return changed;
		case 'title':
			return a.title.localeCompare(b.title) || changed;
		case 'country':
			return a.country.localeCompare(b.country) || due || changed;
		default:
			return due || changed;
	}
}
