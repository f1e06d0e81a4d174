import type { CellId, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import type { ScriptRow } from '#lib/exercise/inject/view.ts';
import type { CentralScript } from '../central.svelte.ts';
import type { ScriptComments } from '../comments.svelte.ts';
import type { ScriptLists } from '../lists.svelte.ts';
import type { ScriptRoom } from '../script-room.svelte.ts';
import type { Uploads } from '../uploads.svelte.ts';

/** What the parts of the pane share. Getters: they follow the page. */
export interface PaneContext {
	readonly room: ScriptRoom;
	readonly lists: ScriptLists;
	readonly comments: ScriptComments;
	/** files on their way, also to injects that are not open */
	readonly uploads: Uploads;
	readonly rows: readonly ScriptRow[];
	readonly teams: readonly Team[];
	readonly cell: CellId;
	readonly exercise: Pick<Exercise, 'id' | 'startsAt' | 'endsAt' | 'timeZone' | 'settings'>;
	/** what can be done with the inject as a row of the script */
	readonly act: (act: 'duplicate' | 'remove' | 'moveUp' | 'moveDown', id: InjectId) => void;
	readonly canMove: boolean;
	/** what the cell's variants are variants of; null: not open here */
	readonly central: CentralScript | null;
}
