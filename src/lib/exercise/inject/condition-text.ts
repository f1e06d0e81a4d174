import type { InjectId } from '../ids.ts';
import { injectLimits, type Clause, type Condition } from './schema.ts';

/**
 * Conditions as planners write them in a cell: `when CM-031 answered and not CM-032 acknowledged within 00:30 +00:10`.
 * What is written is read back as the same condition.
 */
export interface ConditionContext {
	referenceOf: (inject: InjectId) => string | undefined;
	injectOf: (reference: string) => InjectId | undefined;
	/** the ids of an inject's expected actions, in their order: a planner writes `did 2` for the second */
	actionsOf?: (inject: InjectId) => readonly string[] | undefined;
}

type Length = { write: (seconds: number) => string; read: (text: string) => number | null };

const actWords = { acknowledged: 'acknowledged', responded: 'answered' } as const;

export function writeCondition(
	{ match, clauses }: Condition,
	seconds: number,
	context: ConditionContext,
	length: Length
): string {
	const words = clauses.map(({ inject, act, action, not, withinSeconds }) =>
		[
			...(not ? ['not'] : []),
			context.referenceOf(inject) ?? '?',
			act === 'did' ? `did ${actionWord(inject, action ?? '', context)}` : actWords[act],
			// lengths have a sign, limits none
			...(withinSeconds === null ? [] : ['within', length.write(withinSeconds).slice(1)])
		].join(' ')
	);
	const joined = words.join(match === 'all' ? ' and ' : ' or ');
	return `when ${joined}${seconds === 0 ? '' : ` ${length.write(seconds)}`}`;
}

function actionWord(inject: InjectId, action: string, { actionsOf }: ConditionContext): string {
	const index = actionsOf?.(inject)?.indexOf(action) ?? -1;
	return index === -1 ? action : String(index + 1);
}

function readAction(inject: InjectId, word: string, { actionsOf }: ConditionContext): string {
	return /^[1-9]\d?$/.test(word) ? (actionsOf?.(inject)?.[Number(word) - 1] ?? word) : word;
}

/** Ten clauses with the longest references are shorter; longer texts are not taken apart. */
const longest = 4000;

/** Null: these are no clauses. `unknown-inject`: they are, but of an inject that nobody knows. */
export function readCondition(
	text: string,
	context: ConditionContext,
	length: Length
): { when: Condition; seconds: number } | 'unknown-inject' | null {
	const words = text.trim();
	if (words.length > longest || !/^when\s/i.test(words)) return null;
	const all = words.slice(5).trim();
	const tail = /^(.*\S)\s+(\+\s*\d[^+]*)$/s.exec(all);
	const seconds = tail ? length.read(tail[2]!) : null;
	const rest = tail && seconds !== null ? tail[1]! : all;
	const found =
		readClauses(rest, context, length, context.injectOf) ??
		// the same with any reference: then it is the inject that is missing, and not the grammar
		(readClauses(rest, context, length, (reference) =>
			reference === '' || /^not\s|\s(?:and|or)\s/i.test(reference) ? undefined : ('?' as InjectId)
		)
			? 'unknown-inject'
			: null);
	if (found === null || found === 'unknown-inject') return found;
	return { when: found, seconds: seconds ?? 0 };
}

/**
 * References are free text and may have our own words in them, so every end of a reference is tried, and each place of
 * the text with each joining word once.
 */
function readClauses(
	text: string,
	context: ConditionContext,
	length: Length,
	injectOf: ConditionContext['injectOf']
): Condition | null {
	const failed = new Set<string>();
	const from = (
		start: number,
		joint: 'and' | 'or' | null,
		depth: number
	): [Clause[], 'and' | 'or' | null] | null => {
		const key = `${start} ${joint} ${depth}`;
		if (depth > injectLimits.clauses || failed.has(key)) return null;
		for (const [clause, end] of clausesAt(start)) {
			const next = /^\s+(and|or)\s+/i.exec(text.slice(end));
			if (end === text.length) return [[clause], joint];
			const word = next?.[1]!.toLowerCase() as 'and' | 'or' | undefined;
			if (!next || (joint !== null && word !== joint)) continue;
			const rest = from(end + next[0].length, word!, depth + 1);
			if (rest) return [[clause, ...rest[0]], rest[1]];
		}
		failed.add(key);
		return null;
	};
	function* clausesAt(start: number): Generator<[Clause, number]> {
		const negation = /^not\s+/i.exec(text.slice(start));
		for (const not of negation ? [true, false] : [false]) {
			const at = start + (not ? negation![0].length : 0);
			const acts = /\s+(?:(acknowledged|answered|responded)|did\s+(\S+))(?=\s|$)/gi;
			acts.lastIndex = at;
			for (let act = acts.exec(text); act; act = acts.exec(text)) {
				if (act.index - at > injectLimits.reference) break;
				const inject = injectOf(text.slice(at, act.index).trim());
				// one act may begin within another one's words
				acts.lastIndex = act.index + 1;
				if (!inject) continue;
				const end = act.index + act[0].length;
				const done: Omit<Clause, 'withinSeconds'> = {
					inject,
					act:
						act[2] !== undefined
							? 'did'
							: act[1]!.toLowerCase() === 'acknowledged'
								? 'acknowledged'
								: 'responded',
					action: act[2] === undefined ? null : readAction(inject, act[2], context),
					not
				};
				const within = /^\s+within\s+(.+?)(?=\s+(?:and|or)\s|$)/is.exec(text.slice(end));
				const limit = within && /^\d/.test(within[1]!) ? length.read(within[1]!) : null;
				if (limit !== null && limit > 0) yield [{ ...done, withinSeconds: limit }, end + within![0].length];
				// what has not happened, has not happened by some time
				if (!not) yield [{ ...done, withinSeconds: null }, end];
			}
		}
	}
	const found = from(0, null, 1);
	return found && { match: found[1] === 'or' ? 'any' : 'all', clauses: found[0] };
}
