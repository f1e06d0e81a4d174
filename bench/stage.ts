import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { documentName } from '#lib/exercise/documents.ts';
import type { AccountId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { sessionIdOf } from '#server/accounts/sessions.ts';
import { account, document, membership, session } from '#server/database/schema.ts';
import { newDocument } from '#server/documents/create.ts';
import { sha256 } from '#server/documents/log.ts';
import { mintId } from '#server/mint.ts';
import type { Services } from '#server/services.ts';
import { EventWriter } from './events.ts';
import { createPlay } from './play.ts';
import { median } from './statistics.ts';

export interface Pages {
	/** names of the documents */
	names: string[];
	/** per document: cookies of people who may write there */
	cookies: string[][];
}

/** sockets that we open for one account, below the server's limit of 60 */
export const socketsPerPerson = 50;
const rowsAtOnce = 2000;

/** What the server under measurement makes when its parent asks: people with sessions, teams, worksheet pages. */
export function createStage(services: Services, run: string) {
	const { db } = services.database;
	const teams: { id: TeamId; cookies: string[] }[] = [];
	let exercise: ExerciseId | null = null;
	let director: AccountId | null = null;
	let page = 0;

	/** People with an open session each, in a few statements. */
	async function people(count: number, nameOf: (n: number) => string) {
		const made = Array.from({ length: count }, (_, n) => ({
			id: mintId<AccountId>(),
			name: nameOf(n),
			email: `${randomBytes(8).toString('hex')}@example.test`,
			token: randomBytes(20).toString('hex')
		}));
		const endsAt = new Date(Date.now() + 6 * 3_600_000);
		for (let from = 0; from < made.length; from += rowsAtOnce) {
			const some = made.slice(from, from + rowsAtOnce);
			await db.insert(account).values(some.map(({ id, name, email }) => ({ id, name, email })));
			await db
				.insert(session)
				.values(
					some.map(({ id, token }) => ({ id: sessionIdOf(token), userId: id, expiresAt: endsAt, endsAt }))
				);
		}
		const { cookieName } = services.accounts.sessions;
		return made.map(({ id, name, token }) => ({ id, name, cookie: `${cookieName}=${token}` }));
	}

	async function members(
		of: ExerciseId,
		rows: { accountId: AccountId; role: string; teamId?: TeamId; country?: string; lead?: boolean }[]
	): Promise<void> {
		const values = rows.map((row) => ({ id: mintId<string>(), exerciseId: of, ...row }));
		for (let from = 0; from < values.length; from += rowsAtOnce)
			await db.insert(membership).values(values.slice(from, from + rowsAtOnce));
	}

	async function newExercise(name: string) {
		const [first] = await people(1, () => 'Director');
		const startsAt = Date.UTC(2026, 5, 10, 7);
		const id = await services.exercises.create(
			{
				name,
				startsAt,
				endsAt: Date.UTC(2026, 5, 10, 15),
				settings: { authorMayApprove: true }
			},
			first!.id
		);
		return { id, startsAt, director: first! };
	}

	async function needTeams(count: number): Promise<void> {
		if (!exercise)
			({
				id: exercise,
				director: { id: director }
			} = await newExercise('Measured'));
		if (teams.length >= count) return;
		const made = await services.exercises.addTeams(
			exercise,
			Array.from({ length: count - teams.length }, (_, i) => ({
				name: `Team ${run} ${teams.length + i + 1}`,
				country: 'GR' as const,
				level: 'technical' as const
			})),
			director!
		);
		teams.push(...made.map(({ id }) => ({ id, cookies: [] })));
	}

	/** Fresh worksheet pages, and players enough for the sockets of their audience. */
	async function pages(input: { documents: number; audience: number }): Promise<Pages> {
		await needTeams(input.documents);
		const perTeam = Math.ceil(input.audience / socketsPerPerson);
		const here = teams.slice(0, input.documents);
		const places = here.flatMap((team) =>
			Array<typeof team>(Math.max(0, perTeam - team.cookies.length)).fill(team)
		);
		const players = await people(places.length, (n) => `Player ${n + 1}`);
		await members(
			exercise!,
			players.map(({ id }, n) => ({ accountId: id, role: 'player', teamId: places[n]!.id }))
		);
		for (const [n, { cookie }] of players.entries()) places[n]!.cookies.push(cookie);
		page++;
		const names = here.map(({ id }) =>
			documentName({ exercise: exercise!, kind: 'worksheet', team: id, page: `report-${page}` })
		);
		await db.insert(document).values(names.map((name) => newDocument(exercise!, name)));
		return { names, cookies: here.map(({ cookies }) => cookies) };
	}

	/** Writes events straight into the log of a page that nobody has opened: what joiners find. */
	async function fill(input: { name: string; events: number }): Promise<void> {
		const writers = Array.from({ length: 30 }, () => new EventWriter());
		for (let from = 0; from < input.events; from += 1000) {
			const rows = Array.from({ length: Math.min(1000, input.events - from) }, (_, n) => {
				const bytes = Buffer.from(writers[(from + n) % writers.length]!.next(from + n));
				return { bytes, sha256: Buffer.from(sha256(bytes)) };
			});
			await db.execute(sql`
				insert into document_update (document, epoch, sequence, sha256, bytes)
				select ${input.name}, 0, ${from} + place, sum, change
				from unnest(${sql.param(rows.map((row) => row.sha256))}::bytea[], ${sql.param(rows.map((row) => row.bytes))}::bytea[])
					with ordinality as row(sum, change, place)`);
		}
		await db.execute(sql`update document set sequence = ${input.events} where name = ${input.name}`);
	}

	/** What one commit takes on this disk, ms: the least that durability costs a change. */
	async function commit(input: { times: number }): Promise<number> {
		const took: number[] = [];
		for (let n = 0; n < input.times; n++) {
			const begun = performance.now();
			await db.execute(sql`select pg_logical_emit_message(true, 'bench', 'one commit')`);
			took.push(performance.now() - begun);
		}
		return median(took);
	}

	return { pages, fill, commit, ...createPlay(services, { people, members, newExercise }) };
}

export type Stage = ReturnType<typeof createStage>;
