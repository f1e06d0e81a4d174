import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Express } from 'express';

/** One thing that can be asked of the server, with its parameters in order. */
export interface Route {
	/** `GET /api/scripts/[exercise]/[cell]`, `POST /exercises/[exercise]/ready?/seed` */
	id: string;
	method: string;
	/** with `[parameter]` where something stands in for it */
	path: string;
	parameters: string[];
	kind: 'page' | 'endpoint' | 'action' | 'express';
}

const routesFolder = path.join(import.meta.dirname, '../../../src/routes');
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function routeOf(method: string, at: string, kind: Route['kind']): Route {
	const parameters = [...at.matchAll(/\[([a-z]+)\]/gi)].map(([, name]) => name!);
	return { id: `${method} ${at}`, method, path: at, parameters, kind };
}

/** Every page with its form actions, and every endpoint with its methods: from the modules themselves. */
export async function siteRoutes(): Promise<Route[]> {
	const files = (await readdir(routesFolder, { recursive: true })).sort();
	const routes: Route[] = [];
	for (const file of files) {
		const name = path.basename(file);
		if (!/^\+(page(\.server)?\.(svelte|ts)|server\.ts)$/.test(name)) continue;
		// groups are no part of an address; `[...rest]`, `[[optional]]` and `[id=kind]` are parameters as others are
		const at = `/${path.dirname(file)}`
			.replace(/^\/\.$/, '/')
			.replace(/\/\([^)]+\)/g, '')
			.replace(/\[+(?:\.\.\.)?([a-z]+)(?:=[a-z]+)?\]+/gi, '[$1]');
		if (name === '+page.svelte' || name === '+page.ts') {
			routes.push(routeOf('GET', at, 'page'));
			continue;
		}
		const module = (await import(path.join(routesFolder, file))) as Record<string, unknown>;
		if (name === '+page.server.ts') {
			routes.push(routeOf('GET', at, 'page'));
			for (const action of Object.keys((module['actions'] as object | undefined) ?? {}))
				routes.push(routeOf('POST', action === 'default' ? at : `${at}?/${action}`, 'action'));
		} else for (const method of methods) if (module[method]) routes.push(routeOf(method, at, 'endpoint'));
	}
	return [...new Map(routes.map((route) => [`${route.kind} ${route.id}`, route])).values()];
}

/** A layer of Express, as far as it is looked at here. */
interface Layer {
	name: string;
	rawPath: unknown;
	route?: { path: unknown; methods: Record<string, boolean> };
	handle: { stack?: Layer[] };
}

/**
 * Every route of the running Express app, and the names of all else that is in it: a handler without an address could
 * answer too, so each must be known by name.
 */
export function expressRoutes(app: Express): { routes: Route[]; handlers: string[] } {
	const routes: Route[] = [];
	const handlers: string[] = [];
	const walk = (layers: readonly Layer[], before: string) => {
		for (const { name, rawPath, route, handle } of layers) {
			if (route) {
				if (typeof route.path !== 'string')
					throw new Error(`a route without a plain address: ${String(route.path)}`);
				const at = (before + route.path).replace(/[:*]([a-z]+)/gi, '[$1]');
				for (const method of Object.keys(route.methods))
					routes.push(routeOf(method.toUpperCase(), at, 'express'));
			} else if (handle.stack) {
				if (typeof rawPath !== 'string') throw new Error('a router without a plain address');
				walk(handle.stack, before + rawPath.replace(/\/$/, ''));
			} else handlers.push(name);
		}
	};
	walk((app.router as unknown as { stack: Layer[] }).stack, '');
	return { routes, handlers };
}

/** The names by which pages read the query of their address: each must be asked for with something that is there. */
export async function queryNames(): Promise<string[]> {
	const names = new Set<string>();
	for (const folder of [routesFolder, path.join(routesFolder, '../lib/exercise/record')])
		for (const file of await readdir(folder, { recursive: true })) {
			if (!/\.(ts|svelte)$/.test(file)) continue;
			const text = await readFile(path.join(folder, file), 'utf8');
			for (const [, name] of text.matchAll(/\b(?:searchParams|query)\.(?:get|getAll|has)\('(\w+)'\)/g))
				names.add(name!);
		}
	return [...names].sort();
}
