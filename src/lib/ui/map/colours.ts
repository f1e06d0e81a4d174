import type { ImpactColour } from '#lib/standards/incidents.ts';

/** A level as it is drawn; unknown is never “no impact”. */
export type MapLevel = ImpactColour | 'unknown';

/** What a map is drawn in: values that stand in attributes of the picture. */
export interface MapColours {
	sea: string;
	/** lands that are not of the EU or EFTA */
	land: string;
	/** countries that take no part */
	idle: string;
	outline: string;
	selected: string;
	/** words beside the countries and below the picture */
	ink: string;
	/** two stripes, for countries of which nobody has said anything */
	stripes: readonly [string, string];
	fills: Record<ImpactColour, string>;
	/** what is written on them: 4.5:1 at least */
	inks: Record<MapLevel, string>;
}

/** On a page: the tokens of `tokens.css`, which follow the theme. */
export const pageColours: MapColours = {
	sea: 'var(--map-sea)',
	land: 'var(--map-land)',
	idle: 'var(--map-idle)',
	outline: 'var(--map-outline)',
	selected: 'var(--map-selected)',
	ink: 'var(--map-ink)',
	stripes: ['var(--map-unknown)', 'var(--map-unknown-stripe)'],
	fills: {
		white: 'var(--map-white)',
		green: 'var(--map-green)',
		yellow: 'var(--map-yellow)',
		red: 'var(--map-red)'
	},
	inks: {
		unknown: 'var(--map-ink)',
		white: 'var(--map-white-ink)',
		green: 'var(--map-green-ink)',
		yellow: 'var(--map-yellow-ink)',
		red: 'var(--map-red-ink)'
	}
};

/** In a file that leaves: fixed, for paper and slides, and for programs that know no variables. As the light theme. */
export const fileColours: MapColours = {
	sea: '#e9eef4',
	land: '#dde3ea',
	idle: '#cfd7e0',
	outline: '#5b6b7c',
	selected: '#1d4ed8',
	ink: '#17202b',
	stripes: ['#d3dae2', '#aab5c1'],
	fills: { white: '#ffffff', green: '#7cc48f', yellow: '#e8963a', red: '#b3202a' },
	inks: { unknown: '#17202b', white: '#17202b', green: '#0b2413', yellow: '#241200', red: '#ffffff' }
};
