import type { Membership, Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, DeliveryId, InjectId } from '#lib/exercise/ids.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { draftFingerprint } from '#lib/exercise/notification/commands.ts';
import { fillForm, readForm } from '#lib/exercise/notification/form.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { readReport, sectionText } from '#lib/exercise/report/page.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { currentForm } from '#lib/standards/notification-forms.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import type { TestServer } from '../../support/server.ts';

/** An exercise of five teams in three countries that goes on for more than a day, in steps of the clock. */
export interface Played {
	play: TestExercise;
	teams: Team[];
	people: Record<
		| 'controller'
		| 'greekModerator'
		| 'italianModerator'
		| 'planner'
		| 'evaluator'
		| 'facilitator'
		| 'teamFacilitator'
		| 'observer'
		| 'simcell'
		| 'press'
		| 'lead0'
		| 'lead1'
		| 'lead2'
		| 'lead3'
		| 'lead4',
		Person
	>;
}

const minute = 60_000;

export async function playStatistics(server: TestServer, below: (limit: number) => number): Promise<Played> {
	const play = await TestExercise.create(server);
	const { director } = play;
	const teams = await server.services.exercises.addTeams(
		play.id,
		[
			{ name: 'GR CSIRT', country: 'GR', level: 'technical' },
			{ name: 'GR Ministry', country: 'GR', level: 'operational' },
			{ name: 'IT CSIRT', country: 'IT', level: 'technical' },
			{ name: 'IT Port', country: 'IT', level: 'entity' },
			{ name: 'FR CSIRT', country: 'FR', level: 'technical' }
		],
		director.id
	);
	const member = (name: string, membership: Membership) => play.member(name, membership);
	const lead = (index: number) =>
		member(`Lead ${index}`, { role: 'player', teamId: teams[index]!.id, lead: true });
	const people = {
		controller: await member('Controller', { role: 'controller' }),
		greekModerator: await member('Greek moderator', { role: 'moderator', country: 'GR' }),
		italianModerator: await member('Italian moderator', { role: 'moderator', country: 'IT' }),
		planner: await member('Planner', { role: 'planner', cell: 'central' }),
		evaluator: await member('Evaluator', { role: 'evaluator', teamId: teams[0]!.id }),
		facilitator: await member('Facilitator', { role: 'facilitator' }),
		teamFacilitator: await member('Team facilitator', { role: 'facilitator', teamId: teams[2]!.id }),
		observer: await member('Observer', { role: 'observer' }),
		simcell: await member('Simulation', { role: 'simcell' }),
		press: await member('Press', { role: 'media_player' }),
		lead0: await lead(0),
		lead1: await lead(1),
		lead2: await lead(2),
		lead3: await lead(3),
		lead4: await lead(4)
	};
	const leads = teams.map((_, index) => people[`lead${index}` as 'lead0']);
	const action = (id: string) => ({ id, text: `Does ${id}`, withinSeconds: 600, critical: true });
	const injects = await play.approved(
		{
			title: 'Gates stay shut',
			to: toAll,
			objectives: ['OBJ-1', 'OBJ-2'],
			acknowledgementRequired: true,
			acknowledgeWithin: 600,
			responseRequired: true,
			respondWithin: 1800,
			expectedActions: [action('act-1'), action('act-2')]
		},
		{
			title: 'A rumour',
			to: { ...toAll, all: false, levels: ['technical'] },
			objectives: ['OBJ-2'],
			acknowledgementRequired: true,
			acknowledgeWithin: 300,
			expectedActions: [action('act-1')]
		},
		{ title: 'No limit', to: { ...toAll, all: false, countries: ['GR', 'FR'] }, objectives: ['OBJ-10'] },
		{
			title: 'Cranes',
			to: toAll,
			objectives: ['OBJ-1'],
			responseRequired: true,
			respondWithin: 900,
			expectedActions: [action('act-1'), action('act-3')]
		}
	);
	await play.must(director, 'exercise.start', {});
	const startsAt = Date.UTC(2026, 5, 10, 7);
	let jumped = startsAt;
	/** The clock goes on by some minutes, and on by itself in between. */
	const goOn = async (minutes: number) => {
		jumped += minutes * minute;
		await play.must(people.controller, 'clock.jump', { to: jumped, reason: 'on with it' });
	};
	const { channel } = (await play.must(director, 'channel.open', {
		name: 'Network',
		kind: 'network',
		teams: [teams[0]!.id, teams[2]!.id]
	})) as { channel: ChannelId };

	for (const inject of injects) {
		await goOn(5 + below(20));
		await play.must(people.controller, 'inject.release', { inject: inject.id });
		await goOn(1 + below(4));
		await answerAll(play, inject.id, teams, leads, below, goOn);
		await play.must(leads[0]!, 'channel.post', { channel, text: 'Seen here', tlp: 'amber' });
		if (below(2) === 0) await play.must(director, 'channel.post', { channel, text: 'Noted', tlp: 'amber' });
		for (const [index, team] of teams.entries())
			for (let entries = below(3); entries > 0; entries--)
				await play.must(leads[index]!, 'log.add', { team: team.id, text: 'Seen' });
	}
	const [gates] = injects;
	for (const index of [0, 2, 3])
		await play.must(people.controller, 'inject.markAction', {
			inject: gates!.id,
			team: teams[index]!.id,
			action: 'act-1'
		});
	const [ofGreek] = await deliveriesOf(play, gates!.id, teams[0]!);
	for (const seen of ['no', 'yes'] as const)
		await play.must(people.evaluator, 'evaluation.seeAction', {
			team: teams[0]!.id,
			delivery: ofGreek!,
			action: 'act-2',
			seen
		});
	const [cranesOfGreek] = await deliveriesOf(play, injects[3]!.id, teams[0]!);
	await play.must(people.evaluator, 'evaluation.seeAction', {
		team: teams[0]!.id,
		delivery: cranesOfGreek!,
		action: 'act-3',
		seen: 'partly'
	});

	// the ministry's case goes to the CSIRT; the port's is never sent
	const opened = await openCase(play, leads[1]!, teams[1]!);
	await openCase(play, leads[3]!, teams[3]!);
	await approveReport(play, leads[0]!, teams[0]!);
	await goOn(100);
	await approveReport(play, leads[2]!, teams[2]!);
	await goOn(100);
	await approveReport(play, leads[0]!, teams[0]!);
	await play.must(leads[1]!, 'notification.submit', {
		record: opened.record as never,
		report: 'early_warning',
		fingerprint: opened.fingerprint,
		to: teams[0]!.id
	});
	await goOn(25 * 60);
	const late = await openCase(play, leads[4]!, teams[4]!, startsAt);
	await play.must(leads[4]!, 'notification.submit', {
		record: late.record as never,
		report: 'early_warning',
		fingerprint: late.fingerprint,
		to: null
	});
	await approveReport(play, leads[2]!, teams[2]!);
	await goOn(48 * 60);
	return { play, teams, people };
}

async function answerAll(
	play: TestExercise,
	inject: InjectId,
	teams: readonly Team[],
	leads: readonly Person[],
	below: (limit: number) => number,
	goOn: (minutes: number) => Promise<void>
): Promise<void> {
	for (const [index, team] of teams.entries())
		for (const delivery of await deliveriesOf(play, inject, team)) {
			const lead = leads[index]!;
			if (below(4) > 0) await play.must(lead, 'delivery.acknowledge', { delivery });
			await goOn(1 + below(6));
			if (below(3) > 0) await play.must(lead, 'delivery.respond', { delivery, text: 'Done' });
			if (below(3) === 0) await play.must(lead, 'delivery.respond', { delivery, text: 'And this' });
		}
}

async function deliveriesOf(play: TestExercise, inject: InjectId, team: Team): Promise<DeliveryId[]> {
	const { rows } = await play.server.services.database.pool.query<{ id: DeliveryId }>(
		'select id from delivery where inject_id = $1 and team_id = $2',
		[inject, team.id]
	);
	return rows.map(({ id }) => id);
}

const worksheet = (play: TestExercise, team: Team, page: string) =>
	documentName({ exercise: play.id, kind: 'worksheet', team: team.id, page: page as never });

async function approveReport(play: TestExercise, lead: Person, team: Team): Promise<void> {
	const { documents } = play.server.services;
	const { page } = (await play.must(lead, 'report.open', { team: team.id })) as { page: `report-${number}` };
	await documents.edit(worksheet(play, team, page), lead.id, (doc) =>
		writeFragment(sectionText(doc, 'summary'), richTextFromText('Two terminals stand still.'))
	);
	const fingerprint = reportFingerprint(readReport(await documents.read(worksheet(play, team, page))));
	await play.must(lead, 'report.approve', { team: team.id, page, fingerprint });
}

/** A case with a filled early warning, not sent. */
async function openCase(
	play: TestExercise,
	lead: Person,
	team: Team,
	awareAt: number | null = null
): Promise<{ record: string; fingerprint: string }> {
	const { documents } = play.server.services;
	const { record } = (await play.must(lead, 'notification.open', {
		team: team.id,
		content: { title: 'Port down', entity: 'Port', awareAt }
	})) as { record: string };
	const page = worksheet(play, team, 'notification-1');
	const form = currentForm('early_warning');
	await documents.edit(
		page,
		lead.id,
		(doc) =>
			void fillForm(doc, 'early_warning', form, {
				entity: 'Port',
				sector: 'transport',
				aware_at: Date.UTC(2026, 5, 10, 7),
				suspected_malicious: 'yes',
				possible_cross_border: 'no',
				short_description: richTextFromText('It stands still.'),
				contact_24x7: '+30 1',
				ongoing: 'yes'
			})
	);
	return {
		record,
		fingerprint: draftFingerprint(readForm(await documents.read(page), 'early_warning', form))
	};
}
