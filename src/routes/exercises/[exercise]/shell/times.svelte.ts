import { getContext, setContext } from 'svelte';
import { readRealTime, tellTime, type TimeFrame } from '#lib/exercise/exercise/clock.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import { parseJump } from './jump.ts';
import { formatLocalTime } from '#lib/text/index.ts';

/** Both clocks, as the reader writes them: exercise time in the exercise's zone, the wall's in the reader's own. */
export class Times {
	readonly #live: LiveExercise;
	readonly #exercise: () => TimeFrame;
	/** the reader's; the browser's zone is known only there */
	zone = $state('UTC');

	constructor(live: LiveExercise, exercise: () => TimeFrame, zone: string) {
		this.#live = live;
		this.#exercise = exercise;
		this.zone = zone;
	}

	/** `D1 10:42`; in a real room `28 Nov 10:42Z` */
	full(exercise: number, seconds = false): string {
		return tellTime(exercise, this.#exercise(), { seconds });
	}

	/** `10:42` on the day of play that it is now, else `D2 10:42` */
	short(exercise: number): string {
		const text = this.full(exercise);
		const today = dayOf(this.full(this.now));
		return text.startsWith(`${today} `) ? text.slice(today.length + 1) : text;
	}

	/** What a reader writes as exercise time: `10:42` on the day that it is, `D2 09:00`, `+06:00` from now. Null: no time. */
	read(words: string): number | null {
		const { kind, timeZone } = this.#exercise();
		if (kind === 'real' && !/^[+\-−–]/.test(words.trim())) return readRealTime(words, this.now, timeZone);
		const today = dayOf(this.full(this.now));
		return parseJump(words, { now: this.now, today, ...this.#exercise() });
	}

	/** Exercise time; before STARTEX the planned start. */
	get now(): number {
		return this.#live.exerciseTime ?? this.#exercise().startsAt;
	}

	/** `11:42 CET` */
	local(wall: number): string {
		return formatLocalTime(wall, this.zone);
	}
}

const dayOf = (told: string) => told.slice(0, told.lastIndexOf(' '));

const key = Symbol('times');
export const setTimes = (times: Times): Times => setContext(key, times);
export const getTimes = (): Times => getContext<Times>(key);
