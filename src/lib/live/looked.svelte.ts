import { AppError, type Refusal } from '#lib/errors.ts';
import type { RoomKey } from '#lib/exercise/looked/rooms.ts';

/**
 * When this person last looked at a room: `new Looked(exercise, 'team/…', data.lookedAt)`. What came after it is new until
 * they say that they have looked. Whoever has never looked begins now: nothing is new to somebody who sees all for the
 * first time.
 */
export class Looked {
	readonly room: RoomKey;
	/** by the wall's clock, ms; null: never */
	at = $state<number | null>(null);
	busy = $state(false);
	readonly #url: string;

	constructor(exercise: string, room: RoomKey, at: number | null) {
		this.room = room;
		this.at = at;
		this.#url = `/api/exercises/${exercise}/looked`;
	}

	isNew(wallAt: number): boolean {
		return this.at !== null && wallAt > this.at;
	}

	/** Up to the newest entry that is on the screen. Throws `AppError` with a sentence to show. */
	async mark(upTo: number): Promise<void> {
		if (this.busy || (this.at !== null && upTo <= this.at)) return;
		this.busy = true;
		try {
			const response = await fetch(this.#url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ room: this.room, upTo })
			}).catch(() => null);
			if (!response) throw new AppError('unavailable', 'There is no connection. Try again in a moment.');
			if (!response.ok) throw AppError.from((await response.json()) as Refusal);
			this.at = ((await response.json()) as { at: number }).at;
		} finally {
			this.busy = false;
		}
	}

	/** Call once the timeline is there: somebody who has never looked begins here. */
	begin(upTo: number): void {
		if (this.at === null) void this.mark(upTo).catch(() => undefined);
	}
}
