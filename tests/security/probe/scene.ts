import { buffer } from 'node:stream/consumers';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { mintId } from '#server/mint.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import type { TestServer } from '../../support/server.ts';
import { Planted, scopes, type Scope } from './planted.ts';

/** Somebody who asks for what is not theirs, and which scopes of planning they may not see. */
export interface Prying {
	who: string;
	/** null: signed out */
	person: Person | null;
	hidden: readonly Scope[];
}

type Who =
	| 'centralPlanner'
	| 'greekPlanner'
	| 'italianPlanner'
	| 'player'
	| 'italianPlayer'
	| 'observer'
	| 'italianModerator'
	| 'stranger';

/**
 * An exercise that runs, with one harmless inject released, and everybody who pries. What is planned comes later
 * (plan.ts), so that answers before and after can be compared; its ids are thought up before it is there.
 */
export class ProbeScene {
	readonly planted = new Planted();
	/** what stands for parameters and fields: thought up at first, real ones once they are planned */
	readonly ids = {
		central: mintId<InjectId>(),
		narrow: mintId<InjectId>(),
		held: mintId<InjectId>(),
		draft: mintId<InjectId>(),
		greek: mintId<InjectId>(),
		greekDraft: mintId<InjectId>(),
		centralFile: mintId<string>(),
		narrowFile: mintId<string>(),
		greekFile: mintId<string>(),
		comment: mintId<string>(),
		greekComment: mintId<string>(),
		kit: mintId<string>(),
		greekItem: mintId<string>(),
		mapping: mintId<string>(),
		shelved: mintId<string>(),
		goItem: mintId<string>(),
		rehearsal: mintId<string>(),
		// not of planning, but of who is there: what acts are aimed at
		check: mintId<string>(),
		membership: mintId<string>(),
		invitation: mintId<string>(),
		waiting: mintId<string>(),
		fingerprint: '0'.repeat(64)
	};

	readonly server: TestServer;
	readonly exercise: TestExercise;
	/** where the player plans, and so opens the library */
	readonly elsewhere: TestExercise;
	readonly teams: { greek: Team; port: Team; italian: Team };
	readonly people: Record<Who, Person> & { director: Person };

	private constructor(given: Pick<ProbeScene, 'server' | 'exercise' | 'elsewhere' | 'teams' | 'people'>) {
		this.server = given.server;
		this.exercise = given.exercise;
		this.elsewhere = given.elsewhere;
		this.teams = given.teams;
		this.people = given.people;
	}

	static async create(server: TestServer): Promise<ProbeScene> {
		const exercise = await TestExercise.create(server);
		const { exercises } = server.services;
		const [greek, port, italian] = (await exercises.addTeams(
			exercise.id,
			[
				{ name: 'GR CSIRT', country: 'GR', level: 'technical', language: 'el' },
				{ name: 'GR Port', country: 'GR', level: 'operational' },
				{ name: 'IT CSIRT', country: 'IT', level: 'technical', language: 'it' }
			],
			exercise.director.id
		)) as [Team, Team, Team];
		const people = {
			director: exercise.director,
			centralPlanner: await exercise.member('Cato', { role: 'planner', cell: 'central' }),
			greekPlanner: await exercise.member('Grit', { role: 'planner', cell: 'GR' }),
			italianPlanner: await exercise.member('Ilaria', { role: 'planner', cell: 'IT' }),
			player: await exercise.member('Gaia', { role: 'player', teamId: greek.id, lead: true }),
			italianPlayer: await exercise.member('Ivo', { role: 'player', teamId: italian.id }),
			observer: await exercise.member('Olga', { role: 'observer' }),
			italianModerator: await exercise.member('Mario', { role: 'moderator', country: 'IT' }),
			stranger: await server.person('Somebody else')
		};
		const elsewhere = await TestExercise.create(server);
		await exercises.addMembership(
			elsewhere.id,
			{ accountId: people.player.id, role: 'planner', cell: 'central' },
			elsewhere.director.id
		);
		const [harmless] = await exercise.approved({ title: 'Released and harmless', to: toAll });
		await exercise.must(exercise.director, 'exercise.start', {});
		await exercise.must(exercise.director, 'inject.release', { inject: harmless!.id });
		return new ProbeScene({ server, exercise, elsewhere, teams: { greek, port, italian }, people });
	}

	/** Those to whom nothing of planning may come, and those to whom a part of it may. */
	get prying(): Prying[] {
		const { people } = this;
		const outside = [
			['a player who plans elsewhere', people.player],
			['an Italian player', people.italianPlayer],
			['an observer', people.observer],
			['a stranger', people.stranger],
			['nobody', null]
		] as const;
		return [
			...outside.map(([who, person]) => ({ who, person, hidden: scopes })),
			{ who: 'an Italian planner', person: people.italianPlanner, hidden: ['greek', 'own'] },
			{
				who: 'an Italian moderator',
				person: people.italianModerator,
				hidden: ['narrow', 'planning', 'greek', 'own']
			}
		];
	}

	/** Those who may see what is planned. */
	get entitled(): Person[] {
		return [this.people.director, this.people.greekPlanner];
	}

	/** A session of its own, for what may end it. */
	async freshly(person: Person): Promise<Person> {
		const { name, value } = await this.server.services.accounts.sessions.create(person.id);
		return { ...person, cookie: `${name}=${value}` };
	}

	/** The exercise as somebody has it open. */
	open(person: Person, id: string = this.exercise.id) {
		return this.server.services.exercises.open(id, { id: person.id });
	}

	/** Every document that there is, by name. */
	async documents(): Promise<string[]> {
		const { rows } = await this.server.services.database.pool.query<{ name: string }>(
			'select name from document order by name'
		);
		return rows.map(({ name }) => name);
	}

	/** Everything that the database and the store of files hold, to see that what is looked for is there at all. */
	async everythingStored(): Promise<Buffer[]> {
		const { database, files } = this.server.services;
		const { pool } = database;
		const tables = await pool.query<{ name: string }>(
			'select table_name as name from information_schema.tables where table_schema = current_schema()'
		);
		const stored = await Promise.all(
			tables.rows.map(({ name }) =>
				pool.query<{ row: string }>(`select row_to_json(t)::text as row from "${name}" t`)
			)
		);
		const attached = await pool.query<{ sha256: string }>('select distinct sha256 from attachment');
		return [
			...stored.map(({ rows }) => Buffer.from(rows.map(({ row }) => row).join('\n'))),
			...(await Promise.all(
				attached.rows.map(async ({ sha256 }) => buffer((await files.store.open(sha256))!))
			))
		];
	}
}
