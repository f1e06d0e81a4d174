import { documentName } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, MessageId, OrganisationId, RecordId } from '#lib/exercise/ids.ts';
import { draftFingerprint } from '#lib/exercise/notification/commands.ts';
import { fillForm, readForm } from '#lib/exercise/notification/form.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { addRow, readReport, sectionText, setHead } from '#lib/exercise/report/page.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { currentForm } from '#lib/standards/notification-forms.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { organisation } from '#server/database/schema.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { earlyWarning } from '../../integration/reports/stage.ts';
import type { TestServer } from '../../support/server.ts';

/** Who looks, in the order of the tables (tests/unit/sharing/sharing.test.ts has the same six). */
export const audiences = ['own', 'sister', 'sent', 'named', 'other', 'outside'] as const;
export type Looking = (typeof audiences)[number];

/** Where something is put. `onward`: who received it quotes it where another team reads. */
export const channelPlaces = ['wide', 'addressed', 'organisation', 'private'] as const;
export type MessagePlace = (typeof channelPlaces)[number] | 'onward';
/** Sent to the sister team as the CSIRT; `relaxed`: she asked for CLEAR, and got it. */
export const casePlaces = ['sister', 'relaxed'] as const;
export type CasePlace = (typeof casePlaces)[number];
/** A file that was handed to the recipient, who took it over; `relaxed`: as above. */
export const filePlaces = ['file', 'relaxed'] as const;
export type FilePlace = (typeof filePlaces)[number];
export type ReportPlace = (typeof channelPlaces)[number] | 'team' | 'sister';

/** A word that is said once, and found wherever it comes through. */
export const canary = (
	kind: 'message' | 'report' | 'indicator' | 'notification',
	place: string,
	tlp: Tlp
): string => `zeisig${kind}${place}${tlp.replace('amber_', '')}q`;
export const canaries = /zeisig[a-z]+?q/g;
/** What is searched for: it is in every one of them, and is none itself. */
export const searched = 'zeisig';

/**
 * The same kinds of record under each label, put everywhere where somebody could put them: what is refused there is
 * noted, what is not is delivered.
 */
export class LabelStage {
	readonly server: TestServer;
	readonly exercise: TestExercise;
	readonly teams: Record<'greek' | 'sister' | 'french' | 'italian' | 'late', Team>;
	readonly people: Record<Looking | 'author', Person>;
	readonly channels: Record<(typeof channelPlaces)[number] | 'onward', ChannelId>;
	/** `message wide red`: what could not be put there */
	readonly refused = new Set<string>();
	readonly messages: { channel: ChannelId; message: MessageId }[] = [];
	/** the exercise times at which reports were shared: as of then each was the latest */
	readonly moments: number[] = [];
	reports = 0;
	/** numbers of the reports that went to a team itself: one for each label */
	readonly direct = new Set<number>();
	/** notifications, as each side keeps them */
	readonly cases: { team: Team['id']; record: string }[] = [];
	opened = 0;

	private constructor(given: Pick<LabelStage, 'server' | 'exercise' | 'teams' | 'people' | 'channels'>) {
		this.server = given.server;
		this.exercise = given.exercise;
		this.teams = given.teams;
		this.people = given.people;
		this.channels = given.channels;
	}

	static async start(server: TestServer): Promise<LabelStage> {
		const exercise = await TestExercise.create(server);
		const ministry = `ministry-${exercise.id}` as OrganisationId;
		await server.services.database.db
			.insert(organisation)
			.values({ id: ministry, name: `Ministry ${exercise.id}`, country: 'GR', kind: 'csirt' });
		const team = async (name: string, country: Team['country'], organisationId?: OrganisationId) => {
			const made = await server.services.exercises.addTeams(
				exercise.id,
				[{ name, country, level: 'technical', ...(organisationId && { organisationId }) }],
				exercise.director.id
			);
			return made[0]!;
		};
		const teams = {
			greek: await team('GR CSIRT', 'GR', ministry),
			sister: await team('GR CERT', 'GR', ministry),
			french: await team('FR CSIRT', 'FR'),
			italian: await team('IT CSIRT', 'IT'),
			late: await team('ES CSIRT', 'ES')
		};
		const player = (name: string, of: Team, lead = false) =>
			exercise.member(name, { role: 'player', teamId: of.id, ...(lead && { lead }) });
		const people = {
			author: await player('Author', teams.greek, true),
			own: await player('Colleague', teams.greek),
			sister: await player('Sister', teams.sister),
			sent: await player('Recipient', teams.french),
			named: await player('Named', teams.french, true),
			other: await player('Other', teams.italian),
			outside: await server.person('Outside')
		};
		await exercise.approved({ title: 'First', to: toAll });
		await exercise.must(exercise.director, 'exercise.start', {});
		const open = async (name: string, of: Team[]) =>
			(
				(await exercise.must(exercise.director, 'channel.open', {
					name,
					kind: 'network',
					teams: of.map(({ id }) => id)
				})) as { channel: ChannelId }
			).channel;
		const channels = {
			wide: await open('Wide', [teams.greek, teams.sister, teams.french, teams.italian]),
			addressed: await open('Addressed', [teams.greek, teams.french]),
			organisation: await open('Organisation', [teams.greek, teams.sister]),
			onward: await open('Onward', [teams.french, teams.italian]),
			private: (
				(await exercise.must(people.author, 'channel.open', {
					name: 'Two people',
					kind: 'private',
					people: [people.named.id]
				})) as { channel: ChannelId }
			).channel
		};
		return new LabelStage({ server, exercise, teams, people, channels });
	}

	/** Every label in every place: messages, situation reports, indicators of compromise. */
	async fill(): Promise<void> {
		for (const tlp of tlpIds) {
			for (const place of channelPlaces) await this.say(place, tlp);
			await this.passOn(tlp);
			const value = `${canary('indicator', 'room', tlp)}.example`;
			await this.exercise.must(this.people.author, 'indicator.add', {
				team: this.teams.greek.id,
				content: { type: 'domain', value, tlp }
			});
		}
		for (const tlp of tlpIds) {
			for (const place of channelPlaces) await this.report(place, tlp, { channels: [this.channels[place]] });
			await this.report('team', tlp, { teams: [this.teams.french.id] });
			await this.report('sister', tlp, { teams: [this.teams.sister.id] });
		}
		for (const tlp of tlpIds) {
			for (const place of casePlaces) await this.notify(place, tlp);
			for (const place of filePlaces) await this.handOver(place, tlp);
		}
		// somebody joins each channel, which ends the part that was there: it is asked for over HTTP too
		const { director } = this.exercise;
		const late = await this.exercise.member('Late', { role: 'player', teamId: this.teams.late.id });
		for (const [place, channel] of Object.entries(this.channels))
			await this.exercise.must(director, 'channel.addMembers', {
				channel,
				...(place === 'private' ? { people: [late.id] } : { teams: [this.teams.late.id] })
			});
	}

	private async say(place: (typeof channelPlaces)[number], tlp: Tlp): Promise<void> {
		await this.post(this.people.author, this.channels[place], tlp, canary('message', place, tlp), {
			refused: `message ${place} ${tlp}`
		});
	}

	private async passOn(tlp: Tlp): Promise<void> {
		const said = await this.post(
			this.people.author,
			this.channels.addressed,
			tlp,
			canary('message', 'onward', tlp),
			{
				refused: `message onward ${tlp}`
			}
		);
		if (said)
			await this.post(this.people.sent, this.channels.onward, 'clear', 'As we were told', {
				quotes: [said],
				refused: `message onward ${tlp}`
			});
	}

	private async post(
		person: Person,
		channel: ChannelId,
		tlp: Tlp,
		text: string,
		{ refused, quotes = [] }: { refused: string; quotes?: MessageId[] }
	): Promise<MessageId | null> {
		// where the person is who may be named: a mention is told of, and its notice holds nothing of the message
		const mentions = channel === this.channels.organisation ? [] : [this.people.named.id];
		const answer = await this.exercise.send(person, 'channel.post', { channel, text, tlp, quotes, mentions });
		if (!answer.ok) {
			this.refused.add(refused);
			return null;
		}
		const { message } = answer.result as { message: MessageId };
		this.messages.push({ channel, message });
		return message;
	}

	/** A report of its own for each place: approved, then sent there, if its label lets it. */
	private async report(
		place: ReportPlace,
		tlp: Tlp,
		to: { channels?: ChannelId[]; teams?: Team['id'][] }
	): Promise<void> {
		const { exercise, people, teams, server } = this;
		const word = canary('report', place, tlp);
		const team = teams.greek.id;
		const at = Date.UTC(2026, 5, 10, 8, this.reports++);
		if (place === 'team') this.direct.add(this.reports);
		await exercise.must(exercise.director, 'clock.jump', { to: at, reason: 'Later' });
		const { page } = (await exercise.must(people.author, 'report.open', { team })) as { page: string };
		const name = documentName({ exercise: exercise.id, kind: 'worksheet', team, page: page as never });
		await server.services.documents.edit(name, people.author.id, (doc) => {
			setHead(doc, 'tlp', tlp);
			setHead(doc, 'title', word);
			writeFragment(sectionText(doc, 'situation'), richTextFromText(word));
			addRow(doc, 'impacts', 'row-000001', {
				country: 'GR',
				sector: 'transport',
				severity: 'red',
				usersAffected: 400,
				source: word,
				asOf: at
			});
		});
		const fingerprint = reportFingerprint(readReport(await server.services.documents.read(name)));
		await exercise.must(people.author, 'report.approve', { team, page, fingerprint });
		const answer = await exercise.send(people.author, 'report.share', { team, page, ...to });
		if (!answer.ok) this.refused.add(`report ${place} ${tlp}`);
		this.moments.push(at + 59_000);
	}

	/** A case of NIS2 of its own, sent to the sister team, if its label lets it. */
	private async notify(place: CasePlace, tlp: Tlp): Promise<void> {
		const { exercise, people, teams, server } = this;
		const word = canary('notification', place, tlp);
		const team = teams.greek.id;
		const { record } = (await exercise.must(people.author, 'notification.open', {
			team,
			content: { title: word, entity: word, awareAt: null, tlp }
		})) as { record: RecordId };
		const page = `notification-${++this.opened}` as never;
		const name = documentName({ exercise: exercise.id, kind: 'worksheet', team, page });
		const form = currentForm('early_warning');
		await server.services.documents.edit(
			name,
			people.author.id,
			(doc) =>
				void fillForm(doc, 'early_warning', form, {
					...earlyWarning,
					short_description: richTextFromText(word)
				})
		);
		const draft = readForm(await server.services.documents.read(name), 'early_warning', form);
		const answer = await exercise.send(people.author, 'notification.submit', {
			record,
			report: 'early_warning',
			fingerprint: draftFingerprint(draft),
			to: teams.sister.id
		});
		if (!answer.ok) {
			this.refused.add(`notification ${place} ${tlp}`);
			return;
		}
		const { record: copy } = await this.newest('notification', teams.sister);
		this.cases.push({ team, record }, { team: teams.sister.id, record: copy });
		if (place === 'relaxed' && tlp !== 'clear') await this.relax(people.sister, copy);
	}

	/** An indicator that leaves in a file of its own, and is taken over from it by the recipient. */
	private async handOver(place: FilePlace, tlp: Tlp): Promise<void> {
		const { exercise, people, teams, server } = this;
		const { interchange, exercises } = server.services;
		const value = `${canary('indicator', place, tlp)}.example`;
		const { record } = (await exercise.must(people.author, 'indicator.add', {
			team: teams.greek.id,
			content: { type: 'domain', value, tlp }
		})) as { record: string };
		// what stays in the own organisation is handed to nobody, and RED leaves in no file
		if (tlp === 'amber_strict' || tlp === 'red') return;
		const author = await exercises.open(exercise.id, people.author);
		const file = await interchange.write(author.exercise, author.actor, teams.greek.id, 'stix', [record]);
		const sent = await exercises.open(exercise.id, people.sent);
		const bytes = new Uint8Array(await new Response(file.body).arrayBuffer());
		const { items } = await interchange.preview(sent.exercise, sent.actor, teams.french.id, bytes);
		const named = items.map((item) => item.external);
		await interchange.take(sent.exercise, sent.actor, teams.french.id, bytes, named, value);
		if (place === 'relaxed' && tlp !== 'clear')
			await this.relax(people.sent, (await this.newest('indicator', teams.french)).record);
	}

	private async relax(person: Person, record: RecordId): Promise<void> {
		const { exercise, people, teams } = this;
		await exercise.must(person, 'label.requestRelax', { record, wanted: 'clear', reason: 'Everybody asks' });
		const asked = await this.newest('relaxation', teams.greek);
		await exercise.must(people.author, 'label.grantRelax', { record: asked.record });
	}

	private async newest(kind: string, team: Team): Promise<{ record: RecordId }> {
		const { rows } = await this.server.services.database.pool.query<{ record: RecordId }>(
			'select id as record from working_record where kind = $1 and team_id = $2 order by changed desc limit 1',
			[kind, team.id]
		);
		return rows[0]!;
	}
}
