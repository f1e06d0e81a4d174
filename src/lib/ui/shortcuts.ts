/**
 * Keys of the page. `$effect(() => registerShortcuts([...]))` in a component; the last registered wins.
 * Ignored while somebody types, and while a dialog or menu is open. Single keys can be switched off (WCAG 2.1.4).
 */
export interface Shortcut {
	/** one key with modifiers, as in `r`, `?`, `Escape`, `shift+a`, `mod+k` (mod: Ctrl, or Cmd on a Mac) */
	keys: string;
	label: string;
	run: (event: KeyboardEvent) => void;
	/** also while typing: for keys with a modifier, and Escape */
	whileTyping?: boolean;
	/** not now: the key stays free for others */
	disabled?: boolean;
}

const storageKey = 'muster:single-keys';
const registered = new Set<Shortcut>();

/** Returns the function that takes the keys back. */
export function registerShortcuts(shortcuts: readonly Shortcut[]): () => void {
	if (registered.size === 0) window.addEventListener('keydown', handle);
	for (const shortcut of shortcuts) registered.add(shortcut);
	return () => {
		for (const shortcut of shortcuts) registered.delete(shortcut);
		if (registered.size === 0) window.removeEventListener('keydown', handle);
	};
}

/** What is registered now, for the list of keys. */
export function listShortcuts(): Shortcut[] {
	return [...registered];
}

export function areSingleKeysOn(): boolean {
	return localStorage.getItem(storageKey) !== 'off';
}

export function setSingleKeys(on: boolean): void {
	localStorage.setItem(storageKey, on ? 'on' : 'off');
}

export function isTyping(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	if (target.isContentEditable) return true;
	if (target instanceof HTMLInputElement) return !/^(button|checkbox|radio|submit|reset)$/.test(target.type);
	return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

export function matchesKeys(
	keys: string,
	event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>
): boolean {
	const parts = keys === '+' ? ['+'] : keys.split('+');
	const key = parts.at(-1) ?? '';
	const wantsShift = parts.includes('shift');
	if (parts.includes('mod') !== (event.ctrlKey || event.metaKey)) return false;
	if (parts.includes('alt') !== event.altKey) return false;
	// `?` and the like need shift on most keyboards, so shift counts for letters and named keys only
	const isSymbol = key.length === 1 && key.toLowerCase() === key.toUpperCase();
	if (!isSymbol && wantsShift !== event.shiftKey) return false;
	return event.key.toLowerCase() === key.toLowerCase();
}

function handle(event: KeyboardEvent): void {
	if (event.defaultPrevented || event.isComposing) return;
	const typing = isTyping(event.target);
	const inOverlay = document.querySelector('[role=dialog],[role=alertdialog],[role=menu]') !== null;
	for (const shortcut of [...registered].reverse()) {
		if (shortcut.disabled || !matchesKeys(shortcut.keys, event)) continue;
		if ((typing && !shortcut.whileTyping) || inOverlay) continue;
		if (shortcut.keys.length === 1 && !areSingleKeysOn()) continue;
		event.preventDefault();
		shortcut.run(event);
		return;
	}
}
