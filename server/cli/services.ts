import { readConfig, readEnvironmentFile } from '../config.ts';
import { createLog } from '../log.ts';
import { createServices, type Services } from '../services.ts';
import { openMigrated } from '../start.ts';

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
	const config = readConfig({ LOG_LEVEL: 'warn', ...process.env, LOG_FORMAT: 'text' });
	// standard output is the command's answer: what the services report goes beside it
	const log = createLog(config, process.stderr);
	const database = await openMigrated(config, log, 'command');
	const services = createServices({ config, database, log });
	return {
		services,
		close: async () => {
			// sends the rings that wait
			await services.realtime.stop();
			await database.close();
		}
	};
}
