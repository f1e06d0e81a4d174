import {
	contributionFingerprint,
	contributionLabels,
	contributionText,
	freezeContribution,
	readLabel,
	type ContributionSection
} from '#lib/exercise/aar/contribution.ts';
import {
	addPassage,
	citeInPassage,
	labelPassage,
	movePassage,
	passageText,
	readPassages,
	removePassage,
	reportPassages,
	type ChapterId,
	type PagePassage
} from '#lib/exercise/aar/page.ts';
import { emptyRichText } from '#lib/exercise/rich-text.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';
import { observed } from '#lib/live/reactive.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';

/** Who else is at work on a page, each once. */
export const othersOn = (document: LiveDocument | null) => [
	...new Map(
		(document?.others ?? []).map(({ name, colour }) => [name, { id: name, name, colour }] as const)
	).values()
];

/** Resolves when what was written here is stored, or after ten seconds: then whoever needs it is refused. */
async function stored(document: LiveDocument): Promise<void> {
	const until = Date.now() + 10_000;
	while (document.saved !== 'saved' && Date.now() < until)
		await new Promise((resolve) => setTimeout(resolve, 50));
}

/** The page on which the report is written, as this browser has it open. */
export class ReportDesk {
	readonly document: LiveDocument;
	readonly #passages;
	readonly passages: PagePassage[] = $derived.by(() => {
		this.#passages.track();
		return readPassages(this.document.doc);
	});

	constructor(name: string) {
		this.document = openDocument(name);
		this.#passages = observed(reportPassages(this.document.doc) as never);
	}

	close(): void {
		this.document.close();
	}

	textOf(id: string) {
		return passageText(this.document.doc, id);
	}

	add(chapter: ChapterId): string {
		const { doc } = this.document;
		const id = crypto.randomUUID();
		doc.transact(() => addPassage(doc, { id, chapter, tlp: null, text: emptyRichText() }));
		return id;
	}

	label(id: string, tlp: Tlp): void {
		labelPassage(this.document.doc, id, tlp);
	}

	cite(id: string, finding: string, on: boolean): void {
		const { doc } = this.document;
		doc.transact(() => citeInPassage(doc, id, finding, on));
	}

	move(id: string, by: -1 | 1): void {
		movePassage(this.document.doc, id, by);
	}

	remove(id: string): void {
		removePassage(this.document.doc, id);
	}
}

/** A country's contribution, as one of its people has it open. */
export class ContributionDesk {
	readonly document: LiveDocument;
	readonly country: CountryCode;
	readonly #unlabelled: () => Tlp;
	readonly #labels;
	readonly labels: Partial<Record<ContributionSection, Tlp>> = $derived.by(() => {
		this.#labels.track();
		return Object.fromEntries(
			(['did', 'strengths', 'improvements', 'recommendations', 'facts'] as const).flatMap((section) => {
				const tlp = readLabel(this.document.doc, section);
				return tlp ? [[section, tlp]] : [];
			})
		);
	});

	constructor(name: string, country: CountryCode, unlabelled: () => Tlp) {
		this.document = openDocument(name);
		this.country = country;
		this.#unlabelled = unlabelled;
		this.#labels = observed(contributionLabels(this.document.doc) as never);
	}

	close(): void {
		this.document.close();
	}

	textOf(section: ContributionSection) {
		return contributionText(this.document.doc, section);
	}

	label(section: ContributionSection, tlp: Tlp): void {
		const labels = contributionLabels(this.document.doc);
		if (labels.get(section) !== tlp) labels.set(section, tlp);
	}

	/** What says which text would be handed over now. */
	fingerprint(): string {
		return contributionFingerprint(freezeContribution(this.document.doc, this.country, this.#unlabelled()));
	}

	stored(): Promise<void> {
		return stored(this.document);
	}
}
