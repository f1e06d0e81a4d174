import { and, sql, type SQL } from 'drizzle-orm';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import type { RecordFilters } from '#lib/exercise/record/filters.ts';
import { kindsOf } from '#lib/exercise/record/kinds.ts';
import { kindsOfChannelFacts } from '#lib/exercise/channel/facts.ts';
import { evaluationFactKinds } from '#lib/exercise/evaluation/schema.ts';
import { workingFactKinds } from '#lib/exercise/working/kinds.ts';
import {
	openKinds,
	planningKinds,
	readsAll,
	readsTeamFacts,
	watchedKinds,
	type RecordScope
} from '#lib/exercise/record/scope.ts';
import { wordsOfFact } from '../../database/schema.ts';

/*
 * `readsFact` (src/lib/exercise/record/scope.ts) said in SQL, so that pages can be cut and counted in the database. Each
 * line is asked again there before it leaves: this file saves work, it does not decide.
 */

const list = (values: Iterable<string>) => sql`${sql.param([...values])}::text[]`;

/** The facts of a scope, as conditions on table `fact`. */
export function inScope(exercise: ExerciseId, scope: RecordScope): SQL {
	const here = sql`fact.exercise_id = ${exercise}`;
	if (readsAll(scope)) return here;
	const planned = inCells(scope);
	const kinds = scope.staff ? [...openKinds, 'exercise-advanced'] : openKinds;
	const parts = [
		sql`(fact.kind = any(${list(kinds)}) and (fact.kind <> 'announcement-made' or ${announcedTo(scope)}))`,
		scope.teams === null ? sql`fact.team_id is not null` : sql`fact.team_id = any(${list(scope.teams)})`,
		// what passed between two teams is in the record of both
		...(scope.teams === null ? [] : [sql`${copiedTo(scope.teams)}`]),
		sql`(fact.kind in ('inject-released', 'inject-recalled') and ${scope.teams === null ? sql`true` : sql`(${releasedTo(scope.teams)} or ${planned})`})`,
		sql`(fact.kind = any(${list(planningKinds)}) and ${planned})`,
		inChannels(scope)
	];
	const hidden = scope.staff ? sql`` : sql` and fact.kind <> all(${list(watchedKinds)})`;
	const noted = sql` and (fact.kind <> all(${list(evaluationFactKinds)}) or fact.team_id = any(${list(scope.evaluations ?? [])}))`;
	return sql`${here}${hidden}${noted} and (${sql.join(parts, sql` or `)})`;
}

/** Asked of planning facts only: the planner saves the lookup of the inject for all others. */
function inCells(scope: RecordScope): SQL {
	if (scope.cells === null) return sql`true`;
	if (scope.cells.size === 0) return sql`false`;
	return sql`exists (select 1 from inject where inject.id = fact.fact ->> 'inject' and inject.cell = any(${list(scope.cells)}))`;
}

/** What was said in a channel since the reader joined it, and reports that were shared there. Its facts are no team's. */
function inChannels({ channels }: RecordScope): SQL {
	const said = sql`fact.kind = any(${list(kindsOfChannelFacts)})`;
	if (channels === null) return sql`(${said} or fact.kind = 'report-shared')`;
	if (channels.size === 0) return sql`false`;
	const ids = sql.param([...channels.keys()]);
	const since = sql.param([...channels.values()]);
	const joined = (id: SQL) => sql`exists (
		select 1 from unnest(${ids}::text[], ${since}::bigint[]) as joined(id, since)
		where joined.id = ${id} and fact.sequence > joined.since)`;
	return sql`((${said} and ${joined(sql`fact.fact ->> 'channel'`)}) or (fact.kind = 'report-shared' and exists (
		select 1 from jsonb_array_elements(fact.fact -> 'channels') place where ${joined(sql`place ->> 'channel'`)})))`;
}

function copiedTo(teams: Iterable<string>): SQL {
	return sql`(fact.fact ? 'copies' and exists (
		select 1 from jsonb_array_elements(fact.fact -> 'copies') copy where copy ->> 'team' = any(${list(teams)})))`;
}

function announcedTo({ teams }: RecordScope): SQL {
	const everybody = sql`not fact.fact ? 'to'`;
	return teams === null ? sql`true` : sql`(${everybody} or fact.fact #> '{to,teams}' ?| ${list(teams)})`;
}

function releasedTo(teams: Iterable<string>): SQL {
	return sql`exists (select 1 from delivery where delivery.inject_id = fact.fact ->> 'inject' and delivery.team_id = any(${list(teams)}))`;
}

export function matching(scope: RecordScope, filters: RecordFilters): SQL | undefined {
	const { team, groups, text, from, to } = filters;
	return and(
		team === null
			? undefined
			: readsTeamFacts(scope, team)
				? sql`(fact.team_id = ${team} or ${copiedTo([team])} or (fact.kind in ('inject-released', 'inject-recalled') and ${releasedTo([team])})
					or (fact.kind = any(${list(kindsOfChannelFacts)}) and fact.fact ->> 'speaker' = ${team})
					or (fact.kind = 'announcement-made' and fact.fact #> '{to,teams}' ? ${team}))`
				: sql`false`,
		groups.length > 0 ? sql`fact.kind = any(${list(kindsOf(groups))})` : undefined,
		from === null ? undefined : sql`fact.exercise_at >= ${from}`,
		// the minute that is named is meant as a whole
		to === null ? undefined : sql`fact.exercise_at < ${to + 60_000}`,
		text === '' ? undefined : sql`(${mayHold(text)} and ${readableText(scope)} ilike ${containing(text)})`
	);
}

const escapeLike = (text: string) => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
const containing = (text: string) => `%${escapeLike(text)}%`;

/**
 * Leaves out, by an index, the facts that do not hold the text anywhere: to put together the words that a reader sees of
 * each of 600,000 would take many seconds.
 */
function mayHold(text: string): SQL {
	// facts are searched as JSON: a quotation mark has a sign before it
	const written = JSON.stringify(text).slice(1, -1);
	return written === text
		? sql`${wordsOfFact} ilike ${containing(text)}`
		: sql`(${wordsOfFact} ilike ${containing(text)} or ${wordsOfFact} ilike ${containing(written)})`;
}

/**
 * The words that a line shows this reader, and no others: whoever could search hidden notes could read them one
 * guess after the other (PROMISES P1).
 */
function readableText(scope: RecordScope): SQL {
	const fields = ['title', 'reason', 'asked', 'answer', 'note', 'to', 'as'].map(
		(name) => sql`fact.fact ->> ${name}`
	);
	const decision = ['question', 'chosen', 'reason', 'factsKnown', 'assumptions', 'consulted', 'dissent'].map(
		(name) => sql`fact.fact -> 'decision' ->> ${name}`
	);
	const forStaff = ['{reference}', '{content,reference}', '{content,title}'].map(
		(path) => sql`fact.fact #>> ${path}::text[]`
	);
	const name = scope.staff
		? sql`fact.actor_name`
		: sql`case when fact.fact ->> 'named' = 'true'
				or (fact.team_id is not null and fact.kind not in ('question-answered', 'team-prompted')
					and not fact.fact ? 'byControl')
			then fact.actor_name end`;
	const words = sql.join(
		[
			...fields,
			...decision,
			...(scope.staff ? forStaff : []),
			sql`fact.fact #>> '{delivered,title}'`,
			sql`fact.fact #>> '{delivered,from}'`,
			name,
			// a report's text is formatted, everything else's is plain
			sql`case jsonb_typeof(fact.fact -> 'text') when 'string' then fact.fact ->> 'text' end`,
			sql`case fact.kind when 'report-approved' then ${strings('$.**.text', sql`fact.fact -> 'text'`)} end`,
			sql`case when fact.kind = 'decision-moved' then fact.fact ->> 'chosen' end`,
			// a METHANE report's fields, and the names of files
			sql`case fact.kind when 'log-added' then concat_ws(' ', ${strings('$.**', sql`fact.fact -> 'methane'`)},
				${strings('$[*].name', sql`fact.fact -> 'files'`)}) end`,
			// working records: every word, but no id
			sql`case when fact.kind = any(${list(workingFactKinds)})
				then ${strings('$.**', sql`(fact.fact - 'team' - 'record' - 'copies' - 'unseen' - 'kind')`)} end`,
			// what evaluators noted: their words, and those of the guide and of the evidence
			sql`case when fact.kind = any(${list(evaluationFactKinds)}) then concat_ws(' ', fact.fact #>> '{content,text}',
				${strings('$.**.words', sql`fact.fact`)}) end`,
			// channels: the name, the quoted words, files, and who came or went
			sql`case when fact.kind = any(${list(kindsOfChannelFacts)}) then fact.fact ->> 'name' end`,
			sql`case fact.kind when 'message-posted' then ${strings('$[*].text', sql`fact.fact -> 'quotes'`)} end`,
			sql`case fact.kind when 'message-posted' then ${strings('$[*].name', sql`fact.fact -> 'files'`)} end`,
			sql`case when fact.kind = any(${list(kindsOfChannelFacts)}) then ${strings('$[*]', sql`fact.fact -> 'names'`)} end`,
			sql`case fact.kind when 'inject-released' then ${strings('$.**.text', sql`fact.fact #> '{delivered,body}'`)} end`,
			sql`case fact.kind when 'decision-recorded' then ${strings('$.**', sql`fact.fact #> '{decision,options}'`)} end`
		],
		sql`, `
	);
	// what was taken off the hot wash board is not found either
	return sql`case
		when fact.kind = 'card-added' and exists (
			select 1 from hot_wash_card card where card.id = fact.fact ->> 'card' and card.withdrawn
		) then ''
		else concat_ws(' ', ${words}) end`;
}

const strings = (path: string, value: SQL) => sql`(
	select string_agg(part #>> '{}', ' ')
	from jsonb_path_query(${value}, ${path}::jsonpath) part
	where jsonb_typeof(part) = 'string')`;
