import os from 'node:os';
import { benchImport } from './import.ts';
import { benchRelease } from './release.ts';

/*
 * `npm run bench`: what a user waits for, on this machine. Figures are one run; compare them with another run on the same
 * machine only.
 */
const cpu = os.cpus();
console.log(
	`${cpu.length} x ${cpu[0]?.model ?? 'unknown'}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`
);

for (const [teams, players] of [
	[20, 10],
	[200, 1]
] as const) {
	const release = await benchRelease(teams, players);
	console.log(
		`release to ${release.players} players in ${release.teams} teams: the last has it after ${release.lastMedian.toFixed(0)} ms` +
			` (p95 ${release.lastP95.toFixed(0)} ms, command answered after ${release.answeredMedian.toFixed(0)} ms; ${release.rounds} releases)`
	);
}
console.log('import of a 1,500-row workbook:', await benchImport());
