import { describe, expect, it } from 'vitest';
import { mustAccept, termsHash, termsLimits, termsTextSchema } from '#lib/exercise/terms/terms.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, TeamId } from '#lib/exercise/ids.ts';
import { mayStillReceive, rightsOf } from '#server/mail/recipient.ts';

describe('terms of confidentiality', () => {
	it('are asked as long as the version in force was not accepted', () => {
		expect(mustAccept(null, [])).toBe(false);
		expect(mustAccept(2, [])).toBe(true);
		expect(mustAccept(2, [1])).toBe(true);
		expect(mustAccept(2, [1, 2])).toBe(false);
		// ended and written anew: an old yes is no yes to the new text
		expect(mustAccept(4, [1, 2, 3])).toBe(true);
	});

	it('[P7] are recorded by what exactly was accepted', () => {
		expect(termsHash('Keep it.')).toBe(termsHash('Keep it.'));
		expect(termsHash('Keep it.')).not.toBe(termsHash('Keep it!'));
		expect(termsTextSchema.parse('  Keep it.\n')).toBe('Keep it.');
		expect(termsTextSchema.safeParse('x'.repeat(termsLimits.text + 1)).success).toBe(false);
	});
});

describe('whether a mail that waited may still leave', () => {
	const team = 'team-a' as TeamId;
	const actor = (...memberships: Actor['memberships']): Actor => ({
		accountId: 'a' as AccountId,
		name: 'A',
		memberships
	});
	const player = { role: 'player', teamId: team } as const;
	const observer = { role: 'observer' } as const;

	it('[R17] not to whoever has no right any more', () => {
		expect(mayStillReceive({ account: 'a' }, actor())).toBe(false);
		expect(mayStillReceive({ account: 'a' }, actor(observer))).toBe(true);
	});

	it('[R17] what a team received, to those who still play in it', () => {
		expect(mayStillReceive({ account: 'a', plays: team }, actor(player))).toBe(true);
		expect(mayStillReceive({ account: 'a', plays: team }, actor(observer))).toBe(false);
		expect(mayStillReceive({ account: 'a', plays: team }, actor({ ...player, teamId: 'b' as TeamId }))).toBe(
			false
		);
	});

	it('[R17] what was gathered for rights that somebody had, to those who have the same', () => {
		const rights = rightsOf(actor(player, observer));
		expect(mayStillReceive({ account: 'a', rights }, actor(observer, player))).toBe(true);
		expect(mayStillReceive({ account: 'a', rights }, actor(observer))).toBe(false);
		expect(mayStillReceive({ account: 'a', rights }, actor(observer, player, { role: 'controller' }))).toBe(
			false
		);
	});
});
