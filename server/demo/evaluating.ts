import { documentName } from '#lib/exercise/documents.ts';
import type { CommandInput } from '#lib/exercise/commands.ts';
import { evidenceOf } from '#lib/exercise/evaluation/evidence.ts';
import { addGuide, readGuides, standardOf } from '#lib/exercise/evaluation/guide.ts';
import type { Evidence } from '#lib/exercise/evaluation/schema.ts';
import { guideTemplates, templateName } from '#lib/exercise/evaluation/templates.ts';
import type { GuideId, GuideTaskId, TeamId } from '#lib/exercise/ids.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import type { ObservationKind, Rating } from '#lib/standards/evaluation.ts';
import { mintId } from '../mint.ts';
import { objectives } from './scenario.ts';
import type { Setting } from './setting.ts';

/* What evaluators have prepared, and what they have noted when the visitor comes: guides, and a few observations. */

/** For which objective of the scenario which template was taken. */
const prepared: readonly [objective: string, template: string][] = [
	['OBJ-1', 'detection-and-triage'],
	['OBJ-2', 'incident-reporting'],
	['OBJ-6', 'escalation']
];
const watched = ['GR CSIRT', 'NL CSIRT'];

const teamOf = ({ teams }: Setting, name: string): TeamId => teams.find((team) => team.name === name)!.id;
const guidesPage = ({ exercise }: Setting) => documentName({ exercise, kind: 'evaluation' });

export async function writeGuides(setting: Setting): Promise<void> {
	const { services, account } = setting;
	const author = account('GR evaluator').accountId;
	await services.documents.edit(guidesPage(setting), author, (doc) => {
		for (const [code, id] of prepared) {
			const objective = objectives.find((one) => one.code === code)!;
			const template = guideTemplates.find((one) => one.id === id)!;
			addGuide(
				doc,
				mintId<GuideId>(),
				{
					objective: code,
					objectiveText: objective.text,
					capability: template.capability,
					target: template.target,
					standard: standardOf(objective),
					tasks: template.tasks,
					template: templateName(template),
					teams: watched.map((name) => teamOf(setting, name))
				},
				() => mintId<GuideTaskId>()
			);
		}
	});
}

/** What was seen, on the first entry of one of these kinds on the team's timeline. */
const seen: readonly {
	by: string;
	team: string;
	on: readonly Evidence['what'][];
	sort: ObservationKind;
	text: string;
	rating?: Rating;
}[] = [
	{
		by: 'GR evaluator',
		team: 'GR CSIRT',
		on: ['inject'],
		sort: 'strength',
		text: 'Read at once by both, who said aloud what was known and what was not. The analyst took over the technical question without being asked, while the lead kept to the reporting duties and the next step.',
		rating: 'P'
	},
	{
		by: 'GR evaluator',
		team: 'GR CSIRT',
		on: ['log', 'working', 'acknowledged'],
		sort: 'area_for_improvement',
		text: 'The log says what was done, not who was told. Twice somebody asked whether the ports already knew; the answer was found in a chat and not in the record.'
	},
	{ by: 'NL evaluator', team: 'NL CSIRT', on: ['inject'], sort: 'neutral', text: '' }
];

export async function evaluate(setting: Setting): Promise<void> {
	const { services, exercise, account, run } = setting;
	const guides = readGuides(await services.documents.read(guidesPage(setting)));
	const reporting = guides.find(({ objective }) => objective === 'OBJ-2')!;
	for (const { by, team: name, on, sort, text, rating } of seen) {
		const team = teamOf(setting, name);
		const audience = { to: 'team', team } as const;
		const timeline = await services.documents.read(
			documentName({ exercise, kind: 'timeline', audience, segment: 0 })
		);
		const entry = [...timelineEntries(timeline).values()]
			.sort((a, b) => a.order - b.order)
			.map(evidenceOf)
			.find(({ what }) => on.includes(what));
		// a team that has not done anything yet has nothing to be observed of it
		if (!entry) continue;
		const note: CommandInput<'evaluation.observe'> = {
			team,
			sort,
			text,
			evidence: [entry.entry],
			...(rating && { rating, about: { guide: reporting.id, task: reporting.tasks[0]!.id } })
		};
		await run(account(by), 'evaluation.observe', note);
	}
	await run(account('GR evaluator'), 'evaluation.rate', {
		team: teamOf(setting, 'GR CSIRT'),
		guide: reporting.id,
		task: reporting.tasks[0]!.id,
		rating: 'S'
	});
}
