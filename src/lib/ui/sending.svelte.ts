import type { SubmitFunction } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import { t } from '#lib/text/index.ts';
import { notify } from './notify.svelte.ts';

/** What a person reads of something that went wrong: the sentence of a refusal; of a fault, that it did not work. */
export function sentenceOf(problem: unknown): string {
	return problem instanceof AppError ? problem.message : t('common.error.failed');
}

/** Says in the corner what went wrong: where there is no place for it beside what was pressed. */
export function notifyFailure(problem: unknown): void {
	notify(sentenceOf(problem), { tone: 'error' });
}

/**
 * What one form or button sends: whether it is under way, and what was refused, to be shown beside it. What was typed stays
 * where it is: only the caller empties a field, once it has been sent.
 */
export class Sending {
	busy = $state(false);
	/** the sentence of what was refused; empty: nothing */
	failure = $state('');
	/** a sentence for each field that is wrong, by its name */
	fields = $state.raw<Readonly<Record<string, string>>>({});

	/** `failure`, unless it stands beside a field already */
	get unnamed(): string {
		return Object.keys(this.fields).length === 0 ? this.failure : '';
	}

	/** Nothing was refused: for a form that begins anew. */
	clear(): void {
		this.failure = '';
		this.fields = {};
	}

	/**
	 * Carries `act` out, unless something is under way already. True: done. What it throws is told in `failure`; `refused` learns
	 * of it as well.
	 */
	async run(act: () => Promise<unknown>, refused?: (problem: unknown) => void): Promise<boolean> {
		if (this.busy) return false;
		this.busy = true;
		this.clear();
		try {
			await act();
			return true;
		} catch (problem) {
			this.#tell({
				message: sentenceOf(problem),
				fields: problem instanceof AppError ? problem.details?.['fields'] : undefined
			});
			refused?.(problem);
			return false;
		} finally {
			this.busy = false;
		}
	}

	/** For `use:enhance` of a form that tells by itself what was refused: `done` follows when the page has been read anew. */
	form(done?: () => void): SubmitFunction {
		return () => {
			this.busy = true;
			this.clear();
			return async ({ result, update }) => {
				if (result.type === 'failure') this.#tell(result.data ?? {});
				else await update({ reset: false });
				this.busy = false;
				if (result.type === 'success') done?.();
			};
		};
	}

	/**
	 * For `use:enhance` of a form whose page tells what was refused (its `form`). `done` follows when the page has been read
	 * anew; `resets`: the fields are emptied then.
	 */
	page(done?: () => void, resets = false): SubmitFunction {
		return () => {
			this.busy = true;
			return async ({ result, update }) => {
				await update({ reset: resets && result.type === 'success' });
				this.busy = false;
				if (result.type === 'success') done?.();
			};
		};
	}

	#tell({ message, fields }: { message?: unknown; fields?: unknown }): void {
		this.failure = typeof message === 'string' && message !== '' ? message : t('common.error.failed');
		this.fields = (fields ?? {}) as Record<string, string>;
	}
}
