import { asc, eq, inArray } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Claim } from '#lib/exercise/claim/schema.ts';
import { consoleScope, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { reachedTeams } from '#lib/exercise/inject/release.ts';
import { approvedContent, toClaim } from '../../commands/conduct.ts';
import type { Database } from '../../database/open.ts';
import { helpRequest, question, team, workClaim } from '../../database/schema.ts';
import { noExercise } from '../../exercises/rights.ts';
import { readTeams } from '../../exercises/teams.ts';
import { readVariants } from '../../exercises/variants.ts';

/** Who handles what: everything to exercise control, to moderators what is about their own countries. */
export async function claims(database: Database, exercise: Exercise, actor: Actor): Promise<Claim[]> {
	if (!seesConsole(actor)) throw noExercise();
	const rows = await database.db
		.select()
		.from(workClaim)
		.where(eq(workClaim.exerciseId, exercise.id))
		.orderBy(asc(workClaim.claimedAt));
	const all = rows.map(toClaim);
	const scope = consoleScope(actor);
	if (scope === null || all.length === 0) return all;
	const known = await countriesOf(database, exercise, all);
	return all.filter((one) => known(one).some((country) => scope.has(country)));
}

async function countriesOf(
	database: Database,
	exercise: Exercise,
	all: readonly Claim[]
): Promise<(claim: Claim) => readonly CountryCode[]> {
	const { db } = database;
	const of = (kind: Claim['kind']) => all.flatMap((one) => (one.kind === kind ? [one.subject] : []));
	const [questions, requests, contents, teams, variants] = await Promise.all([
		db
			.select({ id: question.id, country: team.country })
			.from(question)
			.innerJoin(team, eq(team.id, question.teamId))
			.where(inArray(question.id, of('question'))),
		db
			.select({ id: helpRequest.id, countries: helpRequest.countries })
			.from(helpRequest)
			.where(inArray(helpRequest.id, of('help'))),
		approvedContent(db, of('inject')),
		readTeams(db, exercise.id),
		readVariants(db, exercise.id, of('inject'))
	]);
	const byQuestion = new Map(questions.map((row) => [row.id, [row.country as CountryCode]]));
	const byRequest = new Map(requests.map((row) => [row.id, row.countries as CountryCode[]]));
	return ({ kind, subject }) => {
		if (kind === 'country') return [subject as CountryCode];
		if (kind === 'question') return byQuestion.get(subject) ?? [];
		if (kind === 'help') return byRequest.get(subject) ?? [];
		const content = kind === 'inject' ? contents.get(subject as never) : undefined;
		if (!content) return [];
		return reachedTeams(content.to, variants.get(subject), teams).reached.map((one) => one.country);
	};
}
