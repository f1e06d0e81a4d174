import { nameOfInject } from '#lib/exercise/plan/entries.ts';
import { snap } from '#lib/exercise/plan/scale.ts';
import { t } from '#lib/text/index.ts';
import { notify } from '#lib/ui/notify.svelte.ts';
import type { PlanRoom } from './plan-room.svelte.ts';
import type { PlanDeskView } from './plan-view.svelte.ts';

interface Drag {
	id: string;
	startX: number;
	/** whether it has gone far enough to be one */
	isMoving: boolean;
	/** ms */
	delta: number;
	alone: boolean;
}

/** What carrying needs of the picture. */
interface Picture {
	room: () => PlanRoom;
	view: () => PlanDeskView;
	/** pixels of a millisecond */
	scale: () => number;
	/** a time in words */
	time: (at: number) => string;
	focusOn: (id: string) => Promise<void>;
	reveal: () => Promise<void>;
}

/** a finger that rests on a mark so long picks it up, ms; one that moves at once scrolls */
const holdMs = 350;

/** Injects carried to another time: with the mouse, with a finger that has rested on one, or step by step from the keyboard. */
export class Carrying {
	readonly #picture: Picture;
	#drag = $state.raw<Drag | null>(null);
	#hold: { id: string; x: number; y: number; timer: ReturnType<typeof setTimeout> } | null = null;
	/** for readers of the screen: what was moved, and where to */
	said = $state('');
	/** what would move with what is carried, or why it may not; null: nothing is carried */
	readonly moved = $derived.by(() => {
		if (!this.#drag?.isMoving) return null;
		const { room, view } = this.#picture;
		return room().preview(view().movedWith(this.#drag.id), this.#drag.delta, this.#drag.alone);
	});

	constructor(picture: Picture) {
		this.#picture = picture;
	}

	get drag(): Readonly<Drag> | null {
		return this.#drag;
	}

	/** The mouse is down on an inject. */
	take(id: string, x: number): void {
		this.#drag = { id, startX: x, isMoving: false, delta: 0, alone: this.#picture.view().alone };
	}

	/** A finger is down on an inject. */
	rest(id: string, x: number, y: number): void {
		this.#hold = { id, x, y, timer: setTimeout(() => this.#pickUp(), holdMs) };
	}

	#pickUp(): void {
		if (!this.#hold) return;
		const { id, x } = this.#hold;
		this.#hold = null;
		void this.#picture.focusOn(id);
		if (this.#isStuck(id)) return;
		// shown at once: now it is in the hand
		this.#drag = { id, startX: x, isMoving: true, delta: 0, alone: this.#picture.view().alone };
		navigator.vibrate?.(15);
	}

	/** The finger no longer rests. */
	letGo(): void {
		if (this.#hold) clearTimeout(this.#hold.timer);
		this.#hold = null;
	}

	follow(event: PointerEvent): void {
		const hold = this.#hold;
		if (hold && Math.hypot(event.clientX - hold.x, event.clientY - hold.y) > 8) this.letGo();
		const drag = this.#drag;
		if (!drag) return;
		const far = event.clientX - drag.startX;
		if (!drag.isMoving && Math.abs(far) < 4) return;
		if (!drag.isMoving && this.#isStuck(drag.id)) {
			this.#drag = null;
			return;
		}
		const view = this.#picture.view();
		const at = this.#picture.room().byId.get(drag.id)?.at ?? 0;
		// shift: this once the other way about
		const alone = event.shiftKey !== view.alone;
		const delta = snap(at + far / this.#picture.scale(), view.snap) - at;
		this.#drag = { ...drag, isMoving: true, delta, alone };
	}

	/** Mouse or finger is up: what was carried stays where it is now. */
	drop(): void {
		const ended = this.#drag;
		// a tap
		if (this.#hold) void this.#picture.focusOn(this.#hold.id);
		this.cancel();
		if (ended?.isMoving) this.#move(ended.id, ended.delta, ended.alone);
	}

	/** What is carried goes back to where it was. */
	cancel(): void {
		this.letGo();
		this.#drag = null;
	}

	/** One step earlier or later, from between two steps to the next one. */
	nudge(sideways: -1 | 1, step: number): void {
		const { room, view, reveal } = this.#picture;
		const id = view().focused;
		const at = id === null ? undefined : room().byId.get(id)?.at;
		if (id === null || at == null) return;
		const next = sideways > 0 ? Math.floor(at / step) * step + step : Math.ceil(at / step) * step - step;
		this.#move(id, next - at, view().alone);
		void reveal();
	}

	/** Whether this inject stays where it is; the reason is told. */
	#isStuck(id: string): boolean {
		const problem = this.#picture.room().moveProblem(id);
		if (problem) notify(t(`plan.problem.${problem}`), { tone: 'warn' });
		return problem !== null;
	}

	#move(id: string, delta: number, alone: boolean): void {
		if (delta === 0 || this.#isStuck(id)) return;
		const { room, view } = this.#picture;
		const problem = room().move(view().movedWith(id), delta, alone);
		if (problem) notify(t(`plan.problem.${problem}`), { tone: 'warn' });
		else this.#say(id);
	}

	#say(id: string): void {
		requestAnimationFrame(() => {
			const entry = this.#picture.room().byId.get(id);
			if (entry?.at != null)
				this.said = t('plan.movedTo', {
					name: nameOfInject(entry.inject),
					time: this.#picture.time(entry.at)
				});
		});
	}
}
