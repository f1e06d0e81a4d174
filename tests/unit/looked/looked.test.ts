import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Actor, Membership } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ChannelId, TeamId } from '#lib/exercise/ids.ts';
import { changesSince, newSinceIndex, type RoomChange } from '#lib/exercise/looked/changes.ts';
import { mayLook, parseRoomKey, roomKey } from '#lib/exercise/looked/rooms.ts';

const team = { id: 'team-greek-1' as TeamId, country: 'GR' as const };
const channel = 'channel-network' as ChannelId;
const actor = (...memberships: Membership[]): Actor => ({
	accountId: 'account-anna' as AccountId,
	name: 'Anna',
	memberships
});
const player = actor({ role: 'player', teamId: team.id });
const members = { teams: [{ id: team.id, from: 3 }], people: [], roles: ['controller' as const] };

describe('rooms', () => {
	test('a key names one room, and what is none names nothing', () => {
		for (const room of [
			{ to: 'control' },
			{ to: 'team', team: team.id },
			{ to: 'channel', channel: 'everyone' },
			{ to: 'channel', channel: 'GR' },
			{ to: 'channel', channel }
		] as const)
			expect(parseRoomKey(roomKey(room))).toEqual(room);
		for (const key of [
			'',
			'team',
			'team/',
			'team/x',
			'teams/team-greek-1',
			'team/team-greek-1/0',
			'channel/..',
			'control/'
		])
			expect(parseRoomKey(key), key).toBeNull();
	});

	test('[P2] only who may be in a room has looked at it', () => {
		const own = { to: 'team' as const, team: team.id };
		expect(mayLook(own, player, { team })).toBe(true);
		expect(mayLook(own, actor({ role: 'moderator', country: 'GR' }), { team })).toBe(true);
		expect(mayLook(own, actor({ role: 'player', teamId: 'team-italian' as TeamId }), { team })).toBe(false);
		expect(mayLook(own, actor({ role: 'observer' }), { team })).toBe(false);
		expect(mayLook(own, player, { team: null })).toBe(false);
		expect(mayLook({ to: 'control' }, player, {})).toBe(false);
		expect(mayLook({ to: 'control' }, actor({ role: 'moderator', country: 'GR' }), {})).toBe(true);
		expect(mayLook({ to: 'channel', channel: 'GR' }, player, {})).toBe(false);
		expect(mayLook({ to: 'channel', channel: 'everyone' }, player, {})).toBe(true);
		expect(mayLook({ to: 'channel', channel }, player, { channel: members })).toBe(true);
		expect(mayLook({ to: 'channel', channel }, actor({ role: 'observer' }), { channel: members })).toBe(
			false
		);
		expect(mayLook({ to: 'channel', channel }, player, { channel: null })).toBe(false);
	});
});

const change = (id: string, about: string, wallAt: number): RoomChange => ({
	id,
	about,
	wallAt,
	words: id,
	by: null,
	at: null
});

describe('what is new', () => {
	test('changes of one record are one line, and the record that changed last stands first', () => {
		const changes = [
			change('a', 'one', 10),
			change('b', 'two', 20),
			change('c', 'one', 30),
			change('d', 'old', 5)
		];
		expect(changesSince(changes, 5)).toEqual([
			{ about: 'one', changes: [changes[2], changes[0]] },
			{ about: 'two', changes: [changes[1]] }
		]);
		expect(changesSince(changes, 30)).toEqual([]);
	});

	test('nothing new is lost and nothing old is shown, whatever came in whatever order', () => {
		fc.assert(
			fc.property(
				fc.array(fc.record({ about: fc.constantFrom('a', 'b', 'c'), wallAt: fc.nat(50) })),
				fc.nat(50),
				(list, lookedAt) => {
					const changes = list.map(({ about, wallAt }, i) => change(String(i), about, wallAt));
					const shown = changesSince(changes, lookedAt).flatMap((record) => record.changes);
					expect(new Set(shown)).toEqual(new Set(changes.filter((one) => one.wallAt > lookedAt)));
				}
			)
		);
	});

	test('the line stands between new and old, and nowhere when it would say nothing', () => {
		const items = [30, 20, 10].map((wallAt) => ({ wallAt }));
		expect(newSinceIndex(items, 15)).toBe(2);
		expect(newSinceIndex(items, 30)).toBeNull();
		expect(newSinceIndex(items, 5)).toBeNull();
		expect(newSinceIndex(items, null)).toBeNull();
		// nobody is told of what they did themselves
		expect(newSinceIndex(items, 15, ({ wallAt }) => wallAt === 20)).toBe(1);
		expect(newSinceIndex(items, 15, () => true)).toBeNull();
	});
});
