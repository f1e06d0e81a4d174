import { randomBytes } from 'node:crypto';
import type * as Y from 'yjs';
import { documentName } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, TeamId } from '#lib/exercise/ids.ts';
import { draftFingerprint } from '#lib/exercise/notification/commands.ts';
import { fillForm, readForm, type FormValues } from '#lib/exercise/notification/form.ts';
import { stepOf } from '#lib/exercise/notification/schema.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { addRow, readReport, sectionText, setHead } from '#lib/exercise/report/page.ts';
import type { Quoted, ReportSection } from '#lib/exercise/report/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { foldRoom, type TeamRoom } from '#lib/exercise/team/room.ts';
import { timelineEntries, type TimelineEntry } from '#lib/exercise/timeline.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { currentForm } from '#lib/standards/notification-forms.ts';
import { channel, document } from '#server/database/schema.ts';
import { newDocument } from '#server/documents/create.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import type { TestServer } from '../../support/server.ts';

/** An exercise in play, with what reports need: a channel, pages to write on, timelines to read. */
export class ReportingStage {
	readonly server: TestServer;
	readonly exercise: TestExercise;

	private constructor(server: TestServer, exercise: TestExercise) {
		this.server = server;
		this.exercise = exercise;
	}

	static async start(server: TestServer, teams: (exercise: TestExercise) => Promise<void>) {
		const exercise = await TestExercise.create(server);
		await teams(exercise);
		await exercise.approved({ title: 'First', to: toAll, schedule: { mode: 'manual' } });
		await exercise.must(exercise.director, 'exercise.advance', { to: 'planned' });
		await exercise.must(exercise.director, 'exercise.start', {});
		return new ReportingStage(server, exercise);
	}

	async channel(name: string, teams: readonly Team[], roles: string[] = []): Promise<ChannelId> {
		const id = randomBytes(12).toString('hex') as ChannelId;
		const { db } = this.server.services.database;
		await db.insert(channel).values({
			id,
			exerciseId: this.exercise.id,
			kind: 'network',
			name,
			members: {
				teams: teams.map((team) => ({ id: team.id, from: 0, since: 0 })),
				people: [],
				roles: roles as never
			}
		});
		await db.insert(document).values(
			newDocument(
				this.exercise.id,
				documentName({
					exercise: this.exercise.id,
					kind: 'timeline',
					audience: { to: 'channel', channel: id },
					segment: 0
				})
			)
		);
		return id;
	}

	worksheet(team: TeamId, page: string): string {
		return documentName({ exercise: this.exercise.id, kind: 'worksheet', team, page: page as never });
	}

	async write(
		person: Person,
		team: TeamId,
		page: string,
		section: ReportSection,
		text: string
	): Promise<void> {
		await this.server.services.documents.edit(this.worksheet(team, page), person.id, (doc) =>
			writeFragment(sectionText(doc, section), richTextFromText(text))
		);
	}

	async read(team: TeamId, page: string) {
		return readReport(await this.server.services.documents.read(this.worksheet(team, page)));
	}

	/** Opens a report, writes its situation, approves it. */
	async approved(
		lead: Person,
		team: TeamId,
		text: string,
		tlp: Tlp = 'amber',
		more: (doc: Y.Doc) => void = () => undefined
	): Promise<string> {
		const { page } = (await this.exercise.must(lead, 'report.open', { team })) as { page: string };
		await this.write(lead, team, page, 'situation', text);
		await this.server.services.documents.edit(this.worksheet(team, page), lead.id, (doc) => {
			setHead(doc, 'tlp', tlp);
			more(doc);
		});
		await this.exercise.must(lead, 'report.approve', {
			team,
			page,
			fingerprint: reportFingerprint(await this.read(team, page))
		});
		return page;
	}

	/** A row that was taken over from an incident. */
	impactOf(doc: Y.Doc, quoted: Quoted): void {
		addRow(doc, 'impacts', 'row-000001', {
			country: 'GR',
			sector: 'transport',
			severity: 'red',
			quoted
		});
	}

	async entries(name: string): Promise<TimelineEntry[]> {
		return [...timelineEntries(await this.server.services.documents.read(name)).values()];
	}
	room = async (team: TeamId): Promise<TeamRoom> =>
		foldRoom(await this.entries(this.exercise.timeline(team)));

	/** Everything of the exercise that a person may open, as text: what a leak would be found in. */
	async readableBy(person: Person): Promise<string> {
		const { documents, database } = this.server.services;
		const { rows } = await database.pool.query<{ name: string }>(
			'select name from document where exercise_id = $1',
			[this.exercise.id]
		);
		const texts: string[] = [];
		for (const { name } of rows) {
			const right = await documents.rightTo(name, person.id).catch(() => null);
			if (!right || right.right === 'none') continue;
			texts.push(JSON.stringify((await documents.read(name)).toJSON()), name);
			if (name.includes('/timeline/'))
				texts.push(JSON.stringify([...timelineEntries(await documents.read(name)).values()]));
		}
		return texts.join('\n');
	}

	/** As a page asks, with the rights of this moment. */
	async as(person: Person) {
		return this.server.services.exercises.open(this.exercise.id, person);
	}

	async fill(
		person: Person,
		team: TeamId,
		number: number,
		report: string,
		values: FormValues
	): Promise<void> {
		await this.server.services.documents.edit(
			this.worksheet(team, `notification-${number}`),
			person.id,
			(doc) => void fillForm(doc, report, currentForm(stepOf(report)), values)
		);
	}

	async draftFingerprint(team: TeamId, number: number, report: string): Promise<string> {
		const doc = await this.server.services.documents.read(this.worksheet(team, `notification-${number}`));
		return draftFingerprint(readForm(doc, report, currentForm(stepOf(report))));
	}
}

export const earlyWarning: FormValues = {
	entity: 'Port of Piraeus',
	sector: 'transport',
	aware_at: Date.UTC(2026, 5, 10, 7),
	suspected_malicious: 'yes',
	possible_cross_border: 'unknown',
	short_description: richTextFromText('ZEISIG the terminal system does not answer.'),
	contact_24x7: '+30 000',
	ongoing: 'yes'
};
