import { networkLadder } from '#lib/exercise/channel/mode.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { ChannelId, ExerciseId } from '#lib/exercise/ids.ts';
import type { Play } from '../play.ts';
import { Player } from '../players.ts';
import type { MeasuredServer } from '../servers.ts';
import { get } from './staff.ts';

/** The channels of a day, and everybody with the timelines that they have open. */
const sectorGroups = 20;
const teamsInGroup = 10;

export interface Channels {
	networks: Map<string, string>;
	/** with who reads them, by places in the list of all people */
	all: { id: string; page: string; members: number[] }[];
}

/** The standard channels, and groups of sectors. */
export async function openChannels(
	server: MeasuredServer,
	play: Play,
	lead: (name: string, input: unknown) => Promise<unknown>
): Promise<Channels> {
	await lead('channel.openStandard', {});
	const entities = play.teams.flatMap((team, n) => (team.level === 'entity' ? [n] : []));
	const groups: number[][] = [];
	for (let n = 0; n < sectorGroups && entities.length > 0; n++)
		groups.push(
			Array.from({ length: teamsInGroup }, (_, k) => entities[(n * teamsInGroup + k) % entities.length]!)
		);
	for (const [n, group] of groups.entries())
		await lead('channel.open', {
			name: `Sector group ${n + 1}`,
			kind: 'sector',
			teams: [...new Set(group)].map((team) => play.teams[team]!.id)
		});
	const answer = await get(server, `/api/exercises/${play.exercise}/channels`, play.director);
	const listed = (
		JSON.parse(answer!.body.toString()) as { channels: { id: string; name: string; kind: string }[] }
	).channels;
	const byName = new Map(listed.map((one) => [one.name, one.id]));
	const networks = new Map<string, string>();
	for (const [level, name] of [
		['technical', 'CSIRTs network'],
		['operational', 'EU-CyCLONe'],
		['political', 'Political level']
	] as const)
		if (byName.has(name)) networks.set(level, byName.get(name)!);
	const playersOf = (teams: ReadonlySet<number>) =>
		play.players.flatMap((one, place) => (teams.has(one.team) ? [place] : []));
	const ofLevel = (level: string) =>
		new Set(play.teams.flatMap((team, n) => (team.level === level ? [n] : [])));
	const all = [
		...[...networks].map(([level, id]) => ({ id, members: playersOf(ofLevel(level)) })),
		...groups.map((group, n) => ({
			id: byName.get(`Sector group ${n + 1}`)!,
			members: playersOf(new Set(group))
		})),
		{
			id: byName.get('EXCON coordination')!,
			members: play.staff.flatMap((one, n) => (one.controls ? [play.players.length + n] : []))
		}
	].filter(({ members }) => members.length > 0);
	const csirts = networks.get('technical');
	const decider = play.players.find(
		(one) => one.team === play.teams.findIndex((team, n) => n > 0 && team.level === 'technical')
	);
	if (csirts && decider)
		await lead('mode.setUp', { channel: csirts, ladder: networkLadder, deciders: [decider.id] });
	return {
		networks,
		all: all.map((one) => ({
			...one,
			page: documentName({
				exercise: play.exercise as ExerciseId,
				kind: 'timeline',
				audience: { to: 'channel', channel: one.id as ChannelId },
				segment: 0
			})
		}))
	};
}

/** Everybody with what they have open: the team's timeline and the own channels; consoles that of exercise control. */
export function connectable(server: MeasuredServer, play: Play, channels: Channels): Player[] {
	const own = (place: number) =>
		channels.all.filter(({ members }) => members.includes(place)).map(({ page }) => page);
	const control = documentName({
		exercise: play.exercise as ExerciseId,
		kind: 'timeline',
		audience: { to: 'control' },
		segment: 0
	});
	return [
		...play.players.map(
			({ cookie, team }, n) =>
				new Player(server, n, {
					cookie,
					team,
					exercise: play.exercise,
					pages: [play.teams[team]!.timeline, ...own(n)]
				})
		),
		...play.staff.map(({ cookie, controls }, n) => {
			const place = play.players.length + n;
			return new Player(server, place, {
				cookie,
				team: -1,
				exercise: play.exercise,
				pages: [...(controls ? [control] : []), ...own(place)]
			});
		})
	];
}
