import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/*
 * What a server costs, from /proc, over the process and everything it started: for ours that is PostgreSQL as well.
 */

/** the kernel counts CPU time in hundredths of a second */
const millisecondsPerTick = 10;

function statOf(pid: number): { parent: number; ticks: number } | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		// the name in brackets may hold anything; after it come state, parent, …
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		// utime, stime, and those of children that ended and were waited for
		const ticks = [11, 12, 13, 14].reduce((sum, n) => sum + Number(fields[n]), 0);
		return { parent: Number(fields[1]), ticks };
	} catch {
		return null;
	}
}

/** These processes and all below them. */
export function treeOf(roots: readonly number[]): number[] {
	const children = new Map<number, number[]>();
	for (const name of readdirSync('/proc')) {
		const pid = Number(name);
		const parent = pid > 0 ? statOf(pid)?.parent : undefined;
		if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
	}
	const found = new Set<number>();
	const add = (pid: number) => {
		if (found.has(pid)) return;
		found.add(pid);
		for (const child of children.get(pid) ?? []) add(child);
	};
	for (const root of roots) add(root);
	return [...found];
}

/** The database in a server's folder: a server that is killed leaves it behind, and the next one adopts it. */
export function databaseIn(folder: string): number | undefined {
	for (const name of readdirSync(folder, { recursive: true }) as string[])
		if (path.basename(name) === 'postmaster.pid')
			return Number(readFileSync(path.join(folder, name), 'latin1').split('\n')[0]);
	return undefined;
}

/** CPU that was used so far, ms. */
export function cpuOf(pids: readonly number[]): number {
	return pids.reduce((sum, pid) => sum + (statOf(pid)?.ticks ?? 0), 0) * millisecondsPerTick;
}

function statusOf(pid: number, field: string): number {
	try {
		const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
			readFileSync(`/proc/${pid}/status`, 'latin1')
		);
		return Number(found?.[1] ?? 0) / 1024;
	} catch {
		return 0;
	}
}

/** MiB of a process that are in memory. */
export const residentOf = (pid: number) => statusOf(pid, 'VmRSS');

/** MiB of several processes, pages they share counted once: PostgreSQL's processes are mostly shared memory. */
export function proportionalOf(pids: readonly number[]): number {
	return pids.reduce((sum, pid) => {
		try {
			const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
			return sum + Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
		} catch {
			return sum;
		}
	}, 0);
}

/** Watches the memory of a process until it is asked for the highest figure. */
export function watchResident(pid: number): () => number {
	let highest = residentOf(pid);
	const timer = setInterval(() => (highest = Math.max(highest, residentOf(pid))), 20);
	return () => {
		clearInterval(timer);
		return Math.max(highest, residentOf(pid));
	};
}
