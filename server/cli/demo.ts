import { once } from 'node:events';
import type { Command } from './command.ts';

export const demo: Command = {
	name: 'demo',
	purpose: 'fills an empty database with the demonstration exercise',
	help: [['--play', 'the simulated teams go on working until this command is ended (Ctrl-C)']],
	options: { play: { type: 'boolean' } },
	async run(given, { services: open, tell }) {
		const isPlaying = given.flag('play');
		const services = await open();
		const { fillDemonstration } = await import('../demo/fill.ts');
		const { simulateTeams } = await import('../demo/players.ts');
		tell('Setting up the demonstration exercise; this takes half a minute.');
		// its first minutes are played: injects are released by the schedule, and teams hear of them
		await services.realtime.start();
		const demonstration = await fillDemonstration(services);
		const { accounts, password, exerciseId } = demonstration;
		const address = `${services.config.origin}/exercises/${exerciseId}`;
		const wide = Math.max(...accounts.map(({ email }) => email.length));
		return {
			lines: [
				`The demonstration exercise is at ${address}`,
				`Password of every demonstration account: ${password}`,
				...accounts.map(
					({ email, role, scope }) => `  ${email.padEnd(wide)}  ${scope ? `${role}, ${scope}` : role}`
				),
				...(isPlaying ? ['The teams work until you end this command (Ctrl-C).'] : [])
			],
			data: { exercise: exerciseId, address, password, accounts },
			...(isPlaying && {
				until: async (interrupted: AbortSignal) => {
					const simulation = simulateTeams(services, demonstration);
					if (!interrupted.aborted) await once(interrupted, 'abort');
					await simulation.stop();
				}
			})
		};
	}
};
