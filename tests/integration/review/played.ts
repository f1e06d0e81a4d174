import { documentName } from '#lib/exercise/documents.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { CardId, DeliveryId, QuestionId } from '#lib/exercise/ids.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { addFinding, findingText, mergeCards, reviewText } from '#lib/exercise/review/schema.ts';
import { readReport, sectionText, setHead } from '#lib/exercise/report/page.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import type { TestServer } from '../../support/server.ts';

export const decision = {
	question: 'Isolate the terminal network?',
	factsKnown: 'Cranes still work.',
	chosen: 'Isolate the terminal network',
	reason: 'Spread is the larger harm.',
	options: [{ text: 'Isolate', pros: 'stops spread', cons: 'trucks wait' }]
};

/** An exercise that was played from draft to hot wash: three teams in two countries, every role, nearly every fact. */
export class PlayedExercise {
	readonly play: TestExercise;
	readonly teams: { gr: Team; port: Team; it: Team };
	readonly people: Record<
		| 'controller'
		| 'moderator'
		| 'planner'
		| 'evaluator'
		| 'facilitator'
		| 'greek'
		| 'lead'
		| 'italian'
		| 'observer',
		Person
	>;
	readonly cards: { anonymous: CardId; named: CardId; withdrawn: CardId; italian: CardId };
	readonly finding = 'finding-0001';

	private constructor(
		play: TestExercise,
		teams: PlayedExercise['teams'],
		people: PlayedExercise['people'],
		cards: PlayedExercise['cards']
	) {
		this.play = play;
		this.teams = teams;
		this.people = people;
		this.cards = cards;
	}

	static async create(server: TestServer): Promise<PlayedExercise> {
		const play = await TestExercise.create(server);
		const teams = {
			gr: await play.team('GR CSIRT'),
			port: await play.team('GR Port'),
			it: await play.team('IT CSIRT', 'IT')
		};
		const people = {
			controller: await play.member('Carla Controller', { role: 'controller' }),
			moderator: await play.member('Manos Moderator', { role: 'moderator', country: 'GR' }),
			planner: await play.member('Petra Planner', { role: 'planner', cell: 'central' }),
			evaluator: await play.member('Eva Evaluator', { role: 'evaluator', teamId: teams.gr.id }),
			facilitator: await play.member('Fay Facilitator', { role: 'facilitator' }),
			greek: await play.member('Gina Greek', { role: 'player', teamId: teams.gr.id }),
			lead: await play.member('Leda Lead', { role: 'player', teamId: teams.gr.id, lead: true }),
			italian: await play.member('Ivo Italian', { role: 'player', teamId: teams.it.id, lead: true }),
			observer: await play.member('Otto Observer', { role: 'observer' })
		};
		const { director } = play;
		const [note, leak, held, skipped] = await play.approved(
			{
				reference: 'CM-031',
				title: 'Gate shows ransom note',
				from: 'Terminal operator',
				body: richTextFromText('Gates closed since 10:36.'),
				controllerNotes: 'secretnote insider',
				evaluatorNotes: 'secretnote watch the caller',
				to: toAll,
				acknowledgeWithin: 60,
				responseRequired: true,
				respondWithin: 600
			},
			{
				reference: 'CM-032',
				title: 'Leak in Italy',
				tlp: 'amber_strict',
				to: { ...toAll, all: false, countries: ['IT'] }
			},
			{ reference: 'CM-033', title: 'Unused call', to: toAll },
			{ reference: 'CM-034', title: 'Skipped tweet', to: toAll }
		);
		await play.must(director, 'exercise.start', {});
		await play.must(people.controller, 'announcement.make', { text: 'Lunch moved to 12:30', tlp: 'green' });
		await play.must(people.controller, 'inject.release', { inject: note!.id });
		await play.must(people.controller, 'inject.release', { inject: leak!.id });
		await play.must(people.controller, 'inject.hold', { inject: held!.id, reason: 'team still busy' });
		await play.must(people.controller, 'inject.skip', { inject: skipped!.id, reason: 'objective met' });
		const deliveries = (
			await server.services.database.pool.query(
				'select id, inject_id, team_id from delivery where exercise_id = $1',
				[play.id]
			)
		).rows as { id: DeliveryId; inject_id: string; team_id: string }[];
		const delivery = (inject: string, team: string) =>
			deliveries.find((one) => one.inject_id === inject && one.team_id === team)!.id;
		await play.must(people.greek, 'delivery.see', { deliveries: [delivery(note!.id, teams.gr.id)] });
		await play.must(people.greek, 'delivery.acknowledge', { delivery: delivery(note!.id, teams.gr.id) });
		await play.must(people.italian, 'delivery.acknowledge', { delivery: delivery(leak!.id, teams.it.id) });
		await play.must(people.greek, 'delivery.respond', {
			delivery: delivery(note!.id, teams.gr.id),
			text: '=HYPERLINK("http://evil.example")'
		});
		await play.must(people.greek, 'log.add', {
			team: teams.gr.id,
			log: 'communication',
			text: 'Called the harbour master'
		});
		await play.must(people.italian, 'log.add', { team: teams.it.id, text: 'Italian secret' });
		await play.must(people.lead, 'decision.record', { team: teams.gr.id, decision });
		await play.must(people.greek, 'question.ask', { team: teams.gr.id, text: 'Is signalling hit?' });
		const [question] = (
			await server.services.database.pool.query('select id from question where exercise_id = $1', [play.id])
		).rows as { id: QuestionId }[];
		await play.must(people.controller, 'question.answer', {
			question: question!.id,
			answer: 'Ticketing only.'
		});
		await play.must(people.controller, 'clock.setRate', { rate: 2 });
		await approveReport(play, people.lead, teams.gr);
		await play.must(director, 'exercise.end', {});
		const cards = await hotWash(play, teams, people);
		const played = new PlayedExercise(play, teams, people, cards);
		await played.writeReview();
		return played;
	}

	get services() {
		return this.play.server.services;
	}

	/** What a page of this exercise gets for a person. */
	open(person: Person): Promise<{ exercise: Exercise; actor: Actor }> {
		return this.services.exercises.open(this.play.id, person);
	}

	private async writeReview(): Promise<void> {
		const name = documentName({ exercise: this.play.id, kind: 'review' });
		await this.services.documents.edit(name, this.people.facilitator.id, (doc) => {
			writeFragment(
				reviewText(doc, 'summary'),
				richTextFromText('The exercise went as planned.\nBut <calls> & "keys" \u0007 failed.')
			);
			const record = addFinding(
				doc,
				{ id: this.finding, kind: 'area_for_improvement', title: 'Duty numbers were not known', cards: [] },
				'a0'
			);
			writeFragment(findingText(record)!, richTextFromText('Two teams searched for the number.'));
			mergeCards(doc, this.finding, [this.cards.anonymous, this.cards.italian]);
		});
	}
}

async function approveReport(play: TestExercise, lead: Person, team: Team): Promise<void> {
	const { page } = (await play.must(lead, 'report.open', { team: team.id })) as { page: 'report-1' };
	const name = documentName({ exercise: play.id, kind: 'worksheet', team: team.id, page });
	const { documents } = play.server.services;
	await documents.edit(name, lead.id, (doc) => {
		setHead(doc, 'title', 'Port gate outage');
		setHead(doc, 'tlp', 'red');
		writeFragment(sectionText(doc, 'situation'), richTextFromText('Gates closed, cranes work.'));
	});
	const fingerprint = reportFingerprint(readReport(await documents.read(name)));
	await play.must(lead, 'report.approve', { team: team.id, page, fingerprint });
}

async function hotWash(
	play: TestExercise,
	teams: PlayedExercise['teams'],
	people: PlayedExercise['people']
): Promise<PlayedExercise['cards']> {
	const { pool } = play.server.services.database;
	const add = async (person: Person, team: Team, text: string, anonymous: boolean): Promise<CardId> => {
		await play.must(person, 'hotWash.add', { team: team.id, column: 'did-not', text, anonymous });
		const { rows } = await pool.query('select id from hot_wash_card where text = $1', [text]);
		return rows[0].id as CardId;
	};
	const cards = {
		anonymous: await add(people.greek, teams.gr, 'Nobody knew the duty number', true),
		named: await add(people.lead, teams.gr, 'The form was too long', false),
		withdrawn: await add(people.greek, teams.gr, 'Withdrawnword names a person', false),
		italian: await add(people.italian, teams.it, 'We searched for the number', false)
	};
	await play.must(people.greek, 'hotWash.withdraw', { team: teams.gr.id, card: cards.withdrawn });
	for (const person of [people.greek, people.lead])
		await play.must(person, 'hotWash.vote', { team: teams.gr.id, card: cards.anonymous, on: true });
	return cards;
}
