import type { Team } from '#lib/exercise/exercise/schema.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { ChannelId, MessageId, OrganisationId } from '#lib/exercise/ids.ts';
import { timelineEntries, type EntryBody } from '#lib/exercise/timeline.ts';
import { organisation } from '#server/database/schema.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { RawClient } from '../../support/raw-client.ts';
import type { TestServer } from '../../support/server.ts';
import type { Tlp } from '#lib/standards/tlp.ts';

/** An exercise in play with teams of several countries and levels, and the standard channels. */
export interface ChannelStage {
	exercise: TestExercise;
	teams: Record<'gr' | 'fr' | 'it' | 'sister' | 'cma' | 'port', Team>;
	people: Record<
		'gr' | 'grLead' | 'fr' | 'it' | 'sister' | 'officer' | 'port' | 'moderator' | 'evaluator' | 'observer',
		Person
	>;
	channel: (name: string) => Promise<ChannelId>;
}

export async function stageChannels(server: TestServer): Promise<ChannelStage> {
	const exercise = await TestExercise.create(server);
	const ministry = `ministry-${exercise.id}` as OrganisationId;
	await server.services.database.db
		.insert(organisation)
		.values({ id: ministry, name: `Ministry ${exercise.id}`, country: 'GR', kind: 'csirt' });
	const add = async (
		name: string,
		country: Team['country'],
		level: Team['level'],
		organisationId?: OrganisationId
	): Promise<Team> => {
		const [made] = await server.services.exercises.addTeams(
			exercise.id,
			[{ name, country, level, ...(organisationId && { organisationId }) }],
			exercise.director.id
		);
		return made!;
	};
	const teams = {
		gr: await add('GR CSIRT', 'GR', 'technical', ministry),
		fr: await add('FR CSIRT', 'FR', 'technical'),
		it: await add('IT CSIRT', 'IT', 'technical'),
		sister: await add('GR CERT', 'GR', 'entity', ministry),
		cma: await add('FR CMA', 'FR', 'operational'),
		port: await add('GR Port', 'GR', 'entity')
	};
	const player = (name: string, team: Team, lead = false) =>
		exercise.member(name, { role: 'player', teamId: team.id, ...(lead && { lead }) });
	const people = {
		gr: await player('GR analyst', teams.gr),
		grLead: await player('GR lead', teams.gr, true),
		fr: await player('FR analyst', teams.fr, true),
		it: await player('IT analyst', teams.it, true),
		sister: await player('GR CERT analyst', teams.sister),
		officer: await player('FR officer', teams.cma, true),
		port: await player('Port officer', teams.port),
		moderator: await exercise.member('GR moderator', { role: 'moderator', country: 'GR' }),
		evaluator: await exercise.member('GR evaluator', { role: 'evaluator', teamId: teams.gr.id }),
		observer: await exercise.member('Observer', { role: 'observer' })
	};
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'channel.openStandard', {});
	await exercise.must(exercise.director, 'exercise.start', {});
	return {
		exercise,
		teams,
		people,
		channel: async (name) => {
			const { rows } = await server.services.database.pool.query<{ id: string }>(
				'select id from channel where exercise_id = $1 and name = $2',
				[exercise.id, name]
			);
			return rows[0]!.id as ChannelId;
		}
	};
}

export const segmentName = (exercise: TestExercise, channel: ChannelId, segment = 0) =>
	documentName({ exercise: exercise.id, kind: 'timeline', audience: { to: 'channel', channel }, segment });

export function readSegment(
	server: TestServer,
	exercise: TestExercise,
	person: Person,
	channel: ChannelId,
	segment = 0
): Promise<RawClient> {
	const name = segmentName(exercise, channel, segment);
	return RawClient.synced({ url: server.url, name, cookie: person.cookie });
}

export const bodiesOf = (client: RawClient): EntryBody[] =>
	[...timelineEntries(client.doc).values()].sort((a, b) => a.order - b.order).map((entry) => entry.body);

export const messagesOf = (client: RawClient) =>
	bodiesOf(client).flatMap((body) => (body.kind === 'message' ? [body] : []));

export async function post(
	{ exercise }: Pick<ChannelStage, 'exercise'>,
	person: Person,
	channel: ChannelId,
	text: string,
	tlp: Tlp = 'green',
	more: { quotes?: MessageId[]; thread?: MessageId; mentions?: Person[] } = {}
): Promise<MessageId> {
	const { mentions = [], ...rest } = more;
	const result = await exercise.must(person, 'channel.post', {
		channel,
		text,
		tlp,
		...rest,
		mentions: mentions.map((one) => one.id)
	});
	return (result as { message: MessageId }).message;
}
