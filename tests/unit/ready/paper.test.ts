import { describe, expect, it } from 'vitest';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { newInject } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { paperInject } from '#server/readiness/kit/kit.ts';

const exercise = { startsAt: Date.UTC(2026, 10, 12, 8), timeZone: 'Europe/Athens' } as Exercise;

describe('an inject on the paper of the run-by-hand kit', () => {
	const inject = newInject('i1' as InjectId, {
		reference: 'CM-001',
		title: 'Terminal',
		body: richTextFromText('The terminal stands still.'),
		translations: { el: { title: 'Τερματικός', body: richTextFromText('Ο σταθμός σταμάτησε.') } }
	});
	const paper = paperInject(inject, Date.UTC(2026, 10, 12, 8, 42), {
		exercise,
		teams: [],
		byId: new Map()
	});
	const text = (label: string) => paper.fields.find((field) => field.label === label)?.text;

	it('has its text in every language it was written in', () => {
		expect(text('Text')).toBe('The terminal stands still.');
		expect(text('Text (el)')).toBe('Τερματικός\nΟ σταθμός σταμάτησε.');
	});
	it('says its time in the zone of the exercise and in UTC', () => {
		expect(text('Planned')).toMatch(/10:42 Europe\/Athens.*08:42 UTC/);
	});
});
