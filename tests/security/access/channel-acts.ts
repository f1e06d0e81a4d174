import type { CommandName } from '#lib/exercise/commands.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, MessageId, RecordId } from '#lib/exercise/ids.ts';
import type { Person, TestExercise } from '../../support/exercise.ts';

/** What the matrix needs of channels: a network of A and C with a proposed mode, what was said there, and exchanges about it. */
export interface ChannelIds {
	/** of A and C; alert mode is proposed by A, C decides */
	network: ChannelId;
	/** the same without a proposal */
	calm: ChannelId;
	/** of A, under AMBER, in the network */
	message: MessageId;
	/** of C, under AMBER, in the network */
	other: MessageId;
	/** from A to B, as B has it */
	requestAtB: RecordId;
	requestAtA: RecordId;
	/** from A to exercise control */
	toControl: RecordId;
	/** from A to a body that nobody plays */
	toBody: RecordId;
	/** C asks A to relax its message, as A has it */
	relaxAtA: RecordId;
	/** people whose ids acts name */
	leadA: string;
	playerB: string;
	playerC: string;
}

export async function stageChannelActs(
	exercise: TestExercise,
	{ leadA, playerB, playerC }: Record<'leadA' | 'playerB' | 'playerC', Person>,
	[a, b, c]: readonly Team[]
): Promise<ChannelIds> {
	const { director } = exercise;
	const ladder = [
		{ id: 'normal', label: 'Normal', rhythmHours: null },
		{ id: 'alert', label: 'Alert', rhythmHours: 4 }
	];
	const open = async (name: string) => {
		const { channel } = (await exercise.must(director, 'channel.open', {
			name,
			kind: 'network',
			teams: [a!.id, c!.id]
		})) as { channel: ChannelId };
		await exercise.must(director, 'mode.setUp', { channel, ladder, deciders: [playerC.id] });
		return channel;
	};
	const network = await open('Network');
	const calm = await open('Calm network');
	await exercise.must(leadA, 'mode.propose', { channel: network, to: 'alert', reason: 'It spreads' });
	const say = async (person: Person) =>
		(
			(await exercise.must(person, 'channel.post', {
				channel: network,
				text: 'Seen here',
				tlp: 'amber'
			})) as {
				message: MessageId;
			}
		).message;
	const message = await say(leadA);
	const other = await say(playerC);
	const ask = async (to: { team: Team['id'] } | { control: true; as?: string }) =>
		(
			(await exercise.must(leadA, 'request.ask', { team: a!.id, to, question: 'Which versions?' })) as {
				record: RecordId;
			}
		).record;
	const requestAtA = await ask({ team: b!.id });
	const toControl = await ask({ control: true });
	const toBody = await ask({ control: true, as: 'Port authority' });
	await exercise.must(playerC, 'label.requestRelax', {
		message,
		wanted: 'green',
		reason: 'For our ministry'
	});
	const recordOf = async (kind: string, team: Team) =>
		(
			await exercise.server.services.database.pool.query<{ id: RecordId }>(
				'select id from working_record where exercise_id = $1 and kind = $2 and team_id = $3',
				[exercise.id, kind, team.id]
			)
		).rows[0]!.id;
	return {
		network,
		calm,
		message,
		other,
		requestAtA,
		requestAtB: await recordOf('request', b!),
		toControl,
		toBody,
		relaxAtA: await recordOf('relaxation', a!),
		leadA: leadA.id,
		playerB: playerB.id,
		playerC: playerC.id
	};
}

export function channelActs(ids: ChannelIds, teams: readonly Team[]) {
	const [a, b, c] = teams.map((team) => team.id);
	const { network: channel, message } = ids;
	const act = (name: CommandName, input: Record<string, unknown> = {}) => ({ name, input });
	const reason = 'because';
	return [
		act('channel.open', { name: 'Sector', kind: 'sector', teams: [a] }),
		act('channel.open', { name: 'A word', kind: 'private', people: [ids.leadA] }),
		act('channel.open', { name: 'A word', kind: 'private', people: [ids.playerC, ids.playerB] }),
		act('channel.openStandard'),
		act('channel.addMembers', { channel, teams: [b] }),
		act('channel.removeMembers', { channel, teams: [c] }),
		act('channel.close', { channel }),
		act('channel.setDuty', { channel, teams: [a] }),
		act('channel.post', { channel, text: 'Hello', tlp: 'green' }),
		act('channel.post', { channel, text: 'Hello', tlp: 'amber_strict' }),
		act('channel.post', { channel, text: 'As they say', tlp: 'green', quotes: [ids.other] }),
		act('channel.correct', { message, text: 'No', tlp: 'amber' }),
		act('channel.bringUp', { message, text: 'In short', tlp: 'amber' }),
		act('mode.setUp', {
			channel,
			ladder: [
				{ id: 'low', label: 'Low', rhythmHours: null },
				{ id: 'high', label: 'High', rhythmHours: 1 }
			]
		}),
		act('mode.propose', { channel, to: 'alert', reason }),
		act('mode.propose', { channel: ids.calm, to: 'alert', reason }),
		act('mode.decide', { channel, to: 'alert', agree: true }),
		act('label.requestRelax', { message, wanted: 'green', reason }),
		act('label.requestRelax', { message: ids.other, wanted: 'clear', reason }),
		act('label.grantRelax', { record: ids.relaxAtA }),
		act('label.declineRelax', { record: ids.relaxAtA, reason }),
		act('request.ask', { team: a, to: { team: b }, question: 'Who?' }),
		act('request.ask', { team: c, to: { control: true }, question: 'Who?' }),
		act('request.acknowledge', { record: ids.requestAtB }),
		act('request.answer', { record: ids.requestAtB, answer: 'Us' }),
		act('request.answer', { record: ids.toControl, answer: 'You' }),
		act('request.answer', { record: ids.toBody, answer: 'We' }),
		act('request.decline', { record: ids.requestAtB, reason }),
		act('request.close', { record: ids.requestAtA })
	];
}
