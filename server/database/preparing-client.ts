import pg from 'pg';

/*
 * The server asks PostgreSQL the same few hundred statements all day. Prepared, a statement is parsed and planned once
 * for each connection and not with every act (`npm run bench -- --only acts`). Drizzle prepares nothing by itself, so the
 * connection does.
 */
const limits = {
	/** how often a statement is asked before it is worth it: what is put together for one occasion is not */
	times: 3,
	/** prepared ones in each connection, some kilobytes each */
	statements: 400,
	/** statements of which it is counted how often they are asked */
	counted: 2000
} as const;

const names = new Map<string, string>();
const asked = new Map<string, number>();

/** The name under which connections keep a statement; undefined: it is not worth it. */
function nameOf(text: string): string | undefined {
	const name = names.get(text);
	if (name !== undefined || names.size >= limits.statements) return name;
	const times = (asked.get(text) ?? 0) + 1;
	if (times < limits.times) {
		// the oldest leaves: it was not asked again
		if (asked.size >= limits.counted) asked.delete(asked.keys().next().value!);
		asked.set(text, times);
		return undefined;
	}
	asked.delete(text);
	names.set(text, `m${names.size}`);
	return names.get(text);
}

const isStatement = (config: unknown): config is pg.QueryConfig =>
	typeof config === 'object' &&
	config !== null &&
	!('submit' in config) &&
	typeof (config as pg.QueryConfig).text === 'string' &&
	(config as pg.QueryConfig).name === undefined;

/** A connection that keeps prepared what it is asked often, if it has parameters. */
export class PreparingClient extends pg.Client {
	override query = ((...given: unknown[]) => {
		const [config, values] = given;
		if (isStatement(config)) {
			const parameters = Array.isArray(values) ? values : config.values;
			const name = parameters && parameters.length > 0 ? nameOf(config.text) : undefined;
			if (name !== undefined) given[0] = { ...config, name };
		}
		// one write to the socket for all that is asked in one turn
		const { stream } = this.connection;
		stream.cork();
		process.nextTick(() => stream.uncork());
		return (super.query as (...given: unknown[]) => unknown)(...given);
	}) as pg.Client['query'];
}
