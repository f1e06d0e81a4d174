/** A stretch of words that both texts have, or that one of them has alone. */
export interface WordsPart {
	kind: 'same' | 'removed' | 'added';
	text: string;
}

/** Above so many comparisons (two different texts of about 1,400 words) the differing middle is shown as a whole. */
const maxComparisons = 2_000_000;

/** Words, spaces and single marks of punctuation: joined again they are the text, to the letter. */
const pieces = (text: string): string[] =>
	text.match(/[\p{L}\p{M}\p{N}_]+|\s+|[^\p{L}\p{M}\p{N}_\s]/gu) ?? [];

/** What was removed and added, word by word, by the longest common subsequence; removed comes before added. */
export function wordsDiff(before: string, after: string): WordsPart[] {
	const a = pieces(before);
	const b = pieces(after);
	let begin = 0;
	while (begin < a.length && begin < b.length && a[begin] === b[begin]) begin++;
	let aEnd = a.length;
	let bEnd = b.length;
	while (aEnd > begin && bEnd > begin && a[aEnd - 1] === b[bEnd - 1]) {
		aEnd--;
		bEnd--;
	}
	return joined([
		...a.slice(0, begin).map((text): WordsPart => ({ kind: 'same', text })),
		...middle(a.slice(begin, aEnd), b.slice(begin, bEnd)),
		...a.slice(aEnd).map((text): WordsPart => ({ kind: 'same', text }))
	]);
}

function middle(a: readonly string[], b: readonly string[]): WordsPart[] {
	const parts: WordsPart[] = [];
	let i = 0;
	let j = 0;
	if (a.length * b.length <= maxComparisons) {
		const width = b.length + 1;
		/** At [i, j]: how many pieces the rests from i and from j have in common. */
		const common = new Uint32Array((a.length + 1) * width);
		for (let row = a.length - 1; row >= 0; row--) {
			for (let column = b.length - 1; column >= 0; column--) {
				common[row * width + column] =
					a[row] === b[column]
						? common[(row + 1) * width + column + 1]! + 1
						: Math.max(common[(row + 1) * width + column]!, common[row * width + column + 1]!);
			}
		}
		while (i < a.length && j < b.length) {
			if (a[i] === b[j]) {
				parts.push({ kind: 'same', text: a[i++]! });
				j++;
			} else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) {
				parts.push({ kind: 'removed', text: a[i++]! });
			} else parts.push({ kind: 'added', text: b[j++]! });
		}
	}
	while (i < a.length) parts.push({ kind: 'removed', text: a[i++]! });
	while (j < b.length) parts.push({ kind: 'added', text: b[j++]! });
	return parts;
}

/** Neighbours of one kind become one. */
function joined(parts: readonly WordsPart[]): WordsPart[] {
	const out: WordsPart[] = [];
	for (const part of parts) {
		const last = out.at(-1);
		if (last?.kind === part.kind) last.text += part.text;
		else out.push({ ...part });
	}
	return out;
}
