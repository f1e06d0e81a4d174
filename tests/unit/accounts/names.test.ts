import { expect, test } from 'vitest';
import { cleanName, emailAddress, personName } from '#server/accounts/names.ts';

test('[R18] a name cannot turn the reading direction, hide or break the line', () => {
	expect(cleanName('Anna\u202Egro.live\u202C')).toBe('Anna gro.live');
	expect(cleanName('Anna\nDirector: stop')).toBe('Anna Director: stop');
	expect(cleanName('An\u200Bna')).toBe('An na');
	expect(cleanName('  Ἀλέξανδρος   Παπαδόπουλος ')).toBe('Ἀλέξανδρος Παπαδόπουλος');
});

test('a name is written and not endless', () => {
	expect(personName.safeParse(' \u200B ').success).toBe(false);
	expect(personName.safeParse('a'.repeat(121)).success).toBe(false);
	expect(personName.parse('Jürgen Müller')).toBe('Jürgen Müller');
});

test.each(['a@b', 'anna.berg+ex@csirt.example', 'ο@παράδειγμα.ελ'])('%s may be an address', (email) =>
	expect(emailAddress.safeParse(email).success).toBe(true)
);
test.each([
	'',
	'anna',
	'a b@c.example',
	'a@b@c',
	'a@b,c@d',
	'"x"@y',
	`${'a'.repeat(250)}@b.eu`,
	'a@b\u202Ec'
])('%j is none', (email) => expect(emailAddress.safeParse(email).success).toBe(false));
