import type { EntryBody, TimelineEntry } from '../timeline.ts';
import { definitionOf } from '../working/kinds.ts';
import { evaluationLimits, type Evidence } from './schema.ts';

/** An entry of the team's timeline as it stands beside an observation: enough to know it again, never the whole text. */
export function evidenceOf({ id, body, exerciseAt, wallAt }: TimelineEntry): Evidence {
	return { entry: id, what: body.kind, words: clip(wordsOf(body)), exerciseAt, wallAt };
}

/** What an entry is about, in its own words. */
export function wordsOf(body: EntryBody): string {
	switch (body.kind) {
		case 'inject':
			return body.inject.title;
		case 'responded':
			return `${body.title}: ${body.text}`;
		case 'decision':
			return body.decision.chosen;
		case 'decision-moved':
			return body.chosen;
		case 'answer':
			return body.answer;
		case 'working':
			return definitionOf(body.of).words(body.fact).title;
		default:
			if ('title' in body && typeof body.title === 'string' && body.title !== '') return body.title;
			return 'text' in body && typeof body.text === 'string' ? body.text : '';
	}
}

const clip = (words: string) => {
	const line = words.replace(/\s+/g, ' ').trim();
	return line.length <= evaluationLimits.words ? line : `${line.slice(0, evaluationLimits.words - 1)}…`;
};
