/**
 * Copies of team pages on this device (PROMISES R14): only there so that a broken line loses nothing. They belong to
 * one account and one epoch, are forgotten after a day, and are wiped at sign-out.
 */
const prefix = 'muster/';
const listKey = 'muster.offline';
const keepMs = 24 * 3_600_000;

export function offlineName(account: string, epoch: number, document: string): string {
	const name = `${prefix}${account}/${epoch}/${document}`;
	const copies = known().filter((copy) => copy.name !== name);
	for (const copy of copies) if (Date.now() - copy.at > keepMs) indexedDB.deleteDatabase(copy.name);
	remember([...copies.filter((copy) => Date.now() - copy.at <= keepMs), { name, at: Date.now() }]);
	return name;
}

/** Call at sign-out, and when the exercise is over. */
export function wipeOfflineCopies(): void {
	for (const copy of known()) indexedDB.deleteDatabase(copy.name);
	remember([]);
}

function known(): { name: string; at: number }[] {
	try {
		const list = JSON.parse(localStorage.getItem(listKey) ?? '[]') as unknown;
		return Array.isArray(list) ? (list as { name: string; at: number }[]) : [];
	} catch {
		return [];
	}
}

function remember(copies: { name: string; at: number }[]): void {
	localStorage.setItem(listKey, JSON.stringify(copies));
}
