import type { CountryCode } from '#lib/standards/countries.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import { sameWords } from '#lib/exercise/inject/cells.ts';
import { ScriptPage, type PageRow } from '#lib/exercise/inject/page.ts';
import { plannedTimes } from '#lib/exercise/inject/schedule.ts';
import type { Inject } from '#lib/exercise/inject/schema.ts';
import { variantStanding, type CellPlace } from '#lib/exercise/inject/variant.ts';
import type { ScriptRow } from '#lib/exercise/inject/view.ts';
import { openDocument, type LiveDocument } from '#lib/live/document.svelte.ts';

interface Kept {
	central: PageRow | undefined;
	/** what else the comparison depends on */
	teams: readonly Team[];
	variants: string;
	row: ScriptRow;
}

/** The central script, open to read beside the script of a national cell: what its variants are compared with, live. */
export class CentralScript {
	readonly document: LiveDocument;
	readonly country: CountryCode;
	readonly #startsAt: number;
	readonly #page: ScriptPage;
	readonly #kept = new WeakMap<ScriptRow, Kept>();
	#version = $state(0);
	#frame: number | null = null;

	constructor(exercise: ExerciseId, country: CountryCode, startsAt: number) {
		this.country = country;
		this.#startsAt = startsAt;
		this.document = openDocument(documentName({ exercise, kind: 'script', cell: 'central' }));
		this.#page = new ScriptPage(this.document.doc);
		// changes of one frame are read together
		this.#page.onChange(() => {
			this.#frame ??= requestAnimationFrame(() => {
				this.#frame = null;
				this.#version++;
			});
		});
	}

	close(): void {
		if (this.#frame !== null) cancelAnimationFrame(this.#frame);
		this.#page.close();
		this.document.close();
	}

	/** In script order; none before all of it is here, so that nothing looks deleted meanwhile. */
	readonly rows: readonly PageRow[] = $derived.by(() => {
		void this.#version;
		return this.document.synced ? this.#page.rows() : [];
	});
	readonly byId: ReadonlyMap<string, PageRow> = $derived(new Map(this.rows.map((row) => [row.id, row])));
	readonly injects: readonly Inject[] = $derived(this.rows.map((row) => row.inject));
	readonly times: ReadonlyMap<string, number | null> = $derived.by(() =>
		plannedTimes(this.injects, this.#startsAt)
	);

	nameOf(id: string): string | undefined {
		const inject = this.byId.get(id)?.inject;
		return inject && `${inject.reference} ${inject.title}`.trim();
	}

	injectOf(reference: string): InjectId | undefined {
		if (reference === '') return undefined;
		return this.rows.find(({ inject }) => sameWords(inject.reference, reference))?.id;
	}

	/** The cell's own variants, by their central inject; the first where there are two. */
	ownVariants(own: readonly ScriptRow[]): ReadonlyMap<string, InjectId> {
		const found = new Map<string, InjectId>();
		for (const { row } of own) {
			const central = row.inject.origin?.inject;
			if (central && !found.has(central)) found.set(central, row.id);
		}
		return found;
	}

	place(own: readonly ScriptRow[], teams: readonly Team[]): CellPlace {
		const variants = this.ownVariants(own);
		return { country: this.country, teams, variantOf: (central) => variants.get(central) };
	}

	/** The cell's rows, with what has become of the central injects of its variants. A row stays the same until it changes. */
	mark(own: readonly ScriptRow[], teams: readonly Team[]): readonly ScriptRow[] {
		if (!this.document.synced) return own;
		const place = this.place(own, teams);
		const variants = [...this.ownVariants(own)].join();
		return own.map((row) => {
			const { origin } = row.row.inject;
			// what is released stays as it is
			if (!origin || row.state === 'released' || row.state === 'recalled') return row;
			const central = this.byId.get(origin.inject);
			const kept = this.#kept.get(row);
			if (kept && kept.central === central && kept.teams === teams && kept.variants === variants)
				return kept.row;
			const marked: ScriptRow = {
				...row,
				central: {
					...variantStanding(row.row.inject, central?.inject, place),
					name: central?.inject.reference || central?.inject.title || origin.taken.title
				}
			};
			this.#kept.set(row, { central, teams, variants, row: marked });
			return marked;
		});
	}
}
