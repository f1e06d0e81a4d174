import { untrack } from 'svelte';

/**
 * Runs `begin` each time something opens, and what it returns when that closes. Nothing else begins it anew: a form that
 * somebody fills in is not emptied because the page behind it has learnt something. Call while a component is set up.
 */
export function whenOpened(isOpen: () => boolean, begin: () => (() => void) | void): void {
	// a prop may be an expression, which is told of more often than it changes
	const open = $derived(isOpen());
	$effect(() => {
		if (open) return untrack(begin);
	});
}
