import type { CommandName } from '#lib/exercise/commands.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { draftFingerprint } from '#lib/exercise/notification/commands.ts';
import { fillForm, readForm } from '#lib/exercise/notification/form.ts';
import { defaultRhythm } from '#lib/exercise/report/due.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { readReport, sectionText } from '#lib/exercise/report/page.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { currentForm } from '#lib/standards/notification-forms.ts';
import type { Person, TestExercise } from '../../support/exercise.ts';

/** What the matrix needs of reports and notifications: an approved report and a draft, a case that was sent and one that was not. */
export interface ReportingIds {
	incident: string;
	/** of A: sent to B, and a draft */
	sentCase: string;
	draftCase: string;
	draftFingerprint: string;
	/** what B has of the sent one */
	caseAtB: string;
	/** of A's report 2, which is a draft */
	reportFingerprint: string;
}

const filled = {
	entity: 'Port',
	sector: 'transport',
	aware_at: Date.UTC(2026, 5, 10, 7),
	suspected_malicious: 'yes',
	possible_cross_border: 'no',
	short_description: richTextFromText('It stands still.'),
	contact_24x7: '+30 1',
	ongoing: 'yes'
};

/** Two reports of A, of which the first is approved; two cases of A, of which the first went to B. */
export async function stageReporting(
	exercise: TestExercise,
	lead: Person,
	[a, b]: readonly Team[]
): Promise<ReportingIds> {
	const { documents, database } = exercise.server.services;
	const team = a!.id;
	const worksheet = (page: string) =>
		documentName({ exercise: exercise.id, kind: 'worksheet', team, page: page as never });
	const write = async (page: string) => {
		await documents.edit(worksheet(page), lead.id, (doc) =>
			writeFragment(sectionText(doc, 'summary'), richTextFromText('Two terminals stand still.'))
		);
		return reportFingerprint(readReport(await documents.read(worksheet(page))));
	};
	await exercise.must(lead, 'report.open', { team });
	await exercise.must(lead, 'report.approve', {
		team,
		page: 'report-1',
		fingerprint: await write('report-1')
	});
	await exercise.must(lead, 'report.open', { team });
	const { record: incident } = (await exercise.must(lead, 'incident.open', {
		team,
		content: { title: 'Port down' }
	})) as { record: string };

	const form = currentForm('early_warning');
	const open = async (number: number) => {
		const { record } = (await exercise.must(lead, 'notification.open', {
			team,
			content: { title: 'Port down', entity: 'Port', awareAt: null }
		})) as { record: string };
		const page = worksheet(`notification-${number}`);
		await documents.edit(page, lead.id, (doc) => void fillForm(doc, 'early_warning', form, filled));
		const fingerprint = draftFingerprint(readForm(await documents.read(page), 'early_warning', form));
		return { record, fingerprint };
	};
	const sent = await open(1);
	await exercise.must(lead, 'notification.submit', {
		record: sent.record as never,
		report: 'early_warning',
		fingerprint: sent.fingerprint,
		to: b!.id
	});
	const draft = await open(2);
	const { rows } = await database.pool.query<{ id: string }>(
		"select id from working_record where team_id = $1 and kind = 'notification'",
		[b!.id]
	);
	return {
		incident,
		sentCase: sent.record,
		draftCase: draft.record,
		draftFingerprint: draft.fingerprint,
		caseAtB: rows[0]!.id,
		reportFingerprint: await write('report-2')
	};
}

/** Valid acts on them. */
export function reportingActs(
	ids: ReportingIds,
	[a, b, c]: readonly Team[]
): { name: CommandName; input: Record<string, unknown> }[] {
	const act = (name: CommandName, input: Record<string, unknown>) => ({ name, input });
	const report = 'early_warning';
	const sent = { record: ids.sentCase };
	const received = { record: ids.caseAtB };
	return [
		act('report.open', { team: a!.id }),
		act('report.open', { team: c!.id }),
		act('report.approve', { team: a!.id, page: 'report-2', fingerprint: ids.reportFingerprint }),
		act('report.share', { team: a!.id, page: 'report-1', teams: [b!.id] }),
		act('report.share', { team: a!.id, page: 'report-1', teams: [c!.id] }),
		act('label.requestRelax', { ...received, wanted: 'clear', reason: 'The ministry asks' }),
		act('report.setRhythm', { rhythm: defaultRhythm }),
		act('incident.open', { team: a!.id, content: { title: 'Another' } }),
		act('incident.update', { record: ids.incident, changes: { title: 'Two ports down' } }),
		act('incident.move', { record: ids.incident, to: 'open' }),
		act('incident.assess', {
			record: ids.incident,
			assessment: { of: 'significant', answer: 'no' }
		}),
		act('notification.open', { team: a!.id, content: { title: 'Again', entity: 'Port', awareAt: null } }),
		act('notification.correct', { ...sent, changes: { title: 'Corrected' } }),
		act('notification.assess', { ...sent, figures: { damageToOthers: 'yes' } }),
		act('notification.begin', { ...sent, report: 'incident_notification' }),
		act('notification.submit', {
			record: ids.draftCase,
			report,
			fingerprint: ids.draftFingerprint,
			to: b!.id
		}),
		act('notification.acknowledge', { ...received, report }),
		act('notification.answer', { ...received, report, text: 'Thank you' }),
		act('notification.requestReport', { ...received, text: 'And now?' }),
		act('notification.endHandling', sent),
		act('notification.close', received),
		act('notification.withdraw', { ...sent, reason: 'No incident' })
	];
}
