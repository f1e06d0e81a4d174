import type { Tlp } from '#lib/standards/tlp.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, MessageId, RecordId, TeamId } from '#lib/exercise/ids.ts';
import { channelsByName, sectorGroup } from './channels.ts';
import type { DemoAccount } from './fill.ts';
import type { Stage } from './stage.ts';

const minute = 60_000;
/** What was due longer ago when the simulation begins was said by the one before. */
const overlap = 20_000;

/** A message of the demonstration; others refer to it by its words. */
interface Line {
	/** minute of exercise time */
	at: number;
	by: string;
	in: string;
	text: string;
	tlp: Tlp;
	/** the words of the message that begins the thread */
	thread?: string;
	/** the words of what it quotes */
	quote?: string;
	mention?: string;
}

const odd =
	'Remote maintenance of Quayboard 7.4 opened sessions at night in two of our terminals. Does anybody else see this?';
const hashes =
	'Check sums of the update as we received it are in the file store of our CSIRT; ask us for access.';
const same = 'Same here since 04:10, one terminal. We have closed remote maintenance.';
const pictures = 'Cranes in Piraeus stand still; gates are worked by hand. No safety problem.';

const csirts = 'CSIRTs network';
const cyclone = 'EU-CyCLONe';
const lines: readonly Line[] = [
	{ at: 2.5, by: 'GR CSIRT lead', in: csirts, text: odd, tlp: 'amber' },
	{ at: 3.4, by: 'NL CSIRT analyst', in: csirts, text: same, tlp: 'amber', thread: odd },
	{
		at: 4.1,
		by: 'DE CSIRT lead',
		in: csirts,
		text: 'Nothing at ports, but the rail freight system uses the same maintenance provider. Looking.',
		tlp: 'amber',
		thread: odd
	},
	{ at: 4.8, by: 'GR Port lead', in: sectorGroup, text: pictures, tlp: 'green' },
	{ at: 5.2, by: 'NL CSIRT lead', in: csirts, text: hashes, tlp: 'green', mention: 'GR CSIRT analyst' },
	{
		at: 5.9,
		by: 'IT CSIRT lead',
		in: csirts,
		text: 'We have the same version in Genoa and Trieste; no odd sessions so far. Will report at the hour.',
		tlp: 'green'
	},
	{
		at: 6.4,
		by: 'NL Port lead',
		in: sectorGroup,
		text: 'Rotterdam works, slower. We could take two ships from Piraeus tomorrow.',
		tlp: 'green',
		thread: pictures
	},
	{
		at: 7.6,
		by: 'FI CSIRT lead',
		in: csirts,
		text: 'Thank you. One question for the record: was the update signed?',
		tlp: 'green',
		quote: hashes
	},
	{
		at: 11.2,
		by: 'GR Crisis lead',
		in: cyclone,
		text: 'Two ports affected in Greece, no knock-on to energy or health. Next picture at the hour.',
		tlp: 'green'
	},
	{
		at: 12.1,
		by: 'NL Crisis lead',
		in: cyclone,
		text: 'One terminal in the Netherlands, contained. We would support one common line to the press.',
		tlp: 'green'
	},
	{
		at: 15,
		by: 'PL CSIRT lead',
		in: csirts,
		text: 'Poland: one rail operator reports double bookings of train paths. Linked? We do not know yet.',
		tlp: 'amber'
	},
	{
		at: 17,
		by: 'DE CSIRT analyst',
		in: csirts,
		text: 'The provider confirms: one maintenance account was used from two places at once. Details under AMBER on request.',
		tlp: 'amber'
	},
	{
		at: 20,
		by: 'DE Crisis lead',
		in: cyclone,
		text: 'Germany: freight is slower on two lines, passengers are not affected.',
		tlp: 'green'
	}
];

/**
 * What the demonstration's teams say to each other across countries: messages and threads, one change of mode, a summary
 * that goes up, requests, and a label that somebody would like relaxed.
 */
export class ChannelTalk {
	readonly #stage: Stage;
	readonly #accounts: ReadonlyMap<string, DemoAccount>;
	readonly #teams: ReadonlyMap<string, TeamId>;
	readonly #startsAt: number;
	#channels: ReadonlyMap<string, ChannelId> = new Map();

	constructor(stage: Stage, accounts: readonly DemoAccount[], teams: readonly Team[], startsAt: number) {
		this.#stage = stage;
		this.#accounts = new Map(accounts.map((account) => [account.name, account]));
		this.#teams = new Map(teams.map((team) => [team.name, team.id]));
		this.#startsAt = startsAt;
	}

	async begin(): Promise<void> {
		this.#channels = await channelsByName(this.#stage.services, this.#stage.exerciseId);
		for (const line of lines) this.#at(line.at, () => this.#say(line));
		this.#at(6.8, () =>
			this.#ask(
				'GR CSIRT analyst',
				'GR CSIRT',
				'NL CSIRT',
				'Which build of Quayboard did your terminal install, and when?'
			)
		);
		this.#at(8.2, () =>
			this.#propose(
				'GR CSIRT lead',
				csirts,
				'alert',
				'Ports in three countries, one supplier, and rail may follow.'
			)
		);
		this.#at(9, () =>
			this.#answer('NL CSIRT lead', 'Build 7.4.2, on Tuesday at 22:00, by the provider’s remote session.')
		);
		this.#at(9.6, () =>
			this.#decide('NL CSIRT lead', csirts, 'alert', 'Agreed with three members on the telephone.')
		);
		this.#at(10.4, () => this.#bringUp());
		this.#at(10.9, () => this.#askControl('NL Port lead', 'NL Port'));
		this.#at(12.6, () => this.#askDuty('DE Crisis lead', 'DE Crisis'));
		this.#at(16, () => this.#relax());
	}

	#at(minutes: number, act: () => Promise<unknown>): void {
		const due = this.#startsAt + minutes * minute;
		if (due > this.#stage.now - overlap) this.#stage.agenda.at(due, act);
	}

	#by(name: string): DemoAccount {
		return this.#accounts.get(name)!;
	}
	#in(channel: string): ChannelId {
		return this.#channels.get(channel)!;
	}

	async #say(line: Line): Promise<void> {
		const thread = line.thread && (await this.#message(line.thread));
		const quote = line.quote && (await this.#message(line.quote));
		await this.#stage.act(this.#by(line.by), 'channel.post', {
			channel: this.#in(line.in),
			text: line.mention ? `@${line.mention} ${line.text}` : line.text,
			tlp: line.tlp,
			...(thread && { thread }),
			...(quote && { quotes: [quote] }),
			...(line.mention && { mentions: [this.#by(line.mention).accountId] })
		});
	}

	/** By its words: the simulation before this one may have said it. */
	async #message(text: string): Promise<MessageId | null> {
		const { rows } = await this.#stage.services.database.pool.query<{ id: MessageId }>(
			`select fact ->> 'message' as id from fact
			where exercise_id = $1 and kind = 'message-posted' and fact ->> 'text' like '%' || $2
			order by sequence limit 1`,
			[this.#stage.exerciseId, text]
		);
		return rows[0]?.id ?? null;
	}

	async #propose(by: string, channel: string, to: string, reason: string): Promise<void> {
		await this.#stage.act(this.#by(by), 'mode.propose', { channel: this.#in(channel), to, reason });
	}
	async #decide(by: string, channel: string, to: string, reason: string): Promise<void> {
		await this.#stage.act(this.#by(by), 'mode.decide', {
			channel: this.#in(channel),
			to,
			agree: true,
			reason
		});
	}

	async #bringUp(): Promise<void> {
		const message = await this.#message(odd);
		if (message)
			await this.#stage.act(this.#by('GR CSIRT lead'), 'channel.bringUp', {
				message,
				text: 'Terminal software is misused through remote maintenance in at least two countries; it can be closed without stopping work.',
				tlp: 'amber'
			});
	}

	async #ask(by: string, from: string, to: string, question: string): Promise<void> {
		await this.#stage.act(this.#by(by), 'request.ask', {
			team: this.#teams.get(from)!,
			to: { team: this.#teams.get(to)! },
			question,
			neededBy: this.#startsAt + 25 * minute,
			tlp: 'amber'
		});
	}
	async #askControl(by: string, from: string): Promise<void> {
		await this.#stage.act(this.#by(by), 'request.ask', {
			team: this.#teams.get(from)!,
			to: { control: true, as: 'Port authority' },
			question: 'May we berth two more ships at the eastern quay until Friday?',
			neededBy: this.#startsAt + 40 * minute,
			tlp: 'green'
		});
	}
	async #askDuty(by: string, from: string): Promise<void> {
		await this.#stage.act(this.#by(by), 'request.ask', {
			team: this.#teams.get(from)!,
			to: { network: this.#in(csirts) },
			question: 'How many terminals in the Union run this version?',
			neededBy: this.#startsAt + 30 * minute,
			tlp: 'green'
		});
	}

	async #answer(by: string, text: string): Promise<void> {
		const record = await this.#recordOf('request', 'NL CSIRT');
		if (record) await this.#stage.act(this.#by(by), 'request.answer', { record, answer: text });
	}

	async #relax(): Promise<void> {
		const message = await this.#message(odd);
		if (message)
			await this.#stage.act(this.#by('IT CSIRT lead'), 'label.requestRelax', {
				message,
				wanted: 'green',
				reason: 'Our port operators are not in this network and should check the same thing.'
			});
	}

	async #recordOf(kind: string, team: string): Promise<RecordId | null> {
		const { rows } = await this.#stage.services.database.pool.query<{ id: RecordId }>(
			`select id from working_record where exercise_id = $1 and kind = $2 and team_id = $3
				and standing ->> 'direction' = 'received' order by changed limit 1`,
			[this.#stage.exerciseId, kind, this.#teams.get(team)]
		);
		return rows[0]?.id ?? null;
	}
}
