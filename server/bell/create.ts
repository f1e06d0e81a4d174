import type { Config } from '../config.ts';
import type { Database } from '../database/open.ts';
import type { Log } from '../log.ts';
import { createBell, type Bell } from './bell.ts';
import { createPostgresLine } from './postgres-line.ts';
import { createRedisLine } from './redis-line.ts';

/** The bell of an installation: through its database, or through REDIS_URL. */
export function createBellOf(config: Pick<Config, 'redisUrl'>, database: Database, log: Log): Bell {
	return createBell({
		line: config.redisUrl === null ? createPostgresLine(database) : createRedisLine(config.redisUrl),
		log
	});
}
