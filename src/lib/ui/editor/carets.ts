import * as Y from 'yjs';
import type { Awareness } from 'y-protocols/awareness';
import { colourFor } from '../presence-colours.ts';

/** What a caret shows of a person. */
export interface CaretUser {
	name: string;
	colour: string;
}

interface CaretState {
	user: CaretUser & { color: string };
	cursor: { anchor: unknown; head: unknown } | null;
}

const maxName = 60;
/** Two caret moves come with each key; others cannot see more than this, and the server counts messages. */
const caretEveryMs = 150;
const colourPattern = /^#[0-9a-f]{6}$/i;

/**
 * Awareness as the caret plugin may see it: others' states checked value by value, because a state that a hostile
 * teammate made up would otherwise throw in everybody's editor; and no way to write but one's own caret. Whoever only
 * reads leaves no trace (DOMAIN 4.2). The name is the server's business, so `user` is written only where nobody else does.
 */
export function caretAwareness(awareness: Awareness, doc: Y.Doc, writes: boolean) {
	const states = () => {
		const checked = new Map<number, CaretState>();
		for (const [client, state] of awareness.getStates()) {
			if (client === awareness.clientID) continue;
			const caret = caretState(state, client, doc);
			if (caret) checked.set(client, caret);
		}
		return checked;
	};
	/** the newest caret, until it leaves; `undefined`: nothing waits */
	let waiting: unknown;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let planned = false;
	const leave = () => {
		clearTimeout(timer);
		timer = undefined;
		planned = false;
		if (waiting === undefined || !awareness.getLocalState()) return;
		awareness.setLocalStateField('cursor', waiting);
		waiting = undefined;
		timer = setTimeout(leave, caretEveryMs);
	};
	return {
		get states() {
			return states();
		},
		getStates: states,
		getLocalState() {
			const local = writes ? awareness.getLocalState() : null;
			return local && waiting !== undefined ? { ...local, cursor: waiting } : local;
		},
		setLocalStateField(field: string, value: unknown) {
			const local = awareness.getLocalState();
			if (!writes || !local) return;
			if (field === 'user') {
				if (!local['user']) awareness.setLocalStateField('user', value);
			} else if (field === 'cursor') {
				waiting = value;
				// who leaves the text is gone at once; the first move is not delayed either. A turn later, because a
				// text that is taken off the page loses its focus while the page is being drawn.
				if (!planned && (timer === undefined || value === null)) {
					planned = true;
					queueMicrotask(leave);
				}
			}
		},
		on: (event: 'change' | 'update', listener: () => void) => awareness.on(event, listener),
		off: (event: 'change' | 'update', listener: () => void) => awareness.off(event, listener)
	};
}

function caretState(state: unknown, client: number, doc: Y.Doc): CaretState | null {
	if (!isRecord(state)) return null;
	const user = isRecord(state['user']) ? state['user'] : {};
	const name = typeof user['name'] === 'string' ? user['name'].slice(0, maxName) : '';
	const given = user['colour'] ?? user['color'];
	const colour =
		typeof given === 'string' && colourPattern.test(given) ? given : colourFor(name || String(client));
	const cursor = isRecord(state['cursor']) ? state['cursor'] : null;
	return {
		user: { name, colour, color: colour },
		cursor:
			cursor && isPosition(cursor['anchor'], doc) && isPosition(cursor['head'], doc)
				? { anchor: cursor['anchor'], head: cursor['head'] }
				: null
	};
}

/** A place in this document that Yjs can look up without throwing or making a new type. */
function isPosition(value: unknown, doc: Y.Doc): boolean {
	if (!isRecord(value)) return false;
	const { type, tname, item, assoc } = value;
	if (tname !== undefined && tname !== null && !(typeof tname === 'string' && doc.share.has(tname)))
		return false;
	if (![type, item].every((id) => id === undefined || id === null || isItemId(id))) return false;
	if (assoc !== undefined && typeof assoc !== 'number') return false;
	try {
		Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(value), doc);
		return true;
	} catch {
		return false;
	}
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isItemId = (value: unknown): boolean =>
	isRecord(value) && Number.isSafeInteger(value['client']) && Number.isSafeInteger(value['clock']);

/** A caret with its owner's name. The name is text, whatever it says; the colour has passed the check above. */
export function renderCaret(user: Record<string, unknown>): HTMLElement {
	const caret = document.createElement('span');
	caret.className = 'caret';
	caret.style.setProperty('--caret', String(user['color']));
	// read aloud, names would stand in the middle of sentences; who is here is said beside the text
	caret.ariaHidden = 'true';
	const name = document.createElement('span');
	name.className = 'caret-name';
	name.textContent = String(user['name'] ?? '');
	caret.append(name);
	return caret;
}

export function renderSelection(user: Record<string, unknown>): {
	nodeName: string;
	class: string;
	style: string;
} {
	return { nodeName: 'span', class: 'caret-selection', style: `--caret: ${String(user['color'])}` };
}
