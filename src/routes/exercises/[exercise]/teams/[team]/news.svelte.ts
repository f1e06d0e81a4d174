import { changesSince, type RoomChange } from '#lib/exercise/looked/changes.ts';
import { roomKey } from '#lib/exercise/looked/rooms.ts';
import { reachesTeam, type RoomItem } from '#lib/exercise/team/room.ts';
import { Looked } from '#lib/live/looked.svelte.ts';
import { t } from '#lib/text/index.ts';
import type { Times } from '../../shell/times.svelte.ts';
import type { TeamRoomState } from './room.svelte.ts';
import { titleOf } from './wording.ts';

/** What has changed in the room since this person last looked, and which of it was their own doing. */
export class RoomNews {
	readonly looked: Looked;
	readonly #room: TeamRoomState;
	readonly #times: Times;
	readonly #name: string;

	constructor(room: TeamRoomState, times: Times, name: string, lookedAt: number | null) {
		this.#room = room;
		this.#times = times;
		this.#name = name;
		this.looked = new Looked(room.exercise, roomKey({ to: 'team', team: room.team.id }), lookedAt);
	}

	// entries carry names: where two of the team have the same, none is taken for one's own
	readonly #hasNamesake = $derived.by(
		() => this.#room.people.filter(({ name }) => name === this.#name).length > 1
	);
	readonly isMine = (item: RoomItem): boolean =>
		this.#room.plays && !this.#hasNamesake && item.by === this.#name && !reachesTeam(item);

	readonly #newest: number = $derived.by(() =>
		this.#room.folded.items.reduce((last, item) => Math.max(last, item.wallAt), 0)
	);

	/** By record, what changed last on top. */
	readonly records = $derived.by(() => {
		const { at } = this.looked;
		if (at === null) return [];
		const changes = this.#room.folded.items
			.filter((item) => !this.isMine(item))
			.map((item) => this.#change(item));
		return changesSince(changes, at).map(({ about, changes: list }) => ({
			about,
			changes: list.map((one) => ({ ...one, time: one.at === null ? '' : this.#times.short(one.at) }))
		}));
	});

	/** Call once the timeline is there. */
	begin(): void {
		this.looked.begin(Math.max(this.#newest, Math.floor(this.#room.live.now())));
	}

	mark(): Promise<void> {
		return this.looked.mark(this.#newest);
	}

	#change(item: RoomItem): RoomChange {
		const { id, by, at, wallAt } = item;
		const about = item.kind === 'working' ? item.record : id;
		const title = titleOf(item, this.#times, this.#room.team.name);
		// the kind of an entry says little by itself
		const words = item.kind === 'log' ? t('looked.entry', { kind: title, text: clip(item.text) }) : title;
		return { id, about, by, at, wallAt, words };
	}
}

const clip = (text: string) => {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length <= 140 ? line : `${line.slice(0, 139).trimEnd()}…`;
};
