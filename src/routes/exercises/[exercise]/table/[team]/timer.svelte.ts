/*
 * What the facilitator asks, and how long there is: put on the projector by the page beside it. Both are windows of one
 * browser, so it lies in this browser and goes to no server; it survives that a page is loaded again.
 */
export interface Asked {
	question: string;
	/** server's clock, ms; null: no time is set */
	endsAt: number | null;
}

const nothing: Asked = { question: '', endsAt: null };

export class TableTimer {
	asked = $state.raw<Asked>(nothing);
	readonly #key: string;

	constructor(exercise: string, team: string) {
		this.#key = `muster/table/${exercise}/${team}`;
	}

	/** Call in the browser; returns what ends it. */
	open(): () => void {
		const read = () => (this.asked = parsed(localStorage.getItem(this.#key)));
		const listen = (event: StorageEvent) => {
			if (event.key === this.#key) read();
		};
		read();
		window.addEventListener('storage', listen);
		return () => window.removeEventListener('storage', listen);
	}

	show(asked: Asked): void {
		this.asked = asked;
		localStorage.setItem(this.#key, JSON.stringify(asked));
	}

	clear(): void {
		this.asked = nothing;
		localStorage.removeItem(this.#key);
	}
}

function parsed(text: string | null): Asked {
	try {
		const { question, endsAt } = JSON.parse(text ?? '{}') as Partial<Asked>;
		return {
			question: typeof question === 'string' ? question : '',
			endsAt: typeof endsAt === 'number' ? endsAt : null
		};
	} catch {
		return nothing;
	}
}

/** `4:09`; never below nothing. */
export function leftWords(endsAt: number, now: number): { text: string; over: boolean } {
	const left = Math.max(Math.ceil((endsAt - now) / 1000), 0);
	return { text: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`, over: left === 0 };
}
