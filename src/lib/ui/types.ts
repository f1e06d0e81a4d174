export type Tone = 'info' | 'success' | 'warn' | 'error';

export interface Option<T extends string = string> {
	value: T;
	label: string;
	hint?: string;
	disabled?: boolean;
}

export type DeliveryState =
	'queued' | 'delivered' | 'seen' | 'acknowledged' | 'responded' | 'overdue' | 'recalled' | 'failed';

export type SaveState = 'saved' | 'saving' | 'unsaved' | 'refused' | 'read-only';

export interface Person {
	id: string;
	name: string;
	/** caret colour; derived from the id if absent */
	colour?: string;
	away?: boolean;
}

export type MenuEntry =
	| {
			label: string;
			onselect?: () => void;
			href?: string;
			keys?: string;
			disabled?: boolean;
			tone?: 'plain' | 'danger';
	  }
	| { separator: true }
	| { heading: string };

export interface Tab {
	value: string;
	label: string;
	count?: number;
	/** of the count: `accent` asks to be looked at */
	tone?: 'plain' | 'accent';
}

export interface KeyHint {
	keys: string;
	label: string;
}

export interface Bar {
	label: string;
	value: number;
	tone?: 'accent' | 'soft' | DeliveryState;
	/** shown instead of the plain number */
	note?: string;
}

export interface TimesGroup {
	label: string;
	/** response times in milliseconds */
	values: readonly number[];
	/** what was asked for, in milliseconds */
	due?: number;
}
