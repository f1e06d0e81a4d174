import { strictestTlp, tlpLevels, type Tlp } from '#lib/standards/tlp.ts';
import type { MessageItem } from '#lib/exercise/channel/fold.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import type { MessageReach as Reach } from '#server/views/message-reach.ts';
import { getJson } from '../channels.svelte.ts';
import type { ChannelRoomState } from './room.svelte.ts';

/** Between two questions to the server while somebody chooses. */
const pauseMs = 250;

/** The labels that something which quotes these can have: none below theirs. */
export function labelsFor(
	quotes: readonly MessageItem[]
): { value: Tlp; label: string; disabled: boolean }[] {
	const floor = strictestTlp(quotes.map((one) => one.message.tlp));
	const rank = tlpLevels.find((one) => one.id === floor)!.rank;
	return tlpLevels.map((one) => ({ value: one.id, label: one.label, disabled: one.rank < rank }));
}

export const atLeast = (tlp: Tlp, quotes: readonly MessageItem[]): Tlp =>
	strictestTlp([tlp, ...quotes.map((one) => one.message.tlp)]);

/** How far a message would go, as the server says: asked anew when the label, the quotes or the members change. */
export class ReachLine {
	reach = $state.raw<Reach | null>(null);
	failed = $state(false);
	#asked = 0;

	/** Call in an effect; returns what ends it. */
	ask(
		room: ChannelRoomState,
		{ tlp, quotes, team }: { tlp: Tlp; quotes: readonly MessageItem[]; team: TeamId | null }
	): () => void {
		const turn = ++this.#asked;
		const query = new URLSearchParams({ tlp });
		if (quotes.length > 0) query.set('quotes', quotes.map((one) => one.message.message).join(','));
		if (team) query.set('team', team);
		const timer = setTimeout(() => {
			getJson<Reach>(room.reachAddress(query)).then(
				(reach) => {
					if (turn !== this.#asked) return;
					this.reach = reach;
					this.failed = false;
				},
				() => {
					if (turn !== this.#asked) return;
					this.reach = null;
					this.failed = true;
				}
			);
		}, pauseMs);
		return () => clearTimeout(timer);
	}
}
