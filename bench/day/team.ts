import { randomInt } from 'node:crypto';
import * as Y from 'yjs';
import { documentName } from '#lib/exercise/documents.ts';
import type { ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { draftFingerprint } from '#lib/exercise/notification/commands.ts';
import { fillForm, readForm, type FormValues } from '#lib/exercise/notification/form.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { addRow, readReport, reportHead, sectionText } from '#lib/exercise/report/page.ts';
import { reportSections } from '#lib/exercise/report/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { timelineEntries, type EntryBody } from '#lib/exercise/timeline.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { currentForm } from '#lib/standards/notification-forms.ts';
import { pause } from '../drive.ts';
import { marker } from '../events.ts';
import type { Play } from '../play.ts';
import type { Player } from '../players.ts';
import type { MeasuredServer } from '../servers.ts';
import type { Times } from './times.ts';
import { Writing } from './writing.ts';

/** What everybody in the day shares. */
export interface Day {
	server: MeasuredServer;
	play: Play;
	times: Times;
	/** reports go to the network of their level */
	networks: ReadonlyMap<string, string>;
	/** the team that answers a country's notifications */
	authority: (country: string) => SimulatedTeam;
	now: () => number;
	/** how many times as fast as a wall clock the exercise's runs */
	rate: number;
	/** what was refused, as sentences */
	refused: string[];
}

const form = currentForm('early_warning');
const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)]!;
const sentence =
	'Operators report that the crane control network answers slowly since the morning shift; ships wait at two berths and gates are worked by hand.';

/** One team at work: acknowledges and answers what comes, and does what its day asks of it. */
export class SimulatedTeam {
	readonly id: string;
	readonly country: string;
	readonly level: string;
	readonly players: readonly Player[];
	readonly #day: Day;
	/** what its timeline holds, read by the first of its players */
	readonly #doc = new Y.Doc();
	/** answers that are under way */
	readonly #answering = new Set<Promise<void>>();
	#reports = 0;
	#writing = false;

	constructor(day: Day, place: number, players: readonly Player[]) {
		const { id, country, level } = day.play.teams[place]!;
		this.id = id;
		this.country = country;
		this.level = level;
		this.players = players;
		this.#day = day;
		const { server } = day;
		players[0]!.read = (message) => {
			const update = server.dialect.update!(message);
			if (update) Y.applyUpdate(this.#doc, update.bytes);
		};
		timelineEntries(this.#doc).observe((event) => {
			for (const key of event.keysChanged as Set<string>)
				this.#heard(timelineEntries(this.#doc).get(key)!.body);
		});
	}

	get lead(): Player {
		return this.players[0]!;
	}
	get anybody(): Player {
		return pick(this.players);
	}

	/** A command of one of the team, timed; what is refused is kept. */
	async act(by: Player, name: string, input: unknown): Promise<Record<string, unknown> | null> {
		const { times, refused } = this.#day;
		try {
			return ((await times.of(`command ${name}`, () => by.command(name, input))) ?? {}) as Record<
				string,
				unknown
			>;
		} catch (error) {
			refused.push((error as Error).message);
			return null;
		}
	}

	async settled(): Promise<void> {
		while (this.#answering.size > 0) await Promise.all(this.#answering);
	}

	/** After one to five minutes of exercise time, as people need them. */
	#later(act: () => Promise<unknown>): void {
		const task = pause((60_000 + randomInt(240_000)) / this.#day.rate)
			.then(act)
			.then(
				() => undefined,
				(error: unknown) => void this.#day.refused.push(String(error))
			)
			.finally(() => this.#answering.delete(task));
		this.#answering.add(task);
	}

	#heard(body: EntryBody): void {
		if (body.kind === 'inject')
			this.#later(async () => {
				const by = this.anybody;
				await this.act(by, 'delivery.see', { deliveries: [body.delivery] });
				await this.act(by, 'delivery.acknowledge', { delivery: body.delivery });
				if (randomInt(2) === 0)
					await this.act(by, 'delivery.respond', { delivery: body.delivery, text: sentence });
			});
		if (body.kind !== 'working' || body.side !== 'other') return;
		const { record } = body;
		if (body.fact.kind === 'request-asked')
			this.#later(() => this.act(this.anybody, 'request.answer', { record, answer: sentence }));
		if (body.fact.kind === 'notification-submitted')
			this.#later(() =>
				this.act(this.anybody, 'notification.acknowledge', { record, report: 'early_warning' })
			);
	}

	// --- what a team does of its own accord -----------------------------------------------------------------------------

	log(id: number): Promise<unknown> {
		return this.act(this.anybody, 'log.add', {
			team: this.id,
			log: 'note',
			text: `Seen ${marker(id)} by us`
		});
	}

	async task(): Promise<void> {
		const by = this.anybody;
		const added = await this.act(by, 'task.add', {
			team: this.id,
			content: { title: 'Call the operator of the second pier', dueAt: this.#day.now() + 3_600_000 },
			assignee: null
		});
		if (!added) return;
		await pause(2000);
		await this.act(by, 'task.move', { record: added['record'], to: 'done' });
	}

	decide(): Promise<unknown> {
		return this.act(this.lead, 'decision.record', {
			team: this.id,
			decision: {
				question: 'Do we close remote maintenance?',
				options: [{ text: 'Close it' }, { text: 'Watch it' }],
				chosen: 'Close it',
				reason: sentence
			}
		});
	}

	incident(): Promise<unknown> {
		return this.act(this.anybody, 'incident.open', {
			team: this.id,
			content: {
				title: 'Terminal system does not answer',
				description: sentence,
				entity: 'Container terminal',
				cause: 'malicious-actions',
				threat: 'high',
				types: ['availability/outage'],
				impacts: [
					{
						country: this.country,
						sector: 'transport',
						severity: 'yellow',
						outlook: 'worsening',
						usersAffected: 200,
						crossBorder: true,
						source: 'Shift manager',
						asOf: this.#day.now()
					}
				]
			}
		});
	}

	/** To the CSIRT of the country: it answers when its timeline shows it. */
	ask(): Promise<unknown> {
		const authority = this.#day.authority(this.country);
		const to = authority === this ? { control: true } : { team: authority.id };
		return this.act(this.anybody, 'request.ask', {
			team: this.id,
			to,
			question: 'Which release is clean?',
			neededBy: this.#day.now() + 7_200_000,
			tlp: 'amber'
		});
	}

	question(): Promise<unknown> {
		return this.act(this.anybody, 'question.ask', { team: this.id, text: 'May we call the harbour master?' });
	}

	/** Two people write the early warning, the lead sends it. */
	async notify(): Promise<void> {
		const { times } = this.#day;
		const opened = await this.act(this.anybody, 'notification.open', {
			team: this.id,
			incident: null,
			content: {
				title: 'Terminal system does not answer',
				entity: 'Container terminal',
				awareAt: this.#day.now() - 1000
			}
		});
		if (!opened) return;
		const name = this.#page(`notification-${await this.#numberOf(opened['record'] as string)}`);
		const parts: FormValues[] = [
			{ entity: 'Container terminal', sector: 'transport', aware_at: this.#day.now() - 1000 },
			{ short_description: richTextFromText(sentence) },
			{ suspected_malicious: 'yes', possible_cross_border: 'yes', ongoing: 'yes' },
			{ affected_states: [this.country], contact_24x7: 'Shift manager, extension 100' }
		];
		const done = await this.#together(name, parts, (doc, part) => fillForm(doc, 'early_warning', form, part));
		const authority = this.#day.authority(this.country);
		await times.of('draft read, signed and sent', () =>
			this.#sign('notification.submit', done, (doc) => ({
				record: opened['record'],
				report: 'early_warning',
				fingerprint: draftFingerprint(readForm(doc, 'early_warning', form)),
				to: authority === this ? null : authority.id
			}))
		);
		done.end();
	}

	/** Cases are counted with those that the team received: its timeline says which number this one has. */
	#numberOf(record: string): Promise<number> {
		return untilThere(() => {
			for (const { body } of timelineEntries(this.#doc).values())
				if (body.kind === 'working' && body.record === record && body.fact.kind === 'notification-opened')
					return Promise.resolve(body.fact.number);
			return Promise.reject(new Error('the timeline does not show a case that was opened'));
		});
	}

	/** A situation report of several authors, approved by the lead and shared with the network of the team's level. */
	async report(): Promise<void> {
		if (this.#writing) return;
		this.#writing = true;
		try {
			const opened = await this.act(this.anybody, 'report.open', { team: this.id });
			if (!opened) return;
			const page = opened['page'] as string;
			const done = await this.#together(this.#page(page), reportSections, (doc, section) => {
				const paragraph = new Y.XmlElement('paragraph');
				paragraph.insert(0, [new Y.XmlText(`${sentence} `)]);
				sectionText(doc, section).insert(0, [paragraph]);
			});
			done.doc.transact(() => {
				reportHead(done.doc).set('title', `Report ${++this.#reports}`);
				reportHead(done.doc).set('tlp', 'amber');
				addRow(done.doc, 'impacts', `${this.id}-${this.#reports}`, {
					country: this.country as CountryCode,
					sector: pick(['transport', 'energy', 'health', 'banking'] as const),
					severity: pick(['green', 'yellow', 'red'] as const),
					outlook: 'stable',
					usersAffected: null,
					crossBorder: false,
					source: '',
					asOf: null
				});
			});
			await done.saved();
			const approved = await this.#sign('report.approve', done, (doc) => ({
				team: this.id,
				page,
				fingerprint: reportFingerprint(readReport(doc))
			}));
			done.end();
			if (!approved) return;
			const network = this.#day.networks.get(this.level);
			const authority = this.#day.authority(this.country);
			const to = network ? { channels: [network] } : authority === this ? null : { teams: [authority.id] };
			if (to) await this.act(this.lead, 'report.share', { team: this.id, page, ...to });
		} finally {
			this.#writing = false;
		}
	}

	#page(page: string): string {
		return documentName({
			exercise: this.#day.play.exercise as ExerciseId,
			kind: 'worksheet',
			team: this.id as TeamId,
			page: page as 'notes'
		});
	}

	/** The parts are written in turns by the team's people, each in an own line; answers with the lead's. */
	async #together<Part>(
		name: string,
		parts: readonly Part[],
		write: (doc: Y.Doc, part: Part) => void
	): Promise<Writing> {
		const { server } = this.#day;
		const open = () =>
			Promise.all(this.players.slice(0, 3).map((one) => Writing.open(server, name, one.cookie)));
		let lines = await untilThere(open);
		for (const [n, part] of parts.entries()) {
			await pause(300 + randomInt(500));
			for (;;) {
				const { doc } = lines[n % lines.length]!;
				doc.transact(() => write(doc, part));
				if (await lines[n % lines.length]!.saved()) break;
				// the line broke: what was not called saved is written again
				lines = await untilThere(open);
			}
		}
		for (const line of lines.slice(1)) line.end();
		return lines[0]!;
	}

	/** Signs what the lead has read; when somebody's last words come in between, once more. */
	async #sign(
		name: string,
		{ doc }: Writing,
		input: (doc: Y.Doc) => unknown
	): Promise<Record<string, unknown> | null> {
		const { times, refused } = this.#day;
		let last = '';
		for (let tries = 0; tries < 20; tries++) {
			try {
				return ((await times.of(`command ${name}`, () => this.lead.command(name, input(doc)))) ??
					{}) as Record<string, unknown>;
			} catch (error) {
				last = (error as Error).message;
				if (!last.includes('changed while')) break;
				await pause(100);
			}
		}
		refused.push(last);
		return null;
	}
}

async function untilThere<T>(open: () => Promise<T>): Promise<T> {
	const until = Date.now() + 120_000;
	for (;;) {
		try {
			return await open();
		} catch (error) {
			if (Date.now() > until) throw error;
			await pause(300);
		}
	}
}
