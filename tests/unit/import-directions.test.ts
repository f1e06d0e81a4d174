import { ESLint } from 'eslint';
import ts from 'typescript-eslint';
import { beforeAll, expect, test } from 'vitest';

/** The rules of eslint.config.js on lines that nobody wrote; without types, which these rules do not ask for. */
let eslint: ESLint;
beforeAll(async () => {
	eslint = new ESLint({
		overrideConfig: [
			{
				...ts.configs.disableTypeChecked,
				languageOptions: { parserOptions: { projectService: false, program: null, project: false } }
			}
		] as never
	});
	await eslint.calculateConfigForFile('src/lib/errors.ts');
}, 60_000);

async function isRefused(file: string, line: string): Promise<boolean> {
	const [result] = await eslint.lintText(`${line}\n`, { filePath: file });
	return result!.messages.some((one) => one.ruleId === '@typescript-eslint/no-restricted-imports');
}

const refused: [string, string][] = [
	['src/lib/standards/new.ts', "import '#lib/exercise/facts.ts';"],
	['src/lib/errors.ts', "import '#lib/standards/tlp.ts'; import '#lib/protocol/wire.ts';"],
	['src/lib/exercise/new.ts', "import '#lib/ui/statistics.ts';"],
	['src/lib/exercise/new.ts', "import '#lib/protocol/wire.ts';"],
	['src/lib/exercise/new.ts', "import '#server/mint.ts';"],
	['src/lib/exercise/inject/new.ts', "import '../../live/reactive.ts';"],
	['src/lib/exercise/new.ts', "import 'node:crypto';"],
	['src/lib/exercise/new.ts', "import 'svelte';"],
	['src/lib/exercise/new.ts', "import '#lib/improvement/action.ts';"],
	['src/lib/improvement/new.ts', "import '#lib/protocol/wire.ts';"],
	['src/lib/improvement/new.ts', "import '#server/mint.ts';"],
	['src/lib/protocol/new.ts', "import '#lib/live/reactive.ts';"],
	['src/lib/live/new.ts', "import '#lib/ui/statistics.ts';"],
	['src/lib/live/new.ts', "import { mintId } from '#server/mint.ts';"],
	['src/lib/ui/new.ts', "import '#lib/live/reactive.ts';"],
	['src/routes/new.ts', "import { mintId } from '#server/mint.ts';"],
	['src/routes/new.ts', "import { mintId } from '../../server/mint.ts';"],
	['src/routes/new.ts', "import '$lib/errors.ts';"],
	['src/routes/new.ts', "import { page } from '$app/stores';"],
	['server/new.ts', "import '#lib/ui/statistics.ts';"],
	['server/new.ts', "import '#lib/live/reactive.ts';"],
	['server/new.ts', "import '../src/routes/refusals.ts';"],
	['server/new.ts', "import '../src/lib/ui/statistics.ts';"]
];
test.each(refused)('%s may not: %s', async (file, line) => {
	expect(await isRefused(file, line)).toBe(true);
});

const allowed: [string, string][] = [
	[
		'src/lib/improvement/new.ts',
		"import '#lib/exercise/ids.ts'; import '#lib/standards/tlp.ts'; import 'zod';"
	],
	[
		'src/lib/exercise/new.ts',
		"import '#lib/standards/tlp.ts'; import '#lib/errors.ts'; import 'yjs'; import 'zod';"
	],
	['src/lib/protocol/new.ts', "import '#lib/exercise/facts.ts';"],
	['src/lib/live/new.ts', "import '#lib/exercise/facts.ts'; import '#lib/protocol/wire.ts'; import 'yjs';"],
	[
		'src/routes/new.ts',
		"import type { Services } from '#server/services.ts'; import '#lib/live/reactive.ts';"
	],
	['src/hooks.new.ts', "import type { Services } from '#server/services.ts';"],
	['server/new.ts', "import '#lib/exercise/facts.ts'; import '#lib/protocol/wire.ts'; import './mint.ts';"],
	['tests/unit/new.ts', "import '#server/mint.ts'; import '#lib/ui/statistics.ts';"]
];
test.each(allowed)('%s may: %s', async (file, line) => {
	expect(await isRefused(file, line)).toBe(false);
});
