import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	existsSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	utimes
} from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Handler } from 'express';
import { addressHeader } from './client-address.ts';
import { StartRefused, type Config } from './config.ts';
import { httpLimits } from './http.ts';
import type { Log } from './log.ts';

const root = path.join(import.meta.dirname, '..');
const builds = path.join(root, 'build');
/** one build at a time: two nodes may start from one folder */
const lock = path.join(root, 'node_modules/.muster-build.lock');
/** what a running server or an open browser may still ask for */
const keptMs = 24 * 3_600_000;
/** What the built pages are made of. */
const sources = ['src', 'static', 'package-lock.json', 'svelte.config.js', 'vite.config.ts'];

/** The pages as a handler; built first when they are missing or older than their sources. */
export async function loadPages(config: Config, log: Log): Promise<Handler> {
	const folder = await buildPages(log);
	stayKept(folder);
	// adapter-node reads its settings when it is loaded
	process.env['ORIGIN'] = config.origin;
	process.env['ADDRESS_HEADER'] = addressHeader;
	process.env['BODY_SIZE_LIMIT'] = String(httpLimits.uploadBytes);
	const { handler } = (await import(path.join(folder, 'handler.js'))) as { handler: Handler };
	return handler;
}

/** Returns the folder of the build, which is named after its sources: another build never touches its files. */
export async function buildPages(log: Log): Promise<string> {
	const folder = path.join(builds, stampOf(sources));
	if (existsSync(folder)) return folder;
	await takeLock();
	try {
		if (existsSync(folder)) return folder;
		log.info('building the pages: once after each change of their sources, under a minute');
		const half = `${folder}.new`;
		await build(log, half);
		renameSync(half, folder);
		removeOld();
	} finally {
		rmSync(lock, { force: true });
	}
	return folder;
}

/** A sign of life for whoever builds next from this folder, such as a newer node beside this one. */
function stayKept(folder: string): void {
	const touch = () => utimes(folder, new Date(), new Date(), () => undefined);
	touch();
	setInterval(touch, 3_600_000).unref();
}

function removeOld(): void {
	for (const entry of readdirSync(builds)) {
		const one = path.join(builds, entry);
		if (Date.now() - statSync(one).mtimeMs > keptMs) rmSync(one, { recursive: true, force: true });
	}
}

async function takeLock(): Promise<void> {
	for (;;) {
		try {
			// a link appears whole or not at all, with who made it as its target
			symlinkSync(String(process.pid), lock);
			return;
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException;
			if (code !== 'EEXIST')
				throw new StartRefused(`The pages are not built, and cannot be here: ${message}.`);
		}
		if (!isAlive(holderOfLock())) rmSync(lock, { force: true });
		else await wait(200);
	}
}

function holderOfLock(): number {
	try {
		return Number(readlinkSync(lock));
	} catch {
		return NaN;
	}
}

/** Whoever was killed while building holds no lock any more. */
function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

function build(log: Log, folder: string): Promise<void> {
	const vite = path.join(root, 'node_modules/vite/bin/vite.js');
	const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
		cwd: root,
		env: { ...process.env, NODE_ENV: 'production', MUSTER_BUILD: folder },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	const end = () => child.kill();
	process.once('exit', end);
	let said = '';
	const listen = (chunk: Buffer) => {
		said = (said + chunk.toString()).slice(-20_000);
	};
	child.stdout.on('data', listen);
	child.stderr.on('data', listen);
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('exit', (code) => {
			process.off('exit', end);
			log.debug({ said }, 'the build is done');
			if (code === 0) resolve();
			else reject(new StartRefused(`The pages could not be built:\n${said}`));
		});
	});
}

function stampOf(paths: string[]): string {
	const hash = createHash('sha256');
	for (const name of paths) {
		const top = path.join(root, name);
		const files = path.extname(name)
			? [name]
			: readdirSync(top, { recursive: true, withFileTypes: true })
					.filter((entry) => entry.isFile())
					.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
					.sort();
		for (const file of files) hash.update(`${file}\n`).update(readFileSync(path.join(root, file)));
	}
	return hash.digest('hex').slice(0, 16);
}
