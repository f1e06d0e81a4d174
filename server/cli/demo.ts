import { fillDemonstration } from '../demo/fill.ts';
import { introduction } from '../demo/run.ts';
import type { Command } from './command.ts';

export const demoCommands: Command[] = [
	{
		name: 'demo',
		summary:
			'Fills an empty database with the demonstration exercise. `npm start -- --demo` does the same and lets simulated teams work in it.',
		options: {},
		async run(services) {
			const demonstration = await fillDemonstration(services);
			const { exerciseId, accounts, password } = demonstration;
			return {
				text: introduction(services.config.origin, demonstration),
				json: {
					exercise: exerciseId,
					password,
					accounts: accounts.map(({ email, name, role }) => ({ email, name, role }))
				}
			};
		}
	}
];
