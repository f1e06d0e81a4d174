import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkEvents } from './events.ts';
import { asMarkdown, asText, say, type Options, type Section } from './report.ts';
import { acts } from './scenarios/acts.ts';
import { cold } from './scenarios/cold.ts';
import { dataLoss } from './scenarios/data-loss.ts';
import { day } from './scenarios/day.ts';
import { durability } from './scenarios/durability.ts';
import { exercise } from './scenarios/exercise.ts';
import { fanOut } from './scenarios/fan-out.ts';
import { grid } from './scenarios/grid.ts';
import { idle } from './scenarios/idle.ts';
import { joining } from './scenarios/joining.ts';
import { presence } from './scenarios/presence.ts';
import { importing, release } from './scenarios/user-waits.ts';
import { installPeers, leaveServersCore, peersFolder, pinned } from './servers.ts';

/*
 * `npm run bench`: the document server beside others on this machine, and what users wait for. Compare figures only
 * within one run; what holds elsewhere are the ratios.
 *
 *   --only <name>      one scenario; may be given several times
 *   --rounds <n>       how often each takes its turn (3)
 *   --quick            small sizes, to see that everything works
 *   --exercise <size>  a whole exercise of size S, M, L or XL, and nothing else
 *   --day             the first day of an exercise of that size (or its first `--hours`) in some `--minutes` (30), and nothing
 *                     else
 *   --json <file>      every single figure
 *   --markdown <file>  the tables as they stand in docs/measurements.md
 */
const scenarios: Record<string, (options: Options) => Promise<Section>> = {
	acts,
	'fan-out': fanOut,
	'data-loss': dataLoss,
	joining,
	presence,
	idle,
	cold,
	day,
	durability,
	exercise,
	grid,
	release,
	import: importing
};

const { values } = parseArgs({
	options: {
		only: { type: 'string', multiple: true },
		rounds: { type: 'string' },
		quick: { type: 'boolean', default: false },
		exercise: { type: 'string' },
		day: { type: 'boolean', default: false },
		minutes: { type: 'string' },
		hours: { type: 'string' },
		json: { type: 'string' },
		markdown: { type: 'string' }
	}
});
const options: Options = {
	rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
	quick: values.quick,
	exercise: (values.exercise ?? 'L') as Options['exercise'],
	minutes: Number(values.minutes ?? 30),
	hours: Number(values.hours ?? 8)
};
const chosen =
	values.only ??
	(values.day
		? ['day']
		: values.exercise
			? ['exercise']
			: Object.keys(scenarios).filter((name) => name !== 'day'));
for (const name of chosen)
	if (!scenarios[name]) {
		console.error(`There is no ${name}; there are ${Object.keys(scenarios).join(', ')}.`);
		process.exit(1);
	}

const version = (folder: string, name: string) =>
	(
		JSON.parse(readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
			version: string;
		}
	).version;

function machine(): string[] {
	const cpu = os.cpus();
	const peers = ['@hocuspocus/server', 'y-websocket', 'socket.io', 'ws', 'yjs'].map(
		(name) => `${name} ${version(peersFolder, name)}`
	);
	const root = path.join(import.meta.dirname, '..');
	return [
		`${new Date().toISOString().slice(0, 10)}, ${cpu.length} x ${cpu[0]?.model ?? 'unknown'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, loopback, load average ${os.loadavg()[0]!.toFixed(1)} at the start`,
		`Node ${process.version}, yjs ${version(root, 'yjs')}, ws ${version(root, 'ws')}; peers: ${peers.join(', ')}`,
		pinned ? 'Server on core 0 (with PostgreSQL), load on core 1' : 'Server and load share the cores'
	];
}

checkEvents();
installPeers();
leaveServersCore();
const about = machine();
console.log(about.join('\n'));
const sections: Record<string, Section> = {};
const failed: string[] = [];
for (const name of chosen) {
	const begun = performance.now();
	say(name);
	try {
		const section = await scenarios[name]!(options);
		sections[name] = section;
		console.log(asText(section));
		console.log(`(${name} took ${((performance.now() - begun) / 1000).toFixed(0)} s)`);
	} catch (error) {
		// what was measured before is not lost, and the run does not count as a good one
		failed.push(name);
		console.error(`${name} failed:`, error);
	}
	if (values.json) writeFileSync(values.json, JSON.stringify({ about, options, sections }, null, '\t'));
	if (values.markdown)
		writeFileSync(
			values.markdown,
			[...about.map((line) => `- ${line}`), '', ...Object.values(sections).map(asMarkdown)].join('\n')
		);
}
const goals = Object.values(sections).flatMap((section) => section.goals);
if (goals.length > 0)
	console.log(`\n${goals.filter((goal) => goal.hit).length} of ${goals.length} goals hit`);
process.exit(failed.length > 0 ? 1 : 0);
