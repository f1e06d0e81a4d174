import { canonical } from '#lib/exercise/fingerprint.ts';
import { genesis, hashOf, sha256, stampOf, type ListedFact } from './chain.ts';

/*
 * Computes a chain anew, and compares every fact with what its act wrote down of it. Knows rows, not where they are
 * kept (kept.ts): a test hands it damaged ones by the thousand.
 */

/** A row as the database has it. `null` where it holds what no act ever wrote: half a millisecond, a number with a tail. */
export interface KeptRow {
	scope: string;
	sequence: number;
	at: string | null;
	actorId: string | null;
	act: string;
	detail: Record<string, unknown> | null;
	hash: string;
}

export interface KeptFact {
	sequence: number;
	kind: string;
	teamId: string | null;
	actorId: string | null;
	actorName: string | null;
	/** ms */
	wallAt: number | null;
	exerciseAt: number | null;
	fact: unknown;
}

/** Where rows and facts of one scope are read, in their order and in parts of any size; an empty part is the end. */
export interface Kept {
	scope: string;
	erased: () => Promise<Erased>;
	/** null: from the first */
	rows: (after: number | null) => Promise<KeptRow[]>;
	/** after the one, up to the other; null: without an end on that side */
	facts: (after: number | null, upTo: number | null) => Promise<KeptFact[]>;
	head: () => Promise<{ sequence: number; hash: string } | null>;
}

/**
 * What an erasure put in the place of what was there, as its own rows in the chain say it (docs/adr/0014-erasure.md): by
 * number, the hashes that rows and facts have had since.
 */
export interface Erased {
	rows: ReadonlyMap<number, string>;
	facts: ReadonlyMap<number, Pick<ListedFact, 'sha256' | 'stamp'>>;
}

/** Of everything that a row holds now, its old hash with it: that one goes on linking the chain. */
export const contentOf = (row: KeptRow): string => sha256(canonical(row));

export type DamageKind =
	'changed' | 'missing' | 'misplaced' | 'cut' | 'fact-changed' | 'fact-missing' | 'fact-added';

export interface Damage {
	/** of the audit row that does not fit, or that names the fact which does not */
	sequence: number;
	kind: DamageKind;
	/** the fact's number, where it is about a fact */
	fact?: number;
	/** as a part of a sentence, without a full stop */
	why: string;
}

export interface AuditVerdict {
	scope: string;
	/** rows that fit */
	rows: number;
	/** facts that are as their acts recorded them, or as an erasure left them */
	facts: number;
	/** how many of them an erasure changed, which the chain records */
	erased: { rows: number; facts: number };
	/** the last row's hash: kept elsewhere, it shows a chain that was written anew as a whole */
	hash: string;
	/** the first row that does not fit, or null */
	broken: Damage | null;
}

export async function verifyChain(kept: Kept): Promise<AuditVerdict> {
	const verdict: AuditVerdict = {
		scope: kept.scope,
		rows: 0,
		facts: 0,
		erased: { rows: 0, facts: 0 },
		hash: genesis,
		broken: null
	};
	const erased = await kept.erased();
	let factsUpTo: number | null = null;
	let last: number | null = null;
	for (;;) {
		const rows = await kept.rows(last);
		if (rows.length === 0) break;
		const listed: { row: number; fact: ListedFact }[] = [];
		for (const row of rows) {
			const broken = await rowDamage(kept, verdict, row, erased);
			if (broken) return { ...verdict, broken };
			verdict.rows = row.sequence;
			verdict.hash = row.hash;
			for (const fact of listedIn(row)) listed.push({ row: row.sequence, fact });
		}
		last = rows.at(-1)!.sequence;
		const upTo = listed.at(-1)?.fact.sequence;
		if (upTo === undefined) continue;
		const broken = factDamage(listed, await kept.facts(factsUpTo, upTo), verdict, erased);
		if (broken) return { ...verdict, broken };
		factsUpTo = upTo;
	}
	const broken = (await endDamage(kept, verdict)) ?? (await factsBeyond(kept, factsUpTo, verdict));
	return { ...verdict, broken };
}

async function rowDamage(
	kept: Kept,
	before: AuditVerdict,
	row: KeptRow,
	erased: Erased
): Promise<Damage | null> {
	const sequence = before.rows + 1;
	if (row.sequence !== sequence)
		return row.sequence < sequence
			? { sequence: row.sequence, kind: 'misplaced', why: 'a row stands before the first one' }
			: { sequence, kind: 'missing', why: 'a row is missing' };
	if (fits(before.hash, row)) return null;
	if (erased.rows.get(sequence) === contentOf(row)) {
		before.erased.rows += 1;
		return null;
	}
	const other = await whichFits(kept, before.hash, sequence);
	return other === null
		? { sequence, kind: 'changed', why: 'the row was changed' }
		: { sequence, kind: 'misplaced', why: `the row that belongs here stands at ${other}` };
}

const fits = (previous: string, { at, detail, ...row }: KeptRow): boolean =>
	at !== null && detail !== null && hashOf(previous, { ...row, at, detail }) === row.hash;

/** Which later row belongs in this place; null: none. */
async function whichFits(kept: Kept, previous: string, sequence: number): Promise<number | null> {
	for (let after = sequence; ;) {
		const rows = await kept.rows(after);
		if (rows.length === 0) return null;
		const found = rows.find((row) => fits(previous, { ...row, sequence }));
		if (found) return found.sequence;
		after = rows.at(-1)!.sequence;
	}
}

function listedIn({ detail }: KeptRow): ListedFact[] {
	const facts = detail?.['facts'];
	// the chain says that the row is as it was written: what looks like a list of facts is one
	return Array.isArray(facts)
		? (facts as ListedFact[]).filter((one) => typeof one === 'object' && typeof one?.sha256 === 'string')
		: [];
}

function factDamage(
	listed: readonly { row: number; fact: ListedFact }[],
	facts: readonly KeptFact[],
	verdict: AuditVerdict,
	erased: Erased
): Damage | null {
	let next = 0;
	for (const { row, fact: as } of listed) {
		const found = facts[next];
		const about = { sequence: row, fact: as.sequence };
		if (found && found.sequence < as.sequence) return added(row, found.sequence);
		if (!found || found.sequence > as.sequence)
			return { ...about, kind: 'fact-missing', why: `fact ${as.sequence}, which it records, is missing` };
		const since = erased.facts.get(as.sequence);
		const what = since ? factChanged(found, { ...as, ...since }) : factChanged(found, as);
		if (since && !what) verdict.erased.facts += 1;
		if (what)
			return { ...about, kind: 'fact-changed', why: `fact ${as.sequence}, which it records, has ${what}` };
		verdict.facts += 1;
		next += 1;
	}
	return null;
}

const added = (row: number, fact: number): Damage => ({
	sequence: row,
	kind: 'fact-added',
	fact,
	why: `fact ${fact} is recorded by no act`
});

/** What of a fact is not as its act recorded it, as the object of “has”; null: nothing. */
function factChanged(found: KeptFact, as: ListedFact): string | null {
	const { fact } = found;
	if (typeof fact !== 'object' || fact === null || sha256(canonical(fact)) !== as.sha256)
		return 'other words now';
	if (found.kind !== as.kind) return 'another kind now';
	if (found.teamId !== ((fact as { team?: string }).team ?? null)) return 'another team now';
	if (as.stamp === undefined) return null;
	const by =
		found.actorId === null && found.actorName === null
			? null
			: // one without the other was never written, and gives another stamp
				{ account: found.actorId as string, name: found.actorName as string };
	return found.wallAt !== null && stampOf(by, found.wallAt, found.exerciseAt) === as.stamp
		? null
		: 'another author or time now';
}

async function endDamage(kept: Kept, { rows, hash }: AuditVerdict): Promise<Damage | null> {
	const head = await kept.head();
	if (!head) return rows > 0 ? { sequence: rows, kind: 'cut', why: 'the end of the chain is missing' } : null;
	if (head.sequence > rows) return { sequence: rows + 1, kind: 'cut', why: 'rows are missing at the end' };
	return head.sequence === rows && head.hash === hash
		? null
		: { sequence: rows, kind: 'cut', why: 'the end of the chain was changed' };
}

async function factsBeyond(kept: Kept, after: number | null, { rows }: AuditVerdict): Promise<Damage | null> {
	const [one] = await kept.facts(after, null);
	return one ? added(rows, one.sequence) : null;
}
