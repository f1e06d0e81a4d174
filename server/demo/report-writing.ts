import * as Y from 'yjs';
import { documentName, type WorksheetPage } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { addRow, readReport, readRows, reportHead, sectionText } from '#lib/exercise/report/page.ts';
import { reportSections } from '#lib/exercise/report/schema.ts';
import { mintId } from '../mint.ts';
import type { Simulated, Stage } from './stage.ts';
import { reportWords } from './words.ts';

/** One line of one section, and who types it. */
interface Line {
	section: number;
	line: number;
	text: string;
}

/**
 * A team writes a situation report: each member types own sections at the same time as the other, a few words at a
 * time, and the lead approves it when all is there. What others have written in between stays.
 */
export class ReportWriting {
	readonly page: string;
	readonly #stage: Stage;
	readonly #team: Team;
	readonly #members: readonly Simulated[];
	readonly #name: string;
	readonly #sections: string[][];
	readonly #number: number;
	readonly #done: () => void;
	#typing = 0;
	#attempts = 0;
	#waited = false;

	constructor(
		stage: Stage,
		team: Team,
		members: readonly Simulated[],
		page: string,
		number: number,
		received: readonly string[],
		done: () => void
	) {
		this.#stage = stage;
		this.#team = team;
		this.#members = members;
		this.page = page;
		this.#number = number;
		this.#sections = reportWords(team, received, number);
		this.#done = done;
		this.#name = documentName({
			exercise: stage.exerciseId,
			kind: 'worksheet',
			team: team.id,
			page: page as WorksheetPage
		});
	}

	begin(): void {
		const lines = this.#sections.flatMap((texts, section) =>
			texts.map((text, line): Line => ({ section, line, text }))
		);
		this.#typing = this.#members.length;
		for (const [i, member] of this.#members.entries())
			this.#type(
				member,
				lines.filter(({ section }) => section % this.#members.length === i)
			);
	}

	/** Types the first of the lines a little further, and again after a moment, until none is left. */
	#type(by: Simulated, lines: readonly Line[]): void {
		const { agenda, chance } = this.#stage;
		const [line, ...rest] = lines;
		if (!line) {
			if (--this.#typing === 0) agenda.in(chance.between(20, 60), () => this.#approve());
			return;
		}
		agenda.in(chance.between(1.5, 5), async () => {
			// the visitor writes with the own hands
			const complete = (await this.#stage.isTaken(by)) || (await this.#typeOn(by, line));
			this.#type(by, complete ? rest : lines);
		});
	}

	/** True when the line is complete, or when somebody has written something else in its place. */
	async #typeOn(by: Simulated, { section, line, text }: Line): Promise<boolean> {
		let complete = true;
		await this.#stage.services.documents.edit(this.#name, by.accountId, (doc) => {
			const words = lineOf(sectionText(doc, reportSections[section]!), line);
			const present = plain(words);
			if (!text.startsWith(present)) return;
			const next = text.slice(
				present.length,
				wordEnd(text, present.length + this.#stage.chance.between(5, 15))
			);
			words.insert(words.length, next);
			complete = present.length + next.length === text.length;
		});
		return complete;
	}

	/**
	 * The lead reads and signs; when somebody still types, a moment later. A visitor in the team gets ten minutes to add
	 * something, and one who is the lead decides alone.
	 */
	async #approve(): Promise<void> {
		const { services, agenda, now } = this.#stage;
		const lead = this.#members[0]!;
		if (await this.#stage.isTaken(lead)) return;
		if (!this.#waited && (await this.#visited())) {
			this.#waited = true;
			agenda.in(600, () => this.#approve());
			return;
		}
		if (this.#attempts++ === 0)
			await services.documents.edit(this.#name, lead.accountId, (doc) => {
				const head = reportHead(doc);
				if (!head.get('title')) head.set('title', `${this.#team.name}, report ${this.#number}`);
				head.set('asOf', now);
				if (!head.get('to')) head.set('to', 'Crisis staff, national CSIRT');
				if (!head.get('confidence')) head.set('confidence', 'moderate');
				this.#addRows(doc, now);
			});
		const fingerprint = reportFingerprint(readReport(await services.documents.read(this.#name)));
		const approved = await this.#stage.act(lead, 'report.approve', {
			team: this.#team.id,
			page: this.page,
			fingerprint
		});
		if (approved) {
			agenda.in(30, () => this.#share());
			this.#done();
		} else if (this.#attempts < 5) agenda.in(60, () => this.#approve());
	}

	/** What can be counted stands in rows, with who says so and for when; rows that are there stay. */
	#addRows(doc: Y.Doc, now: number): void {
		const { country, level } = this.#team;
		if (readRows(doc, 'impacts').length === 0)
			addRow(doc, 'impacts', mintId<string>(), {
				country,
				sector: 'transport',
				severity: level === 'entity' ? 'red' : 'yellow',
				outlook: this.#number > 1 ? 'stable' : 'worsening',
				usersAffected: level === 'entity' ? 280 : null,
				crossBorder: true,
				source: level === 'entity' ? 'Gate shift, counted by hand' : 'Reports of operators',
				asOf: now
			});
		if (readRows(doc, 'needs').length === 0)
			addRow(doc, 'needs', mintId<string>(), {
				type: level === 'entity' ? 'information' : 'expertise',
				what:
					level === 'entity'
						? 'Which release is clean, with its checksum'
						: 'One analyst for the night shift',
				to: level === 'entity' ? 'National CSIRT' : 'Neighbouring CSIRT',
				urgency: 'urgent'
			});
	}

	/** The approved report goes to the teams of the country, which have to know. */
	async #share(): Promise<void> {
		const { services, exerciseId } = this.#stage;
		if (this.#team.level !== 'technical') return;
		const teams = (await services.exercises.teams(exerciseId)).filter(
			({ id, country }) => country === this.#team.country && id !== this.#team.id
		);
		if (teams.length > 0)
			await this.#stage.act(this.#members[0]!, 'report.share', {
				team: this.#team.id,
				page: this.page,
				teams: teams.map(({ id }) => id)
			});
	}

	async #visited(): Promise<boolean> {
		for (const member of this.#members) if (await this.#stage.isTaken(member)) return true;
		return false;
	}
}

/** At the end of a word, at or after so many letters. */
function wordEnd(text: string, from: number): number {
	const space = text.indexOf(' ', Math.floor(from));
	return space === -1 ? text.length : space + 1;
}

/** The text of a paragraph of a section, made where it is missing. */
function lineOf(fragment: Y.XmlFragment, index: number): Y.XmlText {
	while (fragment.length <= index) fragment.insert(fragment.length, [new Y.XmlElement('paragraph')]);
	if (!isParagraph(fragment.get(index))) fragment.insert(index, [new Y.XmlElement('paragraph')]);
	const paragraph = fragment.get(index) as Y.XmlElement;
	const first = paragraph.get(0) as unknown;
	if (first instanceof Y.XmlText) return first;
	const words = new Y.XmlText();
	paragraph.insert(0, [words]);
	return words;
}

/** Without marks, which simulated people do not set. */
const plain = (words: Y.XmlText) => String(words.toString());
const isParagraph = (block: unknown) => block instanceof Y.XmlElement && block.nodeName === 'paragraph';
