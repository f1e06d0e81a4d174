import type { IncomingMessage } from 'node:http';
import {
	channelIn,
	documentRight,
	parseDocumentName,
	teamIn,
	type DocumentRef,
	type Right
} from '#lib/exercise/documents.ts';
import type { ChannelMembers } from '#lib/exercise/channel/schema.ts';
import { AppError } from '#lib/errors.ts';
import type { AccountId, ChannelId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { Standing } from '../exercises/standing.ts';

/** Who is at the other end, from the session cookie. */
export interface Identity {
	accountId: AccountId;
	name: string;
	sessionId: string;
}

export interface GateDependencies {
	/** exactly this Origin may open sockets (R5) */
	origin: string;
	/** whose these `Cookie` headers are, in their order */
	identifyAll: (cookies: readonly (string | undefined)[]) => Promise<(Identity | null)[]>;
	/** what the rights of these people to documents of these teams and channels stand on; null: no such exercise */
	standingFor: (
		id: ExerciseId,
		teams: readonly TeamId[],
		channels: readonly ChannelId[],
		people: readonly AccountId[]
	) => Promise<Omit<Standing, 'sessions'> | null>;
	exercise: (id: ExerciseId) => Promise<Exercise | null>;
	team: (id: ExerciseId, team: TeamId) => Promise<Team | null>;
	channel: (id: ExerciseId, channel: ChannelId) => Promise<ChannelMembers | null>;
	actor: (id: ExerciseId, accountId: AccountId) => Promise<Actor>;
}

export interface Admission {
	ref: DocumentRef;
	actor: Actor;
	identity: Identity;
	right: Exclude<Right, 'none'>;
}

const nothing = () => new AppError('not-found', 'There is nothing here, or it is not open to you.');

/** The right of a person to a document by name; "does not exist" and "not yours" are the same answer. */
export async function rightTo(
	dependencies: Pick<GateDependencies, 'exercise' | 'team' | 'channel' | 'actor'>,
	name: string,
	accountId: AccountId
): Promise<{ ref: DocumentRef; actor: Actor; right: Right }> {
	const ref = parseDocumentName(name);
	if (!ref) throw nothing();
	const teamId = teamIn(ref);
	const channelId = channelIn(ref);
	const [exercise, team, channel, actor] = await Promise.all([
		dependencies.exercise(ref.exercise),
		teamId === null ? null : dependencies.team(ref.exercise, teamId),
		channelId === null ? null : dependencies.channel(ref.exercise, channelId),
		dependencies.actor(ref.exercise, accountId)
	]);
	if (!exercise) throw nothing();
	return {
		ref,
		actor,
		right: documentRight(ref, actor, {
			settings: exercise.settings,
			...(team && { team }),
			...(channel && { channel })
		})
	};
}

interface Asked {
	cookies: string | undefined;
	ref: DocumentRef;
	resolve: (admission: Admission) => void;
	reject: (error: unknown) => void;
}

/**
 * Decides before the upgrade completes: exact Origin, session, right to read (R5). Connecting creates nothing. Who comes
 * while others are being looked up is looked up with the next: after a cut network five hundred come back at once.
 */
export class Gate {
	readonly #dependencies: GateDependencies;
	#asked: Asked[] = [];
	#looking = false;

	constructor(dependencies: GateDependencies) {
		this.#dependencies = dependencies;
	}

	async admit(request: IncomingMessage, name: string): Promise<Admission> {
		if (request.headers.origin !== this.#dependencies.origin)
			throw new AppError('forbidden', 'This page may not connect.');
		const ref = parseDocumentName(name);
		return new Promise((resolve, reject) => {
			// a name that is none is found out only after the session: strangers learn nothing about names
			const asked = { cookies: request.headers.cookie, resolve, reject };
			this.#asked.push({ ...asked, ref: ref ?? nowhere });
			if (!this.#looking) void this.#look();
		});
	}

	async #look(): Promise<void> {
		this.#looking = true;
		await new Promise<void>((resolve) => setImmediate(resolve));
		while (this.#asked.length > 0) {
			const batch = this.#asked;
			this.#asked = [];
			try {
				const identities = await this.#dependencies.identifyAll(batch.map((one) => one.cookies));
				const byExercise = new Map<ExerciseId, { asked: Asked; identity: Identity }[]>();
				for (const [i, asked] of batch.entries()) {
					const identity = identities[i];
					if (!identity) asked.reject(new AppError('unauthenticated', 'Sign in again.'));
					else {
						const list = byExercise.get(asked.ref.exercise) ?? [];
						list.push({ asked, identity });
						byExercise.set(asked.ref.exercise, list);
					}
				}
				await Promise.all([...byExercise].map(([id, list]) => this.#decide(id, list)));
			} catch (error) {
				for (const asked of batch) asked.reject(error);
			}
		}
		this.#looking = false;
	}

	async #decide(id: ExerciseId, list: readonly { asked: Asked; identity: Identity }[]): Promise<void> {
		const standing =
			id === nowhere.exercise
				? null
				: await this.#dependencies.standingFor(
						id,
						[...new Set(list.flatMap(({ asked }) => teamIn(asked.ref) ?? []))],
						[...new Set(list.flatMap(({ asked }) => channelIn(asked.ref) ?? []))],
						[...new Set(list.map(({ identity }) => identity.accountId))]
					);
		for (const { asked, identity } of list) {
			const actor = standing?.actors.get(identity.accountId);
			const team = standing?.teams.get(teamIn(asked.ref) ?? '');
			const channel = standing?.channels.get(channelIn(asked.ref) ?? '');
			const right =
				standing && actor
					? documentRight(asked.ref, actor, {
							settings: standing.exercise.settings,
							...(team && { team }),
							...(channel && { channel })
						})
					: 'none';
			if (right === 'none' || !actor) asked.reject(nothing());
			else asked.resolve({ ref: asked.ref, actor, identity, right });
		}
	}
}

/** Stands for a name that is none. */
const nowhere = { exercise: '' as ExerciseId, kind: 'scenario' } as const satisfies DocumentRef;
