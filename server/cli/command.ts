import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Services } from '../services.ts';

/** What was typed is not what the command takes: exit code 2, and where its help is. */
export class UsageError extends Error {
	override name = 'UsageError';
}

/** What a command has to say: the same as sentences and as data. */
export interface Answer {
	/** one plain sentence a line */
	lines: string[];
	/** for `--json` */
	data: Record<string, unknown>;
	/** what was asked for did not come about, without anything having gone wrong: exit code 1 */
	failed?: boolean;
	/** what goes on until the operator ends it, after the answer was given */
	until?: (interrupted: AbortSignal) => Promise<void>;
}

export interface Surroundings {
	/** opens the database and builds the services, at the first call */
	services: () => Promise<Services>;
	/** says what takes long, to people only */
	tell: (sentence: string) => void;
}

/** The values of the options, asked for by name. */
export class Given {
	readonly #values: Record<string, unknown>;

	constructor(values: Record<string, unknown>) {
		this.#values = values;
	}

	text(name: string): string | undefined {
		const value = this.#values[name];
		return typeof value === 'string' ? value : undefined;
	}

	required(name: string): string {
		const value = this.text(name);
		if (value === undefined || value.trim() === '') throw new UsageError(`--${name} is missing.`);
		return value;
	}

	flag(name: string): boolean {
		return this.#values[name] === true;
	}

	/** One of a few words, however it is capitalised. */
	choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
		const value = this.text(name);
		if (value === undefined) return undefined;
		const found = choices.find((choice) => choice.toLowerCase() === value.trim().toLowerCase());
		if (!found) throw new UsageError(`--${name} must be one of ${choices.join(', ')}.`);
		return found;
	}
}

export interface Command {
	/** as typed: `user create` */
	name: string;
	/** one line for the list of commands */
	purpose: string;
	/** the options as in `--email <address>`, each with what it is */
	help: readonly (readonly [option: string, meaning: string])[];
	options: ParseArgsOptionsConfig;
	/** options that may be given without their names, in this order */
	positionals?: readonly string[];
	/** checks what was given before it asks for the services, so that a wrong word never starts a database */
	run: (given: Given, surroundings: Surroundings) => Promise<Answer>;
}

const everywhere = {
	help: { type: 'boolean', short: 'h' },
	json: { type: 'boolean' }
} as const satisfies ParseArgsOptionsConfig;

export function readOptions(command: Command, words: readonly string[]): Given {
	try {
		const places = command.positionals ?? [];
		const { values, positionals } = parseArgs({
			args: [...words],
			options: { ...command.options, ...everywhere },
			allowPositionals: places.length > 0
		});
		if (positionals.length > places.length)
			throw new UsageError(`“${positionals[places.length]}” is one word too many.`);
		return new Given({
			...values,
			...Object.fromEntries(positionals.map((word, index) => [places[index]!, word]))
		});
	} catch (error) {
		if (error instanceof UsageError) throw error;
		const { code, message } = error as NodeJS.ErrnoException;
		if (!code?.startsWith('ERR_PARSE_ARGS_')) throw error;
		// what Node says, without its advice on positional arguments
		throw new UsageError(`${message.split(/\.\s|\n/)[0]!.replace(/\.$/, '')}.`);
	}
}

export function commandHelp(command: Command): string {
	const rows = [
		...command.help,
		['--json', 'answers with one JSON object'],
		['--help', 'shows this']
	] as const;
	const wide = Math.max(...rows.map(([option]) => option.length));
	const listed = rows.map(([option, meaning]) => `  ${option.padEnd(wide)}  ${meaning}`);
	return [`muster ${command.name}: ${command.purpose}`, '', ...listed, ''].join('\n');
}

export function overview(commands: readonly Command[]): string {
	const wide = Math.max(...commands.map(({ name }) => name.length));
	return [
		'Usage: npm run -s muster -- <command> [options]',
		'',
		...commands.map(({ name, purpose }) => `  ${name.padEnd(wide)}  ${purpose}`),
		'',
		'Each command explains itself with --help and answers with one JSON object with --json.',
		'Exit codes: 0 done, 1 failed, 2 not understood. Settings are the ones of the server (DATA_DIR, DATABASE_URL, ORIGIN).',
		''
	].join('\n');
}
