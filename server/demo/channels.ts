import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { networkLadder } from '#lib/exercise/channel/mode.ts';
import type { ChannelId, ExerciseId } from '#lib/exercise/ids.ts';
import type { Services } from '../services.ts';
import type { DemoAccount } from './fill.ts';

/** The sector group of the demonstration: ports, and those who answer for them. */
export const sectorGroup = 'Maritime transport';
const inSectorGroup = ['GR Port', 'NL Port', 'IT Port', 'GR CSIRT', 'NL CSIRT', 'IT CSIRT', 'DE CSIRT'];

interface Staging {
	services: Services;
	exercise: ExerciseId;
	teams: readonly Team[];
	account: (name: string) => DemoAccount;
	run: <Name extends CommandName>(by: DemoAccount, name: Name, input: CommandInput<Name>) => Promise<void>;
}

/** What exercise control arranges before play: the networks with who decides and who is on duty, and a sector group. */
export async function openDemoChannels({ services, exercise, teams, account, run }: Staging): Promise<void> {
	const director = account('Exercise director');
	await run(director, 'channel.openStandard', {});
	await run(director, 'channel.open', {
		name: sectorGroup,
		kind: 'sector',
		teams: teams.filter((team) => inSectorGroup.includes(team.name)).map((team) => team.id)
	});
	const channels = await channelsByName(services, exercise);
	const csirts = channels.get('CSIRTs network')!;
	const cyclone = channels.get('EU-CyCLONe')!;
	const ladder = [...networkLadder];
	await run(director, 'mode.setUp', {
		channel: csirts,
		ladder,
		deciders: [account('NL CSIRT lead').accountId, account('FI CSIRT lead').accountId]
	});
	await run(director, 'mode.setUp', {
		channel: cyclone,
		ladder,
		deciders: [account('DE Crisis lead').accountId]
	});
	const onDuty = ['GR CSIRT', 'NL CSIRT'];
	await run(director, 'channel.setDuty', {
		channel: csirts,
		teams: teams.filter((team) => onDuty.includes(team.name)).map((team) => team.id)
	});
	await run(account('Controller'), 'channel.post', {
		channel: channels.get('EXCON coordination')!,
		text: 'Start at 09:00 sharp. Hold the press injects until I say so; tell me here when a team falls behind.',
		tlp: 'amber'
	});
}

export async function channelsByName(
	{ database }: Pick<Services, 'database'>,
	exercise: ExerciseId
): Promise<Map<string, ChannelId>> {
	const { rows } = await database.pool.query<{ id: ChannelId; name: string }>(
		'select id, name from channel where exercise_id = $1 and closed_at is null',
		[exercise]
	);
	return new Map(rows.map((row) => [row.name, row.id]));
}
