import { randomBytes } from 'node:crypto';
import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { ExerciseId, InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { Membership, Team } from '#lib/exercise/exercise/schema.ts';
import {
	addInject,
	injectFingerprint,
	newInject,
	readScript,
	type Inject
} from '#lib/exercise/inject/schema.ts';
import type { CommandAnswer } from '#lib/protocol/wire.ts';
import type { Person, Stage } from './people.ts';

export type { Person };

/** A small exercise: a director, and what the test adds. */
export class TestExercise {
	readonly server: Stage;
	readonly id: ExerciseId;
	readonly director: Person;

	private constructor(server: Stage, id: ExerciseId, director: Person) {
		this.server = server;
		this.id = id;
		this.director = director;
	}

	static async create(server: Stage): Promise<TestExercise> {
		const director = await server.person('Director');
		const id = await server.services.exercises.create(
			{
				name: 'Test exercise',
				startsAt: Date.UTC(2026, 5, 10, 7),
				endsAt: Date.UTC(2026, 5, 10, 15),
				settings: { authorMayApprove: true }
			},
			director.id
		);
		return new TestExercise(server, id, director);
	}

	/** A room for a real incident; its countries have their first teams, in which nobody is. */
	static async openRoom(
		server: Stage,
		name = 'Test room',
		countries: Team['country'][] = ['GR', 'IT']
	): Promise<TestExercise> {
		const coordinator = await server.person('Coordinator');
		const id = await server.services.exercises.openRoom({ kind: 'real', name, countries }, coordinator);
		return new TestExercise(server, id, coordinator);
	}

	async team(name: string, country: Team['country'] = 'GR'): Promise<Team> {
		const [team] = await this.server.services.exercises.addTeams(
			this.id,
			[{ name, country, level: 'technical' }],
			this.director.id
		);
		return team!;
	}

	async member(name: string, membership: Membership): Promise<Person> {
		const person = await this.server.person(name);
		await this.server.services.exercises.addMembership(
			this.id,
			{ accountId: person.id, ...membership },
			this.director.id
		);
		return person;
	}

	/** Puts injects on the central script and approves them. */
	async approved(...values: Partial<Omit<Inject, 'id'>>[]): Promise<Inject[]> {
		const name = documentName({ exercise: this.id, kind: 'script', cell: 'central' });
		const ids = values.map(() => randomBytes(12).toString('hex') as InjectId);
		await this.server.services.documents.edit(name, this.director.id, (doc) => {
			for (const [i, one] of values.entries()) addInject(doc, newInject(ids[i]!, one), `a${i}`);
		});
		const page = readScript(await this.server.services.documents.read(name)).filter((one) =>
			ids.includes(one.id)
		);
		await this.must(this.director, 'inject.approve', {
			cell: 'central',
			injects: page.map((one) => ({ inject: one.id, fingerprint: injectFingerprint(one) }))
		});
		return ids.map((id) => page.find((one) => one.id === id)!);
	}

	send<Name extends CommandName>(
		person: Person,
		name: Name,
		input: CommandInput<Name>,
		key = randomBytes(12).toString('hex')
	): Promise<CommandAnswer> {
		return this.server.services.commands.run(
			{ exercise: this.id, name, key, input },
			{ accountId: person.id, name: person.name }
		);
	}

	/** A command that must be carried out. */
	async must<Name extends CommandName>(
		person: Person,
		name: Name,
		input: CommandInput<Name>
	): Promise<unknown> {
		const answer = await this.send(person, name, input);
		if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
		return answer.result;
	}

	timeline(audience: 'control' | 'everyone' | TeamId, segment = 0): string {
		return documentName({
			exercise: this.id,
			kind: 'timeline',
			audience:
				audience === 'control'
					? { to: 'control' }
					: audience === 'everyone'
						? { to: 'channel', channel: 'everyone' }
						: { to: 'team', team: audience },
			segment
		});
	}

	notes(team: TeamId): string {
		return documentName({ exercise: this.id, kind: 'worksheet', team, page: 'notes' });
	}
}

export const toAll = { all: true, countries: [], levels: [], teams: [] };
