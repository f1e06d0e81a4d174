import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { ChannelMembers } from '#lib/exercise/channel/schema.ts';
import {
	channelIn,
	documentName,
	parseDocumentName,
	teamIn,
	type DocumentRef
} from '#lib/exercise/documents.ts';
import type { Actor, ExerciseState, Membership, Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, injectFingerprint, newInject, readScript } from '#lib/exercise/inject/schema.ts';
import { newDocument } from '#server/documents/create.ts';
import { channel, document, hotWashCard, teamFile } from '#server/database/schema.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import type { TestServer } from '../../support/server.ts';
import { stageAar, type AarIds } from './aar-acts.ts';
import { stageChannelActs, type ChannelIds } from './channel-acts.ts';
import { stageEvaluation, type EvaluationIds } from './evaluation-acts.ts';
import { stageFindings, type FindingIds } from './finding-acts.ts';
import { stageReporting, type ReportingIds } from './reporting-acts.ts';

/** One person for every role and scope, those without any, and nobody at all. */
export const castings: { who: string; memberships: (teams: Team[]) => Membership[] }[] = [
	{ who: 'director', memberships: () => [{ role: 'director' }] },
	{ who: 'controller', memberships: () => [{ role: 'controller' }] },
	{ who: 'moderator GR', memberships: () => [{ role: 'moderator', country: 'GR' }] },
	{ who: 'moderator IT', memberships: () => [{ role: 'moderator', country: 'IT' }] },
	{ who: 'simcell', memberships: () => [{ role: 'simcell' }] },
	{ who: 'planner central', memberships: () => [{ role: 'planner', cell: 'central' }] },
	{ who: 'planner GR', memberships: () => [{ role: 'planner', cell: 'GR' }] },
	{ who: 'facilitator', memberships: () => [{ role: 'facilitator' }] },
	{ who: 'facilitator A', memberships: (t) => [{ role: 'facilitator', teamId: t[0]!.id }] },
	{ who: 'evaluator A', memberships: (t) => [{ role: 'evaluator', teamId: t[0]!.id }] },
	{ who: 'evaluator C', memberships: (t) => [{ role: 'evaluator', teamId: t[2]!.id }] },
	{ who: 'lead A', memberships: (t) => [{ role: 'player', teamId: t[0]!.id, lead: true }] },
	{ who: 'player A', memberships: (t) => [{ role: 'player', teamId: t[0]!.id }] },
	{ who: 'player B', memberships: (t) => [{ role: 'player', teamId: t[1]!.id }] },
	{ who: 'player C', memberships: (t) => [{ role: 'player', teamId: t[2]!.id }] },
	{ who: 'observer', memberships: () => [{ role: 'observer' }] },
	{ who: 'stranger', memberships: () => [] }
];

export interface Player {
	who: string;
	/** null: signed out */
	person: Person | null;
	actor: Actor;
}

export async function castPeople(server: TestServer): Promise<Person[]> {
	const people = await Promise.all(castings.map(({ who }) => server.person(who)));
	// the stranger is nobody here and everything elsewhere
	const elsewhere = await TestExercise.create(server);
	await server.services.exercises.addMembership(
		elsewhere.id,
		{ accountId: people.at(-1)!.id, role: 'director' },
		elsewhere.director.id
	);
	return people;
}

export interface Scene {
	state: ExerciseState;
	exercise: TestExercise;
	/** A and B are Greek, C is Italian */
	teams: Team[];
	cast: Player[];
	/** everything that exists in it */
	documents: {
		name: string;
		ref: DocumentRef;
		team: Team | undefined;
		channel: ChannelMembers | undefined;
		isClosed: boolean;
	}[];
	ids: {
		/** approved and ready, for all; for the Greek teams; held; waiting for approval; on the page only */
		ready: string;
		greek: string;
		held: string;
		submitted: { inject: string; fingerprint: string };
		draft: { inject: string; fingerprint: string };
		/** expects the action `act-1` */
		released: string;
		/** of the released inject, at A and at C */
		deliveryA: string;
		deliveryC: string;
		question: string;
		/** of player A to the help desk */
		help: string;
		/** who handles the country IT */
		handles: string;
		/** of the approved Greek inject */
		greekFingerprint: string;
		card: string;
		/** of A: working records, and a file that it keeps; of C: the same file's like */
		incident: string;
		task: string;
		/** offered by the lead to the player */
		handover: string;
		fileA: string;
		fileC: string;
		/** of the press and of A, published; the first of each is answered and counted, the second taken back */
		articles: string[];
		statements: string[];
		/** what C has of A's report 1, through a channel that B joined later */
		sharedReport: string;
		reporting: ReportingIds;
		evaluation: EvaluationIds;
		findings: FindingIds;
		aar: AarIds;
		channels: ChannelIds;
	};
}

/** An exercise in which everything has happened once, then put into a state. */
export async function stageScene(
	server: TestServer,
	people: Person[],
	state: ExerciseState,
	settings: { evaluatorsReadScript: boolean; reviewOpen: boolean }
): Promise<Scene> {
	const { db, pool } = server.services.database;
	const exercise = await TestExercise.create(server);
	const teams = [
		await exercise.team('GR CSIRT'),
		await exercise.team('GR Port'),
		await exercise.team('IT CSIRT', 'IT')
	];
	const cast: Player[] = [];
	for (const [i, { who, memberships }] of castings.entries()) {
		const person = people[i]!;
		const all = memberships(teams);
		for (const one of all)
			await server.services.exercises.addMembership(
				exercise.id,
				{ accountId: person.id, ...one },
				exercise.director.id
			);
		cast.push({ who, person, actor: { accountId: person.id, name: person.name, memberships: all } });
	}
	cast.push({
		who: 'signed out',
		person: null,
		actor: { accountId: 'nobody' as never, name: '', memberships: [] }
	});
	const byWho = (who: string) => cast.find((one) => one.who === who)!.person!;

	const manual = { schedule: { mode: 'contingency' as const, condition: 'when needed' } };
	const [released, ready, held] = await exercise.approved(
		{
			title: 'Released',
			to: toAll,
			expectedActions: [{ id: 'act-1', text: 'Calls the port', withinSeconds: null, critical: false }],
			...manual
		},
		{ title: 'Ready', to: toAll, ...manual },
		{ title: 'Held', to: toAll, ...manual }
	);
	const [greek] = await exercise.approved({
		title: 'Greek',
		to: { all: false, countries: ['GR'], levels: [], teams: [] },
		...manual
	});
	const script = documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });
	const written = ['draft', 'submitted'].map(() => randomBytes(12).toString('hex') as InjectId);
	await server.services.documents.edit(script, exercise.director.id, (doc) => {
		for (const id of written) addInject(doc, newInject(id, { title: 'Written', to: toAll, ...manual }), 'z');
	});
	const page = readScript(await server.services.documents.read(script));
	const [draft, submitted] = written.map((id) => ({
		inject: id as string,
		fingerprint: injectFingerprint(page.find((one) => one.id === id)!)
	}));
	await exercise.must(byWho('planner central'), 'inject.submit', {
		cell: 'central',
		injects: [submitted as never]
	});
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(exercise.director, 'inject.hold', { inject: held!.id, reason: '' });
	await exercise.must(exercise.director, 'inject.release', { inject: released!.id });
	await exercise.must(byWho('lead A'), 'question.ask', { team: teams[0]!.id, text: 'Whom do we call?' });
	await server.services.exercises.updateSettings(
		exercise.id,
		{ settings: { simulatedBodies: ['Port authority'] } },
		exercise.director.id
	);
	await exercise.must(byWho('player A'), 'help.ask', { topic: 'technical', text: 'No sound' });
	await exercise.must(byWho('controller'), 'claim.take', { kind: 'country', subject: 'IT' });
	const articles: string[] = [];
	const statements: string[] = [];
	for (const title of ['Gates', 'Cranes']) {
		const text = 'They stand still.';
		const article = { kind: 'article' as const, outlet: 'Daily', title, text };
		const published = await exercise.must(exercise.director, 'media.publish', article);
		articles.push((published as { item: string }).item);
		const stated = await exercise.must(byWho('lead A'), 'media.state', { team: teams[0]!.id, title, text });
		statements.push((stated as { item: string }).item);
	}
	const reporting = await stageReporting(exercise, byWho('lead A'), teams);
	const evaluation = await stageEvaluation(exercise, byWho('evaluator A'), teams);
	const findings = await stageFindings(exercise);
	const aar = await stageAar(exercise);

	await exercise.must(byWho('lead A'), 'decision.record', {
		team: teams[0]!.id,
		decision: { question: 'Isolate?', chosen: 'Yes' }
	});
	const { record: incident } = (await exercise.must(byWho('player A'), 'incident.open', {
		team: teams[0]!.id,
		content: { title: 'Port down' }
	})) as { record: string };
	const { record: task } = (await exercise.must(byWho('player A'), 'task.add', {
		team: teams[0]!.id,
		content: { title: 'Call the port' }
	})) as { record: string };
	const { record: handover } = (await exercise.must(byWho('lead A'), 'handover.offer', {
		team: teams[0]!.id,
		to: byWho('player A').id,
		text: { note: 'All quiet' }
	})) as { record: string };
	const [fileA, fileC] = [0, 2].map((team) => ({
		id: randomBytes(12).toString('hex'),
		exerciseId: exercise.id,
		teamId: teams[team]!.id,
		sha256: '0'.repeat(64),
		name: 'note.txt',
		mediaType: 'text/plain',
		bytes: 4
	}));
	await db.insert(teamFile).values([fileA!, fileC!]);

	const channels = await stageChannelActs(
		exercise,
		{ leadA: byWho('lead A'), playerB: byWho('player B'), playerC: byWho('player C') },
		teams
	);
	await exercise.must(byWho('lead A'), 'report.share', {
		team: teams[0]!.id,
		page: 'report-1',
		channels: [channels.calm as never]
	});
	// B joined later: it reads from a segment of its own on
	await exercise.must(exercise.director, 'channel.addMembers', {
		channel: channels.calm,
		teams: [teams[1]!.id]
	});
	const one = async (query: string, ...values: unknown[]) =>
		(await pool.query<{ id: string }>(query, values)).rows[0]!.id;
	const delivery = (team: number) =>
		one('select id from delivery where exercise_id = $1 and team_id = $2', exercise.id, teams[team]!.id);
	const card = randomBytes(12).toString('hex');
	await db.insert(hotWashCard).values({
		id: card,
		exerciseId: exercise.id,
		teamId: teams[0]!.id,
		column: 'change',
		text: 'Call sooner',
		accountId: byWho('player A').id,
		byName: 'player A'
	});
	// full segments, as an exercise of many thousand entries has them
	for (const audience of [
		{ to: 'control' as const },
		{ to: 'team' as const, team: teams[0]!.id },
		{ to: 'channel' as const, channel: 'everyone' as const },
		{ to: 'channel' as const, channel: 'GR' as const }
	]) {
		const name = documentName({ exercise: exercise.id, kind: 'timeline', audience, segment: 77 });
		await db.insert(document).values({
			...newDocument(exercise.id, name),
			timeline: null,
			closedAt: new Date()
		});
	}
	const rows = await db.select().from(document).where(eq(document.exerciseId, exercise.id));
	const members = new Map(
		(await db.select().from(channel).where(eq(channel.exerciseId, exercise.id))).map((row) => [
			row.id,
			row.members
		])
	);
	const documents = rows.map((row) => {
		const ref = parseDocumentName(row.name)!;
		return {
			name: row.name,
			ref,
			team: teams.find((team) => team.id === teamIn(ref)),
			channel: members.get(channelIn(ref) ?? ''),
			isClosed: row.closedAt !== null
		};
	});
	await pool.query(
		`update exercise set state = $2, clock = $3, settings = settings || $4::jsonb where id = $1`,
		[exercise.id, state, JSON.stringify(clockOf(state)), JSON.stringify(settings)]
	);
	return {
		state,
		exercise,
		teams,
		cast,
		documents,
		ids: {
			ready: ready!.id,
			greek: greek!.id,
			held: held!.id,
			submitted: submitted!,
			draft: draft!,
			released: released!.id,
			deliveryA: await delivery(0),
			deliveryC: await delivery(2),
			question: await one('select id from question where exercise_id = $1', exercise.id),
			help: await one('select id from help_request where exercise_id = $1', exercise.id),
			handles: byWho('controller').id,
			greekFingerprint: injectFingerprint(greek!),
			card,
			incident,
			task,
			handover,
			fileA: fileA!.id,
			fileC: fileC!.id,
			articles,
			statements,
			sharedReport: await one('select id from report_share where exercise_id = $1', exercise.id),
			reporting,
			evaluation,
			findings,
			aar,
			channels
		}
	};
}

/** A clock as an exercise in that state has it. */
function clockOf(state: ExerciseState) {
	const start = { wallStart: Date.now() - 600_000, exerciseStart: Date.UTC(2026, 5, 10, 7), rate: 1 };
	const still = {
		wallStart: Date.now() - 60_000,
		exerciseStart: start.exerciseStart + 540_000,
		rate: 0
	};
	if (['draft', 'planned', 'ready', 'cancelled'].includes(state)) return [];
	return state === 'running' ? [start] : [start, still];
}
