import { AppError } from '#lib/errors.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import { joiningTargets, type Target } from '#lib/exercise/inject/spreadsheet/columns.ts';
import type { Proposal } from '#lib/exercise/inject/spreadsheet/headings.ts';
import type { Preview, Selection, UploadedFile } from '#lib/exercise/inject/spreadsheet/preview.ts';
import type { NameMatch } from '#lib/exercise/inject/spreadsheet/recipients.ts';
import { withMapping, type SavedMapping } from '#lib/exercise/inject/spreadsheet/saved-mapping.ts';
import { sentenceOf } from '#lib/ui/sending.svelte.ts';
import { ask, send } from './client.ts';

export interface Imported {
	added: number;
	changed: number;
	unchanged: number;
	objectives: number;
	documents: number;
	documentsLeftOut: { name: string; why: string }[];
}

/** A name of the file on which the planner has decided. */
export interface DecidedName {
	key: string;
	name: string;
	match: NameMatch;
}

/** One import on its way: file, how it is read, what it would do, done. The server is asked anew after every change. */
export class ImportState {
	phase = $state<'empty' | 'sending' | 'ready' | 'importing' | 'done'>('empty');
	/** 0 to 1 while a file is on its way; 1: it is being opened */
	sent = $state(0);
	fileName = $state('');
	upload = $state.raw<UploadedFile | null>(null);
	proposal = $state.raw<Proposal | null>(null);
	firstRows = $state.raw<string[][]>([]);
	preview = $state.raw<Preview | null>(null);
	updating = $state(false);
	/** a sentence on what went wrong last */
	problem = $state<string | null>(null);
	isStale = $state(false);
	result = $state.raw<Imported | null>(null);
	decided = $state<DecidedName[]>([]);
	selection = $state.raw<Selection | null>(null);

	#base: string;
	#cell: CellId;
	#file: File | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#running: AbortController | null = null;

	constructor(base: string, cell: CellId) {
		this.#base = base;
		this.#cell = cell;
	}

	get cell(): CellId {
		return this.#cell;
	}

	/** Another script: the file stays, the difference is another one. */
	setCell(cell: CellId): void {
		this.#cell = cell;
		this.result = null;
		if (this.phase === 'done') this.reset();
		else if (this.selection) this.#later(0);
	}

	reset(): void {
		this.#running?.abort();
		clearTimeout(this.#timer);
		this.phase = 'empty';
		this.upload = this.proposal = this.preview = this.selection = null;
		this.problem = null;
		this.isStale = false;
		this.updating = false;
		this.result = null;
		// what was decided on a name holds for the next version of the file too
		this.#file = null;
	}

	async open(file: File): Promise<void> {
		this.reset();
		this.#file = file;
		this.fileName = file.name;
		this.phase = 'sending';
		try {
			this.upload = await this.#send(file);
			this.#take(this.upload.best, this.upload.proposal, this.upload.firstRows);
			this.phase = 'ready';
			await this.#look();
		} catch (problem) {
			if (this.#file !== file) return;
			this.reset();
			this.problem = sentenceOf(problem);
		}
	}

	async chooseSheet(sheet: number): Promise<void> {
		await this.#propose({ sheet });
	}

	async chooseHeaderRow(headerRow: number | null): Promise<void> {
		await this.#propose({ sheet: this.selection!.sheet, headerRow });
	}

	/** Gives a column its target; a target that takes one column leaves the other. */
	setTarget(column: number, target: Target): void {
		const columns = this.selection!.columns.map((other, index) =>
			index === column ? target : other === target && !joiningTargets.has(target) ? 'ignore' : other
		);
		this.change({ columns });
	}

	/** Reads the file as another one was read. */
	useMapping(mapping: SavedMapping): void {
		this.change({
			columns: withMapping(mapping, this.proposal!),
			dateOrder: mapping.dateOrder,
			bareTimes: mapping.bareTimes
		});
	}

	decide(key: string, name: string, match: NameMatch | null): void {
		this.decided = [
			...this.decided.filter((one) => one.key !== key),
			...(match ? [{ key, name, match }] : [])
		];
		this.change({ matches: this.decided.map(({ key: by, match: to }) => ({ key: by, match: to })) });
	}

	leaveOut(rows: readonly number[], out: boolean): void {
		const others = this.selection!.leaveOut.filter((row) => !rows.includes(row));
		this.change({ leaveOut: [...others, ...(out ? rows : [])].sort((a, b) => a - b) });
	}

	change(changes: Partial<Selection>): void {
		this.selection = { ...this.selection!, ...changes };
		this.isStale = false;
		this.#later(200);
	}

	async confirm(): Promise<void> {
		const { preview, selection } = this;
		if (!preview || !selection || this.updating) return;
		this.phase = 'importing';
		this.problem = null;
		try {
			this.result = await this.#ask<Imported>('commit', {
				cell: this.#cell,
				selection,
				fingerprint: preview.fingerprint
			});
			this.phase = 'done';
		} catch (problem) {
			this.phase = 'ready';
			this.isStale = problem instanceof AppError && problem.code === 'stale';
			if (!this.isStale) this.problem = sentenceOf(problem);
			await this.#look();
		}
	}

	#take(sheet: number, proposal: Proposal, firstRows: string[][]): void {
		this.proposal = proposal;
		this.firstRows = firstRows;
		this.selection = {
			sheet,
			headerRow: proposal.headerRow,
			columns: proposal.columns,
			dateOrder: proposal.dateOrder,
			bareTimes: proposal.bareTimes ?? null,
			matches: this.decided.map(({ key, match }) => ({ key, match })),
			leaveOut: []
		};
	}

	async #propose(wanted: { sheet: number; headerRow?: number | null }): Promise<void> {
		this.updating = true;
		this.problem = null;
		try {
			const answer = await this.#ask<{ proposal: Proposal; firstRows: string[][] }>('propose', wanted);
			this.#take(wanted.sheet, answer.proposal, answer.firstRows);
			await this.#look();
		} catch (problem) {
			this.updating = false;
			this.problem = sentenceOf(problem);
		}
	}

	#later(milliseconds: number): void {
		this.updating = true;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#look(), milliseconds);
	}

	/** Asks what the import would do; an answer that was overtaken by a later question is dropped. */
	async #look(): Promise<void> {
		this.#running?.abort();
		const running = (this.#running = new AbortController());
		this.updating = true;
		try {
			const preview = await this.#ask<Preview>(
				'preview',
				{ cell: this.#cell, selection: this.selection },
				running.signal
			);
			if (this.#running !== running) return;
			this.preview = preview;
			this.problem = null;
		} catch (problem) {
			if (this.#running !== running || running.signal.aborted) return;
			this.problem = sentenceOf(problem);
		}
		this.updating = false;
	}

	/** The server forgets files after a while, and another node never had it: then it is sent again. */
	async #ask<T>(action: string, body: object, signal?: AbortSignal): Promise<T> {
		const url = `${this.#base}/${action}`;
		try {
			return await ask<T>(url, { ...body, file: this.upload!.file }, signal);
		} catch (problem) {
			const isGone = problem instanceof AppError && problem.details?.['reason'] === 'file-gone';
			if (!isGone || !this.#file) throw problem;
			this.upload = await this.#send(this.#file);
			return ask<T>(url, { ...body, file: this.upload.file }, signal);
		}
	}

	#send(file: File): Promise<UploadedFile> {
		this.sent = 0;
		return send<UploadedFile>(`${this.#base}/read?cell=${this.#cell}`, file, (share) => (this.sent = share));
	}
}
