import {
	facilitatesTeam,
	hasRole,
	isControl,
	isDirector,
	isFacilitator,
	playsIn,
	readsTeam,
	seesConsole
} from '#lib/exercise/exercise/access.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { countryName } from '#lib/standards/countries.ts';
import type {
	Actor,
	CellId,
	ExerciseKind,
	ExerciseSettings,
	ExerciseState,
	Membership,
	Role,
	Team
} from '#lib/exercise/exercise/schema.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import { isReplayable } from '#lib/exercise/replay/access.ts';
import { routeIn } from '#lib/exercise/real/place.ts';
import { readsStatistics } from '#lib/exercise/statistics/access.ts';
import { leadsSurvey } from '#lib/exercise/survey/access.ts';
import { t } from '#lib/text/index.ts';

export interface NavEntry {
	label: string;
	href: string;
}

export interface ShellFor {
	exercise: { id: string; kind: ExerciseKind; settings: ExerciseSettings; state: ExerciseState };
	me: Actor;
	teams: readonly Team[];
	cells: readonly CellId[];
	seesSituation: boolean;
	seesReport: boolean;
}

/** With more doors than this in one line, the last ones are reached by scrolling only, on a projector of 1366 pixels. */
const inOneLine = 9;

/**
 * Where a person can go in an exercise: planning apart, because it has many doors, and what comes after play where there
 * are too many for one line. Pages ask for the right again.
 */
export function navigation(shell: ShellFor): { plan: NavEntry[]; main: NavEntry[]; after: NavEntry[] } {
	const { kind, id } = shell.exercise;
	// what the other kind has is not offered: one rule for pages and for the ways to them
	const there = ({ href }: NavEntry) =>
		routeIn(kind, href.replace(`/exercises/${id}`, '/exercises/[exercise]'));
	const all = everywhere(shell);
	const [plan, main, after] = [all.plan.filter(there), all.main.filter(there), all.after.filter(there)];
	// what is planned is one door in the line, however many are behind it
	const doors = (plan.length > 0 ? 1 : 0) + main.length + after.length;
	if (doors <= inOneLine) return { plan, main: [...main, ...after], after: [] };
	return { plan, main, after };
}

function everywhere({ exercise, me, teams, cells, seesSituation, seesReport }: ShellFor): {
	plan: NavEntry[];
	main: NavEntry[];
	after: NavEntry[];
} {
	const at = (path: string) => `/exercises/${exercise.id}/${path}`;
	const plans = isControl(me) || hasRole(me, 'planner');
	const rooms = teams.filter((team) => readsTeam(me, team));
	const evaluates = hasRole(me, 'evaluator');
	const readsScripts = cells.length > 0 || (evaluates && exercise.settings.evaluatorsReadScript);
	const [cell] = cells;
	const plan: NavEntry[] = [
		...(readsScripts
			? [
					cell && cells.length === 1
						? { label: t('control.shell.nav.script'), href: at(`script/${cell}`) }
						: { label: t('control.shell.nav.scripts'), href: at('script') },
					{ label: t('plan.nav'), href: at('plan') }
				]
			: []),
		...(plans || evaluates ? [{ label: t('control.shell.nav.scenario'), href: at('scenario') }] : []),
		...(plans
			? [
					{ label: t('control.shell.nav.import'), href: at('import') },
					{ label: t('control.shell.nav.people'), href: at('people') },
					{ label: t('ready.nav'), href: at('ready') }
				]
			: []),
		...(isDirector(me) ? [{ label: t('mail.title'), href: at('mail') }] : [])
	];
	const main: NavEntry[] = [];
	if (seesConsole(me)) main.push({ label: t('control.shell.nav.control'), href: at('control') });
	if (seesConsole(me)) main.push({ label: t('reports.board.nav'), href: at('reports') });
	const [only] = rooms;
	if (only && rooms.length === 1)
		main.push({
			label: playsIn(me, only.id) ? t('control.shell.nav.room') : only.name,
			href: at(`teams/${only.id}`)
		});
	else if (rooms.length > 1) main.push({ label: t('control.shell.nav.teams'), href: at('teams') });
	const tables = teams.filter((team) => facilitatesTeam(me, team.id));
	for (const team of tables)
		main.push({
			label: tables.length === 1 ? t('table.nav') : t('table.of', { team: team.name }),
			href: at(`table/${team.id}`)
		});
	if (hasRole(me, 'simcell') || (isControl(me) && exercise.settings.simulatedBodies.length > 0))
		main.push({ label: t('console.simulation.nav'), href: at('simulation') });
	if (seesSituation) main.push({ label: t('situation.nav'), href: at('situation') });
	main.push({ label: t('channel.nav'), href: at('channels') });
	main.push({ label: t('control.shell.nav.announcements'), href: at('announcements') });
	main.push({ label: t('media.nav'), href: at('media') });
	const evaluation = { label: t('evaluation.nav'), href: at('evaluation') };
	// where evaluators work all day; exercise control reads it, mostly when play is over
	if (evaluates) main.push(evaluation);
	const after: NavEntry[] = isControl(me) && !evaluates ? [evaluation] : [];
	const washes = teams.filter((team) => readsTeam(me, team) || isFacilitator(me));
	if (washes.length > 0 || isControl(me))
		after.push({
			label: t('control.shell.nav.hotWash'),
			href: at(washes.length === 1 ? `hot-wash/${washes[0]!.id}` : 'hot-wash')
		});
	if (isControl(me) || isFacilitator(me) || evaluates || exercise.settings.reviewOpen)
		after.push({ label: t('control.shell.nav.review'), href: at('review') });
	if (
		afterPlay.includes(exercise.state) &&
		(isDirector(me) || isFacilitator(me) || hasRole(me, 'moderator', 'player'))
	)
		after.push({ label: t('finding.nav'), href: at('findings') });
	if (seesReport) after.push({ label: t('aar.nav'), href: at('report') });
	// each reads the own part of it; observers, media players and the simulation cell have none
	if (readsStatistics(me, exercise.state)) after.push({ label: t('statistics.nav'), href: at('statistics') });
	// everybody reads some timeline: what each may look back at is asked there
	if (isReplayable(exercise.state)) after.push({ label: t('replay.nav'), href: at('replay') });
	// everybody is asked; who makes it begins before ENDEX
	if (afterPlay.includes(exercise.state) || leadsSurvey(me))
		after.push({ label: t('survey.nav'), href: at('survey') });
	const none: readonly Role[] = ['observer', 'media_player', 'simcell'];
	if (me.memberships.some((one) => !none.includes(one.role)))
		after.push({ label: t('control.shell.nav.record'), href: at('record') });
	return { plan, main, after };
}

/** between two doors, px: as `Shell.svelte` sets them */
const gap = 2;

/**
 * How many ways stand side by side in one row. `plan`, `after` and `more` are the doors behind which others are: the first
 * stands there anyway, the last takes the place of `after` where some way has no room. All widths in px.
 */
export function fitting(
	ways: readonly number[],
	room: number,
	plan: readonly number[],
	after: number,
	more: number
): number {
	const row = (parts: readonly number[]) =>
		parts.reduce((sum, width) => sum + width, 0) + Math.max(parts.length - 1, 0) * gap;
	if (row([...plan, ...ways, ...(after > 0 ? [after] : [])]) <= room) return ways.length;
	// with something behind it the last door has its other name
	let count = Math.max(ways.length - 1, 0);
	while (count > 0 && row([...plan, ...ways.slice(0, count), more]) > room) count--;
	return count;
}

/** When findings are put to countries. */
const afterPlay: readonly ExerciseState[] = ['ended', 'evaluating', 'reported', 'closed'];
const beforeStart: readonly ExerciseState[] = ['draft', 'planned', 'ready'];

/** The page on which a person begins. Who plans and moderates plans until STARTEX. */
export function homeOf({
	exercise,
	me,
	cells
}: Pick<ShellFor, 'me' | 'cells'> & {
	exercise: { id: string; kind: ExerciseKind; state: ExerciseState };
}): string {
	const at = (path: string) => `/exercises/${exercise.id}/${path}`;
	if (exercise.kind === 'real') return at(roomOf(me));
	if (isControl(me)) return at('control');
	const planned = me.memberships.find((one) => one.role === 'planner')?.cell;
	if (planned && (beforeStart.includes(exercise.state) || !hasRole(me, 'moderator', 'player')))
		return at(`script/${planned}`);
	if (seesConsole(me)) return at('control');
	const team = me.memberships.find((one) => one.role === 'player')?.teamId;
	if (team) return at(`teams/${team}`);
	if (me.memberships.some((one) => one.teamId)) return at('teams');
	if (hasRole(me, 'media_player')) return at('media');
	if (isFacilitator(me)) return at('hot-wash');
	if (hasRole(me, 'simcell')) return at('simulation');
	return at(cells.length > 0 ? `script/${cells[0]}` : 'announcements');
}

/** In a real room nobody plans: whoever coordinates begins with the picture of the situation, everybody else at work. */
function roomOf(me: Actor): string {
	if (seesConsole(me)) return 'situation';
	const team = me.memberships.find((one) => one.role === 'player')?.teamId;
	if (team) return `teams/${team}`;
	return isFacilitator(me) ? 'hot-wash' : 'announcements';
}

/** `Player GR CSIRT`, `Moderator Greece`: a role as its holder reads it. */
export function roleName(membership: Membership, team: (id: TeamId) => string | undefined): string {
	const scope = membership.teamId
		? (team(membership.teamId) ?? '')
		: membership.country
			? countryName(membership.country)
			: membership.cell
				? membership.cell === 'central'
					? t('control.shell.central').toLowerCase()
					: countryName(membership.cell as CountryCode)
				: '';
	const role = membership.role === 'player' && membership.lead ? 'lead' : membership.role;
	return t(`control.shell.role.${role}`, { scope }).trim();
}
