import { countryName } from '#lib/standards/countries.ts';
import type { PlanState } from '#lib/exercise/inject/approval.ts';
import type { InjectLevel } from '#lib/exercise/inject/schema.ts';
import { nameOfInject, type PlanEntry } from '#lib/exercise/plan/entries.ts';
import type { LaneOf } from '#lib/exercise/plan/lanes.ts';
import { t } from '#lib/text/index.ts';
import type { ColourBy } from './plan-view.svelte.ts';

export function laneLabel(of: LaneOf): string {
	if ('storyline' in of) return of.storyline === '' ? t('plan.lane.noStoryline') : of.storyline;
	if ('everyone' in of) return t('plan.lane.everyone');
	if ('nobody' in of) return t('plan.lane.nobody');
	if ('level' in of) return t('plan.lane.level', { level: of.level });
	return 'country' in of ? countryName(of.country) : of.team.name;
}

/** The same as the marks of the script page; levels apart from one another. */
export const stateColours: Record<PlanState, string> = {
	draft: '--soft',
	returned: '--stop',
	submitted: '--delivered',
	approved: '--responded',
	changed: '--overdue',
	held: '--overdue',
	released: '--acknowledged',
	skipped: '--soft',
	recalled: '--soft'
};
export const levelColours: Record<InjectLevel, string> = {
	technical: '--delivered',
	operational: '--responded',
	political: '--stop',
	media: '--overdue'
};

export const colourOfEntry = ({ inject, state }: PlanEntry, by: ColourBy): string =>
	by === 'state' ? stateColours[state] : levelColours[inject.level];

/** All of a mark in words. */
export const sayEntry = (entry: PlanEntry, time: string, lane: string): string =>
	[
		nameOfInject(entry.inject) || t('script.untitled'),
		...(entry.inject.reference ? [entry.inject.title] : []),
		time,
		lane,
		t(`script.state.${entry.state}`),
		t(`plan.level.${entry.inject.level}`)
	].join(', ');
