import { AppError } from '#lib/errors.ts';
import { auditVerify } from './cli/audit-verify.ts';
import { backup } from './cli/backup.ts';
import {
	commandHelp,
	overview,
	readOptions,
	UsageError,
	type Answer,
	type Command,
	type Given
} from './cli/command.ts';
import { documentsRestore, documentsVerify } from './cli/documents.ts';
import { demo } from './cli/demo.ts';
import { exerciseArchive, exerciseRestore } from './cli/exercise-archive.ts';
import { exerciseCreate } from './cli/exercise-create.ts';
import { exerciseErase } from './cli/exercise-erase.ts';
import { exerciseExport } from './cli/exercise-export.ts';
import { exerciseImport } from './cli/exercise-import.ts';
import { exerciseList } from './cli/exercise-list.ts';
import { reportVerify } from './cli/report-verify.ts';
import { openServices, type Opened } from './cli/services.ts';
import { userCreate } from './cli/user-create.ts';
import { userLink } from './cli/user-link.ts';
import { StartRefused } from './config.ts';

const commands: readonly Command[] = [
	userCreate,
	userLink,
	exerciseCreate,
	exerciseList,
	exerciseImport,
	exerciseExport,
	exerciseArchive,
	exerciseRestore,
	exerciseErase,
	demo,
	backup,
	auditVerify,
	reportVerify,
	documentsVerify,
	documentsRestore
];
const exitCodes = { done: 0, failed: 1, usage: 2 } as const;
/** what does not end by itself after Ctrl-C is ended */
const stopWithinMs = 18_000;

const print = (text: string) => process.stdout.write(text);

/** The `muster` command: what an operator does without a browser, by the same services (docs/operating.md). */
async function main(words: readonly string[]): Promise<number> {
	const wantsJson = words.includes('--json');
	const command = commands.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name);
	try {
		if (!command) return withoutCommand(words);
		const rest = words.slice(command.name.split(' ').length);
		// help is for whoever does not know the options yet: whatever else was typed
		if (rest.includes('--help') || rest.includes('-h')) {
			print(commandHelp(command));
			return exitCodes.done;
		}
		return await carryOut(command, readOptions(command, rest), ({ failed, lines, data }) =>
			print(`${wantsJson ? JSON.stringify({ ok: failed !== true, ...data }) : lines.join('\n')}\n`)
		);
	} catch (error) {
		const { code, message, exitCode } = failure(error, command);
		if (wantsJson) print(`${JSON.stringify({ ok: false, error: { code, message } })}\n`);
		else process.stderr.write(`${message}\n`);
		return exitCode;
	}
}

function withoutCommand(words: readonly string[]): number {
	const [first] = words;
	if (first === 'help' || words.includes('--help') || words.includes('-h')) {
		print(overview(commands));
		return exitCodes.done;
	}
	if (first === undefined) throw new UsageError('Name a command.');
	const named = words.filter((word) => !word.startsWith('-')).slice(0, 2);
	throw new UsageError(`There is no command ${named.join(' ') || first}.`);
}

async function carryOut(command: Command, given: Given, answered: (answer: Answer) => void): Promise<number> {
	let opening: Promise<Opened> | undefined;
	const interrupted = new AbortController();
	let goesOn = false;
	const close = async () => (await opening?.catch(() => undefined))?.close();
	const onSignal = () => {
		interrupted.abort();
		setTimeout(() => process.exit(exitCodes.failed), stopWithinMs).unref();
		// what is under way ends with its connection: PostgreSQL takes back what was not finished
		if (!goesOn) void close().finally(() => process.exit(exitCodes.failed));
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
	try {
		const answer = await command.run(given, {
			services: async () => (await (opening ??= openServices())).services,
			tell: (sentence) => {
				if (!given.flag('json')) print(`${sentence}\n`);
			}
		});
		goesOn = answer.until !== undefined;
		answered(answer);
		await answer.until?.(interrupted.signal);
		return answer.failed ? exitCodes.failed : exitCodes.done;
	} finally {
		if (goesOn || !interrupted.signal.aborted) await close();
	}
}

/** A refusal is a sentence for whoever typed; everything else is a fault of ours, and shows where. */
function failure(
	error: unknown,
	command: Command | undefined
): { code: string; message: string; exitCode: number } {
	if (error instanceof UsageError) {
		const help = `npm run -s muster -- ${command ? `${command.name} ` : ''}--help`;
		return { code: 'usage', message: `${error.message} See ${help}`, exitCode: exitCodes.usage };
	}
	if (error instanceof AppError)
		return { code: error.code, message: error.message, exitCode: exitCodes.failed };
	if (error instanceof StartRefused)
		return { code: 'unavailable', message: error.message, exitCode: exitCodes.failed };
	const { stack, message } = error as Error;
	return { code: 'internal', message: stack ?? message ?? String(error), exitCode: exitCodes.failed };
}

// whoever reads us may have read enough (`| head`)
process.stdout.on('error', () => process.exit(exitCodes.failed));
const exitCode = await main(process.argv.slice(2));
// a pipe takes what was written a moment later; then nothing keeps us
process.stdout.write('', () => process.exit(exitCode));
