import { documentName } from '#lib/exercise/documents.ts';
import type { CellId, Team } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { addInject, type Inject } from '#lib/exercise/inject/schema.ts';
import { addItem } from '#lib/exercise/scenario/schema.ts';
import { generateNKeysBetween } from 'fractional-indexing';
import type { Services } from '#server/services.ts';
import type { LargeScript } from './large-script.ts';

export interface LargeExercise {
	id: ExerciseId;
	teams: Team[];
	/** names of the scripts' documents, by cell */
	scripts: Map<CellId, string>;
}

/** injects in one change of a page: below what the server takes at once */
const atOnce = 100;

/** A generated script as an exercise of running services: teams, all scripts, the scenario's storylines and objectives. */
export async function createLargeExercise(
	services: Pick<Services, 'exercises' | 'documents'>,
	director: AccountId,
	script: LargeScript
): Promise<LargeExercise> {
	const { startsAt, endsAt } = script;
	const id = await services.exercises.create({ name: 'Large exercise', startsAt, endsAt }, director);
	const teams = await services.exercises.addTeams(
		id,
		script.teams.map(({ name, country, level }) => ({ name, country, level })),
		director
	);
	// the database minted ids of its own
	const byName = new Map(teams.map((team) => [team.name, team.id]));
	const minted = new Map<TeamId, TeamId>(script.teams.map((team) => [team.id, byName.get(team.name)!]));
	const scripts = new Map<CellId, string>();
	for (const cell of script.cells) {
		const own = script.injects.filter((one) => one.cell === cell).map(({ inject }) => inject);
		const name = documentName({ exercise: id, kind: 'script', cell });
		scripts.set(cell, name);
		const keys = generateNKeysBetween(null, null, own.length);
		for (let from = 0; from < own.length; from += atOnce)
			await services.documents.edit(name, director, (doc) => {
				for (const [n, inject] of own.slice(from, from + atOnce).entries())
					addInject(doc, toMinted(inject), keys[from + n]!);
			});
	}
	await services.documents.edit(documentName({ exercise: id, kind: 'scenario' }), director, (doc) => {
		for (const [n, name] of script.storylines.entries())
			addItem(doc, 'storylines', `storyline-${n}`, { name, colour: colours[n % colours.length]! });
		for (const [n, objective] of script.objectives.entries())
			addItem(doc, 'objectives', `objective-${n}`, objective);
	});
	return { id, teams, scripts };

	function toMinted(inject: Inject): Inject {
		return {
			...inject,
			to: { ...inject.to, teams: inject.to.teams.map((team) => minted.get(team)!).sort() }
		};
	}
}

const colours = ['blue', 'teal', 'green', 'olive', 'brown', 'red', 'pink', 'violet'] as const;
