import { createLog } from '#server/log.ts';
import { startEmbedded, type EmbeddedRole } from '#server/database/embedded.ts';

/*
 * A process that holds an embedded database until it is told to stop, or killed: `embedded-child.ts <folder> <role>`.
 * Says what happened as JSON lines.
 */
const [folder, role] = process.argv.slice(2) as [string, EmbeddedRole];
const say = (what: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(what)}\n`);
try {
	const log = createLog({ logLevel: 'silent', logFormat: 'json' });
	const embedded = await startEmbedded(folder, { role, log });
	process.on('SIGTERM', () => {
		void embedded.stop().then(() => process.exit(0));
	});
	setInterval(() => undefined, 1000);
	say({ ready: true, adopted: embedded.adopted });
} catch (error) {
	say({ refused: (error as Error).message });
	process.exitCode = 1;
}
