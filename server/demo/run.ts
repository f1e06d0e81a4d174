import type { Services } from '../services.ts';
import { fillDemonstration, type DemoAccount, type Demonstration } from './fill.ts';
import { simulateTeams } from './players.ts';

/**
 * `npm start -- --demo`: fills the database, tells who can sign in, and lets the teams work until the server stops. The
 * password goes to the terminal once, never to the log.
 */
export async function startDemo(services: Services): Promise<void> {
	process.stdout.write('\nSetting up the demonstration exercise; this takes half a minute.\n');
	const demonstration = await fillDemonstration(services);
	process.stdout.write(introduction(services.config.origin, demonstration));
	const simulation = simulateTeams(services, demonstration);
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulation.stop());
}

/** Worth a visit, in this order, and what is to be seen there; everybody else has an account too. */
const suggested: [name: string, sees?: string][] = [
	['Controller'],
	['Exercise director', 'readiness, people'],
	['Central planner', 'script, library, a finished rehearsal'],
	['GR planner', 'variants: a central text has changed; improvement actions of a country'],
	['GR moderator'],
	['GR CSIRT lead'],
	['GR Port lead', 'receives Greek'],
	['DE Rail analyst', 'receives German'],
	['NL Crisis lead'],
	['GR evaluator', 'guides, and what is noted about the team'],
	['Facilitator', 'the exercise of the year before: findings agreed with countries, survey, report'],
	['Simulation cell'],
	['Observer'],
	['Administrator']
];

export function introduction(origin: string, { accounts, password }: Demonstration): string {
	const shown = suggested.flatMap(([name, sees]) =>
		accounts.filter((account) => account.name === name).map((account) => ({ ...account, sees }))
	);
	const wide = Math.max(...shown.map((account) => account.email.length));
	return (
		[
			'',
			`The demonstration exercise is running at ${origin}`,
			`Password of every demonstration account: ${password}`,
			'',
			...shown.map((account) => `  ${account.email.padEnd(wide)}  ${describe(account)}`),
			'',
			`There are ${accounts.length} accounts: a lead and an analyst for each of fifteen teams (gr-port-lead, pl-rail-analyst …), a moderator`,
			'for each of their countries and a planner for three of them (gr-planner, de-planner, nl-planner), and a duty officer',
			'for each of the others. An account in which you sign in is yours until you sign out: nobody plays it meanwhile.',
			''
		].join('\n') + '\n'
	);
}

function describe({ role, scope, sees }: DemoAccount & { sees: string | undefined }): string {
	return `${scope ? `${role}, ${scope}` : role}${sees ? ` (${sees})` : ''}`;
}
