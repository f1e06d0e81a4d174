import { describe, expect, test } from 'vitest';
import { mentionBeingWritten, mentionedIn } from '#lib/exercise/inject/comments.ts';

const people = [{ name: 'Anna' }, { name: 'Anna Maria' }, { name: 'Ζωή Κ.' }, { name: '' }];
const named = (text: string) => mentionedIn(text, people).map(({ name }) => name);

describe('who is mentioned', () => {
	test('by the whole name, in any case, once', () => {
		expect(named('@anna, see @ANNA')).toEqual(['Anna']);
		expect(named('(@Ζωή Κ.) and @Anna Maria: agreed?')).toEqual(['Ζωή Κ.', 'Anna Maria']);
	});
	test('not by a part of another word', () => {
		expect(named('@Annabel b@Anna.example')).toEqual([]);
		expect(named('@ nobody @')).toEqual([]);
	});
});

test('a name is being written from the @ to the cursor', () => {
	expect(mentionBeingWritten('Ask @An', 7)).toBe('An');
	expect(mentionBeingWritten('Ask @', 5)).toBe('');
	expect(mentionBeingWritten('a@b', 3)).toBeNull();
	expect(mentionBeingWritten('Ask @An\nagain', 13)).toBeNull();
});
