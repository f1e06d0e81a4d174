import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { cellIds, teamLevels, type CellId, type Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import {
	injectCategories,
	injectChannels,
	injectLevels,
	newInject,
	type Inject,
	type Recipients,
	type Schedule
} from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';

/**
 * The script of the largest exercise (DOMAIN 10, XL), made of a seed: the same each time, in every process. By default
 * 1,500 injects in 30 cells for 1,000 teams over two days of play.
 */
export interface LargeScript {
	startsAt: number;
	endsAt: number;
	teams: Team[];
	cells: CellId[];
	storylines: string[];
	objectives: { code: string; text: string; capability: string }[];
	injects: { cell: CellId; inject: Inject }[];
}

export interface LargeScriptSize {
	injects?: number;
	cells?: number;
	teams?: number;
	hours?: number;
	seed?: number;
}

const storylines = [
	'Port terminal',
	'Rail signalling',
	'Energy trading',
	'Hospital records',
	'Water supply',
	'Undersea cable',
	'Supply chain',
	'Disinformation',
	'Ransom talks',
	'Elections',
	'Press'
];
const subjects = [
	'Gate system',
	'Backup server',
	'Mail relay',
	'Press office',
	'Control room',
	'Supplier',
	'Regulator'
];
const events = [
	'shows a ransom note',
	'asks for indicators',
	'loses its connection',
	'reports unusual log-ins',
	'wants a statement within the hour',
	'finds copied credentials',
	'confirms the outage'
];

export function largeScript(size: LargeScriptSize = {}): LargeScript {
	const {
		injects: count = 1500,
		cells: cellCount = 30,
		teams: teamCount = 1000,
		hours = 32,
		seed = 7
	} = size;
	const { below, oneOf, id } = chances(seed);
	const startsAt = Date.UTC(2026, 5, 10, 7);
	const cells = cellIds.slice(0, cellCount);
	const countries = cells.filter((cell): cell is CountryCode => cell !== 'central');
	if (countries.length === 0) countries.push(countryCodes[0]);
	const teams = Array.from({ length: teamCount }, (_, n): Team => {
		const country = countries[n % countries.length]!;
		return {
			id: id<TeamId>('t', n),
			name: `${country} team ${Math.floor(n / countries.length) + 1}`,
			country,
			level: teamLevels[Math.floor(n / countries.length) % teamLevels.length]!
		};
	});
	const objectives = Array.from({ length: 30 }, (_, n) => ({
		code: `OBJ-${n + 1}`,
		text: `Objective ${n + 1} is shown in play`,
		capability: `Capability ${(n % 9) + 1}`
	}));
	const byCell = new Map<CellId, InjectId[]>();
	const injects = Array.from({ length: count }, (_, n) => {
		// a third is central, the rest is spread over the countries
		const cell = cells.length === 1 || n % 3 === 0 ? cells[0]! : countries[n % countries.length]!;
		const own = byCell.get(cell) ?? [];
		byCell.set(cell, own);
		const injectId = id<InjectId>('i', n);
		const inject = newInject(injectId, {
			reference: `${cell === 'central' ? 'CM' : cell}-${String(own.length + 1).padStart(4, '0')}`,
			title: `${oneOf(subjects)} ${oneOf(events)}`,
			storyline: oneOf(storylines),
			category: oneOf(injectCategories),
			level: oneOf(injectLevels),
			channel: oneOf(injectChannels),
			from: `${oneOf(subjects)} duty officer`,
			schedule: scheduleOf(own),
			to: recipientsOf(cell),
			body: richTextFromText(`${oneOf(subjects)} ${oneOf(events)}.\n${oneOf(subjects)} ${oneOf(events)}.`),
			objectives: [objectives[below(25)]!.code],
			responseRequired: below(3) === 0,
			respondWithin: 3600,
			acknowledgeWithin: 900
		});
		own.push(injectId);
		return { cell, inject };
	});
	return { startsAt, endsAt: startsAt + hours * 3_600_000, teams, cells, storylines, objectives, injects };

	function scheduleOf(before: readonly InjectId[]): Schedule {
		const kind = below(20);
		const minutes = below(hours * 60);
		if (kind === 0) return { mode: 'manual' };
		if (kind === 1) return { mode: 'contingency', condition: 'no early warning has come' };
		if (kind < 6 && before.length > 0)
			return { mode: 'after', inject: before[below(before.length)]!, seconds: below(90) * 60 };
		return kind < 13
			? { mode: 'offset', seconds: minutes * 60 }
			: { mode: 'at', at: startsAt + minutes * 60_000 };
	}

	function recipientsOf(cell: CellId): Recipients {
		const to: Recipients = { all: false, countries: [], levels: [], teams: [] };
		const kind = below(10);
		if (cell !== 'central') {
			const own = teams.filter((team) => team.country === cell);
			if (kind < 6 || own.length === 0) to.countries = [cell];
			else to.teams = [...new Set([oneOf(own).id, oneOf(own).id])].sort();
		} else if (kind < 2) to.all = true;
		else if (kind < 5) to.levels = [oneOf(teamLevels)];
		else if (kind < 8) to.countries = [...new Set([oneOf(countries), oneOf(countries)])].sort();
		else to.teams = [...new Set(Array.from({ length: 5 }, () => oneOf(teams).id))].sort();
		return to;
	}
}

function chances(seed: number) {
	let state = seed >>> 0;
	const below = (limit: number) => {
		// mulberry32
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
	};
	return {
		below,
		oneOf: <T>(list: readonly T[]): T => list[below(list.length)]!,
		id: <T extends string>(kind: string, n: number) => `${kind}${seed}x${String(n).padStart(10, '0')}` as T
	};
}
