/** The design's tokens as a canvas needs them: as they are in the theme of this moment. */
const tokens = {
	desk: '--desk',
	paper: '--paper',
	raised: '--raised',
	line: '--line',
	edge: '--edge',
	ink: '--ink',
	soft: '--soft',
	accent: '--accent',
	accentWash: '--accent-wash',
	responded: '--responded',
	stop: '--stop'
} as const;
export type Palette = Record<keyof typeof tokens, string>;

/** What a colour of the style sheet is on this element now: `var(--ink)`, `light-dark(…)`. */
export function resolver(element: HTMLElement): (colour: string) => string {
	const kept = new Map<string, string>();
	return (colour) => {
		let resolved = kept.get(colour);
		if (resolved === undefined) {
			const probe = document.createElement('span');
			probe.style.color = colour;
			element.append(probe);
			kept.set(colour, (resolved = getComputedStyle(probe).color));
			probe.remove();
		}
		return resolved;
	};
}

export function readPalette(resolve: (colour: string) => string): Palette {
	return Object.fromEntries(
		Object.entries(tokens).map(([name, token]) => [name, resolve(`var(${token})`)])
	) as Palette;
}

/** Calls when the theme may have changed, by the system or by the reader. Returns what ends it. */
export function onThemeChange(changed: () => void): () => void {
	const dark = matchMedia('(prefers-color-scheme: dark)');
	dark.addEventListener('change', changed);
	const watcher = new MutationObserver(changed);
	watcher.observe(document.documentElement, { attributeFilter: ['data-theme', 'class'] });
	return () => {
		dark.removeEventListener('change', changed);
		watcher.disconnect();
	};
}
