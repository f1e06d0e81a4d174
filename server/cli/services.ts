import { pino } from 'pino';
import { readConfig, readEnvironmentFile } from '../config.ts';
import { migrate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import type { Log } from '../log.ts';
import { createServices, type Services } from '../services.ts';

export interface Opened {
	services: Services;
	close: () => Promise<void>;
}

/**
 * The services of the server without its pages and sockets, on the database of a server that may be running: what a
 * command does reaches open browsers through the bell.
 */
export async function openServices(): Promise<Opened> {
	readEnvironmentFile();
	const config = readConfig();
	const log = commandLog(process.env['LOG_LEVEL'] ? config.logLevel : 'warn');
	const database = await openDatabase(config, log, 'command');
	try {
		await migrate(database, log);
		const services = createServices({ config, database, log });
		return {
			services,
			close: async () => {
				// sends the rings that wait
				await services.realtime.stop();
				await database.close();
			}
		};
	} catch (error) {
		await database.close();
		throw error;
	}
}

/** Standard output is the command's answer, so what the services report goes beside it: as sentences, without fields. */
function commandLog(level: string): Log {
	return pino(
		{ level, base: null },
		{
			write: (line) => {
				const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
				process.stderr.write(`${[msg, err?.message].filter(Boolean).join(': ')}\n`);
			}
		}
	);
}
