import { getContext, setContext } from 'svelte';
import { goto } from '$app/navigation';
import type { RecordKind } from '#lib/exercise/working/kinds.ts';

/** The tabs of a team's room, in their order. The address of one is `?tab=…`, and of a record in it `&record=…`. */
export const roomTabs = [
	'report',
	'notifications',
	'incidents',
	'tasks',
	'requests',
	'decisions',
	'log'
] as const;
export type RoomTab = (typeof roomTabs)[number];

const tabsOfRecords: Partial<Record<RecordKind, RoomTab>> = {
	incident: 'incidents',
	notification: 'notifications',
	task: 'tasks',
	request: 'requests',
	handover: 'log'
};
/** Where a kind of record is shown; null: in no tab. */
export const tabOfRecord = (kind: RecordKind): RoomTab | null => tabsOfRecords[kind] ?? null;

/** On a narrow screen one column shows at a time. */
export type RoomColumn = 'timeline' | 'work' | 'waiting';

/** Where in the room one is: the tab and the record, as the address says, so that they can be sent to a teammate. */
export class RoomPlace {
	tab = $state<RoomTab>('report');
	/** the record that is open in the tab; null: its list */
	record = $state<string | null>(null);
	column = $state<RoomColumn>('timeline');

	constructor(address: URL) {
		this.read(address);
	}

	/** Call when the address has changed: back, forward, a link. */
	read({ searchParams }: URL): void {
		const tab = roomTabs.find((one) => one === searchParams.get('tab'));
		if (tab) this.column = 'work';
		this.tab = tab ?? roomTabs[0];
		this.record = searchParams.get('record');
	}

	/** Shows a tab, or a record in it. */
	go(tab: RoomTab, record: string | null = null): void {
		this.column = 'work';
		if (tab === this.tab && record === this.record) return;
		this.tab = tab;
		this.record = record;
		void goto(addressOf(tab, record), { keepFocus: true, noScroll: true });
	}
}

/** A link within the room. */
export function addressOf(tab: RoomTab, record: string | null = null): string {
	return `?${new URLSearchParams({ tab, ...(record !== null && { record }) }).toString()}`;
}

const key = Symbol('place in the room');
export const setRoomPlace = (place: RoomPlace): RoomPlace => setContext(key, place);
export const getRoomPlace = (): RoomPlace => getContext<RoomPlace>(key);
