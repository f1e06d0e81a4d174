import type { AuditVerdict } from '#server/audit/audit.ts';

/**
 * The judge of all fault tests (PROMISES, worst days). It takes what everybody was told and saw, and what the database
 * holds afterwards, and names every promise that was broken. Pure, so that a test can show that it fails what is wrong.
 */
export interface History {
	/** one mark on one page; `seen`: it was on somebody else's screen */
	edits: { document: string; mark: string; saved: boolean; seen: boolean }[];
	/** commands; `ok`: somebody was told that it is done */
	acts: { act: string; ok: boolean; facts: number }[];
	/** releases; times are the database's wall clock, `dueAt` null: by hand */
	releases: { inject: string; dueAt: number | null; releasedAt: number; teams: string[] }[];
	/** rows of `delivery` */
	deliveries: { id: string; inject: string; team: string }[];
	/** when a team's screen first showed a delivery */
	sightings: { delivery: string; team: string; at: number }[];
	documents: DocumentHistory[];
	audits: (Pick<AuditVerdict, 'scope' | 'rows'> & { broken: { sequence: number; why: string } | null })[];
}

export interface DocumentHistory {
	name: string;
	/** the team whose timeline this is */
	team: string | null;
	/** by whom, or how, it was read: `cold reload`, `whole log`, `snapshot 500`, a person's name */
	copies: { of: string; content: Content }[];
	log: { sequence: number; isWhole: boolean }[];
	/** what the head says */
	sequence: number;
	/** entries that were on a screen */
	seenEntries: string[];
	/**
	 * client and clock ranges of the log, in order: none may begin beyond what is there. One that is there already (the
	 * browser brought it to another node, which had not read on) is nothing new to anybody.
	 */
	written: { client: number; from: number; to: number }[];
}

/** What one copy of a document holds, in a form in which equal copies are equal. */
export interface Content {
	/** everything, down to clocks and deletions */
	digest: string;
	marks: string[];
	entries: { id: string; delivery: string | null }[];
	/** changes that wait for others before them, which nobody can see */
	isPending: boolean;
}

export function judge(history: History): string[] {
	return [
		...judgeEdits(history),
		...judgeActs(history),
		...judgeReleases(history),
		...history.documents.flatMap(judgeDocument),
		...history.audits.flatMap(({ scope, broken }) =>
			broken ? [`audit of ${scope}: row ${broken.sequence}: ${broken.why}`] : []
		)
	];
}

const coldCopy = (document: DocumentHistory | undefined) =>
	document?.copies.find((copy) => copy.of === 'cold reload')?.content;

function judgeEdits({ edits, documents }: History): string[] {
	const counts = new Map<string, Map<string, number>>();
	for (const document of documents) counts.set(document.name, countOf(coldCopy(document)?.marks ?? []));
	return edits.flatMap(({ document, mark, saved, seen }) => {
		const count = counts.get(document)?.get(mark) ?? 0;
		if (count > 1) return [`${document}: ${mark} was applied ${count} times`];
		if (count === 0 && saved) return [`${document}: ${mark} was called saved, and is lost`];
		if (count === 0 && seen) return [`${document}: ${mark} was seen by others, and is lost`];
		return [];
	});
}

function judgeActs({ acts }: History): string[] {
	return acts.flatMap(({ act, ok, facts }) => {
		if (facts > 1) return [`${act} happened ${facts} times`];
		if (ok && facts === 0) return [`${act} was answered as done, and is lost`];
		return [];
	});
}

function judgeReleases({ releases, deliveries, sightings, documents }: History): string[] {
	const wrong: string[] = [];
	for (const [inject, times] of countOf(releases.map((one) => one.inject)))
		if (times > 1) wrong.push(`inject ${inject} was released ${times} times`);
	for (const [place, times] of countOf(deliveries.map((one) => `${one.inject} at team ${one.team}`)))
		if (times > 1) wrong.push(`inject ${place} was delivered ${times} times`);
	const byInject = new Map(releases.map((one) => [one.inject, one]));
	for (const release of releases) {
		if (release.dueAt !== null && release.releasedAt < release.dueAt)
			wrong.push(`inject ${release.inject} was released ${release.dueAt - release.releasedAt} ms early`);
		const reached = new Set(deliveries.filter((one) => one.inject === release.inject).map((one) => one.team));
		for (const team of release.teams)
			if (!reached.has(team)) wrong.push(`inject ${release.inject} did not reach team ${team}`);
	}
	const byId = new Map(deliveries.map((one) => [one.id, one]));
	for (const { delivery, team, at } of sightings) {
		const row = byId.get(delivery);
		const release = row && byInject.get(row.inject);
		if (!row || !release) wrong.push(`delivery ${delivery} was seen by team ${team}, and was never released`);
		else if (row.team !== team)
			wrong.push(`delivery ${delivery} of team ${row.team} was seen by team ${team}`);
		else if (at < (release.dueAt ?? release.releasedAt))
			wrong.push(`inject ${row.inject} was seen by team ${team} before its time`);
	}
	// every delivery on its team's timeline, once, over all segments
	const shown = new Map<string, string[]>();
	for (const document of documents)
		if (document.team !== null) {
			const list = shown.get(document.team) ?? [];
			for (const entry of coldCopy(document)?.entries ?? [])
				if (entry.delivery !== null) list.push(entry.delivery);
			shown.set(document.team, list);
		}
	for (const [team, list] of shown) {
		const counts = countOf(list);
		for (const [delivery, times] of counts) {
			if (times > 1) wrong.push(`delivery ${delivery} stands ${times} times on the timeline of team ${team}`);
			if (byId.get(delivery)?.team !== team)
				wrong.push(`delivery ${delivery} stands on the timeline of team ${team}, and is not its own`);
		}
		for (const { id } of deliveries.filter((one) => one.team === team))
			if (!counts.has(id)) wrong.push(`delivery ${id} is missing on the timeline of team ${team}`);
	}
	return wrong;
}

function judgeDocument(document: DocumentHistory): string[] {
	const { name, copies, log, sequence, seenEntries, written } = document;
	const wrong: string[] = [];
	const cold = coldCopy(document);
	if (!cold) return [`${name}: no cold reload`];
	for (const { of, content } of copies) {
		if (content.isPending) wrong.push(`${name}: ${of} holds changes that wait for others`);
		if (content.digest !== cold.digest) wrong.push(`${name}: ${of} differs from a cold reload`);
	}
	for (const [id, times] of countOf(cold.entries.map((entry) => entry.id)))
		if (times > 1) wrong.push(`${name}: entry ${id} stands there ${times} times`);
	const kept = new Set(cold.entries.map((entry) => entry.id));
	for (const id of seenEntries) if (!kept.has(id)) wrong.push(`${name}: entry ${id} was seen, and is lost`);
	for (const [i, row] of log.entries()) {
		if (row.sequence !== i + 1) wrong.push(`${name}: the log has ${row.sequence} in place ${i + 1}`);
		if (!row.isWhole) wrong.push(`${name}: row ${row.sequence} of the log is damaged`);
	}
	if (log.length !== sequence) wrong.push(`${name}: the head says ${sequence}, the log has ${log.length}`);
	const reached = new Map<number, number>();
	for (const { client, from, to } of written) {
		const before = reached.get(client) ?? 0;
		if (from > before) wrong.push(`${name}: client ${client} has a gap from ${before} to ${from}`);
		reached.set(client, Math.max(before, to));
	}
	return wrong;
}

function countOf<T>(values: readonly T[]): Map<T, number> {
	const counts = new Map<T, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return counts;
}
