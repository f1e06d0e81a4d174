import type { Attachment } from 'svelte/attachments';

/** The first field of a form in a dialog. The dialog puts the focus on its close button first, so this waits a turn. */
export const focusFirstField: Attachment<HTMLElement> = (form) => {
	const timer = setTimeout(() =>
		form.querySelector<HTMLElement>('textarea, input[type=text], select')?.focus()
	);
	return () => clearTimeout(timer);
};
