import { randomBytes } from 'node:crypto';
import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import type { CommandAnswer } from '#lib/protocol/wire.ts';
import { readConfig } from '#server/config.ts';
import { openDatabase, type Database } from '#server/database/open.ts';
import { createLog } from '#server/log.ts';
import { createServices, type Services } from '#server/services.ts';
import { judge } from './checker.ts';
import { eventually } from './eventually.ts';
import { TestExercise } from './exercise.ts';
import { FaultProxy } from './fault-proxy.ts';
import { contentOf, historyOf, type SentAct } from './history.ts';
import { NodeProcess } from './node-process.ts';
import { Peer } from './peer.ts';
import { freePort, personOf, type Person, type Stage } from './people.ts';
import { PostgresProcess } from './postgres-process.ts';

/** A node, and the line between it and PostgreSQL. */
export interface ClusterNode {
	process: NodeProcess;
	proxy: FaultProxy;
	/** the port stays the same over restarts */
	port: number;
}

/**
 * An installation for fault tests: a durable PostgreSQL, nodes that are processes of their own, each behind a proxy that
 * can break its line, one exercise, and everything that anybody was told, for the checker.
 */
export class Cluster {
	readonly postgres: PostgresProcess;
	readonly origin: string;
	readonly nodes: ClusterNode[] = [];
	readonly peers: Peer[] = [];
	readonly acts: SentAct[] = [];
	readonly stage: Stage;
	readonly #database: Database;
	readonly #environment: Record<string, string>;
	exercise!: TestExercise;

	private constructor(
		postgres: PostgresProcess,
		origin: string,
		database: Database,
		environment: Record<string, string>
	) {
		this.postgres = postgres;
		this.origin = origin;
		this.#database = database;
		this.#environment = environment;
		const config = readConfig({ ORIGIN: origin, LOG_LEVEL: 'silent' });
		// what prepares and reads works past the proxies, as the command line does beside a server
		const services = createServices({ config, database, log: createLog(config) });
		this.stage = { url: origin, services, person: personOf(services) };
	}

	static async start(
		options: { nodes?: number; environment?: Record<string, string> } = {}
	): Promise<Cluster> {
		const postgres = await PostgresProcess.start();
		const config = readConfig({ DATABASE_URL: postgres.url(), LOG_LEVEL: 'silent' });
		const database = await openDatabase(config, createLog(config), 'command');
		const origin = `http://localhost:${await freePort()}`;
		const cluster = new Cluster(postgres, origin, database, options.environment ?? {});
		try {
			for (let i = 0; i < (options.nodes ?? 1); i++) await cluster.addNode();
			cluster.exercise = await TestExercise.create(cluster.stage);
		} catch (error) {
			await cluster.stop();
			throw error;
		}
		return cluster;
	}

	get services(): Services {
		return this.stage.services;
	}

	async addNode(): Promise<ClusterNode> {
		const proxy = await FaultProxy.start(this.postgres.port, 'postgres');
		const node = { proxy, port: await freePort(), process: null as unknown as NodeProcess };
		this.nodes.push(node);
		await this.startNode(node);
		return node;
	}

	/** Starts a node that was killed or stopped, as a service manager does. */
	async startNode(node: ClusterNode): Promise<void> {
		node.proxy.rule = null;
		node.process = await NodeProcess.spawn({
			origin: this.origin,
			port: node.port,
			environment: { DATABASE_URL: this.postgres.url(node.proxy.port), ...this.#environment }
		});
		await node.process.ready();
	}

	/** A browser on a node, or on whatever address it is given. */
	peer(person: Person, name: string, at: ClusterNode | (() => string) = this.nodes[0]!): Peer {
		const url = typeof at === 'function' ? at : () => at.process.url;
		const peer = new Peer({ url, origin: this.origin, name, person });
		this.peers.push(peer);
		return peer;
	}

	/** A command to a node over HTTP; null: no answer came. The mark is what the checker finds its fact by. */
	async send<Name extends CommandName>(
		node: ClusterNode,
		person: Person,
		name: Name,
		input: CommandInput<Name>,
		options: { mark?: string; key?: string; milliseconds?: number } = {}
	): Promise<CommandAnswer | null> {
		const key = options.key ?? randomBytes(12).toString('hex');
		const answer = await fetch(`${node.process.url}/api/commands/${name}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: this.origin, cookie: person.cookie },
			body: JSON.stringify({ exercise: this.exercise.id, key, input }),
			signal: AbortSignal.timeout(options.milliseconds ?? 12_000)
		})
			.then((response) => response.json() as Promise<CommandAnswer>)
			.catch(() => null);
		if (options.mark !== undefined) this.acts.push({ mark: options.mark, ok: answer?.ok === true });
		return answer;
	}

	/** Until every open browser has all that the database has, and nothing of its own is unsaved. */
	async settled(peers: readonly Peer[] = this.peers, milliseconds = 20_000): Promise<void> {
		const cold = new Map<string, string>();
		let why = '';
		await eventually(
			async () => {
				cold.clear();
				for (const peer of peers) {
					if (!peer.synced || peer.unsaved > 0) {
						why = `${peer.person.name} on ${peer.name} (synced ${peer.synced}, unsaved ${peer.unsaved}, closed with ${peer.closes.slice(-5).join(' ')}, refused ${peer.refusals.join(' ')} ${peer.refusedUpgrades.join(' ')})`;
						return false;
					}
					const digest = contentOf(peer.doc).digest;
					if (!cold.has(peer.name))
						cold.set(peer.name, contentOf(await this.services.documents.read(peer.name)).digest);
					if (digest !== cold.get(peer.name)) {
						why = `${peer.person.name}'s copy of ${peer.name} to be what the database holds`;
						return false;
					}
				}
				return true;
			},
			() => why + this.deaths(),
			milliseconds
		);
	}

	/** What nodes that are gone said last: a fault of theirs, where nobody killed them. */
	deaths(): string {
		return this.nodes
			.filter((node) => !node.process.isAlive)
			.map((node) => `\nthe node on ${node.port} ended: ${node.process.output.slice(-1500)}`)
			.join('');
	}

	/** The checker's verdict on all that happened: every broken promise. */
	async verdict(): Promise<string[]> {
		return judge(await historyOf(this.services, this.exercise.id, this.peers, this.acts));
	}

	async query<T extends object>(statement: string, values: unknown[] = []): Promise<T[]> {
		return (await this.services.database.pool.query<T>(statement, values)).rows;
	}

	async stop(): Promise<void> {
		for (const peer of this.peers) peer.goOffline();
		for (const node of this.nodes) {
			await node.process?.kill();
			await node.proxy.stop();
		}
		await this.services.realtime.stop().catch(() => undefined);
		await this.#database.close().catch(() => undefined);
		await this.postgres.remove();
	}
}
