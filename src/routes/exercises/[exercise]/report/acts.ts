import { invalidate } from '$app/navigation';
import { notify } from '#lib/ui/notify.svelte.ts';
import { notifyFailure } from '#lib/ui/sending.svelte.ts';

/** Carries something out and reads the page again; what is refused is said. True: it is done. */
export async function attempt(act: () => Promise<unknown>, said?: string): Promise<boolean> {
	try {
		await act();
		if (said) notify(said);
		return true;
	} catch (problem) {
		notifyFailure(problem);
		return false;
	} finally {
		await invalidate('exercise:hot-wash');
	}
}
