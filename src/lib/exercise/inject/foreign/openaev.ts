import type { InjectChannel } from '../schema.ts';
import {
	boundedInjects,
	finding,
	finish,
	keepRest,
	readActions,
	readBody,
	readTitle,
	shortId
} from './parts.ts';
import { emptyInject, field, idOf, keep, line, list, secondsOf, text, type Json } from './json.ts';
import {
	foreignLimits,
	toolNames,
	type ForeignExercise,
	type ForeignInject,
	type ForeignPerson
} from './shape.ts';

export const isOpenAev = (value: Json): boolean =>
	field(value, 'export_version') !== undefined &&
	['scenario_injects', 'exercise_injects', 'scenario_information', 'exercise_information'].some(
		(key) => field(value, key) !== undefined
	);

const channels: readonly (readonly [RegExp, InjectChannel])[] = [
	[/email|mail/, 'email'],
	[/sms/, 'sms'],
	[/channel|media|article/, 'news_article'],
	[/mastodon|twitter|social/, 'social_post']
];

/** An export of a scenario or of a simulation (`scenario_…`, `exercise_…`), as JSON. Never throws. */
export function readOpenAev(file: Json): ForeignExercise {
	const prefix =
		field(file, 'scenario_injects', 'scenario_information') !== undefined ? 'scenario' : 'exercise';
	const part = (name: string) => field(file, `${prefix}_${name}`);
	const info = part('information');
	const problems: string[] = [];
	const notes: string[] = [];
	const version = field(file, 'export_version');
	if (version !== 1)
		notes.push(`Muster knows version 1 of this export; this file says ${line(version, 20)}.`);

	const teams = list(part('teams'));
	const objectives = list(part('objectives'));
	const documents = list(part('documents'));
	const articles = list(part('articles'));
	const nameOf = names(teams, 'team_id', 'team_name');
	const documentName = names(documents, 'document_id', 'document_name');
	const documentById = new Map(documents.map((one) => [idOf(one, 'document_id'), one]));
	const tagName = names(list(part('tags')), 'tag_id', 'tag_name');
	const articleById = new Map(articles.map((one) => [idOf(one, 'article_id'), one]));
	const shown = new Set<Json>();

	const items = boundedInjects(part('injects'), problems);
	const starts = new Map(
		items.map((item) => [idOf(item, 'inject_id'), secondsOf(field(item, 'inject_depends_duration'))])
	);
	const injects = items.map((item) => {
		const inject = emptyInject(idOf(item, 'inject_id'));
		const content = field(item, 'inject_content');
		inject.reference = inject.foreignId === '' ? '' : `OA-${shortId(inject.foreignId)}`;
		// an article of the media is what its readers get
		const read = list(field(content, 'articles')).map((one) =>
			field(one, 'article_name') === undefined ? (articleById.get(idOf(one, 'article_id')) ?? one) : one
		);
		for (const one of read) shown.add(one);
		inject.body = readBody(
			inject,
			field(content, 'body', 'message', 'content'),
			...read.flatMap((one) => [articleHead(one), field(one, 'article_content')])
		);
		inject.title = readTitle(inject, field(content, 'subject') ?? field(item, 'inject_title'));
		inject.controllerNotes = text(field(item, 'inject_description'), 8000);
		readWhen(inject, item, starts);
		readTo(inject, item, nameOf);
		const contract = field(item, 'inject_injector_contract');
		const injector = line(field(contract, 'injector_contract_injector_type'), 80);
		inject.channel = channels.find(([words]) => words.test(injector))?.[1] ?? null;
		const expectations = list(field(content, 'expectations'));
		readActions(
			inject,
			expectations.map((one) => {
				const within = secondsOf(field(one, 'expectation_expiration_time'));
				return {
					text: line(field(one, 'expectation_name', 'expectation_description'), 1000),
					withinSeconds: within !== null && within > 0 ? within : null
				};
			})
		);
		const subject = line(field(content, 'subject'), 200);
		if (subject !== '' && subject !== line(field(item, 'inject_title'), 200))
			keep(inject, 'Title', field(item, 'inject_title'));
		keep(inject, 'Injector', injector);
		keep(inject, 'Injector contract', line(field(field(contract, 'injector_contract_labels'), 'en'), 200));
		keep(inject, 'Country', field(item, 'inject_country'));
		keep(inject, 'City', field(item, 'inject_city'));
		keep(
			inject,
			'Tags',
			list(field(item, 'inject_tags')).map((one) => tagName(one))
		);
		const attached = list(field(item, 'inject_documents')).map(
			(one) => field(one, 'document_id', 'inject_document_id') ?? one
		);
		keep(inject, 'Documents', attached.map(documentName));
		inject.documents = attached.flatMap((id) => {
			const document = documentById.get(idOf(id, 'document_id'));
			const entry = line(field(document, 'document_target', 'document_name'), 400);
			return entry === '' ? [] : [{ entry, name: documentName(id) }];
		});
		keep(inject, 'Payload', field(contract, 'injector_contract_payload'));
		keepRest(inject, content, (name) =>
			['subject', 'body', 'message', 'content', 'expectations', 'articles'].includes(name)
		);
		keepRest(inject, item, (name) => toldOfInject.has(name));
		return inject;
	});
	breakCycles(injects);
	const [first] = injects;
	const ofFile = (name: string) => `File: ${name.replace(/^(?:scenario|exercise)_/, '')}`;
	if (first) {
		keepRest(first, info, (name) => /_(?:id|name|documents|tags)$/.test(name), ofFile);
		keep(
			first,
			ofFile('tags'),
			list(field(info, `${prefix}_tags`)).map((one) => tagName(one))
		);
		for (const one of articles)
			if (!shown.has(one)) keep(first, `Article: ${line(field(one, 'article_name'), 100)}`, articleText(one));
		// teams and people have pages of their own; documents are files
		keepRest(
			first,
			file,
			(name) =>
				!name.startsWith(`${prefix}_`) ||
				/_(?:information|injects|teams|users|organizations|objectives|documents|articles|tags)$/.test(name),
			ofFile
		);
	}
	return finish({
		kind: 'openaev',
		tool: toolNames.openaev,
		title: line(field(info, `${prefix}_name`), 200),
		injects,
		found: [
			finding('teams', teams, 'team_name'),
			finding('organisations', list(part('organizations')), 'organization_name'),
			finding('users', list(part('users')), 'user_email'),
			finding('objectives', objectives, 'objective_title'),
			finding('articles', articles, 'article_name'),
			finding('documents', documents, 'document_name')
		].filter(({ count }) => count > 0),
		objectives: objectives
			.map((one) =>
				['objective_title', 'objective_description']
					.map((name) => text(field(one, name), 1000))
					.filter((words) => words !== '')
					.join('\n')
			)
			.filter((words) => words !== ''),
		people: readPeople(list(part('users')), teams, list(part('organizations'))),
		problems,
		notes
	});
}

/** What of an inject is read above, or only holds OpenAEV's tables together. */
const toldOfInject = new Set(
	`inject_id inject_title inject_description inject_country inject_city inject_enabled inject_content inject_all_teams
	inject_depends_on inject_depends_duration inject_injector_contract inject_tags inject_teams inject_documents
	inject_created_at inject_updated_at inject_scenario inject_exercise inject_user listened`.split(/\s+/)
);

const articleHead = (article: Json): string =>
	[line(field(article, 'article_name'), 200), line(field(article, 'article_author'), 200)]
		.filter((words) => words !== '')
		.join(', ');
const articleText = (article: Json): string =>
	[line(field(article, 'article_author'), 200), text(field(article, 'article_content'), 4000)]
		.filter((words) => words !== '')
		.join('\n');

/** A row for each team of a person; which people a team has stands with the team, with the person, or with both. */
function readPeople(
	users: readonly Json[],
	teams: readonly Json[],
	organisations: readonly Json[]
): ForeignPerson[] {
	const organisationName = names(organisations, 'organization_id', 'organization_name');
	const teamName = names(teams, 'team_id', 'team_name');
	const teamsOf = new Map<string, string[]>();
	for (const team of teams)
		for (const user of list(field(team, 'team_users'))) {
			const id = idOf(user, 'user_id');
			teamsOf.set(id, [...(teamsOf.get(id) ?? []), teamName(team)]);
		}
	return users
		.flatMap((user) => {
			const email = line(field(user, 'user_email'), 200);
			const organisation = field(user, 'user_organization');
			const person = {
				name:
					['user_firstname', 'user_lastname']
						.map((name) => line(field(user, name), 60))
						.filter((words) => words !== '')
						.join(' ') || email,
				email,
				organisation: organisation === undefined ? '' : organisationName(organisation),
				country: line(field(user, 'user_country'), 60)
			};
			const own = [
				...(teamsOf.get(idOf(user, 'user_id')) ?? []),
				...list(field(user, 'user_teams'), 100).map(teamName)
			];
			const rows = new Set(own.length === 0 ? [''] : own);
			return email === '' ? [] : [...rows].map((team) => ({ ...person, team }));
		})
		.slice(0, foreignLimits.people);
}

/** Names by id; an entry may be the id alone or the whole thing. */
function names(all: readonly Json[], idKey: string, nameKey: string): (one: Json) => string {
	const byId = new Map(all.map((one) => [idOf(one, idKey), line(field(one, nameKey), 200)]));
	return (one) => line(field(one, nameKey), 200) || byId.get(idOf(one, idKey)) || idOf(one, idKey);
}

/**
 * `inject_depends_duration` counts from STARTEX. With a predecessor the gap between the two is what counts, so that
 * both move together; a disabled inject waits for a hand.
 */
function readWhen(inject: ForeignInject, item: Json, starts: ReadonlyMap<string, number | null>): void {
	const raw = field(item, 'inject_depends_duration');
	const seconds = raw === undefined ? null : secondsOf(raw);
	if (raw !== undefined && seconds === null)
		inject.problems.push({
			field: 'time',
			severity: 'error',
			message: `“${line(raw, 60)}” is no number of seconds within a year.`
		});
	if (field(item, 'inject_enabled') === false) {
		keep(inject, 'Enabled', false);
		keep(inject, 'Seconds after STARTEX', seconds);
		return;
	}
	inject.schedule = seconds === null ? { mode: 'manual' } : { mode: 'offset', seconds };
	const dependsOn = field(item, 'inject_depends_on');
	const entries = Array.isArray(dependsOn)
		? list(dependsOn, 100)
		: dependsOn === undefined
			? []
			: [dependsOn];
	const parents = entries
		.map((one) => idOf(field(one, 'dependency_relationship') ?? one, 'inject_parent_id', 'inject_id'))
		.filter((id) => id !== '');
	if (parents.length === 0) return;
	const known = parents.filter((id) => starts.has(id) && id !== inject.foreignId);
	if (known.length < parents.length)
		inject.problems.push({
			field: 'time',
			severity: 'warning',
			message: `It depends on “${parents.find((id) => !known.includes(id))!.slice(0, 60)}”, which is not in the file.`
		});
	if (entries.some((one) => field(one, 'dependency_condition') !== undefined) || parents.length > 1)
		keep(inject, 'Depends on', dependsOn);
	const last = known.sort((a, b) => (starts.get(b) ?? 0) - (starts.get(a) ?? 0))[0];
	if (last !== undefined)
		inject.schedule = {
			mode: 'after',
			foreignId: last,
			seconds: Math.max((seconds ?? 0) - (starts.get(last) ?? 0), 0)
		};
}

function readTo(inject: ForeignInject, item: Json, nameOf: (one: Json) => string): void {
	inject.everyone = field(item, 'inject_all_teams') === true;
	inject.recipients = inject.everyone
		? []
		: [...new Set(list(field(item, 'inject_teams'), 2000).map(nameOf))].filter((name) => name !== '');
}

/** Injects that wait for each other in a ring would never come: those go by their own time. */
function breakCycles(injects: readonly ForeignInject[]): void {
	const byId = new Map(injects.map((inject) => [inject.foreignId, inject]));
	const sound = new Set<ForeignInject>();
	for (const inject of injects) {
		const chain = new Set<ForeignInject>();
		let at: ForeignInject | undefined = inject;
		while (at && !sound.has(at) && !chain.has(at)) {
			chain.add(at);
			at = at.schedule.mode === 'after' ? byId.get(at.schedule.foreignId) : undefined;
		}
		if (at && chain.has(at)) {
			at.problems.push({
				field: 'time',
				severity: 'warning',
				message: 'It waits for itself by way of others: it is released by hand.'
			});
			at.schedule = { mode: 'manual' };
		}
		for (const one of chain) sound.add(one);
	}
}
