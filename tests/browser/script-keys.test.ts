import { documentName } from '#lib/exercise/documents.ts';
import { readScript } from '#lib/exercise/inject/schema.ts';
import { textOfRichText } from '#lib/exercise/rich-text.ts';
import { expect, test, type Page } from '../support/browser.ts';
import { TestExercise, toAll } from '../support/exercise.ts';
import type { Stage } from '../support/people.ts';

/* The script as a spreadsheet: with keys alone, and while somebody else writes in it. */

const clipboard = { permissions: ['clipboard-read', 'clipboard-write'] };

async function written(stage: Stage) {
	const exercise = await TestExercise.create(stage);
	await exercise.team('GR CSIRT');
	const planner = await exercise.member('Planner', { role: 'planner', cell: 'central' });
	const other = await exercise.member('Other planner', { role: 'planner', cell: 'central' });
	await exercise.approved(
		...['One', 'Two', 'Three', 'Four'].map((title, i) => ({
			reference: `CM-00${i + 1}`,
			title,
			storyline: i < 2 ? 'Port' : 'Press',
			schedule: { mode: 'offset' as const, seconds: (i + 1) * 600 },
			to: toAll
		}))
	);
	const name = documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });
	const script = async () => readScript(await stage.services.documents.read(name));
	return { exercise, planner, other, script, at: `/exercises/${exercise.id}/script/central` };
}

/** Which cell has the focus: the number of its row, from 1, and its column. */
const cell = (page: Page) =>
	page.evaluate(() => {
		const focused = document.activeElement;
		const row = focused?.closest<HTMLElement>('[data-index]')?.dataset['index'];
		const column = (focused as HTMLElement | null)?.dataset['column'] ?? '';
		return focused?.matches('[data-column]') ? `${Number(row) + 1} ${column}` : 'no cell';
	});

async function press(page: Page, ...keys: string[]): Promise<void> {
	for (const key of keys) await page.keyboard.press(key);
}

/** With Tab from the top of the page to the cell under the grid's cursor. */
async function intoGrid(page: Page): Promise<void> {
	await expect(page.getByRole('grid')).toBeVisible({ timeout: 30_000 });
	for (let n = 0; n < 60 && (await cell(page)) === 'no cell'; n++) await page.keyboard.press('Tab');
	expect(await cell(page)).toBe('1 title');
}

const text = (page: Page, row: number, column: string) =>
	page.locator(`[data-index="${row - 1}"] > [data-column="${column}"]`);

test('goes, writes, cancels and goes on as in a spreadsheet', async ({ pageOf, stage }) => {
	const { planner, at, script } = await written(stage);
	const page = await pageOf(planner);
	await page.goto(at);
	await intoGrid(page);

	await press(page, 'ArrowDown', 'ArrowRight');
	expect(await cell(page)).toBe('2 storyline');
	await press(page, 'ArrowUp', 'ArrowLeft', 'ArrowLeft');
	expect(await cell(page)).toBe('1 time');
	await press(page, 'Control+End');
	expect(await cell(page)).toBe('4 warnings');
	await press(page, 'Control+Home', 'ArrowRight', 'Tab', 'Tab');
	expect(await cell(page)).toBe('1 title');
	await press(page, 'Shift+Tab', 'Tab');
	expect(await cell(page)).toBe('1 title');

	// a letter begins to write over what is there; Enter keeps it and goes down
	await page.keyboard.type('Gates shut');
	await press(page, 'Enter');
	expect(await cell(page)).toBe('2 title');
	await expect(text(page, 1, 'title')).toContainText('Gates shut');
	// F2 goes on behind it; Shift+Enter goes up
	await press(page, 'F2');
	await page.keyboard.type(' trucks');
	await press(page, 'Shift+Enter');
	expect(await cell(page)).toBe('1 title');
	await expect(text(page, 2, 'title')).toContainText('Two trucks');
	// Esc leaves it as it was, at the same cell
	await press(page, 'ArrowDown', 'Enter');
	await page.keyboard.type('Never mind');
	await press(page, 'Escape');
	expect(await cell(page)).toBe('2 title');
	await expect(text(page, 2, 'title')).toContainText('Two trucks');
	// Tab keeps it and goes to the next cell; over the end of the row to the next one
	await page.keyboard.type('Trucks queue');
	await press(page, 'Tab');
	expect(await cell(page)).toBe('2 storyline');
	await page.keyboard.type('Roads');
	await press(page, 'Tab');
	expect(await cell(page)).toBe('2 recipients');
	// what cannot be says why, and is not lost
	await press(page, 'ArrowLeft', 'ArrowLeft', 'ArrowLeft');
	await page.keyboard.type('at noon');
	await press(page, 'Enter');
	await expect(page.getByRole('grid').getByRole('alert')).toBeVisible();
	await press(page, 'Control+A');
	await page.keyboard.type('+00:25');
	await press(page, 'Enter');
	expect(await cell(page)).toBe('3 time');
	await expect
		.poll(async () => (await script()).slice(0, 2))
		.toMatchObject([
			{ title: 'Gates shut' },
			{ title: 'Trucks queue', storyline: 'Roads', schedule: { mode: 'offset', seconds: 1500 } }
		]);
});

test('copies a block of cells and pastes it, and one as Excel puts it on the clipboard; Undo takes each back as one act', async ({
	pageOf,
	stage
}) => {
	const { planner, at, script } = await written(stage);
	const page = await pageOf(planner, clipboard);
	await page.goto(at);
	await intoGrid(page);

	// title and storyline of the first two rows
	await press(page, 'Shift+ArrowDown', 'Shift+ArrowRight', 'Control+C');
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('One\tPort\nTwo\tPort');
	await press(page, 'Escape', 'ArrowLeft', 'ArrowDown');
	expect(await cell(page)).toBe('3 title');
	await press(page, 'Control+V');
	await expect(text(page, 4, 'storyline')).toContainText('Port');
	await expect(text(page, 3, 'title')).toContainText('One');
	await press(page, 'Control+Z');
	await expect(text(page, 3, 'title')).toContainText('Three');
	await expect(text(page, 4, 'storyline')).toContainText('Press');
	await press(page, 'Control+Y');
	await expect(text(page, 4, 'title')).toContainText('Two');

	// lines end with CR LF, a cell of two lines stands in quotes, and the block goes over the last row
	await page.evaluate(() =>
		navigator.clipboard.writeText(
			'+01:00\t"Cranes stop\nat ""both"" terminals"\tPort\r\n+01:10\tPress asks\tPress\r\n'
		)
	);
	await press(page, 'ArrowDown', 'ArrowLeft');
	expect(await cell(page)).toBe('4 time');
	await press(page, 'Control+V');
	await expect(text(page, 4, 'title')).toContainText('Cranes stop at "both" terminals');
	await expect(text(page, 5, 'title')).toContainText('Press asks');
	await expect
		.poll(async () => (await script()).slice(3))
		.toMatchObject([
			{ reference: 'CM-004', title: 'Cranes stop at "both" terminals', schedule: { seconds: 3600 } },
			{ title: 'Press asks', storyline: 'Press', schedule: { mode: 'offset', seconds: 4200 } }
		]);

	// one cell fills what is chosen; Delete empties it
	await page.evaluate(() => navigator.clipboard.writeText('Port terminal\r\n'));
	await press(page, 'Control+Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight');
	expect(await cell(page)).toBe('1 storyline');
	await press(page, 'Shift+ArrowDown', 'Shift+ArrowDown', 'Control+V');
	const storylines = async () => (await script()).map(({ storyline }) => storyline);
	await expect.poll(storylines).toEqual(['Port terminal', 'Port terminal', 'Port terminal', 'Port', 'Press']);
	await press(page, 'Delete');
	await expect.poll(storylines).toEqual(['', '', '', 'Port', 'Press']);
	await press(page, 'Control+Z', 'Control+Z');
	await expect.poll(storylines).toEqual(['Port', 'Port', 'Port', 'Port', 'Press']);
});

test('takes back only the own changes while somebody else types; moves rows; opens the inject and comes back to its cell', async ({
	pageOf,
	stage
}) => {
	const { planner, other, at, script } = await written(stage);
	const [page, beside] = await Promise.all([pageOf(planner), pageOf(other)]);
	await Promise.all([page.goto(at), beside.goto(at)]);
	await Promise.all([intoGrid(page), intoGrid(beside)]);

	// the other opens the same inject and writes its text, letter by letter
	await press(beside, 'Control+Enter');
	const field = beside.getByRole('textbox', { name: 'Text' });
	for (let n = 0; n < 40 && !(await field.evaluate((element) => element === document.activeElement)); n++)
		await beside.keyboard.press('Tab');
	await expect(field).toBeFocused();
	const sentence = 'Nobody answers the telephone at the gate.';
	const typing = beside.keyboard.type(sentence, { delay: 25 });

	await page.keyboard.type('Gates shut');
	await press(page, 'Enter');
	await page.keyboard.type('Trucks queue');
	await press(page, 'Enter', 'Control+Z');
	await expect(text(page, 2, 'title')).toContainText('Two');
	await press(page, 'Control+Z');
	await expect(text(page, 1, 'title')).toContainText('One');
	await press(page, 'Control+Y');
	await expect(text(page, 1, 'title')).toContainText('Gates shut');
	// nothing of the own is left: the other's letters are not taken instead
	await press(page, 'Control+Z', 'Control+Z', 'Control+Z', 'Control+Y');
	await typing;
	await expect
		.poll(async () => (await script()).map((inject) => [inject.title, textOfRichText(inject.body)]))
		.toEqual([
			['Gates shut', sentence],
			['Two', ''],
			['Three', ''],
			['Four', '']
		]);

	// a row goes down, its cursor with it, and up again
	await press(page, 'Control+Home', 'ArrowRight', 'ArrowRight', 'ArrowRight');
	expect(await cell(page)).toBe('1 title');
	await press(page, 'Alt+ArrowDown');
	await expect.poll(() => cell(page)).toBe('2 title');
	await expect
		.poll(async () => (await script()).map(({ reference }) => reference))
		.toEqual(['CM-002', 'CM-001', 'CM-003', 'CM-004']);
	await press(page, 'Alt+ArrowDown', 'Alt+ArrowUp', 'Alt+ArrowUp');
	await expect.poll(() => cell(page)).toBe('1 title');

	// into the pane, and back to the cell
	await press(page, 'ArrowDown', 'ArrowRight', 'Control+Enter');
	await expect(
		page.getByRole('region', { name: 'Inject CM-002' }).getByLabel('Number', { exact: true })
	).toBeFocused();
	await press(page, 'Tab');
	await page.keyboard.type(' and more');
	await press(page, 'Escape');
	await expect(page.getByRole('region', { name: 'Inject CM-002' })).toBeHidden();
	await expect.poll(() => cell(page)).toBe('2 storyline');
	await expect.poll(async () => (await script())[1]!.title).toContain('and more');

	// a new row, ready to be written
	await press(page, 'Alt+n');
	await page.keyboard.type('Brand new');
	await press(page, 'Enter');
	await expect(text(page, 3, 'title')).toContainText('Brand new');
});

test('shows who is in which cell and goes there; what a filter shows is submitted by one and approved by another, at once', async ({
	pageOf,
	stage
}) => {
	const { exercise, planner, other, at, script } = await written(stage);
	await stage.services.database.pool.query(
		`update exercise set settings = settings || '{"authorMayApprove": false}' where id = $1`,
		[exercise.id]
	);
	const [page, beside] = await Promise.all([pageOf(planner), pageOf(other)]);
	await Promise.all([page.goto(at), beside.goto(at)]);
	await Promise.all([intoGrid(page), intoGrid(beside)]);

	// the other's cell has the name of who is there, and no other cell has it
	await press(page, 'ArrowDown', 'ArrowRight');
	expect(await cell(page)).toBe('2 storyline');
	const who = (row: number, column: string) => text(beside, row, column).locator('.who');
	await expect(who(2, 'storyline')).toHaveText('Planner');
	await expect(beside.locator('[data-column] > .who')).toHaveCount(1);
	await press(page, 'ArrowDown');
	await expect(who(3, 'storyline')).toHaveText('Planner');
	await expect(who(2, 'storyline')).toHaveCount(0);
	await beside.getByRole('button', { name: /^Planner is at CM-003/ }).click();
	await expect.poll(() => cell(beside)).toBe('3 storyline');

	// two of four are left by the filter; all that are shown are submitted, and not by whoever approves
	const bar = (of: Page) => of.getByRole('search', { name: 'Filter' });
	for (const title of ['Gates shut', 'Trucks queue']) {
		const row = title === 'Gates shut' ? 1 : 2;
		await text(page, row, 'title').click();
		await page.keyboard.type(title);
		await press(page, 'Enter');
	}
	await expect
		.poll(async () => (await script()).slice(0, 2).map((one) => one.title))
		.toEqual(['Gates shut', 'Trucks queue']);
	await bar(page).getByRole('combobox', { name: 'storyline' }).selectOption('Port');
	await page.getByRole('checkbox', { name: 'Select all that are shown' }).click({ force: true });
	await page.getByRole('button', { name: 'Submit 2' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Submit 2' }).click();
	await expect(page.getByRole('dialog')).toBeHidden();
	await page.getByRole('checkbox', { name: 'Select all that are shown' }).click({ force: true });
	await expect(page.getByRole('button', { name: 'Approve 0' })).toBeDisabled();

	await bar(beside).getByRole('combobox', { name: 'state' }).selectOption('submitted');
	await beside.getByRole('checkbox', { name: 'Select all that are shown' }).click({ force: true });
	await beside.getByRole('button', { name: 'Approve 2' }).click();
	await beside.getByRole('dialog').getByRole('button', { name: 'Approve 2' }).click();
	const versions = async () =>
		(
			await stage.services.database.pool.query<{ version: number }>(
				'select version from inject where exercise_id = $1 order by version desc',
				[exercise.id]
			)
		).rows.map(({ version }) => version);
	await expect.poll(versions).toEqual([2, 2, 1, 1]);
});
