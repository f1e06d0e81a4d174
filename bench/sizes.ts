import type { Options } from './report.ts';

/** How large an exercise is, and how dense its play (DOMAIN, section 10). */
export interface Size {
	teams: number;
	players: number;
	staff: number;
	injects: number;
	teamsPerInject: number;
	/** deliveries a second by schedule: the peak of the real hours, all the time */
	deliveriesPerSecond: number;
	logsPerSecond: number;
	/** pages that are written at the same time, by three authors with two changes a second each */
	pages: number;
}

export const sizes: Record<Options['exercise'], Size> = {
	S: {
		teams: 6,
		players: 50,
		staff: 7,
		injects: 40,
		teamsPerInject: 5,
		deliveriesPerSecond: 3,
		logsPerSecond: 1,
		pages: 3
	},
	M: {
		teams: 30,
		players: 215,
		staff: 35,
		injects: 150,
		teamsPerInject: 10,
		deliveriesPerSecond: 25,
		logsPerSecond: 2,
		pages: 15
	},
	L: {
		teams: 300,
		players: 640,
		staff: 160,
		injects: 600,
		teamsPerInject: 10,
		deliveriesPerSecond: 80,
		logsPerSecond: 4,
		pages: 60
	},
	XL: {
		teams: 1000,
		players: 3220,
		staff: 280,
		injects: 1500,
		teamsPerInject: 19,
		deliveriesPerSecond: 83,
		logsPerSecond: 12,
		pages: 120
	}
};
