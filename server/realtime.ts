import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { and, eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { AccountId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { ExercisePulse } from '#lib/protocol/wire.ts';
import type { Bell } from './bell/bell.ts';
import { createLookAgain } from './bell/look-again.ts';
import { createCommands } from './commands/run.ts';
import type { Ring } from './commands/topics.ts';
import { databaseNow, type Database, type Transaction } from './database/open.ts';
import { channel as channelTable, exercise as exerciseTable, team as teamTable } from './database/schema.ts';
import { createDocuments } from './documents/documents.ts';
import type { Identity } from './documents/gate.ts';
import type { UpdateLog } from './documents/group-commit.ts';
import { createApi } from './events/api.ts';
import { createAttempts } from './events/attempts.ts';
import { createConnected } from './events/connected.ts';
import { createEvents } from './events/sockets.ts';
import { readActor } from './exercises/actor.ts';
import type { Exercises } from './exercises/exercises.ts';
import { readStanding, readStandingFor } from './exercises/standing.ts';
import { spokenIn } from './exercises/words.ts';
import { toExercise, toTeam } from './exercises/rows.ts';
import type { MailQueue } from './mail/queue.ts';
import { createLeaving } from './conduct/leaving.ts';
import { createSchedule } from './schedule/schedule.ts';

export interface RealtimeDependencies {
	database: Database;
	origin: string;
	exercises: Pick<Exercises, 'load' | 'actor' | 'wordsFor'>;
	bell: Bell;
	mail: MailQueue;
	/** who the cookies of a request belong to */
	identify: (cookieHeader: string | undefined) => Promise<Identity | null>;
	/** the same for many at once */
	identifyAll: (cookieHeaders: readonly (string | undefined)[]) => Promise<(Identity | null)[]>;
	/** whether a session still opens anything: asked again for sockets that stay open */
	sessionLives: (sessionId: string) => Promise<boolean>;
	/** where browsers' changes are stored; given only to measure what durability costs */
	updates?: UpdateLog;
	log: Logger;
}

export type Realtime = ReturnType<typeof createRealtime>;

/** Everything that lives on open sockets, put together: documents, commands, schedule, events. */
export function createRealtime(dependencies: RealtimeDependencies) {
	const { database, origin, exercises, bell, identify, identifyAll, sessionLives, log } = dependencies;
	const identifyRequest = (request: IncomingMessage) => identify(request.headers.cookie);
	const standing = (id: ExerciseId, people: { accountId: AccountId; sessionId: string }[]) =>
		readStanding(database, id, people);

	const refused = createAttempts();

	const documents = createDocuments({
		refused,
		database,
		log,
		origin,
		identifyAll,
		standingFor: (id, teams, channels, people) => readStandingFor(database, id, teams, channels, people),
		standing,
		exercise: (id) => exercises.load(id),
		team: async (id: ExerciseId, teamId: TeamId) => {
			const [row] = await database.db
				.select()
				.from(teamTable)
				.where(and(eq(teamTable.id, teamId), eq(teamTable.exerciseId, id)));
			return row ? toTeam(row) : null;
		},
		channel: async (id, channelId) => {
			const [row] = await database.db
				.select({ members: channelTable.members })
				.from(channelTable)
				.where(and(eq(channelTable.id, channelId), eq(channelTable.exerciseId, id)));
			return row?.members ?? null;
		},
		actor: exercises.actor,
		colourOf,
		node: bell.node,
		ring: (names) => bell.ring({ exercise: '', topics: [], documents: names }),
		...(dependencies.updates && { updates: dependencies.updates })
	});

	const plain = createCommands({
		database,
		documents,
		log,
		exercise: async (tx: Transaction, id, lock) => {
			const [row] = await tx.select().from(exerciseTable).where(eq(exerciseTable.id, id)).for(lock);
			return row ? toExercise(row) : null;
		},
		actor: readActor,
		ring: (ring) => bell.ring(ring),
		mail: dependencies.mail
	});
	// whoever asked: what is refused is said in the words of the space, also what no rule of the domain refused
	const commands: typeof plain = {
		...plain,
		run: async (message, caller) => {
			const answer = await plain.run(message, caller);
			if (answer.ok) return answer;
			const account = caller.accountId as AccountId;
			return {
				ok: false,
				error: await spokenIn(exercises.wordsFor, message.exercise, account, answer.error)
			};
		}
	};

	const schedule = createSchedule({ database, commands, log });
	const leaving = createLeaving({ database, commands, ring: (ring) => bell.ring(ring), log });

	async function pulse(id: ExerciseId): Promise<ExercisePulse | null> {
		const [row] = await database.db.select().from(exerciseTable).where(eq(exerciseTable.id, id));
		if (!row) return null;
		const { state, clock } = toExercise(row);
		const now = await databaseNow(database.db);
		return { exercise: id, state, clock, now, ...(row.stopReason && { stopReason: row.stopReason }) };
	}

	const events = createEvents({
		origin,
		identify: identifyRequest,
		refused,
		sessionLives,
		standing,
		pulse,
		commands,
		connected: createConnected({ database, node: bell.node }),
		follow: (id) => lookAgain.follow(id),
		log
	});

	const lookAgain = createLookAgain({
		database,
		log,
		lookAtDocuments: () => documents.heard(documents.positions().map(({ name }) => name)),
		exercises: () => events.exercises(),
		tell
	});

	bell.listen((ring, from) => {
		// what was written here was relayed and frozen here before it rang
		if (from === 'elsewhere') documents.heard([...(ring.documents ?? []), ...(ring.frozen ?? [])]);
		if (ring.exercise !== '' && lookAgain.isNews(ring)) tell(ring);
	});
	bell.onGap(() => {
		lookAgain.look();
		schedule.look();
	});

	function tell(ring: Ring): void {
		events.hear(ring);
		if (ring.topics.includes('rights')) void documents.recheck(ring.exercise as ExerciseId);
		if (ring.pulse || ring.topics.includes('board')) schedule.look();
	}

	return {
		documents,
		commands,
		schedule,
		leaving,
		events,
		pulse,
		router: createApi({
			origin,
			database,
			documents,
			commands,
			identify: identifyRequest,
			colourOf: (accountId) => colourOf(accountId as AccountId)
		}),
		/** Takes requests under /socket.io/; false: not ours. */
		request(request: IncomingMessage, response: unknown): boolean {
			if (!request.url?.startsWith('/socket.io/')) return false;
			void events.request(request, response);
			return true;
		},
		/** Takes upgrades to our two sockets; false: not ours. */
		upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
			const path = new URL(request.url ?? '/', 'http://localhost').pathname;
			if (path.startsWith('/socket.io/')) {
				events.upgrade(request, socket, head);
				return true;
			}
			const prefix = '/documents/';
			if (!path.startsWith(prefix)) return false;
			documents.upgrade(request, socket, head, decodeURIComponent(path.slice(prefix.length)));
			return true;
		},
		async start(): Promise<void> {
			await bell.start();
			lookAgain.start();
			schedule.start();
			leaving.start();
		},
		/** Finishes what was begun, tells browsers to connect elsewhere, closes. */
		async stop(): Promise<void> {
			await lookAgain.stop();
			await schedule.stop();
			await leaving.stop();
			await commands.settled();
			await documents.stop();
			await events.stop();
			await bell.stop();
		}
	};
}

/** One of twelve colours that are legible in both themes; a person keeps the same one everywhere. */
const colours = [
	'#7c3aed',
	'#c2410c',
	'#0e7490',
	'#be185d',
	'#15803d',
	'#1d4ed8',
	'#a16207',
	'#9333ea',
	'#0f766e',
	'#b91c1c',
	'#4d7c0f',
	'#475569'
];
function colourOf(accountId: AccountId): string {
	let sum = 0;
	for (const letter of accountId) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
	return colours[sum % colours.length]!;
}
