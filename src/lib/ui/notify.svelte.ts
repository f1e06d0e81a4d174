import type { Tone } from './types.ts';

export interface Toast {
	id: number;
	tone: Tone;
	message: string;
	action?: { label: string; run: () => void };
}

interface Options {
	tone?: Tone;
	action?: { label: string; run: () => void };
	/** milliseconds; 0 keeps it until dismissed. Errors, and notices with an action, stay by default */
	timeout?: number;
}

const maxShown = 5;
let next = 1;
const store = $state<{ list: Toast[] }>({ list: [] });

export const toasts = {
	get list(): readonly Toast[] {
		return store.list;
	}
};

/** Tells the reader something in the corner; call in the browser only. Returns the id for `dismiss`. */
export function notify(message: string, options: Options = {}): number {
	const tone = options.tone ?? 'info';
	const id = next++;
	const toast: Toast = { id, tone, message, ...(options.action && { action: options.action }) };
	store.list = [...store.list.filter((other) => other.message !== message), toast].slice(-maxShown);
	const timeout = options.timeout ?? (tone === 'error' || options.action ? 0 : 6000);
	if (timeout > 0) setTimeout(() => dismiss(id), timeout);
	return id;
}

export function dismiss(id: number): void {
	store.list = store.list.filter((toast) => toast.id !== id);
}
