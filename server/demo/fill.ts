import { randomInt } from 'node:crypto';
import { count } from 'drizzle-orm';
import type * as Y from 'yjs';
import { generateNKeysBetween } from 'fractional-indexing';
import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { CellId, Membership, Team } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import { exerciseInstant } from '#lib/exercise/inject/schedule.ts';
import {
	addInject,
	injectFingerprint,
	newInject,
	readScript,
	type Inject,
	type Recipients,
	type Schedule
} from '#lib/exercise/inject/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { addItem, groundTruthOf, narrativeOf, setTitle } from '#lib/exercise/scenario/schema.ts';
import { reportText } from '#lib/exercise/team/schema.ts';
import { StartRefused } from '../config.ts';
import { exercise as exerciseTable } from '../database/schema.ts';
import { mintId } from '../mint.ts';
import type { Services } from '../services.ts';
import { agreeOnTerms, controlAtWork } from './console.ts';
import { simulateTeams } from './players.ts';
import {
	arrivalMinutes,
	demoTeams,
	exerciseMinutes,
	exerciseName,
	groundTruth,
	narrative,
	objectives,
	playingCountries,
	storylines,
	welcome,
	type ScriptedInject
} from './scenario.ts';
import { centralScript, greekCell } from './words.ts';

export interface DemoAccount {
	accountId: AccountId;
	email: string;
	/** a function, as everybody sees it; nobody here is a person */
	name: string;
	role: Membership['role'] | 'administrator';
	/** the team, the country or the cell that the role is for */
	scope: string | null;
}

export interface Demonstration {
	exerciseId: ExerciseId;
	accounts: DemoAccount[];
	/** of all accounts; it is told once and kept nowhere */
	password: string;
}

const timeZone = 'Europe/Brussels';
/** at which exercise time runs until the visitor arrives: a minute in a second and a half */
const fastRate = 40;

/**
 * Fills an empty database with the demonstration exercise, through the product's own services only: what the visitor
 * sees was done as any exercise control would do it, and the record shows it.
 */
export async function fillDemonstration(services: Services): Promise<Demonstration> {
	const [present] = await services.database.db.select({ exercises: count() }).from(exerciseTable);
	if ((present?.exercises ?? 0) > 0)
		throw new StartRefused(
			'The demonstration needs an empty database, and this one has exercises already: start without --demo, or name another folder in DATA_DIR.'
		);
	const password = mintPassword();
	const people = await createPeople(services, password);
	const account = (name: string) => people.get(name)!;

	const director = account('Exercise director');
	const startsAt = exerciseInstant(1, 9, 0, 0, { startsAt: Date.now(), timeZone });
	const exerciseId = await services.exercises.create(
		{
			name: exerciseName,
			tlp: 'amber',
			timeZone,
			startsAt,
			endsAt: startsAt + exerciseMinutes * 60_000
		},
		director.accountId
	);
	const teams = await services.exercises.addTeams(
		exerciseId,
		demoTeams.map(({ name, country, level }) => ({ name, country, level })),
		director.accountId
	);
	for (const person of people.values())
		for (const membership of membershipsOf(person, teams))
			await services.exercises.addMembership(
				exerciseId,
				{ accountId: person.accountId, ...membership },
				director.accountId
			);

	await agreeOnTerms(services, exerciseId, director, people.values());

	const run = runner(services, exerciseId);
	const planner = account('Central planner');
	const greekPlanner = account('GR planner');
	const approver = account('Second controller');
	await writeScenario(services, exerciseId, planner.accountId);
	await writeNotes(services, exerciseId, teams, people);
	const ids = new Map([...centralScript, ...greekCell].map((one) => [one.reference, mintId<InjectId>()]));
	for (const [cell, script, author] of [
		['central', centralScript, planner],
		['GR', greekCell, greekPlanner]
	] as const) {
		const injects = script.map((one) => toInject(one, ids, teams));
		await writeScript(services, exerciseId, cell, injects, author.accountId);
		await approve(services, exerciseId, cell, script, author, approver, run);
	}

	await run(director, 'exercise.advance', { to: 'planned' });
	const opened = await services.exercises.open(exerciseId, {
		id: director.accountId,
		name: director.name
	} as never);
	await services.readiness.communication.waive(opened.exercise, opened.actor, 'Nobody real takes part.');
	await run(director, 'exercise.advance', { to: 'ready' });
	await run(director, 'exercise.start', {});
	await run(director, 'announcement.make', { text: welcome, tlp: 'green' });
	await run(director, 'clock.setRate', { rate: fastRate });
	const accounts = [...people.values()];
	await playUntil(services, { exerciseId, accounts }, startsAt + arrivalMinutes * 60_000);
	await run(director, 'clock.setRate', { rate: 1 });
	await controlAtWork({ run, account, teams, ids });
	return { exerciseId, accounts, password };
}

// --- people -----------------------------------------------------------------------------------------------------------

/** Letters and digits that nobody mixes up, in groups that can be read out. */
function mintPassword(): string {
	const signs = 'abcdefghjkmnpqrstuvwxyz23456789';
	const group = () => Array.from({ length: 4 }, () => signs[randomInt(signs.length)]).join('');
	return [group(), group(), group(), group()].join('-');
}

type NewPerson = Pick<DemoAccount, 'name' | 'role' | 'scope'>;

function everybody(): NewPerson[] {
	const one = (name: string, role: DemoAccount['role'], scope: string | null = null): NewPerson => ({
		name,
		role,
		scope
	});
	return [
		one('Administrator', 'administrator'),
		one('Exercise director', 'director'),
		one('Controller', 'controller'),
		one('Second controller', 'controller'),
		one('Central planner', 'planner', 'central'),
		one('GR planner', 'planner', 'GR'),
		...playingCountries.map((country) => one(`${country} moderator`, 'moderator', country)),
		one('GR evaluator', 'evaluator', 'GR CSIRT'),
		one('NL evaluator', 'evaluator', 'NL CSIRT'),
		one('Facilitator', 'facilitator'),
		one('Simulation cell', 'simcell'),
		one('Observer', 'observer'),
		...demoTeams.flatMap((team) =>
			team.plays
				? [one(`${team.name} lead`, 'player', team.name), one(`${team.name} analyst`, 'player', team.name)]
				: [one(`${team.country} duty officer`, 'player', team.name)]
		)
	];
}

async function createPeople(services: Services, password: string): Promise<Map<string, DemoAccount>> {
	const created = await Promise.all(
		everybody().map(async (person): Promise<DemoAccount> => {
			const email = `${person.name.toLowerCase().replace(/\W+/g, '-')}@muster.example`;
			const isAdministrator = person.role === 'administrator';
			const accountId = await services.accounts.createAccount(
				{ email, name: person.name, isAdministrator, password },
				null
			);
			return { ...person, accountId, email };
		})
	);
	return new Map(created.map((person) => [person.name, person]));
}

/** The director's role comes with the exercise; the administrator has none in it. */
function membershipsOf({ name, role, scope }: DemoAccount, teams: readonly Team[]): Membership[] {
	const teamId = teams.find((team) => team.name === scope)?.id;
	switch (role) {
		case 'administrator':
		case 'director':
			return [];
		case 'player':
			return [{ role, teamId: teamId!, lead: !name.endsWith('analyst') }];
		case 'evaluator':
			return [{ role, teamId: teamId! }];
		case 'moderator':
			return [{ role, country: scope as Team['country'] }];
		case 'planner':
			return [{ role, cell: scope as CellId }];
		default:
			return [{ role }];
	}
}

type Run = <Name extends CommandName>(
	by: DemoAccount,
	name: Name,
	input: CommandInput<Name>
) => Promise<void>;

/** A command that has to be carried out. */
const runner =
	(services: Services, exercise: ExerciseId): Run =>
	async (by, name, input) => {
		const message = { exercise, name, key: mintId<string>(), input };
		const answer = await services.commands.run(message, { accountId: by.accountId, name: by.name });
		if (!answer.ok) throw new Error(`The demonstration could not do ${name}: ${answer.error.message}`);
	};

// --- pages ------------------------------------------------------------------------------------------------------------

async function writeScenario(services: Services, exercise: ExerciseId, author: AccountId): Promise<void> {
	await services.documents.edit(documentName({ exercise, kind: 'scenario' }), author, (doc) => {
		setTitle(doc, exerciseName);
		writeFragment(narrativeOf(doc), richTextFromText(narrative));
		writeFragment(groundTruthOf(doc), richTextFromText(groundTruth));
		for (const storyline of storylines) addItem(doc, 'storylines', mintId<string>(), storyline);
		for (const objective of objectives) addItem(doc, 'objectives', mintId<string>(), objective);
	});
}

const openPoints = `Open points
Who runs Quayboard here, and who installed 7.4? Sector contact asks.
Who is allowed to speak to the press? Lead decides.
Deadlines: early warning forty minutes after awareness.`;

/** Each playing team has begun a page of notes. */
async function writeNotes(
	services: Services,
	exercise: ExerciseId,
	teams: readonly Team[],
	people: ReadonlyMap<string, DemoAccount>
): Promise<void> {
	for (const team of teams) {
		const lead = people.get(`${team.name} lead`);
		if (!lead) continue;
		const name = documentName({ exercise, kind: 'worksheet', team: team.id, page: 'notes' });
		await services.documents.edit(name, lead.accountId, (doc) =>
			writeFragment(reportText(doc), richTextFromText(openPoints))
		);
	}
}

async function writeScript(
	services: Services,
	exercise: ExerciseId,
	cell: CellId,
	injects: readonly Inject[],
	author: AccountId
): Promise<void> {
	const keys = generateNKeysBetween(null, null, injects.length);
	await services.documents.edit(documentName({ exercise, kind: 'script', cell }), author, (doc: Y.Doc) => {
		for (const [i, inject] of injects.entries()) addInject(doc, inject, keys[i]!);
	});
}

/** One person submits, another approves; what is still a draft, or waits, stays so. */
async function approve(
	services: Services,
	exercise: ExerciseId,
	cell: CellId,
	script: readonly ScriptedInject[],
	author: DemoAccount,
	approver: DemoAccount,
	run: Run
): Promise<void> {
	const stages = new Map(script.map((one) => [one.reference, one.stage ?? 'approved']));
	const page = readScript(await services.documents.read(documentName({ exercise, kind: 'script', cell })));
	const named = (...of: string[]) =>
		page
			.filter(({ reference }) => of.includes(stages.get(reference) ?? ''))
			.map((inject) => ({ inject: inject.id, fingerprint: injectFingerprint(inject) }));
	await run(author, 'inject.submit', { cell, injects: named('submitted', 'approved') });
	await run(approver, 'inject.approve', { cell, injects: named('approved') });
}

function toInject(
	scripted: ScriptedInject & { storyline: string },
	ids: ReadonlyMap<string, InjectId>,
	teams: readonly Team[]
): Inject {
	const { reference, title, from, channel, level, tlp, text, storyline, notes } = scripted;
	return newInject(ids.get(reference)!, {
		reference,
		title,
		from,
		channel,
		level,
		tlp,
		storyline,
		category: scripted.category ?? 'contextual',
		schedule: scheduleOf(scripted, ids),
		to: recipientsOf(scripted, teams),
		body: richTextFromText(text),
		expectedActions: (scripted.expect ?? []).map(({ text: action, within, critical }, i) => ({
			id: `action_${i + 1}`,
			text: action,
			withinSeconds: within ? within * 60 : null,
			critical: critical ?? false
		})),
		objectives: scripted.objectives ?? [],
		capabilities: [],
		controller: 'Central exercise control',
		controllerNotes: notes?.controller ?? '',
		evaluatorNotes: notes?.evaluator ?? '',
		acknowledgementRequired: scripted.acknowledge !== false,
		acknowledgeWithin: scripted.acknowledge === false ? null : (scripted.acknowledge ?? 10) * 60,
		responseRequired: scripted.answer !== undefined,
		respondWithin: scripted.answer === undefined ? null : scripted.answer * 60
	});
}

function scheduleOf({ when }: ScriptedInject, ids: ReadonlyMap<string, InjectId>): Schedule {
	if (typeof when === 'number') return { mode: 'offset', seconds: Math.round(when * 60) };
	if (when === 'by hand') return { mode: 'manual' };
	if ('if' in when) {
		const inject = when.missed && ids.get(when.missed.reference);
		return {
			mode: 'contingency',
			condition: when.if,
			...(inject && { missed: { inject, action: `action_${when.missed!.expected}` } })
		};
	}
	return { mode: 'after', inject: ids.get(when.after)!, seconds: when.minutes * 60 };
}

function recipientsOf({ to }: ScriptedInject, teams: readonly Team[]): Recipients {
	return {
		all: 'everyone' in to,
		countries: 'countries' in to ? to.countries : [],
		levels: 'levels' in to ? to.levels : [],
		teams: 'teams' in to ? to.teams.map((name) => teams.find((team) => team.name === name)!.id) : []
	};
}

// --- play -------------------------------------------------------------------------------------------------------------

/** Lets the first minutes happen, with the teams at work, until the exercise time is reached. */
async function playUntil(
	services: Services,
	demonstration: Pick<Demonstration, 'exerciseId' | 'accounts'>,
	until: number
): Promise<void> {
	const teams = simulateTeams(services, demonstration);
	try {
		for (;;) {
			const pulse = await services.realtime.pulse(demonstration.exerciseId);
			if (!pulse || (exerciseTimeAt(pulse.clock, pulse.now) ?? 0) >= until) return;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	} finally {
		await teams.stop();
	}
}
