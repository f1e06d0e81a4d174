import type { CommandInput } from '#lib/exercise/commands.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { evidenceOf } from '#lib/exercise/evaluation/evidence.ts';
import { addGuide, readGuides, standardOf } from '#lib/exercise/evaluation/guide.ts';
import { guideTemplates, templateName } from '#lib/exercise/evaluation/templates.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { FindingId, GuideId, GuideTaskId, InjectId, ObservationId } from '#lib/exercise/ids.ts';
import { addInject, injectFingerprint, newInject, readScript } from '#lib/exercise/inject/schema.ts';
import { foldMedia } from '#lib/exercise/media/fold.ts';
import { addFinding, findingText } from '#lib/exercise/review/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { eq } from 'drizzle-orm';
import { delivery } from '../database/schema.ts';
import { mintId } from '../mint.ts';
import type { Services } from '../services.ts';
import {
	decisions,
	earlierName,
	findings,
	guideText,
	inject,
	media,
	seen,
	type EarlierFinding
} from './last-year-words.ts';
import { membershipsOf, type DemoAccount } from './people.ts';
import { demoTeams } from './scenario.ts';
import { createSetting, type Setting } from './setting.ts';

/*
 * A small exercise of the year before, over and reviewed: one inject, what was decided on it, what was seen, what was found. It is played in a
 * few seconds through the same services as any other; its exercise time is a year ago.
 */

const timeZone = 'Europe/Brussels';
const hour = 3_600_000;
/** two countries with three teams each, and one team of a third */
const playing = demoTeams.filter(({ plays }) => plays).slice(0, 7);

export interface LastYear {
	setting: Setting;
	findings: (EarlierFinding & { id: FindingId })[];
}

/** Played, observed, and with its findings; what became of them comes later (last-year-report.ts). */
export async function playLastYear(
	services: Services,
	people: ReadonlyMap<string, DemoAccount>
): Promise<LastYear> {
	const director = people.get('Exercise director')!;
	const startsAt = new Date(Date.now() - 365 * 24 * hour).setUTCHours(8, 0, 0, 0);
	const exercise = await services.exercises.create(
		{
			name: earlierName,
			tlp: 'green',
			timeZone,
			startsAt,
			endsAt: startsAt + 4 * hour,
			settings: { authorMayApprove: true, reviewOpen: true }
		},
		director.accountId
	);
	const teams = await services.exercises.addTeams(
		exercise,
		playing.map(({ name, country, level }) => ({ name, country, level })),
		director.accountId
	);
	const countries = new Set<string>(teams.map(({ country }) => country));
	const takesPart = ({ role, scope }: DemoAccount) =>
		scope === null
			? ['controller', 'facilitator', 'media_player'].includes(role)
			: teams.some(({ name }) => name === scope) || countries.has(scope) || scope === 'central';
	for (const person of [...people.values()].filter(takesPart))
		for (const membership of membershipsOf(person, teams))
			await services.exercises.addMembership(
				exercise,
				{ accountId: person.accountId, ...membership },
				director.accountId
			);
	const setting = createSetting(services, exercise, teams, people);
	// two evaluators watch all teams
	for (const [i, team] of teams.entries()) {
		const evaluator = setting.account(evaluatorOf(i));
		if (evaluator.scope !== team.name)
			await services.exercises.addMembership(
				exercise,
				{ accountId: evaluator.accountId, role: 'evaluator', teamId: team.id },
				director.accountId
			);
	}
	await play(setting, director);
	await speakInPublic(setting);
	await observe(setting);
	await setting.run(director, 'exercise.end', {});
	for (const { team, column, text } of seen.cards) {
		const lead = setting.account(`${team} lead`);
		const of = teams.find(({ name }) => name === team)!;
		await setting.run(lead, 'hotWash.add', { team: of.id, column, text, anonymous: false });
	}
	return { setting, findings: await write(setting) };
}

const evaluatorOf = (i: number) => (i % 2 === 0 ? 'GR evaluator' : 'NL evaluator');
const page = ({ exercise }: Setting, kind: 'evaluation' | 'review') => documentName({ exercise, kind });

async function play(setting: Setting, director: DemoAccount): Promise<void> {
	const { services, exercise, teams, account, run } = setting;
	const planner = account('Central planner');
	const script = documentName({ exercise, kind: 'script', cell: 'central' });
	const id = mintId<InjectId>();
	await services.documents.edit(script, planner.accountId, (doc) =>
		addInject(
			doc,
			newInject(id, {
				...inject,
				body: richTextFromText(inject.text),
				to: { all: true, countries: [], levels: [], teams: [] }
			}),
			'a0'
		)
	);
	const written = readScript(await services.documents.read(script)).find((one) => one.id === id)!;
	await run(director, 'inject.approve', {
		cell: 'central',
		injects: [{ inject: id, fingerprint: injectFingerprint(written) }]
	});
	await run(director, 'exercise.start', {});
	await run(director, 'clock.setRate', { rate: 100 });
	await run(director, 'inject.release', { inject: id });
	const deliveries = await services.database.db
		.select({ id: delivery.id, team: delivery.teamId })
		.from(delivery)
		.where(eq(delivery.exerciseId, exercise));
	for (const [i, team] of teams.entries()) {
		const lead = account(`${team.name} lead`);
		const own = deliveries.find((one) => one.team === team.id)!.id as never;
		await run(lead, 'delivery.acknowledge', { delivery: own });
		await run(lead, 'log.add', { team: team.id, text: seen.log[i % seen.log.length]! });
		const decision = decisions[team.name];
		if (decision) await run(lead, 'decision.record', { team: team.id, decision });
		await run(lead, 'delivery.respond', { delivery: own, text: seen.answers[i % seen.answers.length]! });
	}
}

/** The press writes, somebody comments, and a team says in public what it does. */
async function speakInPublic({ services, exercise, teams, account, run }: Setting): Promise<void> {
	const press = account('Media player');
	await run(press, 'media.publish', media.article);
	const shown = documentName({
		exercise,
		kind: 'timeline',
		audience: { to: 'channel', channel: 'media' },
		segment: 0
	});
	const [article] = foldMedia([...timelineEntries(await services.documents.read(shown)).values()]);
	const item = article!.id;
	await run(press, 'media.comment', { item, ...media.comment });
	const { team: name, ...statement } = media.statement;
	const team = teams.find((one) => one.name === name)!.id;
	await run(account(`${name} lead`), 'media.state', { team, ...statement });
	await run(account(`${name} lead`), 'media.comment', { item, team, outlet: '', text: media.answer });
	await run(press, 'media.count', { item, counters: media.counters });
}

/** A guide, an observation of each team on an entry of its timeline (a decision, where it took one), a rating. */
async function observe(setting: Setting): Promise<void> {
	const { services, exercise, teams, account, run } = setting;
	const template = guideTemplates.find(({ id }) => id === 'incident-reporting')!;
	const code = 'OBJ-1';
	await services.documents.edit(page(setting, 'evaluation'), account('GR evaluator').accountId, (doc) => {
		addGuide(
			doc,
			mintId<GuideId>(),
			{
				objective: code,
				objectiveText: guideText,
				capability: template.capability,
				target: template.target,
				standard: standardOf({ measure: '', deadline: '' } as never),
				tasks: template.tasks,
				template: templateName(template),
				teams: teams.map(({ id }) => id)
			},
			() => mintId<GuideTaskId>()
		);
	});
	const [guide] = readGuides(await services.documents.read(page(setting, 'evaluation')));
	for (const [i, team] of teams.entries()) {
		const by = account(evaluatorOf(i));
		const { sort, text, rating } = seen.observations[i % seen.observations.length]!;
		const entry = await entryOf(services, exercise, team);
		const note: CommandInput<'evaluation.observe'> = {
			team: team.id,
			sort,
			text,
			evidence: entry ? [entry] : []
		};
		await run(by, 'evaluation.observe', note);
		await run(by, 'evaluation.rate', { team: team.id, guide: guide!.id, task: null, rating });
	}
}

async function entryOf(services: Services, exercise: Setting['exercise'], team: Team) {
	const timeline = await services.documents.read(
		documentName({ exercise, kind: 'timeline', audience: { to: 'team', team: team.id }, segment: 0 })
	);
	const entries = [...timelineEntries(timeline).values()].sort((a, b) => a.order - b.order).map(evidenceOf);
	const first = (wanted: string) => entries.find(({ what }) => what === wanted);
	return (first('decision') ?? first('log'))?.entry;
}

/** The findings, each with the observations on which it rests. */
async function write(setting: Setting): Promise<LastYear['findings']> {
	const { services, account, run, open } = setting;
	const director = account('Exercise director');
	const made = findings.map((one) => ({ ...one, id: mintId<FindingId>() }));
	await services.documents.edit(page(setting, 'review'), account('Facilitator').accountId, (doc) => {
		for (const [i, { id, title, kind, capability, tlp, text, cause, recommendation }] of made.entries()) {
			const record = addFinding(doc, { id, title, kind, capability, tlp, cards: [] }, `a${i}`);
			for (const [section, words] of [
				['text', text],
				['cause', cause],
				['recommendation', recommendation]
			] as const)
				writeFragment(findingText(record, section)!, richTextFromText(words));
		}
	});
	const { exercise, actor } = await open(director.name);
	const { observations } = await services.views.review.review(services.database, exercise, actor);
	for (const { id, rests } of made)
		for (const one of observations.filter(({ text }) => text === seen.observations[rests]!.text))
			await run(director, 'finding.cite', {
				finding: id,
				team: one.team.id,
				observation: one.id as ObservationId
			});
	return made;
}
