import { enhance as enhanceOfKit } from '$app/forms';
import type { ActionResult, SubmitFunction } from '@sveltejs/kit';
import { t } from '#lib/text/index.ts';
import { notify } from './notify.svelte.ts';

type Followed = Exclude<Awaited<ReturnType<SubmitFunction>>, void>;

/** No line, or a server that failed: neither says anything about what was typed. */
const isLost = (result: ActionResult): boolean =>
	result.type === 'error' && (result.status === undefined || result.status >= 500);

/**
 * SvelteKit's `use:enhance`, which shows the page of an error where a form could not be sent, and so throws away what was
 * typed. Here the form stays as it is, and the corner says that it was not sent.
 */
export const enhance = (form: HTMLFormElement, submit?: SubmitFunction) =>
	enhanceOfKit(form, async (sending) => {
		const follow = await submit?.(sending);
		const usual: Followed = ({ update }) => update();
		return async (answered) => {
			if (!isLost(answered.result)) return (follow ?? usual)(answered);
			notify(t('common.error.notSent'), { tone: 'error' });
			// what waited for the answer goes on; the page stays
			await follow?.({ ...answered, update: () => Promise.resolve() });
		};
	});
