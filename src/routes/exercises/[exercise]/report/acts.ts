import { invalidate } from '$app/navigation';
import { AppError } from '#lib/errors.ts';
import { t } from '#lib/text/index.ts';
import { notify } from '#lib/ui/notify.svelte.ts';

/** Carries something out and reads the page again; what is refused is said. True: it is done. */
export async function attempt(act: () => Promise<unknown>, said?: string): Promise<boolean> {
	try {
		await act();
		if (said) notify(said);
		return true;
	} catch (problem) {
		notify(problem instanceof AppError ? problem.message : t('common.error.failed'), { tone: 'error' });
		return false;
	} finally {
		await invalidate('exercise:hot-wash');
	}
}
