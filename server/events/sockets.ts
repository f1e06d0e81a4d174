import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server as Engine } from 'engine.io';
import type { Logger } from 'pino';
import { Server, type Socket } from 'socket.io';
import { AppError } from '#lib/errors.ts';
import { hasRole, isFacilitator, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { idPattern, type AccountId, type ExerciseId } from '#lib/exercise/ids.ts';
import {
	commandMessage,
	type ChangeTopic,
	type ClientEvents,
	type CommandAnswer,
	type ExercisePulse,
	type ServerEvents
} from '#lib/protocol/wire.ts';
import type { Commands } from '../commands/run.ts';
import type { Ring } from '../commands/topics.ts';
import type { Identity } from '../documents/gate.ts';
import type { Standing } from '../exercises/standing.ts';
import type { Connected } from './connected.ts';
import { eventLimits } from './limits.ts';

interface SocketState {
	identity: Identity;
	joined: Map<string, string[]>;
	tokens: number;
	tokensAt: number;
}
type EventSocket = Socket<ClientEvents, ServerEvents, Record<string, never>, SocketState>;

export interface EventDependencies {
	origin: string;
	identify: (request: IncomingMessage) => Promise<Identity | null>;
	/** counts a refusal; what to answer instead of it */
	refused: (request: IncomingMessage, refusal: AppError) => Promise<AppError>;
	sessionLives: (sessionId: string) => Promise<boolean>;
	/** what the rights of many stand on */
	standing: (
		id: ExerciseId,
		people: { accountId: AccountId; sessionId: string }[]
	) => Promise<Standing | null>;
	pulse: (id: ExerciseId) => Promise<ExercisePulse | null>;
	commands: Commands;
	/** people over all nodes */
	connected: Connected;
	/** from now on nothing of this exercise goes by unheard, also when the bell loses it */
	follow: (id: ExerciseId) => Promise<void>;
	log: Logger;
}

export type Events = ReturnType<typeof createEvents>;

const nothing = new AppError('not-found', 'There is nothing here, or it is not open to you.');

/**
 * Socket.IO for what is no document: commands, the pulse of an exercise, and "read this again". Rooms are chosen by the
 * server from the person's rights; nothing that is said here has content.
 */
export function createEvents(dependencies: EventDependencies) {
	const { log, commands } = dependencies;
	const engine = new Engine({
		// polling would need each browser's requests to come to the same node
		transports: ['websocket'],
		maxHttpBufferSize: eventLimits.messageBytes,
		pingInterval: 20_000,
		pingTimeout: 20_000
	});
	const io = new Server<ClientEvents, ServerEvents, Record<string, never>, SocketState>({
		serveClient: false
	});
	io.bind(engine);

	const identities = new WeakMap<IncomingMessage, Identity>();
	io.use((socket, next) => {
		const identity = identities.get(socket.request);
		if (!identity) return next(new Error('unauthenticated'));
		socket.data = { identity, joined: new Map(), tokens: eventLimits.burst, tokensAt: Date.now() };
		next();
	});

	/** Origin and session before the upgrade completes (R5); refusals are plain HTTP answers. */
	async function admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
		try {
			if (request.headers.origin !== dependencies.origin)
				throw new AppError('forbidden', 'This page may not connect.');
			const identity = await dependencies.identify(request);
			if (!identity) throw new AppError('unauthenticated', 'Sign in again.');
			identities.set(request, identity);
			if (!socket.destroyed) engine.handleUpgrade(request as never, socket as never, head);
		} catch (error) {
			if (!(error instanceof AppError)) log.error({ err: error }, 'an event socket could not be opened');
			const status = error instanceof AppError ? (await dependencies.refused(request, error)).status : 500;
			socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
		}
	}

	io.on('connection', (socket: EventSocket) => {
		// no handler bare: a throw ends that message, at most that session
		socket.on('join', (exercise, answer) => guarded(socket, answer, () => join(socket, exercise)));
		socket.on('leave', (exercise) =>
			guarded(
				socket,
				() => undefined,
				async () => leave(socket, exercise)
			)
		);
		socket.on('command', (message, answer) => guarded(socket, answer, () => command(socket, message)));
		socket.on('disconnecting', () => {
			for (const exercise of socket.data.joined.keys()) presenceChanged(exercise);
		});
	});

	function guarded<T>(socket: EventSocket, answer: unknown, act: () => Promise<T>): void {
		const reply = typeof answer === 'function' ? (answer as (value: unknown) => void) : () => undefined;
		if (!takeToken(socket.data)) {
			reply({
				ok: false,
				error: { code: 'slow-down', message: 'Too many messages at once. Wait a moment.' }
			});
			return;
		}
		act().then(reply, (error: unknown) => {
			if (!(error instanceof AppError)) log.error({ err: error }, 'an event failed');
			const refusal =
				error instanceof AppError
					? error.toRefusal()
					: { code: 'internal' as const, message: 'Something went wrong on the server.' };
			reply({ ok: false, error: refusal });
		});
	}

	async function join(socket: EventSocket, id: string): Promise<{ ok: true; pulse: ExercisePulse }> {
		if (typeof id !== 'string' || !idPattern.test(id)) throw nothing;
		const exerciseId = id as ExerciseId;
		const { accountId, sessionId } = socket.data.identity;
		const standing = await dependencies.standing(exerciseId, [{ accountId, sessionId }]);
		const rooms =
			standing?.sessions.has(sessionId) && roomsOf(standing.exercise, standing.actors.get(accountId));
		if (!rooms) throw nothing;
		leave(socket, id);
		socket.data.joined.set(id, rooms);
		await socket.join(rooms);
		// listening first, then reading: the browser reads everything again once it has this answer
		await dependencies.follow(exerciseId);
		const pulse = await dependencies.pulse(exerciseId);
		if (!pulse || !socket.data.joined.has(id)) throw nothing;
		presenceChanged(id);
		return { ok: true, pulse };
	}

	function leave(socket: EventSocket, id: string): void {
		for (const room of socket.data.joined.get(id) ?? []) void socket.leave(room);
		if (socket.data.joined.delete(id)) presenceChanged(id);
	}

	/** What a person may hear of an exercise; null: nothing. */
	function roomsOf(exercise: Exercise, actor: Actor | undefined): string[] | null {
		if (!actor || actor.memberships.length === 0) return null;
		const { id } = exercise;
		const readsScript =
			hasRole(actor, 'director', 'controller', 'planner', 'moderator') ||
			(exercise.settings.evaluatorsReadScript && hasRole(actor, 'evaluator'));
		return [
			room(id, 'all'),
			...(seesConsole(actor) ? [room(id, 'console')] : []),
			...(readsScript ? [room(id, 'script')] : []),
			...(isFacilitator(actor) ? [room(id, 'hot-wash')] : []),
			...(hasRole(actor, 'simcell') ? [room(id, 'simcell')] : []),
			// what is between this person and exercise control: the help desk
			room(id, `person/${actor.accountId}`),
			// players, evaluators and facilitators of a team; the console hears of all teams
			...new Set(actor.memberships.flatMap((m) => (m.teamId ? [room(id, `team/${m.teamId}`)] : [])))
		];
	}

	async function command(socket: EventSocket, raw: unknown): Promise<CommandAnswer> {
		const message = commandMessage.safeParse(raw);
		if (!message.success) throw new AppError('invalid', 'This is no command.');
		const { accountId, name, sessionId } = socket.data.identity;
		if (!(await dependencies.sessionLives(sessionId)))
			throw new AppError('unauthenticated', 'Your session has ended. Sign in again.');
		return commands.run(message.data, { accountId, name });
	}

	/** Turns a ring into what this node's sockets should read again, each only what it may know of. */
	function hear(ring: Ring): void {
		if (ring.pulse) void sendPulse(ring.exercise as ExerciseId);
		if (ring.topics.includes('rights')) void rightsChanged(ring.exercise as ExerciseId);
		const to = new Map<string, Set<ChangeTopic>>();
		const add = (name: string, topic: ChangeTopic) => {
			const key = room(ring.exercise, name);
			to.set(key, (to.get(key) ?? new Set()).add(topic));
		};
		for (const topic of ring.topics) {
			if (topic === 'script' || topic === 'hot-wash') add(topic, topic);
			if (topic === 'rights' || topic === 'check') add('all', topic);
			if (topic === 'readiness') add('script', topic);
			if (topic === 'channels' || topic === 'mentions' || topic === 'reports')
				for (const name of ring.rooms ?? []) add(name, topic);
			if (!['script', 'rights', 'check', 'readiness', 'mentions'].includes(topic)) add('console', topic);
			if (topic === 'questions') add('simcell', topic);
			if (ring.person && topic === 'help') add(`person/${ring.person}`, topic);
			if (ring.team && (topic === 'reports' || topic === 'questions' || topic === 'hot-wash'))
				add(`team/${ring.team}`, topic);
		}
		// which team it was is for those who read that team's room
		const own = ring.team && room(ring.exercise, `team/${ring.team}`);
		for (const [key, topics] of to) gather(key, ring.exercise, topics, key === own ? ring.team : undefined);
	}

	// a burst of acknowledgements is one "read again" a quarter second, not five hundred
	const gathered = new Map<
		string,
		{ exercise: string; topics: Set<ChangeTopic>; team: string | undefined }
	>();
	let gatherTimer: NodeJS.Timeout | null = null;
	function gather(key: string, exercise: string, topics: Set<ChangeTopic>, team: string | undefined): void {
		const known = gathered.get(key);
		if (known) {
			for (const topic of topics) known.topics.add(topic);
			if (known.team !== team) known.team = undefined;
		} else gathered.set(key, { exercise, topics: new Set(topics), team });
		gatherTimer ??= setTimeout(() => {
			gatherTimer = null;
			for (const [name, one] of gathered)
				io.to(name).emit('changed', {
					exercise: one.exercise,
					topics: [...one.topics],
					...(one.team && { team: one.team })
				});
			gathered.clear();
		}, eventLimits.gatherMs);
	}

	async function sendPulse(id: ExerciseId): Promise<void> {
		try {
			const pulse = await dependencies.pulse(id);
			if (pulse) io.to(room(id, 'all')).emit('pulse', pulse);
		} catch (error) {
			log.error({ err: error }, 'a pulse could not be sent');
		}
	}

	/** Sockets of people whose rights changed get other rooms, or none; sessions that ended are closed (R7). */
	async function rightsChanged(exercise: ExerciseId): Promise<void> {
		const sockets = [...(io.sockets.sockets.values() as IterableIterator<EventSocket>)].filter((socket) =>
			socket.data.joined.has(exercise)
		);
		if (sockets.length === 0) return;
		try {
			const standing = await dependencies.standing(
				exercise,
				sockets.map((socket) => socket.data.identity)
			);
			for (const socket of sockets) {
				const { accountId, sessionId } = socket.data.identity;
				if (!standing?.sessions.has(sessionId)) {
					socket.disconnect(true);
					continue;
				}
				const rooms = roomsOf(standing.exercise, standing.actors.get(accountId));
				// whoever has no right any more is told so, and asks why: taken out, or new terms to accept
				if (!rooms) socket.emit('changed', { exercise, topics: ['rights'] });
				for (const name of socket.data.joined.get(exercise) ?? [])
					if (!rooms?.includes(name)) void socket.leave(name);
				if (rooms) {
					socket.data.joined.set(exercise, rooms);
					void socket.join(rooms);
				} else socket.data.joined.delete(exercise);
			}
		} catch (error) {
			log.error({ err: error }, 'rights could not be read again');
		}
	}

	// how many people are connected, here and on other nodes, told to the console now and then
	const told = new Map<string, number>();
	let telling: Promise<void> | null = null;
	function presenceChanged(exercise: string): void {
		// whoever joined wants the number, also when it is the same
		told.delete(exercise);
	}
	async function tellConnected(): Promise<void> {
		const here = new Map<string, Set<string>>();
		for (const socket of io.sockets.sockets.values() as IterableIterator<EventSocket>)
			for (const id of socket.data.joined.keys())
				here.set(id, (here.get(id) ?? new Set()).add(socket.data.identity.accountId));
		await dependencies.connected.say(here);
		const watched = [...here.keys()].filter((id) => io.sockets.adapter.rooms.has(room(id, 'console')));
		for (const [id, people] of await dependencies.connected.count(watched)) {
			if (told.get(id) === people) continue;
			told.set(id, people);
			io.to(room(id, 'console')).emit('presence', { exercise: id, connected: people });
		}
		for (const id of told.keys()) if (!here.has(id)) told.delete(id);
	}
	const presenceTimer = setInterval(() => {
		telling ??= tellConnected()
			.catch((error: unknown) => log.warn({ err: error }, 'who is connected could not be counted'))
			.finally(() => (telling = null));
	}, eventLimits.presenceEveryMs);
	presenceTimer.unref();

	/** Those that somebody here has joined. */
	function exercises(): string[] {
		const joined = new Set<string>();
		for (const socket of io.sockets.sockets.values() as IterableIterator<EventSocket>)
			for (const id of socket.data.joined.keys()) joined.add(id);
		return [...joined];
	}

	// a lost ring costs no more than this
	const rightsTimer = setInterval(() => {
		for (const id of exercises()) void rightsChanged(id as ExerciseId);
	}, eventLimits.rightsEveryMs);
	rightsTimer.unref();

	return {
		hear,
		exercises,
		rightsChanged,
		request: (request: IncomingMessage, response: unknown) =>
			engine.handleRequest(request as never, response as never),
		upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void admit(request, socket, head),
		sockets: () => io.sockets.sockets.size,
		/** Tells browsers to connect elsewhere, then closes. */
		stop: async () => {
			io.emit('moving');
			clearInterval(rightsTimer);
			if (gatherTimer) clearTimeout(gatherTimer);
			clearInterval(presenceTimer);
			io.disconnectSockets(true);
			engine.close();
			await telling;
			await dependencies.connected
				.leave()
				.catch((error: unknown) =>
					log.warn({ err: error }, 'that nobody is connected here could not be said')
				);
		}
	};
}

const room = (exercise: string, name: string) => `${exercise}/${name}`;

function takeToken(state: SocketState): boolean {
	const now = Date.now();
	state.tokens = Math.min(
		eventLimits.burst,
		state.tokens + ((now - state.tokensAt) / 1000) * eventLimits.perSecond
	);
	state.tokensAt = now;
	if (state.tokens < 1) return false;
	state.tokens--;
	return true;
}
