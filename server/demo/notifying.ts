import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { draftFingerprint } from '#lib/exercise/notification/commands.ts';
import { fillForm, formProblems, readForm, type FormValues } from '#lib/exercise/notification/form.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { TeamRoom } from '#lib/exercise/team/room.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { currentForm } from '#lib/standards/notification-forms.ts';
import type { Sector } from '#lib/standards/sectors.ts';
import type { DemoAccount } from './fill.ts';
import type { Simulated, Stage } from './stage.ts';

/*
 * Simulated operators report what the law asks for: they open an incident and a case, two people draft the early
 * warning, the lead sends it, and the CSIRT of their country acknowledges and answers.
 */
const minute = 60_000;
const form = currentForm('early_warning');

interface Plan {
	/** minute of exercise time at which the team sees it as an incident */
	from: number;
	title: string;
	entity: string;
	sector: Sector;
	also: CountryCode[];
	users: number;
	words: string;
	wish: string;
}

const plans: Readonly<Record<string, Plan>> = {
	'GR Port': {
		from: 5,
		title: 'Terminal operating system does not answer',
		entity: 'Container terminal, pier two',
		sector: 'transport',
		also: ['IT'],
		users: 420,
		words:
			'Since the routine update of the night the yard database of the terminal is not reachable. Gates are closed, cranes wait. Nobody is hurt. We suspect the update, and do not know who is behind it.',
		wish: 'Indicators of the update, and whether remote maintenance has to be closed.'
	},
	'NL Port': {
		from: 9.5,
		title: 'Quayboard servers restart by themselves',
		entity: 'Deep sea terminal',
		sector: 'transport',
		also: ['DE'],
		users: 1150,
		words:
			'Two of four terminal servers restart every few minutes. Container handling runs at half its capacity, by hand. The last change was the routine update.',
		wish: 'A list of other operators that run the same software.'
	},
	'DE Rail': {
		from: 17,
		title: 'Train paths are booked twice',
		entity: 'Freight railway, northern corridor',
		sector: 'transport',
		also: ['NL', 'PL'],
		users: 63,
		words:
			'The booking portal has given the same path to two trains in eleven cases. Traffic control stops both and asks. Yards behind the ports fill up.',
		wish: ''
	},
	'IT Port': {
		from: 22,
		title: 'Yard positions wrong after update',
		entity: 'Container terminal',
		sector: 'transport',
		also: [],
		users: 210,
		words:
			'Positions of containers in the yard do not agree with what stands there. The update was taken back at once.',
		wish: ''
	}
};

interface Cast {
	team: Team;
	members: readonly Simulated[];
}

export function simulateNotifications(
	stage: Stage,
	teams: readonly Team[],
	accounts: readonly DemoAccount[],
	startsAt: number
): void {
	const cast = teams.flatMap((team): Cast[] => {
		const members = accounts.filter(({ role, scope }) => role === 'player' && scope === team.name);
		return members.length > 0 ? [{ team, members }] : [];
	});
	for (const one of cast) {
		const plan = plans[one.team.name];
		const authority = teams.find(
			({ country, level }) => country === one.team.country && level === 'technical'
		);
		if (plan && authority) new Operator(stage, one, plan, authority, startsAt + plan.from * minute).begin();
		if (one.team.level === 'technical') answerAs(stage, one);
	}
}

/** A team that is hit: from the incident to the early warning. */
class Operator {
	readonly #stage: Stage;
	readonly #team: Team;
	readonly #members: readonly Simulated[];
	readonly #plan: Plan;
	readonly #authority: Team;
	readonly #from: number;
	#incident: RecordId | null = null;
	#case: { record: RecordId; number: number } | null = null;
	#begun = false;
	#sent = false;
	#attempts = 0;

	constructor(stage: Stage, { team, members }: Cast, plan: Plan, authority: Team, from: number) {
		this.#stage = stage;
		this.#team = team;
		this.#members = members;
		this.#plan = plan;
		this.#authority = authority;
		this.#from = from;
	}

	begin(): void {
		this.#stage.follow({ to: 'team', team: this.#team.id }, (room) => {
			this.#read(room);
			if (this.#begun) return;
			this.#begun = true;
			const { agenda } = this.#stage;
			agenda.at(this.#from, () => this.#openIncident());
			agenda.at(this.#from + 1.5 * minute, () => this.#openCase());
			agenda.at(this.#from + 2 * minute, () => this.#draft(0));
		});
	}

	/** What is there already, from an earlier start or because a visitor did it, is not done again. */
	#read(room: TeamRoom): void {
		let cases = 0;
		for (const item of [...room.items].reverse()) {
			if (item.kind !== 'working' || item.side !== 'own') continue;
			if (item.happened === 'incident-opened') this.#incident ??= item.record;
			if (item.happened === 'notification-opened') {
				cases++;
				this.#case ??= { record: item.record, number: cases };
			}
			if (item.happened === 'notification-submitted') this.#sent = true;
		}
	}

	get #analyst(): Simulated {
		return this.#members.at(-1)!;
	}

	async #openIncident(): Promise<void> {
		if (this.#incident) return;
		const { title, words, entity, sector, users } = this.#plan;
		await this.#stage.act(this.#analyst, 'incident.open', {
			team: this.#team.id,
			content: {
				title,
				description: words,
				entity,
				cause: 'malicious-actions',
				threat: 'high',
				types: ['availability/outage'],
				awareAt: this.#from,
				impacts: [
					{
						country: this.#team.country,
						sector,
						severity: 'yellow',
						outlook: 'worsening',
						usersAffected: users,
						crossBorder: this.#plan.also.length > 0,
						source: 'Shift manager, by telephone',
						asOf: this.#stage.now
					}
				]
			}
		});
	}

	async #openCase(): Promise<void> {
		if (this.#case) return;
		await this.#stage.act(this.#analyst, 'notification.open', {
			team: this.#team.id,
			incident: this.#incident,
			content: { title: this.#plan.title, entity: this.#plan.entity, awareAt: this.#from }
		});
	}

	get #page(): string | null {
		return (
			this.#case &&
			documentName({
				exercise: this.#stage.exerciseId,
				kind: 'worksheet',
				team: this.#team.id,
				page: `notification-${this.#case.number}`
			})
		);
	}

	/** Two people, field by field; what somebody else has written stays. Then the lead reads it. */
	async #draft(step: number): Promise<void> {
		const { agenda, chance, services } = this.#stage;
		const page = this.#page;
		if (this.#sent) return;
		if (!page) {
			agenda.in(20, () => this.#draft(step));
			return;
		}
		const part = this.#parts()[step];
		if (!part) {
			agenda.in(chance.between(60, 110), () => this.#send());
			return;
		}
		const by = this.#members[step % this.#members.length]!;
		if (!(await this.#stage.isTaken(by)))
			await services.documents.edit(page, by.accountId, (doc) => {
				fillForm(doc, 'early_warning', form, part);
			});
		agenda.in(chance.between(8, 25), () => this.#draft(step + 1));
	}

	#parts(): FormValues[] {
		const { entity, sector, words, wish, also } = this.#plan;
		return [
			{ entity, sector, aware_at: this.#from },
			{ short_description: richTextFromText(words) },
			{ suspected_malicious: 'yes', possible_cross_border: also.length > 0 ? 'yes' : 'unknown' },
			{ affected_states: [this.#team.country, ...also], ongoing: 'yes' },
			{ contact_24x7: 'Shift manager, extension 100' },
			{ ...(wish && { guidance_wanted: richTextFromText(wish) }) }
		];
	}

	/** A visitor in the team may have left something open: then a little later, and in the end it is the visitor's to send. */
	async #send(): Promise<void> {
		const page = this.#page;
		if (!page || !this.#case || this.#sent) return;
		const draft = readForm(await this.#stage.services.documents.read(page), 'early_warning', form);
		const isReady = formProblems(form, draft).length === 0;
		const sent =
			isReady &&
			(await this.#stage.act(this.#members[0]!, 'notification.submit', {
				record: this.#case.record,
				report: 'early_warning',
				fingerprint: draftFingerprint(draft),
				to: this.#authority.id
			}));
		if (!sent && ++this.#attempts < 10) this.#stage.agenda.in(120, () => this.#send());
	}
}

const answers = [
	'Received, thank you. Close remote maintenance at the firewall first, keep copies of memory before you restart anything, and send us the checksums of the update.',
	'Thank you. Two more operators report the same. Do not install the update again; a clean release is announced for noon.',
	'Received. Please tell us when gates are open again, and keep all logs of the night.'
];

/** A CSIRT acknowledges what reaches it, and answers the early warning. */
function answerAs(stage: Stage, { team, members }: Cast): void {
	const planned = new Set<string>();
	stage.follow({ to: 'team', team: team.id }, (room) => {
		const done = new Set(
			room.items.flatMap((item) =>
				item.kind === 'working' && item.side === 'own' && item.happened.startsWith('notification-')
					? [`${item.record} ${item.happened}`]
					: []
			)
		);
		for (const item of room.items) {
			if (item.kind !== 'working' || item.happened !== 'notification-submitted' || item.side !== 'other')
				continue;
			if (planned.has(item.record) || done.has(`${item.record} notification-acknowledged`)) continue;
			planned.add(item.record);
			const { agenda, chance } = stage;
			const by = chance.pick(members);
			const { record } = item;
			agenda.in(chance.between(40, 160), () =>
				stage.act(by, 'notification.acknowledge', { record, report: 'early_warning' })
			);
			agenda.in(chance.between(200, 420), () =>
				stage.act(by, 'notification.answer', {
					record,
					report: 'early_warning',
					answer: 'guidance',
					text: chance.pick(answers)
				})
			);
		}
	});
}
