/*
 * Where it is hot (DOMAIN 9.6): which storylines kept the teams busiest in the last hour of exercise time. A measure to
 * look at, nothing follows from it.
 */
export interface StorylineHeat {
	storyline: string;
	/** came to teams within the hour */
	deliveries: number;
	/** asked for and missing now, whenever it came */
	overdue: number;
	/** put to exercise control within the hour by teams whose latest inject was of this storyline */
	questions: number;
	heat: number;
}

export const heatWindow = 60 * 60_000;

/** Something late, or a question, keeps exercise control busier than something that came. */
const weights = { deliveries: 1, questions: 2, overdue: 3 } as const;

/** The hottest first; those in which nothing happens are left out, and so is what belongs to no storyline. */
export function hottest(
	counted: Iterable<Omit<StorylineHeat, 'heat'>>,
	shown = Number.POSITIVE_INFINITY
): StorylineHeat[] {
	return [...counted]
		.map((one) => ({
			...one,
			heat:
				one.deliveries * weights.deliveries +
				one.questions * weights.questions +
				one.overdue * weights.overdue
		}))
		.filter(({ storyline, heat }) => storyline !== '' && heat > 0)
		.sort((a, b) => b.heat - a.heat || (a.storyline < b.storyline ? -1 : 1))
		.slice(0, shown);
}
