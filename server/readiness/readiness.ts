import type { Database } from '../database/open.ts';
import type { Ring } from '../exercises/change.ts';
import { createCommunication } from './communication.ts';
import { createGoList } from './go-list.ts';

/** What stands between a planned exercise and STARTEX: the communication check and the go/no-go list. */
export function createReadiness(given: { database: Database; ring: Ring }) {
	return { communication: createCommunication(given), goList: createGoList(given) };
}

export type Readiness = ReturnType<typeof createReadiness>;
