import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { StartRefused, type Config } from '../config.ts';
import type { Log } from '../log.ts';
import { startEmbedded, type EmbeddedRole } from './embedded.ts';
import { PreparingClient } from './preparing-client.ts';
import * as schema from './schema.ts';

export interface Database {
	pool: pg.Pool;
	db: NodePgDatabase<typeof schema>;
	/** for a connection beside the pool, such as one that listens */
	connection: pg.ClientConfig;
	close(): Promise<void>;
}

export type Transaction = Parameters<Parameters<NodePgDatabase<typeof schema>['transaction']>[0]>[0];

/** `unique nulls not distinct`, which memberships rest on, came with 15. */
const oldestVersion = 150_000;

/** Opens DATABASE_URL, or starts (or joins) the embedded PostgreSQL. */
export async function openDatabase(
	config: Pick<
		Config,
		'databaseUrl' | 'dataFolder' | 'databaseConnections' | 'databasePrepares' | 'production'
	>,
	log: Log,
	role: EmbeddedRole = 'server'
): Promise<Database> {
	if (config.databaseUrl !== null) {
		return connect({ connectionString: config.databaseUrl }, config, log);
	}
	const embedded = await startEmbedded(config.dataFolder, { role, log });
	try {
		return await connect(embedded.connection, config, log, embedded.stop);
	} catch (error) {
		await embedded.stop();
		throw error;
	}
}

async function connect(
	connection: pg.ClientConfig,
	config: Pick<Config, 'databaseConnections' | 'databasePrepares' | 'production'>,
	log: Log,
	stop?: () => Promise<void>
): Promise<Database> {
	const database = openPool(connection, config.databaseConnections, log, stop, config.databasePrepares);
	try {
		await refuseUnsafe(database.pool, config.production);
	} catch (error) {
		await database.pool.end();
		throw error;
	}
	return database;
}

export function openPool(
	connection: pg.ClientConfig,
	connections: number,
	log: Log,
	stop?: () => Promise<void>,
	prepares = true
): Database {
	const pool = new pg.Pool({
		Client: prepares ? PreparingClient : pg.Client,
		...connection,
		// what is asked within a transaction without waiting goes out, and is answered, together (`Promise.all`)
		pipeline: true,
		application_name: `muster ${process.pid}`,
		max: connections,
		connectionTimeoutMillis: 8_000,
		idleTimeoutMillis: 30_000,
		// A command is given up after ten seconds; a statement that runs longer is a fault and must not hold its locks.
		statement_timeout: 30_000,
		idle_in_transaction_session_timeout: 30_000,
		keepAlive: true
	});
	// A restart of PostgreSQL ends idle connections; the pool makes new ones, and an unheard error would end the process.
	pool.on('error', (error) => log.warn({ err: error }, 'a database connection ended'));
	// The pool listens only while a connection is idle: one that ends within a transaction, between two statements, would
	// end the process too. Its next statement fails, and the pool does not use it again.
	pool.on('connect', (client) => client.on('error', () => undefined));
	return {
		pool,
		db: drizzle(pool, { schema }),
		connection,
		close: async () => {
			await pool.end();
			await stop?.();
		}
	};
}

async function refuseUnsafe(pool: pg.Pool, production: boolean): Promise<void> {
	let settings: { version: string; fsync: string; synchronous: string };
	try {
		const asked = await pool.query<typeof settings>(
			`select current_setting('server_version_num') as version, current_setting('fsync') as fsync,
			 current_setting('synchronous_commit') as synchronous`
		);
		settings = asked.rows[0]!;
	} catch (error) {
		throw new StartRefused(`The database does not answer: ${reasonOf(error)}.`);
	}
	if (Number(settings.version) < oldestVersion) {
		throw new StartRefused(
			`Muster needs PostgreSQL 15 or newer; the database is ${Math.floor(Number(settings.version) / 10_000)}.`
		);
	}
	if (!production) return;
	// "Saved" means on disk (PROMISES P3, R16).
	if (settings.fsync !== 'on')
		throw new StartRefused(
			'The database runs with fsync off and would lose what was called saved; set fsync = on.'
		);
	if (settings.synchronous === 'off') {
		throw new StartRefused(
			'The database runs with synchronous_commit off and would lose what was called saved; set it to on.'
		);
	}
}

function reasonOf(error: unknown): string {
	// A name with several addresses fails with one error for each, and an empty message of its own.
	if (error instanceof AggregateError) return error.errors.map((one: Error) => one.message).join('; ');
	return (error as Error).message;
}

/** The one clock that decides (PROMISES P5): the database's, in milliseconds; the machines' own clocks differ. */
export async function databaseNow(tx: Pick<Transaction, 'execute'>): Promise<number> {
	const asked = await tx.execute<{ now: string }>(
		sql`select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now`
	);
	return Number(asked.rows[0]!.now);
}
