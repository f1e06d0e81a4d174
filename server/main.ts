import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Handler } from 'express';
import { readConfig, StartRefused } from './config.ts';
import { createLog } from './log.ts';
import { listen, startServices } from './start.ts';

const root = path.join(import.meta.dirname, '..');

async function main(): Promise<void> {
	const config = readConfig();
	const log = createLog(config);
	const running = await startServices(config, log);
	const build = path.join(root, 'build/handler.js');
	if (!existsSync(build)) {
		log.info('building the site for the first time, half a minute');
		spawnSync('npm', ['run', '-s', 'build'], { cwd: root, stdio: 'inherit' });
	}
	// adapter-node compares the origin of forms with this
	process.env['ORIGIN'] = config.origin;
	const { handler } = (await import(build)) as { handler: Handler };
	running.app.use(handler);
	const { server } = await listen(running, config.host, config.port);
	log.info(`Muster answers at ${config.origin}`);

	let stopping = false;
	const stop = (signal: string) => {
		if (stopping) return;
		stopping = true;
		log.info(`${signal}: finishing`);
		setTimeout(() => process.exit(1), 18_000).unref();
		server.close();
		running.stop().then(
			() => process.exit(0),
			(error: unknown) => {
				log.error({ err: error }, 'could not stop in order');
				process.exit(1);
			}
		);
	};
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
	console.error(error instanceof StartRefused ? error.message : error);
	process.exit(1);
});
