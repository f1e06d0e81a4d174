import { countryCodes, parseCountry, type CountryCode } from '#lib/standards/countries.ts';
import { teamLevels, type Team, type TeamLevel } from '../../exercise/schema.ts';
import type { TeamId } from '../../ids.ts';
import type { Recipients } from '../schema.ts';
import { foldWord, lineText, plainText } from './table.ts';

export type KnownTeam = Pick<Team, 'id' | 'name' | 'country' | 'level'>;

/** What a planner decided about a name that Muster did not know: a team, everyone, a country, a level, or nobody. */
export type NameMatch =
	| { to: 'team'; team: TeamId }
	| { to: 'country'; country: CountryCode }
	| { to: 'level'; level: TeamLevel }
	| { to: 'all' }
	| { to: 'nobody' };

export interface RecipientContext {
	teams: readonly KnownTeam[];
	/** decisions on unknown names, by `foldWord` of the name */
	matches?: Readonly<Record<string, NameMatch>>;
	/** ids of teams that are gone but still named in the script: they stay what they are */
	formerTeams?: ReadonlySet<string>;
}

/** What the heading says its names are; `any` when it only says "To". */
export type RecipientKind = 'any' | 'countries' | 'teams' | 'levels';

export const nobody = (): Recipients => ({ all: false, countries: [], levels: [], teams: [] });

const everyone = new Set(
	'all|everyone|everybody|all players|all teams|all participants|all parties|tous|toutes|tout le monde|alle|alle teams|todos|todas|tutti|tutte|all hands'.split(
		'|'
	)
);
const levelNames = new Map(
	Object.entries<TeamLevel>({
		technical: 'technical',
		'technical level': 'technical',
		operational: 'operational',
		'operational level': 'operational',
		political: 'political',
		'political level': 'political',
		strategic: 'political',
		entity: 'entity',
		entities: 'entity',
		operators: 'entity',
		technique: 'technical',
		operationnel: 'operational',
		politique: 'political',
		technisch: 'technical',
		operativ: 'operational',
		politisch: 'political',
		tecnico: 'technical',
		operativo: 'operational',
		politico: 'political'
	})
);

/** Finds names among teams, countries and levels; made once for a file, asked for each cell. */
export function recipientReader(context: RecipientContext) {
	const byExact = new Map<string, TeamId>();
	const byFold = new Map<string, TeamId | null>();
	for (const team of context.teams) {
		byExact.set(lineText(team.name).toLowerCase(), team.id);
		// two teams that differ only in accents or dashes are told apart by exact names alone
		const fold = foldWord(team.name);
		byFold.set(fold, byFold.has(fold) ? null : team.id);
		byExact.set(team.id.toLowerCase(), team.id);
	}
	const countries = countryNames();

	const asTeam = (name: string): NameMatch | null => {
		const id = byExact.get(name.toLowerCase()) ?? byFold.get(foldWord(name));
		if (id) return { to: 'team', team: id };
		return context.formerTeams?.has(name) ? { to: 'team', team: name as TeamId } : null;
	};
	const asCountry = (name: string): NameMatch | null => {
		const country = parseCountry(name) ?? countries.get(foldWord(name));
		return country ? { to: 'country', country } : null;
	};
	const asLevel = (name: string): NameMatch | null => {
		const level = levelNames.get(foldWord(name));
		return level ? { to: 'level', level } : null;
	};
	const asAll = (name: string): NameMatch | null => (everyone.has(foldWord(name)) ? { to: 'all' } : null);
	const order = {
		any: [asTeam, asAll, asCountry, asLevel],
		teams: [asTeam, asAll, asCountry, asLevel],
		countries: [asAll, asCountry, asTeam, asLevel],
		levels: [asLevel, asAll, asTeam, asCountry]
	};

	function resolve(name: string, kind: RecipientKind): NameMatch | null {
		for (const attempt of order[kind]) {
			const match = attempt(name);
			if (match) return match;
		}
		const decided = context.matches;
		const key = foldWord(name);
		return decided && Object.hasOwn(decided, key) ? decided[key]! : null;
	}

	/** Adds the names of one cell to `to`; returns the names that nobody knows, in order. */
	function read(cell: string, kind: RecipientKind, to: Recipients): string[] {
		const unknown: string[] = [];
		for (const part of plainText(cell).split(/(?<!\\);|\n/)) {
			const name = lineText(part.replaceAll('\\;', ';')).replace(/^[•‣▪·*-]\s+/, '');
			if (name !== '') readPart(name, kind, to, unknown);
		}
		return unknown;
	}

	/** A part may be one name, or several with commas or slashes between: the longest known names win. */
	function readPart(name: string, kind: RecipientKind, to: Recipients, unknown: string[]): void {
		const whole = resolve(name, kind);
		if (whole) return add(to, whole);
		const commas = name.split(',');
		for (let from = 0; from < commas.length;) {
			let used = 0;
			// no team name has more commas; without a bound a hostile cell would cost the square of its length
			for (let until = Math.min(commas.length, from + 4); until > from && used === 0; until -= 1) {
				const candidate = lineText(commas.slice(from, until).join(','));
				const match = candidate === '' ? null : resolve(candidate, kind);
				if (match) {
					add(to, match);
					used = until - from;
				}
			}
			if (used === 0) {
				const single = lineText(commas[from]!);
				if (single !== '') readAlternatives(single, kind, to, unknown);
				used = 1;
			}
			from += used;
		}
	}

	/** `GR CSIRT / FR CSIRT`, `GR CSIRT & FR CSIRT`: only when every piece is known, for names contain these signs too. */
	function readAlternatives(name: string, kind: RecipientKind, to: Recipients, unknown: string[]): void {
		const pieces = name.split(/\s*[/|&+]\s*|\s+(?:and|et|und|y|e)\s+/i).filter((piece) => piece !== '');
		const matches = pieces.map((piece) => resolve(piece, kind));
		if (pieces.length > 1 && matches.every((match) => match !== null))
			matches.forEach((match) => add(to, match));
		else unknown.push(name);
	}

	return { read };
}

function add(to: Recipients, match: NameMatch): void {
	const put = <T>(list: T[], value: T) => void (list.includes(value) || list.push(value));
	if (match.to === 'all') to.all = true;
	else if (match.to === 'team') put(to.teams, match.team);
	else if (match.to === 'country') put(to.countries, match.country);
	else if (match.to === 'level') put(to.levels, match.level);
}

/** In the order of the code lists, teams as named: two lists of the same recipients are the same. */
export function sortedRecipients(to: Recipients): Recipients {
	return {
		all: to.all,
		countries: countryCodes.filter((code) => to.countries.includes(code)),
		levels: teamLevels.filter((level) => to.levels.includes(level)),
		teams: [...new Set(to.teams)].sort()
	};
}

/** Country names in the languages of the headings that Muster knows, folded. */
function countryNames(): Map<string, CountryCode> {
	const names = new Map<string, CountryCode>();
	for (const language of ['en', 'fr', 'de', 'es', 'it']) {
		const display = new Intl.DisplayNames([language], { type: 'region' });
		for (const code of countryCodes) names.set(foldWord(display.of(code) ?? code), code);
	}
	names
		.set('czech republic', 'CZ')
		.set('hellas', 'GR')
		.set('eu', 'EU')
		.set('the netherlands', 'NL')
		.set('holland', 'NL');
	return names;
}

/** The three known teams whose names look most like an unknown one, best first: what the page proposes, never decides. */
export function similarTeams(name: string, teams: readonly KnownTeam[]): KnownTeam[] {
	const words = new Set(foldWord(name).split(' '));
	const bigrams = pairs(foldWord(name));
	return teams
		.map((team) => {
			const fold = foldWord(team.name);
			const shared = fold.split(' ').filter((word) => words.has(word)).length;
			const own = pairs(fold);
			let common = 0;
			for (const pair of own) if (bigrams.has(pair)) common += 1;
			return { team, score: shared + (2 * common) / Math.max(own.size + bigrams.size, 1) };
		})
		.filter(({ score }) => score >= 0.5)
		.sort((a, b) => b.score - a.score)
		.slice(0, 3)
		.map(({ team }) => team);
}

function pairs(text: string): Set<string> {
	const set = new Set<string>();
	for (let i = 0; i + 1 < text.length; i += 1) set.add(text.slice(i, i + 2));
	return set;
}
