import type { KeyHint } from '#lib/ui/types.ts';

const shown = $state<{ hints: readonly KeyHint[]; text: string }>({ hints: [], text: '' });

/** What the page puts into the foot line. */
export const footLine = {
	get hints() {
		return shown.hints;
	},
	get text() {
		return shown.text;
	}
};

/** `$effect(() => showInFoot([{ keys: 'R', label: … }]))`: the page's keys, and a few words on how current it is. */
export function showInFoot(hints: readonly KeyHint[], text = ''): () => void {
	shown.hints = hints;
	shown.text = text;
	return () => {
		shown.hints = [];
		shown.text = '';
	};
}
