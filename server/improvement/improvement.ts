import type { Logger } from 'pino';
import { sql } from 'drizzle-orm';
import type { AccountId } from '#lib/exercise/ids.ts';
import { takesPart } from '#lib/improvement/access.ts';
import type { Database } from '../database/open.ts';
import type { Documents } from '../documents/documents.ts';
import { improvementAction, lesson } from '../database/schema.ts';
import type { Exercises } from '../exercises/exercises.ts';
import { noExercise } from '../exercises/rights.ts';
import type { MailQueue } from '../mail/queue.ts';
import { createActions } from './actions.ts';
import { createImprovementCalendar } from './calendar.ts';
import { createLessons } from './lessons.ts';
import { createImprovementPeople, readPerson, type KnownPerson } from './people.ts';
import { createReminders } from './reminders.ts';
import { createRetests } from './retests.ts';
import { openFinding } from './sources.ts';
import { visibleActions, visibleLessons } from './visible.ts';

export interface ImprovementDoor {
	/** representative or of the secretariat */
	takesPart: boolean;
	/** has something to read; an administrator may have nothing but people to name */
	sees: boolean;
	/** names the secretariat or representatives */
	manages: boolean;
	keeps: KnownPerson['keeps'];
}

/** Improvement actions and lessons: what lives on when an exercise is over (DOMAIN 4.6, 7.8, 9.7). ADR 13. */
export function createImprovement(given: {
	database: Database;
	documents: Pick<Documents, 'read'>;
	exercises: Exercises;
	mail: Pick<MailQueue, 'isSetUp' | 'queueMail' | 'origin'>;
	log: Logger;
}) {
	const { database, documents, exercises, mail, log } = given;
	const { db } = database;
	const finding = (person: { id: AccountId }, exercise: string, id: string) =>
		openFinding({ database, documents, exercises }, person, exercise, id);
	const retests = createRetests({ database, documents, exercises });

	async function door(reader: { id: AccountId }): Promise<ImprovementDoor | null> {
		const person = await readPerson(db, reader.id);
		if (!person) return null;
		// of the countries that the person keeps, or an action that is owned, or was proposed and is not decided yet
		const seen = takesPart(person)
			? true
			: (
					await db.execute<{ seen: boolean }>(
						sql`select exists (select 1 from ${improvementAction} where ${visibleActions(person)})
							or exists (select 1 from ${lesson} where ${visibleLessons(person)}) as seen`
					)
				).rows[0]!.seen;
		const manages = person.isAdministrator || person.isSecretariat;
		if (!seen && !manages) return null;
		return { takesPart: takesPart(person), sees: seen, manages, keeps: person.keeps };
	}

	return {
		/** What opens to somebody; to others there is nothing here. */
		async door(reader: { id: AccountId }): Promise<ImprovementDoor> {
			const found = await door(reader);
			if (!found) throw noExercise();
			return found;
		},
		/** Whether the page is offered to somebody. */
		opensTo: async (reader: { id: AccountId }) => (await door(reader)) !== null,
		people: createImprovementPeople({ database }),
		actions: createActions({ database, finding }),
		lessons: createLessons({ database, finding, retestsOf: (person, id) => retests.of(person, id) }),
		retests,
		calendar: createImprovementCalendar({ database, origin: mail.origin }),
		reminders: createReminders({ database, mail, log })
	};
}
