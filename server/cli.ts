import { parseArgs } from 'node:util';
import { AppError } from '#lib/errors.ts';
import { auditCommands } from './cli/audit.ts';
import { helpOf, parsing, UsageError, type Command, type Values } from './cli/command.ts';
import { demoCommands } from './cli/demo.ts';
import { exerciseCommands } from './cli/exercise.ts';
import { userCommands } from './cli/user.ts';
import { readConfig, readEnvironmentFile, StartRefused } from './config.ts';
import { openMigrated } from './start.ts';
import { createLog } from './log.ts';
import { createServices } from './services.ts';

/*
 * `muster`, or `npm run -s muster --`: the same services without HTTP. Works beside a running server, on the database
 * that it uses; what it changes is seen there at once. Exit codes: 0 done, 1 failed or refused, 2 called wrongly.
 */
const commands: Command[] = [...userCommands, ...exerciseCommands, ...demoCommands, ...auditCommands];

async function main(parameters: string[]): Promise<number> {
	const wantsJson = parameters.includes('--json');
	try {
		const command = commands.find(({ name }) => {
			const words = name.split(' ');
			return words.every((word, i) => parameters[i] === word);
		});
		if (!command) {
			const asksForHelp =
				parameters.length === 0 || parameters.includes('--help') || parameters.includes('-h');
			if (asksForHelp) {
				process.stdout.write(overview());
				return 0;
			}
			throw new UsageError(
				`There is no command "${parameters.filter((one) => !one.startsWith('-')).join(' ')}".`
			);
		}
		const values = valuesOf(command, parameters.slice(command.name.split(' ').length));
		if (values['help']) {
			process.stdout.write(helpOf(command));
			return 0;
		}
		for (const [name, option] of Object.entries(command.options))
			if (option.required && values[name] === undefined) throw new UsageError(`--${name} is required.`);
		return await run(command, values, wantsJson);
	} catch (error) {
		return failed(error, wantsJson);
	}
}

function valuesOf(command: Command, parameters: string[]): Values {
	try {
		return parseArgs({ args: parameters, options: parsing(command), allowPositionals: false })
			.values as Values;
	} catch (error) {
		throw new UsageError(`${(error as Error).message.split('. ')[0]}.`);
	}
}

async function run(command: Command, values: Values, wantsJson: boolean): Promise<number> {
	readEnvironmentFile();
	const config = readConfig({ LOG_LEVEL: 'warn', ...process.env, LOG_FORMAT: 'text' });
	const log = createLog(config, process.stderr);
	const database = await openMigrated(config, log, 'command');
	try {
		const services = createServices({ config, database, log });
		try {
			const { text, json, ok = true } = await command.run(services, values);
			process.stdout.write(`${wantsJson ? JSON.stringify({ ok, ...json }) : text}\n`);
			return ok ? 0 : 1;
		} finally {
			// the bell still has to ring for what was done
			await services.realtime.stop();
		}
	} finally {
		await database.close();
	}
}

function failed(error: unknown, wantsJson: boolean): number {
	const isUsage = error instanceof UsageError;
	const code = isUsage ? 'usage' : error instanceof AppError ? error.code : 'failed';
	const isExpected = isUsage || error instanceof AppError || error instanceof StartRefused;
	const message = isExpected ? error.message : ((error as Error).stack ?? String(error));
	if (wantsJson) process.stdout.write(`${JSON.stringify({ ok: false, error: { code, message } })}\n`);
	else process.stderr.write(`${message}\n${isUsage ? 'Add --help to see how it is called.\n' : ''}`);
	return isUsage ? 2 : 1;
}

function overview(): string {
	const lines = commands.map(({ name, summary }) => `  ${name.padEnd(18)} ${summary}`);
	return `Muster's command line: the same services as the server, without HTTP.\n\nmuster <command> [options]\n\n${lines.join('\n')}\n\nEach takes --help and --json.\n`;
}

process.exitCode = await main(process.argv.slice(2));
