import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import type { RoomItem, TeamRoom } from '#lib/exercise/team/room.ts';
import type { WorkingFact } from '#lib/exercise/working/kinds.ts';
import { Chance } from './chance.ts';
import { minutesFrom, roomPlays, type RoomPlay } from './room-words.ts';
import type { Simulated, Stage } from './stage.ts';

const minute = 60_000;
/** minutes of exercise time */
const firstAfter = 3.5;
const handoverAfter = 38;

type Working = Extract<RoomItem, { kind: 'working' }>;

/**
 * What a simulated team keeps in its room: an incident, its tasks, what becomes of decisions, and a handover. One act at a
 * time, each the next one that its own timeline does not show yet, so that it goes on after an interruption.
 */
export class RoomWork {
	readonly #stage: Stage;
	readonly #team: Team;
	readonly #lead: Simulated;
	readonly #second: Simulated;
	readonly #room: () => TeamRoom | null;
	readonly #play: RoomPlay | null;
	readonly #chance: Chance;
	readonly #startsAt: number;

	constructor(
		stage: Stage,
		team: Team,
		members: readonly Simulated[],
		startsAt: number,
		room: () => TeamRoom | null
	) {
		this.#stage = stage;
		this.#team = team;
		this.#lead = members[0]!;
		this.#second = members[1] ?? members[0]!;
		this.#room = room;
		this.#play = roomPlays[team.level];
		// of its own: other teams' chances do not move when this one does something more
		this.#chance = new Chance([...team.name].reduce((sum, sign) => sum * 31 + sign.charCodeAt(0), 7));
		this.#startsAt = startsAt;
	}

	begin(): void {
		if (!this.#play) return;
		const first = this.#startsAt + (firstAfter + this.#chance.between(0, 4)) * minute;
		this.#stage.agenda.at(Math.max(first, this.#stage.now), () => this.#go());
	}

	async #go(): Promise<void> {
		this.#stage.agenda.in(this.#chance.between(45, 130), () => this.#go());
		const room = this.#room();
		if (!room || !this.#play) return;
		for (const act of this.#acts(room, this.#play)) if (await act()) return;
	}

	/** What may come next, in the order in which it would; one that is refused, or a visitor's, is passed over. */
	*#acts(room: TeamRoom, play: RoomPlay): Generator<() => Promise<boolean>> {
		const { now } = this.#stage;
		const team = this.#team.id;
		const done = room.items.filter((item): item is Working => item.kind === 'working');
		const of = (kind: WorkingFact['kind'], record?: RecordId) =>
			done.filter((item) => item.happened === kind && (record === undefined || item.record === record));
		const as = this.#stage;

		const incident = of('incident-opened').at(-1)?.record;
		if (!incident) {
			const content = play.incident(this.#team.country);
			yield () => as.act(this.#second, 'incident.open', { team, content });
			return;
		}
		if (of('incident-moved', incident).length === 0)
			yield () => as.act(this.#second, 'incident.move', { record: incident, to: 'open' });

		const added = of('task-added');
		const next = play.tasks[added.length];
		if (next) {
			const { title, minutes, priority = 'normal', position } = next;
			const assignee = position
				? { position }
				: added.length === 0
					? { person: this.#second.accountId }
					: added.length === 1
						? { person: this.#lead.accountId }
						: null;
			const content = {
				title,
				priority,
				dueAt: minutesFrom(now, minutes),
				from: { kind: 'incident' as const, id: incident }
			};
			yield () => as.act(this.#lead, 'task.add', { team, content, assignee });
		}
		if (of('incident-assessed', incident).length === 0 && added.length > 1)
			yield () =>
				as.act(this.#lead, 'incident.assess', {
					record: incident,
					assessment: { of: 'significant', ...play.assessment }
				});
		const [first, second] = added.map((item) => item.record).reverse();
		if (first && of('task-moved', first).length === 0)
			yield () => as.act(this.#second, 'task.move', { record: first, to: 'doing' });
		if (first && of('task-noted', first).length === 0)
			yield () => as.act(this.#second, 'task.note', { record: first, note: play.note });
		const { methane } = play;
		if (methane && !room.items.some((item) => item.kind === 'log' && item.methane))
			yield () => as.act(this.#second, 'log.methane', { team, report: methane, incident });
		if (second && of('task-moved', second).length === 0)
			yield () => as.act(this.#lead, 'task.move', { record: second, to: 'doing' });
		if (first && of('task-moved', first).length === 1)
			yield () => as.act(this.#second, 'task.move', { record: first, to: 'done' });

		const old = room.decisions.findLast(
			({ state, at }) => state === 'decided' && at !== null && now - at > 8 * minute
		);
		if (old) yield () => as.act(this.#lead, 'decision.move', { team, number: old.number, to: 'implemented' });

		if (now < this.#startsAt + handoverAfter * minute || this.#lead === this.#second) return;
		const offered = of('handover-offered').at(0);
		if (!offered)
			yield () =>
				as.act(this.#lead, 'handover.offer', { team, to: this.#second.accountId, text: play.handover });
		else if (of('handover-accepted', offered.record).length === 0)
			yield () =>
				as.act(this.#second, 'handover.accept', { record: offered.record, note: 'Read. I take over.' });
	}
}
