import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId } from '#lib/exercise/ids.ts';
import { draftOf, type InjectItem, type TeamRoom } from '#lib/exercise/team/room.ts';
import type { LogKind } from '#lib/exercise/team/schema.ts';
import { askBodies } from './bodies.ts';
import { RoomWork } from './room-work.ts';
import { ReportWriting } from './report-writing.ts';
import type { DemoTeam } from './scenario.ts';
import type { Simulated, Stage } from './stage.ts';
import { idleLog, plainAnswers, playOf } from './words.ts';

const minute = 60_000;
/** What is older than this when a team sits down has been talked about already. */
const freshFor = 2 * minute;

/** One simulated team: what it reads on its timeline, and what it means to do about it. */
export class TeamPlayer {
	readonly team: Team;
	readonly members: readonly Simulated[];
	readonly plays: boolean;
	readonly #stage: Stage;
	readonly #lead: Simulated;
	readonly #firstReport: number | null;
	readonly #startsAt: number;
	readonly #planned = new Set<DeliveryId>();
	#room: TeamRoom | null = null;
	#began = 0;
	#idle = 0;
	#writing: ReportWriting | null = null;

	constructor(stage: Stage, team: Team, plan: DemoTeam, members: readonly Simulated[], startsAt: number) {
		this.#stage = stage;
		this.team = team;
		this.members = members;
		this.#lead = members[0]!;
		this.plays = plan.plays;
		this.#startsAt = startsAt;
		this.#firstReport = plan.firstReport === undefined ? null : startsAt + plan.firstReport * minute;
	}

	begin(): void {
		this.#began = this.#stage.now;
		this.#stage.follow({ to: 'team', team: this.team.id }, (room) => {
			const first = this.#room === null;
			this.#room = room;
			for (const item of room.injects) this.#take(item);
			if (first && this.plays) this.#settle(room);
		});
	}

	/** What a team does besides its injects: entries now and then, and reports. */
	#settle(room: TeamRoom): void {
		this.#idle = Math.floor(this.#stage.chance.between(0, idleLog[this.team.level].length));
		this.#noteNext();
		askBodies(this.#stage, this.team, this.members);
		new RoomWork(this.#stage, this.team, this.members, this.#startsAt, () => this.#room).begin();
		const draft = draftOf(room);
		if (draft) this.#write(draft.page, draft.number);
		else if (this.#firstReport !== null) {
			const due = room.reports.length === 0 ? this.#firstReport : this.#stage.now + 20 * minute;
			this.#stage.agenda.at(due, () => this.#openReport());
		}
	}

	// --- injects --------------------------------------------------------------------------------------------------------

	#take(item: InjectItem): void {
		if (this.#planned.has(item.delivery)) return;
		this.#planned.add(item.delivery);
		const { chance, agenda } = this.#stage;
		const { delivery, inject } = item;
		const play = playOf((inject.original ?? inject).title);
		const reader = chance.pick(this.members);
		if (!item.acknowledged)
			agenda.in(chance.between(4, 25), () =>
				this.#stage.act(reader, 'delivery.see', { deliveries: [delivery] })
			);
		if (inject.acknowledgementRequired && !item.acknowledged)
			agenda.in(this.#untilAcknowledged(), () => this.#acknowledge(item, reader));
		if (inject.responseRequired && item.responses.length === 0) {
			const within = ((inject.respondBy ?? Infinity) - this.#stage.now) / 1000;
			agenda.in(chance.between(100, Math.max(Math.min(within * 0.9, 600), 150)), () =>
				this.#respond(item, play.answer ?? plainAnswers)
			);
		}
		if ((item.at ?? 0) >= this.#began - freshFor) this.#talkAbout(play);
		const decide = this.plays ? play.decide : undefined;
		if (decide && chance.happens(0.8)) agenda.in(chance.between(150, 380), () => this.#decide(decide));
	}

	/** Most acknowledge within two minutes; some let it lie, which exercise control should see. */
	#untilAcknowledged(): number {
		const { chance } = this.#stage;
		if (this.plays) return chance.happens(0.92) ? chance.between(15, 110) : chance.between(400, 900);
		return chance.happens(0.9) ? chance.between(20, 200) : chance.between(500, 1500);
	}

	async #acknowledge({ delivery }: InjectItem, by: Simulated): Promise<void> {
		if (!(await this.#visited())) await this.#stage.act(by, 'delivery.acknowledge', { delivery });
	}

	async #respond({ delivery }: InjectItem, answers: readonly string[]): Promise<void> {
		const answered = this.#room?.injects.find((item) => item.delivery === delivery)?.responses.length ?? 0;
		if (answered > 0 || (await this.#visited())) return;
		const text = this.#stage.chance.pick(answers);
		await this.#stage.act(this.#stage.chance.pick(this.members), 'delivery.respond', { delivery, text });
	}

	/** Somebody is signed in as one of the team: the messages are theirs to acknowledge and to answer. */
	async #visited(): Promise<boolean> {
		for (const member of this.members) if (await this.#stage.isTaken(member)) return true;
		return false;
	}

	// --- what the team says of its own accord -----------------------------------------------------------------------------

	#talkAbout(play: ReturnType<typeof playOf>): void {
		const { chance, agenda } = this.#stage;
		const lines = play.log ?? [];
		const said = this.plays
			? lines.filter(() => chance.happens(0.7))
			: lines.slice(0, 1).filter(() => chance.happens(0.15));
		for (const text of said) agenda.in(chance.between(40, 260), () => this.#log('action', text));
		const { ask } = play;
		if (ask && this.plays && chance.happens(0.4))
			agenda.in(chance.between(50, 220), () =>
				this.#stage.act(chance.pick(this.members), 'question.ask', { team: this.team.id, text: ask })
			);
	}

	#noteNext(): void {
		this.#stage.agenda.in(this.#stage.chance.between(120, 420), async () => {
			const pool = idleLog[this.team.level];
			const [log, text] = pool[this.#idle++ % pool.length]!;
			await this.#log(log, text);
			this.#noteNext();
		});
	}

	/** Teams know each other's situation, but do not speak with one voice. */
	async #log(log: LogKind, text: string): Promise<void> {
		if (this.#stage.isNews(text))
			await this.#stage.act(this.#stage.chance.pick(this.members), 'log.add', {
				team: this.team.id,
				log,
				text
			});
	}

	async #decide(of: NonNullable<ReturnType<typeof playOf>['decide']>): Promise<void> {
		if (this.#room?.decisions.some(({ decision }) => decision.question === of.question)) return;
		await this.#stage.act(this.#lead, 'decision.record', {
			team: this.team.id,
			decision: { ...of, options: of.options.map((text) => ({ text })) }
		});
	}

	// --- situation reports ------------------------------------------------------------------------------------------------

	async #openReport(): Promise<void> {
		const opened = await this.#stage.act(this.#stage.chance.pick(this.members), 'report.open', {
			team: this.team.id
		});
		// refused when the visitor has opened one already: then the team writes on that
		const number = (this.#room?.reports.at(-1)?.number ?? 0) + (opened ? 1 : 0);
		const draft = this.#room && draftOf(this.#room);
		if (opened) this.#write(`report-${number}`, number);
		else if (draft) this.#write(draft.page, draft.number);
		else this.#stage.agenda.in(300, () => this.#openReport());
	}

	#write(page: string, number: number): void {
		if (this.#writing?.page === page) return;
		const received = [...(this.#room?.injects ?? [])].reverse().map((item) => item.inject.title);
		this.#writing = new ReportWriting(this.#stage, this.team, this.members, page, number, received, () => {
			this.#stage.agenda.in(this.#stage.chance.between(1500, 2400), () => this.#openReport());
		});
		this.#writing.begin();
	}
}
