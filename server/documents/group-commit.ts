import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { documentLimits } from './limits.ts';
import { ClosedDocument, sha256, type Stored, type Update } from './log.ts';

/** A change of somebody's browser, with the client ids in it that are not yet known to be this person's. */
export interface Written extends Update {
	author: string;
	session: string;
	claims: Claim[];
}

export interface Claim {
	client: number;
	/** nobody has written under it in this document: it may be taken */
	fresh: boolean;
}

/** A client id of somebody else: what is written under it would pass for theirs. */
export class ForgedClient extends Error {}

/** It was written on top of a change that could not be stored. */
export class Overtaken extends Error {}

interface Waiting {
	update: Written;
	since: number;
	resolve: (stored: Stored) => void;
	reject: (error: unknown) => void;
}

/** What a connection needs of the log. */
export interface UpdateLog {
	append(update: Written): Promise<Stored>;
	/** until everything that was handed in is committed; nothing may be handed in after it */
	close(): Promise<void>;
}

/**
 * Group commit (R2): what arrives while a commit is under way goes together with the next, over all documents, so that
 * one `fsync` carries everybody's keystrokes.
 */
export class GroupCommit implements UpdateLog {
	readonly #pool: Pool;
	#waiting: Waiting[] = [];
	#flushing: Promise<void> | null = null;
	#line: PoolClient | null = null;
	/** when the last two commits began */
	#begun: [number, number] = [0, 0];

	constructor(pool: Pool) {
		this.#pool = pool;
	}

	/**
	 * Resolves when the update is durable. Rejects with `ClosedDocument` when nobody may write there any more, with
	 * `ForgedClient` when it writes under somebody else's client id, with `Overtaken` when it came after one of the same
	 * document that was rejected.
	 */
	append(update: Written): Promise<Stored> {
		return new Promise((resolve, reject) => {
			this.#waiting.push({ update, since: performance.now(), resolve, reject });
			this.#flushing ??= this.#flush().finally(() => (this.#flushing = null));
		});
	}

	async close(): Promise<void> {
		while (this.#flushing) await this.#flushing;
		this.#line?.release();
		this.#line = null;
	}

	/**
	 * By a connection of its own, so that writers never wait for readers' queries, and PostgreSQL plans the statement once:
	 * planning it anew would cost three times as much as carrying it out.
	 */
	async #query<Row extends QueryResultRow>(query: QueryConfig): Promise<QueryResult<Row>> {
		if (!this.#line) {
			this.#line = await this.#pool.connect();
			await this.#line.query('set plan_cache_mode = force_generic_plan');
		}
		try {
			return await this.#line.query<Row>(query);
		} catch (error) {
			// a broken connection is not used again; what was under way is sent again by its authors
			this.#line.release(true);
			this.#line = null;
			throw error;
		}
	}

	async #flush(): Promise<void> {
		while (this.#waiting.length > 0) {
			await this.#gather();
			this.#begun = [this.#begun[1], performance.now()];
			const batch = this.#waiting.splice(0, documentLimits.batchRows);
			try {
				await this.#commit(await this.#own(batch));
			} catch (error) {
				this.#sift(batch, () => error);
			}
		}
	}

	/**
	 * Those of the batch that can be stored. What waits was found sound on top of what is on its way: so when a change is
	 * rejected, all that came after it in its document are, or the log would have a gap.
	 */
	#sift(batch: readonly Waiting[], errorOf: (waiting: Waiting) => unknown): Waiting[] {
		const failed = new Map<string, unknown>();
		const isSound = ({ update: { document }, reject }: Waiting, found: unknown) => {
			const before = failed.get(document);
			if (!before && !found) return true;
			if (!before) failed.set(document, found);
			reject(before && !(before instanceof ClosedDocument) ? new Overtaken(document) : (before ?? found));
			return false;
		};
		const sound = batch.filter((waiting) => isSound(waiting, errorOf(waiting)));
		if (failed.size > 0) this.#waiting = this.#waiting.filter((waiting) => isSound(waiting, null));
		return sound;
	}

	/**
	 * At once when there were few commits lately, with what the same turn of the event loop brings; otherwise a moment
	 * later with all that comes meanwhile: a commit costs as much as twenty deliveries, however few changes it carries. Two
	 * may follow each other at once: the first of a burst is stored while the rest comes in.
	 */
	#gather(): Promise<void> {
		const wait = this.#begun[0] + 2 * documentLimits.commitEveryMs - performance.now();
		return new Promise((resolve) => (wait < 1 ? setImmediate(resolve) : setTimeout(resolve, wait)));
	}

	async #commit(batch: readonly Waiting[]): Promise<void> {
		if (batch.length === 0) return;
		const updates = batch.map((waiting) => waiting.update);
		const { rows } = await this.#query<{ name: string; epoch: number; sequence: string }>({
			name: 'documents-append',
			text: appendStatement,
			values: [
				updates.map((one) => one.document),
				updates.map((one) => one.epoch),
				updates.map((one) => one.author),
				updates.map((one) => one.session),
				updates.map((one) => one.bytes.length),
				Buffer.concat(updates.map((one) => one.bytes)),
				Buffer.concat(updates.map((one) => sha256(one.bytes)))
			]
		});
		const heads = new Map(
			rows.map((head) => [head.name, { epoch: head.epoch, sequence: Number(head.sequence) }])
		);
		const without: Waiting[] = [];
		for (const waiting of batch) {
			const { document, epoch, bytes } = waiting.update;
			const head = heads.get(document);
			if (head?.epoch === epoch) waiting.resolve({ document, epoch, bytes, sequence: ++head.sequence });
			else without.push(waiting);
		}
		if (without.length > 0) await this.#tryAgain(without);
	}

	/**
	 * A row that somebody else holds at this moment is passed over, so that a transaction that hangs (a node that was
	 * paused) keeps up its own document only. Its changes go with the next commit, in their order.
	 */
	async #tryAgain(batch: readonly Waiting[]): Promise<void> {
		const { rows } = await this.#query<{ name: string; epoch: number }>({
			name: 'documents-open',
			text: openStatement,
			values: [batch.map((waiting) => waiting.update.document)]
		});
		const epochs = new Map(rows.map((row) => [row.name, row.epoch]));
		const again = this.#sift(batch, ({ update, since }) => {
			if (epochs.get(update.document) !== update.epoch) return new ClosedDocument(update.document);
			if (performance.now() - since > documentLimits.heldMs)
				return new Error('the row of the document is held by somebody else');
			return null;
		});
		this.#waiting.unshift(...again);
	}

	/** Those of the batch that write under their own client ids; the others are refused. */
	async #own(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
		const claims = batch.flatMap(({ update }) =>
			update.claims.map((claim) => ({ ...claim, ...update, bytes: undefined }))
		);
		if (claims.length === 0) return batch;
		const fresh = claims.filter((claim) => claim.fresh);
		await this.#query({
			name: 'documents-claim',
			text: claimStatement,
			values: [
				fresh.map((one) => one.document),
				fresh.map((one) => one.epoch),
				fresh.map((one) => one.client),
				fresh.map((one) => one.author),
				fresh.map((one) => one.session)
			]
		});
		const { rows } = await this.#query<Owner>({
			name: 'documents-owners',
			text: ownerStatement,
			values: [
				claims.map((one) => one.document),
				claims.map((one) => one.epoch),
				claims.map((one) => one.client)
			]
		});
		const owners = new Map(rows.map((one) => [keyOf(one), one.account]));
		return this.#sift(batch, ({ update }) => {
			const owns = update.claims.every(
				({ client }) => owners.get(keyOf({ ...update, client })) === update.author
			);
			return owns ? null : new ForgedClient(update.document);
		});
	}
}

interface Owner {
	document: string;
	epoch: number;
	client: number | string;
	account: string | null;
}

const keyOf = (one: Omit<Owner, 'account'>) => `${one.document} ${one.epoch} ${one.client}`;

/**
 * One statement, one round trip: the sequences are taken under the rows' locks, in the order of the names, as in
 * `commitUpdates`. Answers with the heads as they were before. Bytes travel as one parameter, because an array of
 * `bytea` would travel as text.
 */
const appendStatement = `
with input as (
	select u.*, substring($6::bytea from (sum(u.len) over (order by u.n) - u.len + 1)::int for u.len) as bytes,
		substring($7::bytea from (u.n::int - 1) * 32 + 1 for 32) as sum
	from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::int[]) with ordinality as u(name, epoch, author, session, len, n)
), head as materialized (
	select name, epoch, sequence from document
	where name = any($1) and closed_at is null and quarantined_sequence is null
	order by name for update skip locked
), numbered as (
	select input.*, head.sequence + row_number() over (partition by input.name order by input.n) as place
	from input join head on head.name = input.name and head.epoch = input.epoch
), stored as (
	insert into document_update (document, epoch, sequence, author, session, sha256, bytes)
	select name, epoch, place, author, session, sum, bytes from numbered
), moved as (
	update document set sequence = last.place
	from (select name, max(place) as place from numbered group by name) as last where document.name = last.name
)
select name, epoch, sequence from head`;

const openStatement = `
select name, epoch from document where name = any($1) and closed_at is null and quarantined_sequence is null`;

const claimStatement = `
insert into document_client (document, epoch, client, account, session)
select asked.* from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[])
	as asked(document, epoch, client, account, session)
join document on document.name = asked.document
order by asked.document, asked.client on conflict do nothing`;

const ownerStatement = `
select document, epoch, client, account from document_client
join unnest($1::text[], $2::int[], $3::bigint[]) as asked(document, epoch, client) using (document, epoch, client)`;
