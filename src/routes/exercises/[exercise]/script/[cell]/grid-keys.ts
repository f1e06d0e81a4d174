import type { GridColumn } from './columns.ts';

export type KeyAct =
	| 'up'
	| 'down'
	| 'left'
	| 'right'
	| 'pageUp'
	| 'pageDown'
	| 'rowStart'
	| 'rowEnd'
	| 'first'
	| 'last'
	| 'next'
	| 'previous'
	| 'edit'
	| 'editOn'
	| 'type'
	| 'clear'
	| 'open'
	| 'select'
	| 'extendUp'
	| 'extendDown'
	| 'extendLeft'
	| 'extendRight'
	| 'collapse'
	| 'selectUp'
	| 'selectDown'
	| 'selectAll'
	| 'sort'
	| 'insert'
	| 'duplicate'
	| 'remove'
	| 'moveUp'
	| 'moveDown'
	| 'submit'
	| 'approve'
	| 'undo'
	| 'redo';

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const plain: Record<string, KeyAct> = {
	ArrowUp: 'up',
	ArrowDown: 'down',
	ArrowLeft: 'left',
	ArrowRight: 'right',
	PageUp: 'pageUp',
	PageDown: 'pageDown',
	Home: 'rowStart',
	End: 'rowEnd',
	Tab: 'next',
	Enter: 'edit',
	// as spreadsheets have it: behind what is there, not instead of it
	F2: 'editOn',
	Delete: 'clear',
	Backspace: 'clear',
	Escape: 'collapse',
	' ': 'select'
};
const withShift: Record<string, KeyAct> = {
	Tab: 'previous',
	ArrowUp: 'extendUp',
	ArrowDown: 'extendDown',
	ArrowLeft: 'extendLeft',
	ArrowRight: 'extendRight',
	' ': 'select'
};
/** Beside the boxes that choose rows, whole rows. */
const onBoxes: Record<string, KeyAct> = { ArrowUp: 'selectUp', ArrowDown: 'selectDown' };
const withMod: Record<string, KeyAct> = {
	Home: 'first',
	End: 'last',
	Enter: 'open',
	a: 'selectAll',
	z: 'undo',
	y: 'redo'
};
/** By place on the keyboard: with Alt, a Mac writes other letters. */
const withAlt: Record<string, KeyAct> = {
	KeyN: 'insert',
	KeyC: 'duplicate',
	KeyS: 'submit',
	KeyA: 'approve',
	ArrowUp: 'moveUp',
	ArrowDown: 'moveDown',
	Delete: 'remove',
	Backspace: 'remove'
};

/** What a key means on a cell of the grid that is not being written; null: nothing, let it go on. */
export function keyAct(event: Key, at: { isHead: boolean; column: GridColumn }): KeyAct | null {
	const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
	const mod = ctrlKey || metaKey;
	if (altKey) return mod || shiftKey ? null : (withAlt[event.code] ?? null);
	if (mod) {
		const act = withMod[key.toLowerCase() as keyof typeof withMod] ?? withMod[key] ?? null;
		return shiftKey ? (act === 'undo' ? 'redo' : null) : act;
	}
	if (at.isHead) {
		if (key === 'Enter' || key === ' ') return 'sort';
		return shiftKey ? (withShift[key] ?? null) : key in plain && plain[key] !== 'clear' ? plain[key]! : null;
	}
	if (shiftKey && at.column === 'select' && onBoxes[key]) return onBoxes[key];
	if (shiftKey && withShift[key]) return withShift[key];
	if (!shiftKey && Object.hasOwn(plain, key)) return plain[key]!;
	return [...key].length === 1 ? 'type' : null;
}
