import { generateKeyBetween } from 'fractional-indexing';
import {
	addFinding,
	findingText,
	findingTitleLimit,
	completeFindings,
	findingFingerprint,
	freezeFinding,
	mergeCards,
	readFindings,
	reviewFindings,
	reviewText,
	takeOutCard,
	type Finding,
	type FindingSection
} from '#lib/exercise/review/schema.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';
import { observed } from '#lib/live/reactive.ts';

export type FindingRow = ReturnType<typeof readFindings>[number];

/** The review page as this browser has it open: findings to read, and every way to change them. */
export class ReviewDesk {
	readonly document: LiveDocument;
	readonly #findings;
	/** in their order */
	readonly findings: FindingRow[] = $derived.by(() => {
		this.#findings.track();
		return readFindings(this.document.doc);
	});
	/** the finding in which each merged card is */
	readonly mergedInto: ReadonlyMap<string, FindingRow> = $derived(
		new Map(this.findings.flatMap((finding) => finding.cards.map((card) => [card, finding] as const)))
	);

	constructor(name: string) {
		this.document = openDocument(name);
		this.#findings = observed(reviewFindings(this.document.doc) as never);
	}

	close(): void {
		this.document.close();
	}

	section(which: 'summary' | 'analysis') {
		return reviewText(this.document.doc, which);
	}

	textOf(id: string, section: FindingSection) {
		const record = reviewFindings(this.document.doc).get(id);
		return record ? findingText(record, section) : null;
	}

	/** The text that would be put to countries now, and what says which text it is; null: it is gone. */
	freeze(id: string) {
		const content = freezeFinding(this.document.doc, id);
		return content && { content, fingerprint: findingFingerprint(content) };
	}

	/** Findings from before there were several texts get those that they lack. Call when it is open for writing. */
	complete(): void {
		const { doc } = this.document;
		doc.transact(() => completeFindings(doc));
	}

	/** A new finding at the end, made of these cards; answers with its id. */
	add(
		values: Pick<Finding, 'kind' | 'title'> & Partial<Pick<Finding, 'capability' | 'tlp'>>,
		cards: readonly string[]
	): string {
		const { doc } = this.document;
		const id = crypto.randomUUID();
		const order = keyBetween(this.findings.at(-1)?.order, undefined);
		doc.transact(() => {
			addFinding(doc, { ...values, id, title: values.title.slice(0, findingTitleLimit), cards: [] }, order);
			mergeCards(doc, id, cards);
		});
		return id;
	}

	/** Resolves when what was written here is stored, or after ten seconds: then whoever needs it is refused. */
	async stored(): Promise<void> {
		const until = Date.now() + 10_000;
		while (this.document.saved !== 'saved' && Date.now() < until)
			await new Promise((resolve) => setTimeout(resolve, 50));
	}

	merge(id: string, cards: readonly string[]): void {
		const { doc } = this.document;
		doc.transact(() => mergeCards(doc, id, cards));
	}

	takeOut(id: string, card: string): void {
		takeOutCard(this.document.doc, id, card);
	}

	setTitle(id: string, title: string): void {
		this.#set(id, 'title', title.slice(0, findingTitleLimit));
	}

	set<Field extends 'kind' | 'capability' | 'tlp'>(id: string, field: Field, value: Finding[Field]): void {
		this.#set(id, field, value);
	}

	remove(id: string): void {
		reviewFindings(this.document.doc).delete(id);
	}

	/** One place up or down. */
	move(id: string, by: -1 | 1): void {
		const list = this.findings;
		const from = list.findIndex((finding) => finding.id === id);
		const to = from + by;
		if (from < 0 || to < 0 || to >= list.length) return;
		const [before, after] = by < 0 ? [list[to - 1], list[to]] : [list[to], list[to + 1]];
		this.#set(id, 'order', keyBetween(before?.order, after?.order));
	}

	#set(id: string, field: string, value: string): void {
		const record = reviewFindings(this.document.doc).get(id);
		if (record && record.get(field) !== value) record.set(field, value);
	}
}

/**
 * A key that sorts between two others. Two findings that were added at the same moment share a key, and then nothing
 * lies between; a key that is none cannot be built upon. Either way the finding goes as near as it can.
 */
function keyBetween(before: string | undefined, after: string | undefined): string {
	const attempts = [[before, after] as const, [before, undefined] as const];
	for (const [low, high] of attempts)
		try {
			return generateKeyBetween(low || null, high || null);
		} catch {
			continue;
		}
	return generateKeyBetween(null, null);
}
