import { stringify } from 'csv-stringify/sync';
import { tlpLabel } from '#lib/standards/tlp.ts';
import { markingOf } from '#lib/exercise/exercise/kind.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import { neutralise } from '#lib/exercise/inject/spreadsheet/table.ts';
import type { QuestionResult, SurveyFilter, SurveyResults } from '#lib/exercise/survey/results.ts';
import { exportFileName, streamed, type ExportFile } from '../exchange/record/file.ts';

export const surveyCsvColumns = [
	'group',
	'answers_in_group',
	'heading',
	'question',
	'kind',
	'answered',
	'left_out',
	'mean',
	'choice',
	'count',
	'words',
	'by'
] as const;

/** Results as CSV (RFC 4180, UTF-8 with its mark): a row for each choice of each question and for each answer in words. */
export function resultsFile(exercise: Exercise, title: string, all: readonly SurveyResults[]): ExportFile {
	const mark = [
		[markingOf(exercise), tlpLabel(exercise.tlp)],
		[exercise.name, title, `as of ${new Date().toISOString()}`]
	];
	const rows = all.flatMap((results) => results.questions.flatMap((question) => rowsOf(results, question)));
	async function* parts() {
		yield `\ufeff${lines([...mark, [...surveyCsvColumns]])}`;
		yield lines(rows);
		yield lines(mark.slice(0, 1));
	}
	return {
		name: exportFileName(exercise, 'survey', exercise.tlp, 'csv'),
		type: 'text/csv; charset=utf-8',
		body: streamed(parts())
	};
}

const groupName = (filter: SurveyFilter) => (filter === null ? 'all' : `${filter.by}: ${filter.is}`);

function rowsOf({ filter, answers }: SurveyResults, result: QuestionResult): string[][] {
	const { question, answered, left, mean, counts, words } = result;
	const head = [
		groupName(filter),
		String(answers),
		question.heading,
		question.text,
		question.kind,
		String(answered),
		String(left),
		mean === null ? '' : mean.toFixed(2)
	];
	if (question.kind === 'text')
		return words.length === 0 ? [head] : words.map(({ text, by }) => [...head, '', '', text, by ?? '']);
	return counts.map((count, at) => [
		...head,
		question.kind === 'scale' ? String(at + 1) : (question.options[at] ?? ''),
		String(count)
	]);
}

function lines(records: readonly (readonly string[])[]): string {
	const padded = records.map((record) => surveyCsvColumns.map((_, i) => neutralise(record[i] ?? '')));
	return stringify(padded, { record_delimiter: 'windows' });
}
