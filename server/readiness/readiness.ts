import type { Database } from '../database/open.ts';
import type { Documents } from '../documents/documents.ts';
import type { Ring } from '../exercises/change.ts';
import { createCommunication } from './communication.ts';
import { createGoList } from './go-list.ts';
import { createKits } from './kit/kit.ts';

/** What stands between a planned exercise and STARTEX: the communication check, the go/no-go list, the kit. */
export function createReadiness(given: {
	database: Database;
	documents: Pick<Documents, 'read'>;
	ring: Ring;
}) {
	return { communication: createCommunication(given), goList: createGoList(given), kits: createKits(given) };
}

export type Readiness = ReturnType<typeof createReadiness>;
