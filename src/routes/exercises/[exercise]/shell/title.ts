/**
 * Puts a word in front of the title of every page, also of those that come later: who has twenty windows open must see
 * which one is real. Returns what ends it.
 */
export function markTitle(word: string): () => void {
	const prefix = `${word} · `;
	const mark = () => {
		if (!document.title.startsWith(prefix)) document.title = prefix + document.title;
	};
	mark();
	const observer = new MutationObserver(mark);
	observer.observe(document.head, { subtree: true, childList: true, characterData: true });
	return () => observer.disconnect();
}
