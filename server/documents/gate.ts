import type { IncomingMessage } from 'node:http';
import { documentRight, parseDocumentName, type DocumentRef, type Right } from '#lib/exercise/documents.ts';
import { AppError } from '#lib/errors.ts';
import type { AccountId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';

/** Who is at the other end, from the session cookie. */
export interface Identity {
	accountId: AccountId;
	name: string;
	sessionId: string;
}

export interface GateDependencies {
	/** exactly this Origin may open sockets (R5) */
	origin: string;
	identify: (request: IncomingMessage) => Promise<Identity | null>;
	exercise: (id: ExerciseId) => Promise<Exercise | null>;
	team: (id: ExerciseId, team: TeamId) => Promise<Team | null>;
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
	dependencies: Pick<GateDependencies, 'exercise' | 'team' | 'actor'>,
	name: string,
	accountId: AccountId
): Promise<{ ref: DocumentRef; actor: Actor; right: Right }> {
	const ref = parseDocumentName(name);
	if (!ref) throw nothing();
	const teamId = teamIn(ref);
	const [exercise, team, actor] = await Promise.all([
		dependencies.exercise(ref.exercise),
		teamId === null ? null : dependencies.team(ref.exercise, teamId),
		dependencies.actor(ref.exercise, accountId)
	]);
	if (!exercise) throw nothing();
	return {
		ref,
		actor,
		right: documentRight(ref, actor, { settings: exercise.settings, ...(team && { team }) })
	};
}

/** The team whose document it is; null: none's. */
export function teamIn(ref: DocumentRef): TeamId | null {
	if (ref.kind === 'worksheet') return ref.team;
	return ref.kind === 'timeline' && ref.audience.to === 'team' ? ref.audience.team : null;
}

/** Before the upgrade completes: exact Origin, session, right to read (R5). Connecting creates nothing. */
export async function admit(
	dependencies: GateDependencies,
	request: IncomingMessage,
	name: string
): Promise<Admission> {
	if (request.headers.origin !== dependencies.origin)
		throw new AppError('forbidden', 'This page may not connect.');
	const identity = await dependencies.identify(request);
	if (!identity) throw new AppError('unauthenticated', 'Sign in again.');
	const { ref, actor, right } = await rightTo(dependencies, name, identity.accountId);
	if (right === 'none') throw nothing();
	return { ref, actor, identity, right };
}
