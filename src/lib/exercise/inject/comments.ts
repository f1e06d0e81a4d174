import { z } from 'zod';
import { id } from '../exercise/schema.ts';
import type { AccountId, InjectId } from '../ids.ts';

export const commentLimits = {
	text: 2000,
	mentions: 50,
	perInject: 1000
} as const;

/** One remark about an inject, as its readers see it. */
export interface CommentView {
	id: string;
	inject: string;
	by: string;
	isMine: boolean;
	text: string;
	/** wall time, ms */
	at: number;
	mentionsMe: boolean;
	/** names of those who were mentioned and may still read it */
	mentions: string[];
	resolved: { by: string; at: number } | null;
}

export interface CommentsView {
	comments: CommentView[];
	/** whom one may mention: those who may read this script, without the reader */
	people: { id: AccountId; name: string }[];
}

export const newCommentSchema = z.object({
	inject: id<InjectId>(),
	text: z.string().trim().min(1, 'Write something first.').max(commentLimits.text),
	mentions: z.array(id<AccountId>()).max(commentLimits.mentions)
});

/** Those whose name stands after an @ in a text; the longest name counts, so that `@Anna Maria` is not Anna. */
export function mentionedIn<T extends { name: string }>(text: string, people: readonly T[]): T[] {
	const byLength = [...people].sort((a, b) => b.name.length - a.name.length);
	const found = new Set<T>();
	for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
		// an address is no mention
		if (at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1]!)) continue;
		const rest = text.slice(at + 1).toLowerCase();
		const one = byLength.find(({ name }) => {
			const word = name.toLowerCase();
			return word !== '' && rest.startsWith(word) && !/^[\p{L}\p{N}]/u.test(rest.slice(word.length));
		});
		if (one) found.add(one);
	}
	return [...found];
}

/** The word after the last @ before the cursor, while it may become a name; null: none is being written. */
export function mentionBeingWritten(text: string, cursor: number): string | null {
	const found = /(?:^|[\s(])@([\p{L}\p{N}.\-' ]{0,40})$/u.exec(text.slice(0, cursor));
	return found ? found[1]! : null;
}

export interface CommentCounts {
	open: number;
	mentionsMe: number;
}

/** Open comments by inject. */
export function countOpen(comments: readonly CommentView[]): Map<string, CommentCounts> {
	const counts = new Map<string, CommentCounts>();
	for (const { inject, resolved, mentionsMe } of comments) {
		if (resolved) continue;
		const one = counts.get(inject) ?? { open: 0, mentionsMe: 0 };
		one.open++;
		if (mentionsMe) one.mentionsMe++;
		counts.set(inject, one);
	}
	return counts;
}
