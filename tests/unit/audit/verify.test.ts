import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Recorded } from '#lib/exercise/facts.ts';
import { genesis, hashOf, listFact } from '#server/audit/chain.ts';
import { verifyChain, type Kept, type KeptFact, type KeptRow } from '#server/audit/verify.ts';

/* Chains in memory, damaged in every way that somebody with the database in hands could. */

interface Stored {
	rows: KeptRow[];
	facts: KeptFact[];
	head: { sequence: number; hash: string } | null;
}

const scope = 'exercise-0001';

/** A chain of so many acts; every second one recorded a fact, every fourth two. */
function chainOf(length: number): Stored {
	const stored: Stored = { rows: [], facts: [], head: null };
	let hash = genesis;
	for (let sequence = 1; sequence <= length; sequence++) {
		const count = sequence % 4 === 0 ? 2 : sequence % 2 === 0 ? 1 : 0;
		const facts = Array.from({ length: count }, () => {
			const number = stored.facts.length + 1;
			const recorded: Recorded = {
				fact: { kind: 'log-added', team: 'team-1', text: `entry ${number}` } as never,
				by: { account: `account-${number % 3}`, name: `Person ${number % 3}` },
				wallAt: 1_780_000_000_000 + number * 1000,
				exerciseAt: number % 5 === 0 ? null : number * 1000
			};
			stored.facts.push({
				sequence: number,
				kind: recorded.fact.kind,
				teamId: 'team-1',
				actorId: recorded.by!.account,
				actorName: recorded.by!.name,
				wallAt: recorded.wallAt,
				exerciseAt: recorded.exerciseAt,
				fact: recorded.fact
			});
			return listFact(recorded, number);
		});
		const act = {
			scope,
			sequence,
			at: new Date(1_780_000_000_000 + sequence * 1000).toISOString(),
			actorId: sequence % 7 === 0 ? null : `account-${sequence % 3}`,
			act: count > 0 ? 'log.add' : 'exercise.changed',
			detail: count > 0 ? { facts } : { name: `name ${sequence}` }
		};
		hash = hashOf(hash, act);
		stored.rows.push({ ...act, hash });
	}
	stored.head = length > 0 ? { sequence: length, hash } : null;
	return stored;
}

/** Reads in parts of a few rows, as the database does in parts of a thousand. */
const keptIn = ({ rows, facts, head }: Stored): Kept => ({
	scope,
	erased: async () => ({ rows: new Map(), facts: new Map() }),
	rows: async (after) =>
		[...rows]
			.sort((a, b) => a.sequence - b.sequence)
			.filter((row) => after === null || row.sequence > after)
			.slice(0, 3),
	facts: async (after, upTo) =>
		[...facts]
			.sort((a, b) => a.sequence - b.sequence)
			.filter((one) => (after === null || one.sequence > after) && (upTo === null || one.sequence <= upTo)),
	head: async () => head
});

const verify = (stored: Stored) => verifyChain(keptIn(stored));

/** Another string of the same length: one character is another one. */
const flipped = (text: string, at: number) => {
	const place = at % text.length;
	return `${text.slice(0, place)}${text[place] === 'x' ? 'y' : 'x'}${text.slice(place + 1)}`;
};

const lengths = fc.integer({ min: 1, max: 24 });
const places = fc.nat(10_000);

test('[R13] a chain as it was written verifies, of any length', async () => {
	for (let length = 0; length <= 24; length++) {
		const stored = chainOf(length);
		expect(await verify(stored)).toEqual({
			scope,
			rows: length,
			facts: stored.facts.length,
			erased: { rows: 0, facts: 0 },
			hash: stored.head?.hash ?? genesis,
			broken: null
		});
	}
});

test('[R13] one changed character in any column of any row is found, and the row named', async () => {
	const columns = ['scope', 'at', 'actorId', 'act', 'detail', 'hash'] as const;
	await fc.assert(
		fc.asyncProperty(
			lengths,
			places,
			fc.constantFrom(...columns),
			places,
			async (length, at, column, byte) => {
				const stored = chainOf(length);
				const row = stored.rows[at % length]!;
				const old = row[column];
				const text = typeof old === 'string' ? old : JSON.stringify(old);
				// a detail is changed inside, where it stays JSON
				const changed =
					column === 'detail' ? { ...row.detail, [flipped('name', byte)]: 'added' } : flipped(text, byte);
				stored.rows[at % length] = { ...row, [column]: changed };
				const { broken } = await verify(stored);
				expect(broken).toMatchObject({ sequence: row.sequence, kind: 'changed' });
			}
		)
	);
});

test('[R13] a deleted row is found as missing, one at the end as cut', async () => {
	await fc.assert(
		fc.asyncProperty(lengths, places, async (length, at) => {
			const stored = chainOf(length);
			const [gone] = stored.rows.splice(at % length, 1);
			const { broken } = await verify(stored);
			expect(broken).toMatchObject({
				sequence: gone!.sequence,
				kind: gone!.sequence === length ? 'cut' : 'missing'
			});
		})
	);
});

test('[R13] a cut end is found, also where its head was moved back, as long as its facts are there', async () => {
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 4, max: 24 }), places, async (length, at) => {
			const stored = chainOf(length);
			const kept = at % (length - 1);
			const rows = stored.rows.slice(0, kept);
			expect((await verify({ ...stored, rows })).broken).toMatchObject({ sequence: kept + 1, kind: 'cut' });
			const head = kept > 0 ? { sequence: kept, hash: rows.at(-1)!.hash } : null;
			const { broken } = await verify({ ...stored, rows, head });
			const factsKept = rows.flatMap((row) => (row.detail!['facts'] as unknown[]) ?? []).length;
			if (factsKept < stored.facts.length)
				expect(broken).toMatchObject({ kind: 'fact-added', fact: factsKept + 1 });
			else expect(broken).toBeNull();
		})
	);
});

test('[R13] two rows that changed places are found as such', async () => {
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 2, max: 24 }), places, places, async (length, a, b) => {
			const stored = chainOf(length);
			const [first, second] = [a % length, b % length].sort((x, y) => x - y) as [number, number];
			fc.pre(first !== second);
			const [one, other] = [stored.rows[first]!, stored.rows[second]!];
			stored.rows[first] = { ...other, sequence: one.sequence };
			stored.rows[second] = { ...one, sequence: other.sequence };
			const { broken } = await verify(stored);
			expect(broken).toMatchObject({ sequence: one.sequence, kind: 'misplaced' });
			expect(broken!.why).toContain(`stands at ${other.sequence}`);
		})
	);
});

test('[R13] a row in front of the first is found', async () => {
	const stored = chainOf(5);
	stored.rows.push({ ...stored.rows[2]!, sequence: 0 });
	expect((await verify(stored)).broken).toMatchObject({ sequence: 0, kind: 'misplaced' });
});

test('[R13] a changed end of the chain is found', async () => {
	const stored = chainOf(5);
	const head = { sequence: 5, hash: flipped(stored.head!.hash, 9) };
	expect((await verify({ ...stored, head })).broken).toMatchObject({ sequence: 5, kind: 'cut' });
	expect((await verify({ ...stored, head: null })).broken).toMatchObject({ sequence: 5, kind: 'cut' });
});

test('[P7] one changed column of any fact is found, and named with the act that recorded it', async () => {
	const columns = ['kind', 'teamId', 'actorId', 'actorName', 'wallAt', 'exerciseAt', 'fact'] as const;
	await fc.assert(
		fc.asyncProperty(
			fc.integer({ min: 2, max: 24 }),
			places,
			fc.constantFrom(...columns),
			places,
			async (length, at, column, byte) => {
				const stored = chainOf(length);
				const place = at % stored.facts.length;
				const fact = stored.facts[place]!;
				const old = fact[column];
				const changed =
					typeof old === 'string'
						? flipped(old, byte)
						: typeof old === 'number'
							? old + 1 + (byte % 7)
							: old === null
								? 1
								: { ...(old as object), text: flipped('entry', byte) };
				stored.facts[place] = { ...fact, [column]: changed };
				const row = stored.rows.find(({ detail }) =>
					(detail!['facts'] as { sequence: number }[] | undefined)?.some(
						(one) => one.sequence === fact.sequence
					)
				)!;
				expect((await verify(stored)).broken).toMatchObject({
					sequence: row.sequence,
					kind: 'fact-changed',
					fact: fact.sequence
				});
			}
		)
	);
});

test('[P7] a deleted fact and one that no act recorded are found', async () => {
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 2, max: 24 }), places, async (length, at) => {
			const stored = chainOf(length);
			const place = at % stored.facts.length;
			const fact = stored.facts[place]!;
			const facts = stored.facts.filter((one) => one !== fact);
			expect((await verify({ ...stored, facts })).broken).toMatchObject({
				kind: 'fact-missing',
				fact: fact.sequence
			});
			const extra = { ...fact, sequence: at % 2 === 0 ? 0 : stored.facts.length + 1 };
			expect((await verify({ ...stored, facts: [...stored.facts, extra] })).broken).toMatchObject({
				kind: 'fact-added',
				fact: extra.sequence
			});
		})
	);
});
