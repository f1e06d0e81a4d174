import { getContext, setContext } from 'svelte';
import type { MessageItem } from '#lib/exercise/channel/fold.ts';

/** What lies open over a channel. */
export type OpenedDialog =
	| { kind: 'forward' | 'up' | 'relax'; item: MessageItem }
	| { kind: 'members' | 'duty' | 'close' | 'propose' | 'decide' | 'modes' | 'ask' };

export class RoomDialogs {
	opened = $state.raw<OpenedDialog | null>(null);

	isOpen(kind: OpenedDialog['kind']): boolean {
		return this.opened?.kind === kind;
	}
	item(kind: 'forward' | 'up' | 'relax'): MessageItem | null {
		return this.opened?.kind === kind ? (this.opened as { item: MessageItem }).item : null;
	}
	close(): void {
		this.opened = null;
	}
}

const key = Symbol('channel dialogs');
export const setDialogs = (dialogs: RoomDialogs): RoomDialogs => setContext(key, dialogs);
export const getDialogs = (): RoomDialogs => getContext<RoomDialogs>(key);
