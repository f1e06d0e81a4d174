import type { Person } from '../../support/exercise.ts';
import { readable, unpacked } from './readable.ts';
import { expressRoutes, queryNames, siteRoutes, type Route } from './routes.ts';
import { searchWord } from './planted.ts';
import type { ProbeScene } from './scene.ts';

/** One request, told by what was put in and not by ids, so that the same can be asked before and after. */
export interface Ask {
	/** `GET /api/scripts/[exercise]/[cell] exercise=real cell=GR, with query` */
	key: string;
	route: Route;
	url: string;
	/** what the caller says itself, and so may hear again: ids and words of address and body */
	asked: string[];
}

export interface Answer {
	status: number;
	/** `success`, `failure`, `redirect` or `error` of a form; '' where it is none */
	outcome: string;
	headers: Headers;
	/** the body as it was, unpacked */
	body: string;
	/** all that can be read of it, headers included */
	text: string;
}

type Values = Record<string, string>;

/** What stands in for each parameter, by name: all that a person who pries could have got hold of. */
async function standIns(scene: ProbeScene): Promise<Record<string, Values>> {
	const { ids, exercise, teams } = scene;
	const names = Object.fromEntries((await scene.documents()).map((name) => [name, name]));
	const injects = { central: ids.central, narrow: ids.narrow, greek: ids.greek, draft: ids.greekDraft };
	return {
		exercise: { real: exercise.id, rehearsal: ids.rehearsal },
		team: { greek: teams.greek.id, italian: teams.italian.id },
		cell: { central: 'central', GR: 'GR' },
		inject: injects,
		item: { kit: ids.kit, greek: ids.greekItem },
		comment: { central: ids.comment, greek: ids.greekComment },
		attachment: { central: ids.centralFile, narrow: ids.narrowFile, greek: ids.greekFile },
		// the addresses that teams have come with a release (leak-probe-files)
		address: { central: ids.centralFile, greek: ids.greekFile },
		file: { central: ids.centralFile, greek: ids.greekFile },
		channel: { guessed: 'x'.repeat(22) },
		message: { guessed: 'x'.repeat(22) },
		token: { guessed: 'x'.repeat(43) },
		code: { guessed: 'abcdef' },
		// of the installation: nobody here has a part in improvement
		action: { guessed: 'x'.repeat(22) },
		lesson: { guessed: 'x'.repeat(22) },
		// frozen reports: none before ENDEX
		version: { first: '1' },
		format: { docx: 'docx' },
		name: names
	};
}

/** What pages may be asked for behind the `?`: once about the central script, once about the Greek cell. */
function queries({ ids, exercise, teams, planted }: ProbeScene): Record<string, Values> {
	const both = {
		q: searchWord,
		words: searchWord,
		text: searchWord,
		since: '0',
		page: '0',
		panel: 'comments',
		at: '1',
		looked: '1',
		tab: 'report',
		open: 'real',
		tlp: 'red'
	};
	return {
		central: {
			...both,
			// looking back (replay): at what there is of the plan by now
			at: '1999999999999',
			document: 'script/central',
			show: 'timeline/control',
			projector: 'yes',
			cell: 'central',
			inject: ids.central,
			script: `${exercise.id}/central`,
			tag: planted.word('planning', 'tag').toLowerCase(),
			kind: 'kit',
			format: 'csv',
			view: 'all',
			version: '1',
			ref: 'F1',
			record: ids.central,
			message: ids.central,
			quote: ids.central,
			quotes: ids.central,
			teams: 'x'
		},
		greek: {
			...both,
			at: '1999999999999',
			document: 'script/GR',
			show: 'script/GR',
			cell: 'GR',
			inject: ids.greek,
			script: `${exercise.id}/GR`,
			tag: planted.word('greek', 'tag').toLowerCase(),
			kind: 'inject',
			version: '1'
		},
		// filters of the record, of response times and of lists
		filtered: {
			document: `worksheet/${teams.greek.id}/notes`,
			at: '1999999999999',
			team: teams.greek.id,
			text: searchWord,
			kind: 'injects,planning',
			from: '2026-01-01T00:00',
			to: '2027-01-01T00:00',
			order: 'newest',
			after: '1',
			before: '99999',
			older: '99999',
			of: 'injects',
			by: 'label',
			is: 'GR',
			done: 'responded',
			down: 'yes',
			desc: 'yes',
			sort: 'time',
			state: 'failed',
			next: '/library',
			country: 'GR',
			level: 'technical',
			objective: 'OBJ-1',
			capability: 'recovery',
			source: 'exercise',
			overdue: 'yes',
			mine: 'yes',
			recurring: 'yes',
			exercise: exercise.id,
			finding: ids.central,
			q: searchWord,
			format: 'xlsx',
			cell: 'GR'
		}
	};
}

/** Every GET that there is: pages, their data, endpoints and routes of Express; each plain and with every query. */
export async function everyGet(scene: ProbeScene): Promise<Ask[]> {
	const express = expressRoutes(scene.server.app).routes;
	const routes = [...(await siteRoutes()), ...express].filter(({ method }) => method === 'GET');
	const values = await standIns(scene);
	const wanted = queries(scene);
	const known = new Set(Object.values(wanted).flatMap((one) => Object.keys(one)));
	const unknown = (await queryNames()).filter((name) => !known.has(name));
	if (unknown.length > 0) throw new Error(`say in queries() what to ask for under ${unknown.join(', ')}`);
	return routes.flatMap((route) =>
		filledIn(route, values).flatMap(({ key, url, asked }) => {
			const forms = route.kind === 'page' ? [url, `${url.replace(/\/$/, '')}/__data.json`] : [url];
			return forms.flatMap((form) => {
				const plain: Ask = { key: form === url ? key : `${key}, data`, route, url: form, asked };
				// what a page shows is its data: the queries are asked of that, and of the exercise that is really held
				if (route.kind === 'express' || (route.kind === 'page' && form === url)) return [plain];
				if (key.includes('exercise=rehearsal')) return [plain];
				return [
					plain,
					...Object.entries(wanted).map(([name, query]) => ({
						...plain,
						key: `${plain.key}, about ${name}`,
						url: `${form}?${new URLSearchParams(query).toString()}`,
						asked: [...asked, ...Object.values(query).flatMap(speaking)]
					}))
				];
			});
		})
	);
}

/** Every form action and every other way to send something, of the real exercise. */
export async function everyPost(scene: ProbeScene): Promise<Ask[]> {
	const express = expressRoutes(scene.server.app).routes;
	const routes = [...(await siteRoutes()), ...express].filter(({ method }) => method !== 'GET');
	const { exercise, ...values } = await standIns(scene);
	return routes.flatMap((route) =>
		filledIn(route, { ...values, name: {}, exercise: { real: exercise!['real']! } }).map((one) => ({
			...one,
			// some endpoints read the cell from their address
			...(route.kind === 'endpoint' && { url: `${one.url}?cell=GR` }),
			route
		}))
	);
}

function filledIn(
	route: Route,
	values: Record<string, Values>
): { key: string; url: string; asked: string[] }[] {
	let all = [{ key: route.id, url: route.path, asked: [] as string[] }];
	for (const parameter of route.parameters) {
		const standing = values[parameter];
		if (!standing) throw new Error(`say in standIns() what stands in for [${parameter}] of ${route.id}`);
		all = all.flatMap(({ key, url, asked }) =>
			Object.entries(standing).map(([label, value]) => ({
				key: `${key} ${parameter}=${label}`,
				url: url.replace(`[${parameter}]`, value),
				asked: [...asked, ...speaking(value)]
			}))
		);
	}
	return all;
}

/** A word alone is in every planted one; the rest of what was asked for says nothing when it comes back. */
export const speaking = (value: string): string[] =>
	value.split(/[/,]/).filter((part) => part !== searchWord && part.length >= 8);

/** What to send beside the address, and how. */
export interface Sent {
	headers?: Record<string, string>;
	body?: string | FormData | URLSearchParams | Uint8Array<ArrayBuffer>;
}

export async function ask(
	scene: ProbeScene,
	{ route, url }: Pick<Ask, 'route' | 'url'>,
	person: Person | null,
	{ headers = {}, body }: Sent = {},
	password?: string
): Promise<Answer> {
	const response = await fetch(scene.server.url + url, {
		method: route.method,
		redirect: 'manual',
		headers: {
			accept: '*/*',
			...(person && { cookie: person.cookie }),
			...(route.method !== 'GET' && { origin: scene.server.url }),
			...(route.kind === 'action' && { 'x-sveltekit-action': 'true', accept: 'application/json' }),
			...headers
		},
		...(body !== undefined && { body })
	});
	const bytes = new Uint8Array(await response.arrayBuffer());
	const text = await unpacked(bytes, password);
	const outcome = route.kind === 'action' ? (/^\{"type":"(\w+)"/.exec(text)?.[1] ?? '') : '';
	// addresses and names of files travel in headers
	const told = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
	return {
		status: response.status,
		outcome,
		headers: response.headers,
		body: text,
		text: `${told}\n\n${readable(text)}`
	};
}

/** A few at a time: the server is to be asked, not to be exhausted. */
export async function inTurns<T, R>(
	all: readonly T[],
	work: (one: T) => Promise<R>,
	atOnce = 8
): Promise<R[]> {
	const results: R[] = [];
	let next = 0;
	await Promise.all(
		Array.from({ length: atOnce }, async () => {
			while (next < all.length) {
				const at = next++;
				results[at] = await work(all[at]!);
			}
		})
	);
	return results;
}
