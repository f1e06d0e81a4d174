import { and, asc, count, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { languagePattern } from '#lib/standards/languages.ts';
import type { ExerciseId, OrganisationId, TeamId } from '#lib/exercise/ids.ts';
import { exerciseLimits, id, shortText, teamLevels, type Team } from '#lib/exercise/exercise/schema.ts';
import type { Transaction } from '../database/open.ts';
import { team } from '../database/schema.ts';
import { check } from './check.ts';
import { createCellDocuments, createTeamDocuments } from './documents.ts';
import { mintId } from '../mint.ts';
import { toTeam } from './rows.ts';

export const newTeamSchema = z.object({
	name: shortText('Team', 60),
	country: z.enum(countryCodes),
	level: z.enum(teamLevels).default('operational'),
	organisationId: id<OrganisationId>().optional(),
	/** in which it receives injects; none: as they are written */
	language: z.string().regex(languagePattern, 'Choose a language of the list.').optional()
});
const teamLanguageSchema = newTeamSchema.shape.language.unwrap().nullable();
export type NewTeam = z.input<typeof newTeamSchema>;

/** How names of teams are compared: `GR CSIRT` and `gr csirt ` are the same team. Equal to the database's index. */
export const teamKey = (name: string) => name.trim().toLowerCase();

export async function readTeams(db: Pick<Transaction, 'select'>, exerciseId: ExerciseId): Promise<Team[]> {
	const rows = await db
		.select()
		.from(team)
		.where(eq(team.exerciseId, exerciseId))
		.orderBy(asc(team.country), asc(sql`lower(${team.name})`));
	return rows.map(toTeam);
}

/** Inserts teams with their timeline, notes page, and what their countries lack. The caller raises rights and writes the audit row. */
export async function insertTeams(
	tx: Transaction,
	exerciseId: ExerciseId,
	wanted: readonly NewTeam[]
): Promise<Team[]> {
	if (wanted.length === 0) return [];
	const teams = wanted.map((one) => ({ ...check(newTeamSchema, one), id: mintId<TeamId>() }));
	await requireNewNames(tx, exerciseId, teams);
	for (let from = 0; from < teams.length; from += 1000)
		await tx.insert(team).values(teams.slice(from, from + 1000).map((one) => ({ ...one, exerciseId })));
	await createTeamDocuments(
		tx,
		exerciseId,
		teams.map((one) => one.id)
	);
	await createCellDocuments(
		tx,
		exerciseId,
		teams.map((one): CountryCode => one.country)
	);
	return teams;
}

/** In which language a team receives what is released from now on; null: as it is written. */
export async function setTeamLanguage(
	tx: Transaction,
	exerciseId: ExerciseId,
	teamId: string,
	language: string | null
): Promise<Team> {
	const [row] = await tx
		.update(team)
		.set({ language: check(teamLanguageSchema, language) })
		.where(and(eq(team.exerciseId, exerciseId), eq(team.id, teamId)))
		.returning();
	if (!row) throw new AppError('not-found', 'There is no such team in this exercise.');
	return toTeam(row);
}

async function requireNewNames(tx: Transaction, exerciseId: ExerciseId, teams: readonly { name: string }[]) {
	const [present] = await tx.select({ teams: count() }).from(team).where(eq(team.exerciseId, exerciseId));
	if ((present?.teams ?? 0) + teams.length > exerciseLimits.teams)
		throw new AppError('too-large', `An exercise has at most ${exerciseLimits.teams} teams.`);
	const existing = await tx.select({ name: team.name }).from(team).where(eq(team.exerciseId, exerciseId));
	const taken = new Set(existing.map((row) => teamKey(row.name)));
	for (const { name } of teams) {
		if (taken.has(teamKey(name)))
			throw new AppError('duplicate', `There is a team called “${name}” already.`, { details: { name } });
		taken.add(teamKey(name));
	}
}
