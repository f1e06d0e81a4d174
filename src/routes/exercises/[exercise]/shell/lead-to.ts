/** Brings what a link's `#…` names into view, for eyes and keyboard; nothing where there is no such thing. */
export function leadTo(hash: string): void {
	const element = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
	element?.scrollIntoView({ block: 'center' });
	element?.focus({ preventScroll: true });
}
