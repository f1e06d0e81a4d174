import { pino, stdTimeFunctions, type Logger } from 'pino';
import type { Config } from './config.ts';

export type Log = Logger;

/** One line per event, as JSON for collectors or as text for a terminal. Secrets never reach it. */
export function createLog(
	config: Pick<Config, 'logLevel' | 'logFormat'>,
	stream: NodeJS.WritableStream = process.stdout
): Log {
	const options = {
		level: config.logLevel,
		base: null,
		timestamp: stdTimeFunctions.isoTime,
		formatters: { level: (label: string) => ({ level: label }) },
		redact: {
			paths: [
				'cookie',
				'authorization',
				'password',
				'token',
				'*.cookie',
				'*.authorization',
				'*.password',
				'*.token'
			],
			censor: '(hidden)'
		}
	};
	return pino(options, {
		write: (line: string) => void stream.write(config.logFormat === 'text' ? asText(line) : line)
	});
}

/** `/join/<token>`, `/setup/<token>` and a calendar's address are keys to a door: a log may hold the door, not the key. */
export function withoutSecrets(url: string): string {
	return url
		.replace(/^(\/(?:join|setup|improvement\/calendar)\/)[^/?#]+/, '$1(hidden)')
		.replace(/([?&](?:token|code|secret|password)=)[^&#]*/gi, '$1(hidden)');
}

function asText(line: string): string {
	const { time, level, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown> & {
		err?: { stack?: string; message?: string };
	};
	const more = Object.entries(rest).map(
		([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
	);
	const cause = err ? `\n  ${err.stack ?? err.message ?? ''}` : '';
	return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${[String(msg), ...more].join('  ')}${cause}\n`;
}
