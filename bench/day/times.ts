import type { Goal } from '../report.ts';
import { atMost, fixed } from '../report.ts';
import { percentile } from '../statistics.ts';

/** One thing that somebody waited for. */
interface Wait {
	at: number;
	took: number;
}

/** How long people waited, by what they did; what fell into an outage stands apart. */
export class Times {
	readonly #waits = new Map<string, Wait[]>();
	/** wall clock, ms */
	outage: { from: number; to: number } = { from: Infinity, to: Infinity };

	add(what: string, at: number, took: number): void {
		const list = this.#waits.get(what) ?? [];
		this.#waits.set(what, list);
		list.push({ at, took });
	}

	/** Of an act: from its begin to its answer. */
	async of<T>(what: string, act: () => Promise<T>): Promise<T> {
		const at = Date.now();
		const answer = await act();
		this.add(what, at, Date.now() - at);
		return answer;
	}

	/** Outside the outage. */
	calm(what: string): number[] {
		const { from, to } = this.outage;
		return (this.#waits.get(what) ?? []).filter(({ at }) => at < from || at > to).map(({ took }) => took);
	}

	count = (what: string): number => this.#waits.get(what)?.length ?? 0;

	rows(): string[][] {
		return [...this.#waits.keys()].map((what) => {
			const calm = this.calm(what);
			return [
				what,
				String(this.count(what)),
				...[0.5, 0.95, 0.99, 1].map((share) => fixed(percentile(calm, share)))
			];
		});
	}

	goal(what: string, share: number, limit: number): Goal[] {
		const calm = this.calm(what);
		return calm.length === 0 ? [] : atMost(`${what}, p${share * 100}`, percentile(calm, share), limit, 'ms');
	}
}
