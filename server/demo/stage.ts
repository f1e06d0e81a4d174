import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import { AppError, type ErrorCode } from '#lib/errors.ts';
import { documentName, type Audience } from '#lib/exercise/documents.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { foldRoom, type TeamRoom } from '#lib/exercise/team/room.ts';
import { timelineEntries, type TimelineEntry } from '#lib/exercise/timeline.ts';
import type { ExercisePulse } from '#lib/protocol/wire.ts';
import { mintId } from '../mint.ts';
import type { Services } from '../services.ts';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';

export interface Simulated {
	accountId: AccountId;
	name: string;
}

/** Refusals that play brings with it: somebody was faster, the exercise was paused, the visitor took a role away. */
const usual: ReadonlySet<ErrorCode> = new Set(['stale', 'not-now', 'not-found', 'forbidden']);
/** Rings may be lost; then this is how long the simulated people overlook something. */
const lookAgainMs = 10_000;
const signedInForMs = 3000;
/** Exercise time in which no two teams write the same words. */
const freshWordsMs = 8 * 60_000;

/**
 * What simulated people stand on: the exercise clock, their agenda, the timelines that they read, and commands in their
 * name. They use what every browser uses, and know no more than what their timelines show.
 */
export class Stage {
	readonly services: Services;
	readonly exerciseId: ExerciseId;
	readonly chance: Chance;
	readonly agenda: Agenda;
	/** what should not have happened, as sentences */
	readonly problems: string[] = [];
	#pulse: (ExercisePulse & { heardAt: number }) | null = null;
	readonly #said = new Map<string, number>();
	/** several may follow one timeline */
	readonly #readers = new Map<string, Set<() => void>>();
	readonly #signedIn = new Map<AccountId, { until: number; answer: Promise<boolean> }>();
	readonly #unlisten: () => void;
	readonly #timer: NodeJS.Timeout;
	readonly #onState: (state: ExercisePulse['state']) => void;
	/** when the clock is known: what lies before now is then not done a second time */
	readonly ready: Promise<void>;
	#isReady!: () => void;

	constructor(
		services: Services,
		exerciseId: ExerciseId,
		seed: number,
		onState: (state: ExercisePulse['state']) => void
	) {
		this.services = services;
		this.exerciseId = exerciseId;
		this.chance = new Chance(seed);
		this.#onState = onState;
		this.ready = new Promise((resolve) => (this.#isReady = resolve));
		this.agenda = new Agenda(
			() => this.now,
			() => this.#pulse?.state === 'running',
			(error) => this.failed(error)
		);
		this.#unlisten = services.bell.listen((ring) => {
			if (ring.exercise === exerciseId && ring.pulse) this.#readPulse();
			for (const name of ring.documents ?? []) for (const read of this.#readers.get(name) ?? []) read();
		});
		this.#timer = setInterval(() => {
			this.#readPulse();
			for (const reads of [...this.#readers.values()]) for (const read of [...reads]) read();
		}, lookAgainMs);
		this.#timer.unref();
		this.#readPulse();
	}

	/** Exercise time, ms; 0 before STARTEX. */
	get now(): number {
		if (!this.#pulse) return 0;
		return exerciseTimeAt(this.#pulse.clock, this.#pulse.now + Date.now() - this.#pulse.heardAt) ?? 0;
	}

	failed(error: unknown): void {
		if (error instanceof AppError && usual.has(error.code)) return;
		this.problems.push(error instanceof Error ? error.message : String(error));
		this.services.log.warn({ err: error }, 'a simulated person could not act');
	}

	/** Carries out a command in somebody's name; false when it was refused, or when the visitor sits in that chair. */
	async act<Name extends CommandName>(
		by: Simulated,
		name: Name,
		input: CommandInput<Name>
	): Promise<boolean> {
		if (await this.isTaken(by)) return false;
		const message = { exercise: this.exerciseId, name, key: mintId<string>(), input };
		const answer = await this.services.commands.run(message, by);
		if (!answer.ok) this.failed(AppError.from(answer.error));
		return answer.ok;
	}

	/** Whether nobody has said this lately; then it counts as said. */
	isNews(text: string): boolean {
		const said = this.#said.get(text);
		if (said !== undefined && this.now - said < freshWordsMs) return false;
		this.#said.set(text, this.now);
		return true;
	}

	/** Whether somebody is signed in with this account: then it is theirs. */
	isTaken({ accountId }: Simulated): Promise<boolean> {
		const known = this.#signedIn.get(accountId);
		if (known && known.until > Date.now()) return known.answer;
		const answer = this.services.accounts.sessions.list(accountId).then((sessions) => sessions.length > 0);
		this.#signedIn.set(accountId, { until: Date.now() + signedInForMs, answer });
		return answer;
	}

	/** Follows a timeline from its first segment on: `changed` gets all of it, folded, after each change. */
	follow(audience: Audience, changed: (room: TeamRoom) => void): void {
		const entries = new Map<string, TimelineEntry>();
		let segment = 0;
		let name = '';
		let reading = false;
		let again = false;
		const open = (next: number) => {
			this.#readers.get(name)?.delete(read);
			segment = next;
			name = documentName({ exercise: this.exerciseId, kind: 'timeline', audience, segment });
			this.#readers.set(name, (this.#readers.get(name) ?? new Set()).add(read));
		};
		const read = () => {
			again = true;
			if (reading) return;
			reading = true;
			void readAll()
				.catch((error: unknown) => this.failed(error))
				.finally(() => (reading = false));
		};
		const readAll = async () => {
			while (again) {
				again = false;
				let full: number | null = null;
				for (const [id, entry] of timelineEntries(await this.services.documents.read(name)).entries()) {
					entries.set(id, entry);
					if (entry.body.kind === 'continued') full = entry.body.segment;
				}
				if (full !== null && full > segment) {
					open(full);
					again = true;
				}
			}
			changed(foldRoom([...entries.values()]));
		};
		open(0);
		read();
	}

	async stop(): Promise<void> {
		this.#unlisten();
		clearInterval(this.#timer);
		this.#readers.clear();
		await this.agenda.stop();
	}

	#readPulse(): void {
		this.services.realtime.pulse(this.exerciseId).then(
			(pulse) => {
				if (!pulse) return;
				const before = this.#pulse?.state;
				this.#pulse = { ...pulse, heardAt: Date.now() };
				this.#isReady();
				if (pulse.state !== before) this.#onState(pulse.state);
			},
			(error: unknown) => this.failed(error)
		);
	}
}
