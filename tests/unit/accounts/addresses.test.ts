import { expect, test } from 'vitest';
import { limitKey } from '#server/accounts/addresses.ts';

test.each([
	['192.0.2.7', '192.0.2.7'],
	['::ffff:192.0.2.7', '192.0.2.7'],
	['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
	['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
	['2001:db8::1', '2001:db8:0:0::/64'],
	['fe80::1%eth0', 'fe80:0:0:0::/64'],
	['::1', '0:0:0:0::/64'],
	['not an address', 'not an address']
])('%s counts as %s', (address, key) => expect(limitKey(address)).toBe(key));

test('[R19] one subscriber with many IPv6 addresses counts once', () => {
	const keys = new Set(Array.from({ length: 100 }, (_, i) => limitKey(`2001:db8:1:2::${i.toString(16)}`)));
	expect(keys.size).toBe(1);
});
