import type { Database } from '../database/open.ts';
import type { Documents } from '../documents/documents.ts';
import type { Ring } from '../exercises/change.ts';
import { createCommunication } from './communication.ts';
import { createGoList } from './go-list.ts';
import type { Commands } from '../commands/run.ts';
import type { Exercises } from '../exercises/exercises.ts';
import type { MailQueue } from '../mail/queue.ts';
import { createKits } from './kit/kit.ts';
import { createRehearsals } from './rehearsals.ts';

/** What stands between a planned exercise and STARTEX: the communication check, the go/no-go list, the kit, rehearsals. */
export function createReadiness(given: {
	database: Database;
	documents: Pick<Documents, 'read' | 'edit'>;
	exercises: Exercises;
	commands: Pick<Commands, 'run'>;
	ring: Ring;
	mail: Pick<MailQueue, 'isSetUp' | 'queueMail' | 'origin'>;
}) {
	return {
		communication: createCommunication(given),
		goList: createGoList(given),
		kits: createKits(given),
		rehearsals: createRehearsals(given)
	};
}

export type Readiness = ReturnType<typeof createReadiness>;
