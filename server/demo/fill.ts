import { count } from 'drizzle-orm';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import { exerciseInstant } from '#lib/exercise/inject/schedule.ts';
import { StartRefused } from '../config.ts';
import { exercise as exerciseTable } from '../database/schema.ts';
import { mintId } from '../mint.ts';
import type { Services } from '../services.ts';
import { openDemoChannels } from './channels.ts';
import { agreeOnTerms, controlAtWork } from './console.ts';
import { followUpEarlierExercise } from './improvement.ts';
import { approve, storeFiles, toInject, writeNotes, writeScenario, writeScript } from './pages.ts';
import { evaluate, writeGuides } from './evaluating.ts';
import { circulateFinding } from './findings.ts';
import { playLastYear } from './last-year.ts';
import { reportLastYear } from './last-year-report.ts';
import { createPeople, membershipsOf, mintPassword, type DemoAccount } from './people.ts';
import { simulateTeams } from './players.ts';
import { answerGoList, checkCommunication, goOn, rehearse } from './readiness.ts';
import { arrivalMinutes, demoTeams, exerciseMinutes, exerciseName, welcome } from './scenario.ts';
import { createSetting } from './setting.ts';
import { centralScript, greekCell } from './words.ts';
import { changeCentralTexts, discuss, fillLibrary, keepWorkbooks, writeVariants } from './workshop.ts';

export type { DemoAccount };

export interface Demonstration {
	exerciseId: ExerciseId;
	accounts: DemoAccount[];
	/** of all accounts; it is told once and kept nowhere */
	password: string;
}

const timeZone = 'Europe/Brussels';
/** at which exercise time runs until the visitor arrives: five minutes in six seconds */
const fastRate = 50;

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
	const director = people.get('Exercise director')!;
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
		demoTeams.map(({ name, country, level, language }) => ({
			name,
			country,
			level,
			...(language && { language })
		})),
		director.accountId
	);
	await Promise.all(
		[...people.values()].flatMap((person) =>
			membershipsOf(person, teams).map((membership) =>
				services.exercises.addMembership(
					exerciseId,
					{ accountId: person.accountId, ...membership },
					director.accountId
				)
			)
		)
	);

	await agreeOnTerms(services, exerciseId, director, people.values());

	const setting = createSetting(services, exerciseId, teams, people);
	const { account, run } = setting;
	const planner = account('Central planner');
	const approver = account('Second controller');
	// first of all: it is to be over soon after the visitor has come
	await checkCommunication(setting, director, people.values());
	const [files] = await Promise.all([
		storeFiles(setting, planner),
		writeScenario(setting, planner),
		writeGuides(setting),
		writeNotes(setting)
	]);
	for (const { reference } of [...centralScript, ...greekCell])
		setting.ids.set(reference, mintId<InjectId>());
	for (const [cell, script, author] of [
		['central', centralScript, planner],
		['GR', greekCell, account('GR planner')]
	] as const) {
		const injects = script.map((one) => toInject(one, setting, files));
		const stages = new Map(script.map((one) => [one.reference, one.stage ?? 'approved']));
		await writeScript(setting, cell, injects, author);
		await approve(setting, cell, stages, author, approver);
	}
	await writeVariants(setting, approver);
	await Promise.all([
		fillLibrary(setting, planner).then(() => changeCentralTexts(setting, planner)),
		discuss(setting),
		keepWorkbooks(setting),
		answerGoList(setting, director)
	]);

	const lastYear = await playLastYear(services, people);
	await followUpEarlierExercise(setting, account('Administrator'), lastYear);
	await openDemoChannels({ services, exercise: exerciseId, teams, account, run });
	await run(director, 'exercise.advance', { to: 'planned' });
	await goOn(setting, director);
	await run(director, 'exercise.advance', { to: 'ready' });
	const rehearsal = await rehearse(setting, planner, fastRate);
	await run(director, 'exercise.start', {});
	await run(director, 'announcement.make', { text: welcome, tlp: 'green' });
	await run(director, 'clock.setRate', { rate: fastRate });
	const accounts = [...people.values()];
	// what became of the year before is done meanwhile
	await Promise.all([
		playUntil(services, { exerciseId, accounts }, startsAt + arrivalMinutes * 60_000).then(() =>
			run(director, 'clock.setRate', { rate: 1 })
		),
		reportLastYear(lastYear)
	]);
	await controlAtWork({ run, account, teams, ids: setting.ids });
	await evaluate(setting);
	await rehearsal.finish();
	await circulateFinding(setting, rehearsal.id, planner);
	return { exerciseId, accounts, password };
}

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
