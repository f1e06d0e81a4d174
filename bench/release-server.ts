import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { readConfig } from '#server/config.ts';
import { createLog } from '#server/log.ts';
import { createBackend } from '#server/http.ts';
import { listen, openMigrated, startServices } from '#server/start.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, injectFingerprint, newInject, readScript } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';

/*
 * The server under measurement, in a process of its own: the real services on the embedded PostgreSQL with fsync on. It
 * makes an exercise, tells its parent who plays, and answers until it is told to stop.
 */
const [teams, playersPerTeam, injects] = process.argv.slice(2).map(Number) as [number, number, number];
const folder = await mkdtemp(path.join(os.tmpdir(), 'muster-bench-'));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const config = readConfig({ ORIGIN: `http://localhost:${port}`, DATA_DIR: folder, LOG_LEVEL: 'error' });
const log = createLog(config);
const database = await openMigrated(config, log);
const running = await startServices(config, log, database);
const { services } = running;
const { server } = await listen({ services, app: createBackend(services) }, '127.0.0.1', port);

const session = async (name: string) => {
	const id = await services.accounts.createAccount(
		{ name, email: `${randomBytes(6).toString('hex')}@example.test` },
		null
	);
	const { name: cookie, value } = await services.accounts.sessions.create(id);
	return { id, cookie: `${cookie}=${value}` };
};
const director = await session('Director');
const exercise = await services.exercises.create(
	{
		name: 'Bench',
		startsAt: Date.UTC(2026, 5, 10, 7),
		endsAt: Date.UTC(2026, 5, 10, 15),
		settings: { authorMayApprove: true }
	},
	director.id
);
const made = await services.exercises.addTeams(
	exercise,
	Array.from({ length: teams }, (_, i) => ({
		name: `Team ${i + 1}`,
		country: 'GR' as const,
		level: 'technical' as const
	})),
	director.id
);
const players: { cookie: string; timeline: string }[] = [];
for (const team of made)
	for (let i = 0; i < playersPerTeam; i++) {
		const player = await session(`Player ${i + 1}`);
		await services.exercises.addMembership(
			exercise,
			{ accountId: player.id, role: 'player', teamId: team.id },
			director.id
		);
		players.push({
			cookie: player.cookie,
			timeline: documentName({
				exercise,
				kind: 'timeline',
				audience: { to: 'team', team: team.id },
				segment: 0
			})
		});
	}
const script = documentName({ exercise, kind: 'script', cell: 'central' });
await services.documents.edit(script, director.id, (doc) => {
	for (let i = 0; i < injects; i++)
		addInject(
			doc,
			newInject(randomBytes(12).toString('hex') as InjectId, {
				title: `Inject ${i + 1}`,
				body: richTextFromText(
					'A first report of what was seen, by whom, since when, and what is not known yet.\n'.repeat(4)
				),
				to: { all: true, countries: [], levels: [], teams: [] }
			}),
			`a${String(i).padStart(4, '0')}`
		);
});
const page = readScript(await services.documents.read(script));
const send = async (name: string, input: unknown) => {
	const answer = await services.commands.run(
		{ exercise, name, key: randomBytes(12).toString('hex'), input },
		{ accountId: director.id, name: 'Director' }
	);
	if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
};
await send('inject.approve', {
	cell: 'central',
	injects: page.map((one) => ({ inject: one.id, fingerprint: injectFingerprint(one) }))
});
await send('exercise.start', {});
process.send!({
	url: config.origin,
	exercise,
	director: director.cookie,
	players,
	injects: page.map((one) => ({ id: one.id, title: one.title }))
});
process.on('message', (message) => {
	if (message !== 'stop') return;
	server.close();
	server.closeAllConnections();
	void running
		.stop()
		.then(() => database.close())
		.then(() => database.close())
		.then(() => rm(folder, { recursive: true, force: true }))
		.then(() => process.exit(0));
});
