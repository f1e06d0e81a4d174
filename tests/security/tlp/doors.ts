import { RawClient } from '../../support/raw-client.ts';
import { pdfPages } from '../../support/pdf-words.ts';
import type { Person } from '../../support/exercise.ts';
import { inTurns } from '../probe/asks.ts';
import { readable, unpacked } from '../probe/readable.ts';
import { expressRoutes, siteRoutes, type Route } from '../probe/routes.ts';
import { canaries, searched, type LabelStage } from './stage.ts';

/** How something can come to somebody. A notice is looked at apart: it comes by itself. */
export const askedDoors = ['page', 'api', 'search', 'export'] as const;
export type AskedDoor = (typeof askedDoors)[number];

/** Every route of an exercise belongs to one door: pages with their data, files that leave, and all else. */
function doorOf({ kind, path }: Route): AskedDoor {
	if (kind === 'page') return 'page';
	return kind === 'express' || path.startsWith('/api/') ? 'api' : 'export';
}

/** Every address of a door, with all that stands in for its parameters: ids that leak are no excuse for words that do. */
export async function addresses(stage: LabelStage): Promise<Record<AskedDoor, string[]>> {
	const { exercise, server, teams, channels } = stage;
	const { pool } = server.services.database;
	const { rows: documents } = await pool.query<{ name: string }>(
		'select name from document where exercise_id = $1 order by name',
		[exercise.id]
	);
	const { rows: shares } = await pool.query<{ id: string; to_team: string | null }>(
		'select id, to_team from report_share where exercise_id = $1',
		[exercise.id]
	);
	const standing: Record<string, string[]> = {
		exercise: [exercise.id],
		team: Object.values(teams).map(({ id }) => id),
		channel: Object.values(channels),
		cell: ['central'],
		name: documents.map(({ name }) => name)
	};
	const found: Record<AskedDoor, string[]> = { page: [], api: [], search: [], export: [] };
	const routes = [...(await siteRoutes()), ...expressRoutes(server.app).routes];
	for (const route of routes) {
		if (route.method !== 'GET') continue;
		let filled = filesOf(route, stage, shares) ?? [route.path];
		for (const parameter of route.parameters)
			filled = filled.flatMap((url) =>
				url.includes(`[${parameter}]`)
					? (standing[parameter] ?? ['x'.repeat(22)]).map((value) => url.replace(`[${parameter}]`, value))
					: [url]
			);
		const door = doorOf(route);
		for (const url of filled) {
			found[door].push(url);
			if (route.kind === 'page') {
				found.page.push(`${url.replace(/\/$/, '')}/__data.json`);
				const query = new URLSearchParams({ text: searched, q: searched });
				found.search.push(`${url.replace(/\/$/, '')}/__data.json?${query.toString()}`);
			}
		}
	}
	const base = `/exercises/${exercise.id}`;
	for (const at of stage.moments) {
		found.page.push(`${base}/situation/__data.json?at=${at}`);
		found.api.push(`/api${base}/shared-reports?at=${at}`, `/api${base}/situation?at=${at}`);
		found.export.push(`${base}/situation/board?format=csv&at=${at}`);
	}
	// as it stood at a moment of the wall's clock that is still to come
	found.api.push(`/api${base}/replay/situation?at=1999999999999`);
	for (const team of standing['team']!)
		found.export.push(`${base}/teams/${team}/exchange/export?format=misp`);
	found.export.push(`${base}/record/export.csv?text=${searched}`);
	return found;
}

/** What is named by an id, or a number, of its own. */
function filesOf(
	{ path }: Route,
	stage: LabelStage,
	shares: readonly { id: string; to_team: string | null }[]
): string[] | null {
	if (path.endsWith('/shared-reports/[file]'))
		// what came through a channel leaves in the record too; making a file takes a second
		return shares.flatMap(({ id, to_team: direct }) =>
			direct === null
				? []
				: [path.replace('[file]', `${id}.${direct === stage.teams.sister.id ? 'pdf' : 'docx'}`)]
		);
	if (path.endsWith('/teams/[team]/reports/[file]'))
		return [...stage.direct].map((number) =>
			path.replace('[team]', stage.teams.greek.id).replace('[file]', `${number}.docx`)
		);
	if (path.endsWith('/teams/[team]/notifications/[file]'))
		return stage.cases.map(({ team, record }) =>
			path.replace('[team]', team).replace('[file]', `${record}.early_warning.1.docx`)
		);
	if (path.includes('/messages/[message]/'))
		return stage.messages.map(({ channel, message }) =>
			path.replace('[channel]', channel).replace('[message]', message)
		);
	return null;
}

const wordsIn = (text: string): string[] => text.toLowerCase().match(canaries) ?? [];

/** The canaries that somebody finds behind each door. Documents that open are of pages, and of whoever speaks their protocol. */
export async function lookThrough(
	stage: LabelStage,
	of: Record<AskedDoor, string[]>,
	person: Person
): Promise<Record<AskedDoor, Set<string>>> {
	const found: Record<AskedDoor, Set<string>> = {
		page: new Set(),
		api: new Set(),
		search: new Set(),
		export: new Set()
	};
	for (const door of askedDoors)
		await inTurns(of[door], async (url) => {
			const response = await fetch(stage.server.url + url, {
				redirect: 'manual',
				headers: { accept: '*/*', cookie: person.cookie }
			});
			if (response.status >= 500 && url !== '/health/ready') throw new Error(`${url}: ${response.status}`);
			const bytes = new Uint8Array(await response.arrayBuffer());
			const isPdf = Buffer.from(bytes.subarray(0, 5)).toString() === '%PDF-';
			const text = isPdf ? pdfPages(bytes).join('\n') : readable(await unpacked(bytes));
			const told = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
			for (const word of wordsIn(`${told}\n${text}`)) found[door].add(word);
		});
	const { rows } = await stage.server.services.database.pool.query<{ name: string }>(
		'select name from document where exercise_id = $1',
		[stage.exercise.id]
	);
	await inTurns(
		rows,
		async ({ name }) => {
			const client = await RawClient.synced({
				url: stage.server.url,
				name,
				cookie: person.cookie
			}).catch(() => null);
			if (!client) return;
			for (const word of wordsIn(readable(Buffer.concat(client.received).toString('latin1')))) {
				found.page.add(word);
				found.api.add(word);
			}
			client.close();
		},
		2
	);
	return found;
}
