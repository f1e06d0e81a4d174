/**
 * Where to go after signing in: a path of this site, or `/exercises`. A link that somebody sends must not lead elsewhere
 * once the reader has signed in: `//host`, `/\host` and addresses are refused by what the URL parser makes of them.
 */
export function safeNext(next: string | null | undefined): string {
	const fallback = '/exercises';
	if (!next || !next.startsWith('/') || next.length > 2000) return fallback;
	const here = 'http://this.invalid';
	let url: URL;
	try {
		url = new URL(next, here);
	} catch {
		return fallback;
	}
	if (url.origin !== here || url.pathname.startsWith('//')) return fallback;
	return url.pathname + url.search + url.hash;
}
