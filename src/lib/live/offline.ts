/**
 * Copies of team pages on this device (PROMISES R14): only there so that a broken line loses nothing. They belong to
 * one account and one epoch, are forgotten after a day, and are wiped at sign-out.
 */
const prefix = 'muster/';
const listKey = 'muster.offline';
const keepMs = 24 * 3_600_000;

export function offlineName(account: string, epoch: number, document: string): string {
	const name = nameOfCopy(account, epoch, document);
	const copies = known().filter((copy) => copy.name !== name);
	for (const copy of copies) if (Date.now() - copy.at > keepMs) indexedDB.deleteDatabase(copy.name);
	remember([...copies.filter((copy) => Date.now() - copy.at <= keepMs), { name, at: Date.now() }]);
	return name;
}

/** A copy of the same page that may not be merged into it any more: of an earlier epoch. Newest first. */
export function earlierCopies(account: string, epoch: number, document: string): string[] {
	return known()
		.filter(({ name }) => name.startsWith(`${prefix}${account}/`) && name.endsWith(`/${document}`))
		.filter(({ name }) => name !== nameOfCopy(account, epoch, document))
		.sort((a, b) => b.at - a.at)
		.map(({ name }) => name);
}

/** Whether this page was kept here in this epoch. */
export const isKept = (account: string, epoch: number, document: string) =>
	known().some(({ name }) => name === nameOfCopy(account, epoch, document));

export const nameOfCopy = (account: string, epoch: number, document: string) =>
	`${prefix}${account}/${epoch}/${document}`;

/** Call at sign-out; with an exercise, when it is over; with a document, when it may not be read any more. */
export function wipeOfflineCopies(of = ''): void {
	const gone = known().filter(({ name }) => name.includes(of));
	for (const copy of gone) indexedDB.deleteDatabase(copy.name);
	remember(known().filter(({ name }) => !name.includes(of)));
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
