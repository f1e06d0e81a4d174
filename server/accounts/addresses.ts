import { isIPv6 } from 'node:net';

/**
 * What limits count by. Whoever has one IPv6 address has a network of them: the first 64 bits are the subscriber. An
 * IPv4 address in IPv6's clothes is the IPv4 address.
 */
export function limitKey(address: string): string {
	const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '');
	if (!isIPv6(plain)) return plain;
	const [head = '', tail] = plain.toLowerCase().split('::');
	const before = head.split(':').filter(Boolean);
	const after = (tail ?? '').split(':').filter(Boolean);
	const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
	const groups = [...before, ...new Array<string>(zeros).fill('0'), ...after];
	return `${groups
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ''))
		.join(':')}::/64`;
}
