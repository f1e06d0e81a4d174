import type { InjectId } from '#lib/exercise/ids.ts';
import { injectLimits, type InjectAttachment } from '#lib/exercise/inject/schema.ts';
import { formatBytes } from '#lib/text/bytes.ts';
import { t } from '#lib/text/index.ts';
import { sendFile, SendProblem, type Sending } from '#lib/live/send-file.ts';

export interface Upload {
	id: number;
	inject: InjectId;
	name: string;
	/** bytes */
	total: number;
	sent: number;
	/** `checking`: all of it has left, and the server looks at it */
	phase: 'waiting' | 'sending' | 'checking' | 'failed';
	/** why it failed, and what to do about it */
	problem: string;
	mayRetry: boolean;
}

interface Known {
	file: File;
	sending: Sending<InjectAttachment> | null;
}

/**
 * Files on their way into the cell's injects, one after the other. They belong to the desk and not to the form of an
 * inject: a large file over a slow line takes minutes, and its planner goes on to another inject meanwhile.
 */
export class Uploads {
	#all = $state<Upload[]>([]);
	readonly #known = new Map<number, Known>();
	readonly #address: string;
	readonly #attach: (inject: InjectId, added: InjectAttachment) => void;
	/** tells of what became of one */
	readonly #told: (upload: Upload, isThere: boolean) => void;
	#next = 1;
	#isBusy = false;

	constructor(
		address: string,
		attach: (inject: InjectId, added: InjectAttachment) => void,
		told: (upload: Upload, isThere: boolean) => void
	) {
		this.#address = address;
		this.#attach = attach;
		this.#told = told;
	}

	of(inject: InjectId): readonly Upload[] {
		return this.#all.filter((one) => one.inject === inject);
	}

	/** Under way or waiting for their turn. */
	get open(): readonly Upload[] {
		return this.#all.filter((one) => one.phase !== 'failed');
	}

	add(inject: InjectId, files: readonly File[]): void {
		for (const file of files) {
			const upload: Upload = {
				id: this.#next++,
				inject,
				name: file.name,
				total: file.size,
				sent: 0,
				phase: 'waiting',
				problem: '',
				mayRetry: false
			};
			this.#known.set(upload.id, { file, sending: null });
			this.#all.push(upload);
			// asked here, so that nobody waits minutes for a refusal
			if (file.size > injectLimits.attachmentBytes)
				this.#fail(
					upload.id,
					t('file.tooLarge', { name: file.name, size: formatBytes(injectLimits.attachmentBytes) }),
					false
				);
		}
		void this.#work();
	}

	retry(id: number): void {
		const upload = this.#find(id);
		if (upload?.phase !== 'failed') return;
		Object.assign(upload, { phase: 'waiting', sent: 0, problem: '' });
		void this.#work();
	}

	/** Breaks it off, or takes one that failed off the list. */
	cancel(id: number): void {
		const sending = this.#known.get(id)?.sending;
		if (sending) sending.cancel();
		else this.#remove(id);
	}

	close(): void {
		const all = [...this.#known.values()];
		this.#all = [];
		this.#known.clear();
		for (const { sending } of all) sending?.cancel();
	}

	async #work(): Promise<void> {
		if (this.#isBusy) return;
		this.#isBusy = true;
		try {
			for (let next = this.#waiting(); next; next = this.#waiting()) await this.#send(next.id);
		} finally {
			this.#isBusy = false;
		}
	}

	async #send(id: number): Promise<void> {
		const upload = this.#find(id)!;
		const known = this.#known.get(id)!;
		upload.phase = 'sending';
		try {
			known.sending = sendFile<InjectAttachment>(this.#address, known.file, ({ sent, total }) => {
				upload.sent = sent;
				if (sent >= total) upload.phase = 'checking';
			});
			const added = await known.sending.added;
			const { inject } = upload;
			this.#remove(id);
			this.#attach(inject, added);
			this.#told($state.snapshot(upload), true);
		} catch (error) {
			known.sending = null;
			const problem = error instanceof SendProblem ? error : new SendProblem('refused');
			if (problem.kind === 'cancelled') return this.#remove(id);
			const [sent, total] = [upload.sent, upload.total].map(formatBytes) as [string, string];
			const words = problem.kind === 'line' ? t('file.lineBroke', { sent, total }) : problem.message;
			this.#fail(id, words || t('file.failed'), problem.mayRetry);
		}
	}

	#fail(id: number, problem: string, mayRetry: boolean): void {
		const upload = this.#find(id);
		if (!upload) return;
		Object.assign(upload, { phase: 'failed', problem, mayRetry });
		this.#told($state.snapshot(upload), false);
	}

	#remove(id: number): void {
		this.#known.delete(id);
		this.#all = this.#all.filter((one) => one.id !== id);
	}

	#find = (id: number): Upload | undefined => this.#all.find((one) => one.id === id);
	#waiting = (): Upload | undefined => this.#all.find((one) => one.phase === 'waiting');
}
