import { and, eq, isNull, or } from 'drizzle-orm';
import type { Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { DeliveryId } from '#lib/exercise/ids.ts';
import { storedInject } from '#lib/exercise/inject/schema.ts';
import { textIn } from '#lib/exercise/inject/translations.ts';
import type { FoldedRecord } from '#lib/exercise/working/fold.ts';
import { openItems, type OpenSources } from '#lib/exercise/working/open.ts';
import type { OpenItem } from '#lib/exercise/working/record.ts';
import type { Transaction } from '../database/open.ts';
import { delivery, inject, injectVersion, question, workingRecord } from '../database/schema.ts';
import { loadDecisions } from './decisions.ts';

/** All that is open in a team at this moment: what a shift hands over. */
export async function loadOpen(
	tx: Transaction,
	exercise: Pick<Exercise, 'id' | 'timeZone'>,
	team: Pick<Team, 'id' | 'language'>
): Promise<OpenItem[]> {
	const records = await tx
		.select({ id: workingRecord.id, of: workingRecord.kind, standing: workingRecord.standing })
		.from(workingRecord)
		.where(eq(workingRecord.teamId, team.id));
	const questions = await tx
		.select({ question: question.id, text: question.text })
		.from(question)
		.where(and(eq(question.teamId, team.id), isNull(question.answeredAt)));
	return openItems({
		records: records as Pick<FoldedRecord, 'id' | 'of' | 'standing'>[],
		deadlines: await loadDeadlines(tx, team),
		questions,
		decisions: await loadDecisions(tx, exercise.id, team.id),
		timeZone: exercise.timeZone
	});
}

/** What injects ask of the team and nobody has done; the title as it reached the team. */
async function loadDeadlines(
	tx: Transaction,
	team: Pick<Team, 'id' | 'language'>
): Promise<OpenSources['deadlines']> {
	const rows = await tx
		.select({ row: delivery, content: injectVersion.content })
		.from(delivery)
		.innerJoin(inject, eq(inject.id, delivery.injectId))
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(
			and(
				eq(delivery.teamId, team.id),
				isNull(inject.recalledAt),
				or(isNull(delivery.acknowledgedAt), isNull(delivery.respondedAt))
			)
		);
	return rows.flatMap(({ row, content }) => {
		const written = storedInject(content);
		const { tlp, acknowledgementRequired, responseRequired } = written;
		const title = textIn(written, team.language)?.text.title ?? written.title;
		const base = { delivery: row.id as DeliveryId, title, tlp };
		return [
			...(acknowledgementRequired && row.acknowledgedAt === null
				? [{ ...base, asks: 'acknowledge' as const, by: row.acknowledgeBy }]
				: []),
			...(responseRequired && row.respondedAt === null
				? [{ ...base, asks: 'respond' as const, by: row.respondBy }]
				: [])
		];
	});
}
