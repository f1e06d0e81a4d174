import { and, eq, inArray, or } from 'drizzle-orm';
import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { AppError } from '#lib/errors.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { markOfSource } from '#lib/improvement/action.ts';
import { lineText } from '#lib/exercise/inject/spreadsheet/table.ts';
import { tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { mintToken, tokenHash, tokenPattern } from '../accounts/tokens.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import { improvementAction, improvementCalendar } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readPerson, requirePerson, scopeName, type KnownPerson } from './people.ts';
import { keptActions } from './visible.ts';

/** What goes where nobody checks who reads: titles of CLEAR and GREEN alone, as in notices (DOMAIN 3.1). */
export const mayTravel = (tlp: string): boolean => tlp === 'clear' || tlp === 'green';

/**
 * A calendar of due days for one person, behind a secret address: what the person owns, and of countries that the person
 * keeps. Rights are those of the moment at which it is fetched. The address is shown once; renewing it closes the old one.
 */
export function createImprovementCalendar({
	database: { db },
	origin
}: {
	database: Database;
	origin: string;
}) {
	async function entries(person: KnownPerson) {
		return db
			.select()
			.from(improvementAction)
			.where(
				and(
					or(eq(improvementAction.ownerId, person.id), keptActions(person)),
					inArray(improvementAction.state, ['proposed', 'accepted', 'deferred', 'in_progress', 'implemented'])
				)
			)
			.orderBy(improvementAction.dueOn, improvementAction.id);
	}

	return {
		/** When the address in force was made, wall time in ms; null: there is none. */
		async madeAt(reader: { id: AccountId }): Promise<number | null> {
			const [row] = await db
				.select({ at: improvementCalendar.createdAt })
				.from(improvementCalendar)
				.where(eq(improvementCalendar.accountId, reader.id));
			return row?.at.getTime() ?? null;
		},

		/** A new address, told now and never again; the one before stops working. */
		async renew(reader: { id: AccountId }): Promise<string> {
			await requirePerson(db, reader.id);
			const token = mintToken();
			await db.transaction(async (tx) => {
				const values = { accountId: reader.id, tokenHash: tokenHash(token), createdAt: new Date() };
				await tx
					.insert(improvementCalendar)
					.values(values)
					.onConflictDoUpdate({
						target: improvementCalendar.accountId,
						set: { tokenHash: values.tokenHash, createdAt: values.createdAt }
					});
				await writeAudit(tx, {
					scope: 'installation',
					actorId: reader.id,
					act: 'improvement.calendarRenewed',
					detail: {}
				});
			});
			return `${origin}/improvement/calendar/${token}`;
		},

		async close(reader: { id: AccountId }): Promise<void> {
			await db.transaction(async (tx) => {
				const gone = await tx
					.delete(improvementCalendar)
					.where(eq(improvementCalendar.accountId, reader.id))
					.returning({ id: improvementCalendar.accountId });
				if (gone.length === 0) throw new AppError('stale', 'There is no address to close.');
				await writeAudit(tx, {
					scope: 'installation',
					actorId: reader.id,
					act: 'improvement.calendarClosed',
					detail: {}
				});
			});
		},

		/** The feed behind an address. What is no address and whose account is closed look the same. */
		async feed(token: string): Promise<string> {
			if (!tokenPattern.test(token)) throw noExercise();
			const [row] = await db
				.select({ id: improvementCalendar.accountId })
				.from(improvementCalendar)
				.where(eq(improvementCalendar.tokenHash, tokenHash(token)));
			const person = row && (await readPerson(db, row.id as AccountId));
			if (!person) throw noExercise();
			const calendar = ical({
				name: 'Improvement actions',
				method: ICalCalendarMethod.PUBLISH,
				prodId: { company: 'Muster', product: 'improvement', language: 'EN' }
			});
			for (const action of await entries(person)) {
				if (action.dueOn === null) continue;
				const title = mayTravel(action.tlp) ? `: ${action.title}` : '';
				const scope = scopeName(action.country as CountryCode);
				calendar.createEvent({
					// the same entry however often it is fetched, and a newer one after every change
					id: `${action.id}@improvement.muster`,
					sequence: action.version,
					stamp: action.changedAt,
					lastModified: action.changedAt,
					start: action.dueOn,
					allDay: true,
					summary: lineText(
						`${markOfSource(action.source)}${action.ownerId === person.id ? 'Your improvement action' : 'Improvement action'} is due (${scope})${title}`
					),
					status: action.state === 'proposed' ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED,
					url: `${origin}/improvement/${action.id}`,
					description: `${tlpLabel(action.tlp as Tlp)}\n${action.state.replace('_', ' ')}`
				});
			}
			return calendar.toString();
		}
	};
}
