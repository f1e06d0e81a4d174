import { and, eq, sql } from 'drizzle-orm';
import { stringify } from 'csv-stringify/sync';
import { AppError } from '#lib/errors.ts';
import { isControl, isDirector } from '#lib/exercise/exercise/access.ts';
import type { ExerciseKind, Membership } from '#lib/exercise/exercise/schema.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { sentenceIn } from '#lib/exercise/real/words.ts';
import type { Database, Transaction } from '../database/open.ts';
import { membership } from '../database/schema.ts';
import type { Exercises } from '../exercises/exercises.ts';
import type { MembershipId } from '../exercises/memberships.ts';
import { noExercise } from '../exercises/rights.ts';
import { toMembership } from '../exercises/rows.ts';
import type { NewTeam } from '../exercises/teams.ts';
import { isMailAddress, mailNotSetUp, type MailQueue } from '../mail/queue.ts';
import { mailInvitation } from './invitation-mail.ts';
import type { InvitationId, createInvitations, NewInvitation } from './invitations.ts';
import { decodeFile, peopleFileLimits, readPeopleFile, type PeopleFile } from './people-file.ts';
import { linkMail, mailedJustNow, rolesOf, sentJustNow } from './link-mail.ts';
import { readWaiting, type createPeopleImport, type PeopleDifferences } from './people-import.ts';

interface Dependencies {
	database: Database;
	origin: string;
	exercises: Exercises;
	invitations: ReturnType<typeof createInvitations>;
	peopleImport: ReturnType<typeof createPeopleImport>;
	/** only where something is sent: the command line has no use for it */
	mail?: MailQueue;
}

/** One person with one role, as typed into the page. */
export interface NewPerson {
	name: string;
	email: string;
	membership: Membership;
}

/**
 * What the people page does. `open` asks once whether somebody may manage an exercise's people, and hands out what that
 * person may do there; nothing of it can be reached otherwise. Only a director makes and unmakes directors.
 */
export function createPeople({ database, origin, exercises, invitations, peopleImport, mail }: Dependencies) {
	const { db } = database;

	return {
		async open(id: string, person: { id: AccountId }) {
			const { exercise, actor } = await exercises.open(id, person);
			if (!isControl(actor)) throw noExercise();
			const rights = { mayGrantDirector: isDirector(actor) };
			const by = person.id;
			const requireGrant = (role: string) => {
				if (role === 'director' && !rights.mayGrantDirector)
					throw new AppError('forbidden', 'Only a director decides who is a director.');
			};

			/** Two who make links at once would leave one of them with links that work for nobody. */
			const oneAtATime = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
				db.transaction(async (tx) => {
					await tx.execute(
						sql`select pg_advisory_xact_lock(hashtextextended(${`personal links ${exercise.id}`}, 0))`
					);
					return work(tx);
				});

			return {
				exercise,

				addTeam: async (team: NewTeam) => {
					await exercises.addTeams(exercise.id, [team], by);
				},

				setTeamLanguage: async (team: string, language: string | null) => {
					await exercises.setTeamLanguage(exercise.id, team, language, by);
				},

				/** A one-row import: the same rules about accounts that are known already. */
				async addPerson({ name, email, membership: wanted }: NewPerson) {
					const teams = await exercises.teams(exercise.id);
					const file = readPeopleFile(
						stringify([
							['name', 'email', 'role', 'team', 'country', 'cell', 'lead'],
							[
								name,
								email,
								wanted.role,
								teams.find((team) => team.id === wanted.teamId)?.name ?? '',
								wanted.country ?? '',
								wanted.cell ?? '',
								wanted.lead ? 'yes' : ''
							]
						])
					);
					const done = await peopleImport.run(exercise.id, file, by, rights);
					if (done.problems.length > 0) {
						const fields = Object.fromEntries(
							done.problems.map(({ column, message }) => [column ?? 'name', message])
						);
						throw new AppError('invalid', done.problems[0]!.message, { details: { fields } });
					}
					return done;
				},

				async removeMembership(membershipId: MembershipId) {
					const [row] = await db
						.select()
						.from(membership)
						.where(and(eq(membership.exerciseId, exercise.id), eq(membership.id, membershipId)));
					if (row) requireGrant(toMembership(row).role);
					await exercises.removeMembership(exercise.id, membershipId, by);
				},

				/** The link, shown now and never again. */
				async invite(wanted: NewInvitation) {
					requireGrant(wanted.membership.role);
					const { id, token } = await invitations.create(exercise.id, wanted, by);
					return { id, link: `${origin}/join/${token}` };
				},

				/** That link, while the page still shows it, to addresses that somebody typed or pasted. */
				mailInvitation: (given: { link: string; addresses: string }) =>
					mailInvitation({ database, mail, origin }, exercise, given, by, requireGrant),

				revoke: (invitationId: InvitationId) => invitations.revoke(exercise.id, invitationId, by),

				previewImport: async (bytes: Uint8Array) =>
					spoken(exercise.kind, await peopleImport.preview(exercise.id, readBytes(bytes), rights)),
				runImport: async (bytes: Uint8Array) =>
					spoken(exercise.kind, await peopleImport.run(exercise.id, readBytes(bytes), by, rights)),

				/** A list to send out: for everybody who cannot sign in yet, a link of the own. Earlier ones stop to work. */
				async personalLinks(): Promise<string> {
					const waiting = await readWaiting(database, exercise.id);
					const tokens = await oneAtATime((tx) =>
						invitations.createPersonal(
							tx,
							exercise.id,
							waiting.map((one) => one.id),
							by
						)
					);
					// a name that begins with = would be run by the spreadsheet that opens this
					return stringify(
						waiting.map(({ id: of, name, email }) => ({
							name,
							email,
							link: `${origin}/join/${tokens.get(of)}`
						})),
						{ header: true, columns: ['name', 'email', 'link'], bom: true, escape_formulas: true }
					);
				},

				/**
				 * The same links by mail, to everybody who cannot sign in yet or to one of them. Links and mails are made in one
				 * transaction, so nobody's link stops to work without a new one being on its way. Whoever was sent one just now is
				 * left out: a button pressed twice would send two mails, the first with a dead link. Returns how many were sent.
				 */
				async mailLinks(only: string | null): Promise<number> {
					if (!mail?.isSetUp) throw mailNotSetUp();
					const waiting = (await readWaiting(database, exercise.id)).filter(
						(one) => (only === null || one.id === only) && isMailAddress(one.email)
					);
					if (waiting.length === 0)
						throw new AppError('not-now', 'Nobody here waits for a link. Look at the list again.');
					const roles = await rolesOf(
						database,
						exercise,
						waiting.map((one) => one.id)
					);
					return oneAtATime(async (tx) => {
						const justNow = await mailedJustNow(tx, exercise.id);
						const due = waiting.filter((one) => !justNow.has(one.id));
						if (due.length === 0) throw sentJustNow(only !== null);
						const tokens = await invitations.createPersonal(
							tx,
							exercise.id,
							due.map((one) => one.id),
							by,
							{ mailed: true }
						);
						return mail.queueMail(
							tx,
							due.map((one) =>
								linkMail(exercise, one, roles.get(one.id) ?? [], `${origin}/join/${tokens.get(one.id)}`)
							)
						);
					});
				}
			};
		}
	};
}

/** What is wrong with a row is shown beside it: in the words of the space, as refusals are. */
const spoken = (kind: ExerciseKind, shown: PeopleDifferences): PeopleDifferences => ({
	...shown,
	problems: shown.problems.map((one) => ({ ...one, message: sentenceIn(kind, one.message) }))
});

function readBytes(bytes: Uint8Array): PeopleFile {
	if (bytes.length > peopleFileLimits.bytes)
		throw new AppError('too-large', 'The file is larger than 5 MB. Import it in parts.');
	return readPeopleFile(decodeFile(bytes));
}
