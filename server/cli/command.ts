import type { ParseArgsOptionsConfig } from 'node:util';
import { AppError } from '#lib/errors.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { findAccount } from '../accounts/account.ts';
import type { Services } from '../services.ts';

/** Called wrongly: exit code 2, and how it is called. */
export class UsageError extends Error {
	override name = 'UsageError';
}

type Value = string | boolean | undefined;
export type Values = Record<string, Value>;

/** What a command has done: for people, and for programs with `--json`. `ok: false` is exit code 1. */
export interface Outcome {
	text: string;
	json: Record<string, unknown>;
	ok?: boolean;
}

export interface Command {
	/** as typed: `exercise import` */
	name: string;
	summary: string;
	/** each option with its meaning, for `--help`; `!` marks what is required */
	options: Record<string, { means: string; value?: string; required?: boolean; fallback?: string }>;
	run: (services: Services, values: Values) => Promise<Outcome>;
}

/** Options without a value are switches. */
export function parsing(command: Command): ParseArgsOptionsConfig {
	const switches = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
	const own = Object.entries(command.options).map(
		([name, option]) => [name, { type: option.value ? 'string' : 'boolean' }] as const
	);
	return { ...Object.fromEntries(own), ...switches };
}

export function helpOf(command: Command): string {
	const lines = Object.entries({
		...command.options,
		json: { means: 'answer as JSON' },
		help: { means: 'this text' }
	}).map(([name, option]: [string, Command['options'][string]]) => {
		const left = `  --${name}${option.value ? ` <${option.value}>` : ''}`;
		const right = option.required
			? `${option.means} (required)`
			: option.fallback
				? `${option.means} (${option.fallback})`
				: option.means;
		return `${left.padEnd(30)} ${right}`;
	});
	return `${command.summary}\n\nmuster ${command.name} [options]\n\n${lines.join('\n')}\n`;
}

export function textOf(values: Values, name: string): string {
	const value = values[name];
	if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} is required.`);
	return value;
}

export function optionalText(values: Values, name: string): string | undefined {
	const value = values[name];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** On whose behalf a command acts: somebody with the rights that the act needs, and whose name the audit row holds. */
export async function personOf(services: Services, values: Values): Promise<AccountId> {
	const email = textOf(values, 'as');
	const found = await findAccount(services.database.db, email);
	if (!found || found.disabledAt) throw new AppError('not-found', `There is no account ${email}.`);
	return found.id as AccountId;
}

export const asOption = {
	as: { means: 'e-mail address of who acts, with the rights it needs', value: 'e-mail', required: true }
};

export async function readStandardInput(): Promise<string> {
	let text = '';
	process.stdin.setEncoding('utf8');
	for await (const chunk of process.stdin) text += String(chunk);
	return text.replace(/\r?\n$/, '');
}
