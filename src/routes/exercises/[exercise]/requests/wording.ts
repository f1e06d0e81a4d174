import type { Asked, RequestState, TeamRequest } from '#lib/exercise/request/schema.ts';
import { isOverdue } from '#lib/exercise/request/schema.ts';
import { t } from '#lib/text/index.ts';

/* How requests say whom they go to, and how they stand. */

export function askedName(to: Asked): string {
	if ('team' in to) return to.team;
	if ('network' in to) return to.network;
	return 'body' in to ? t('request.simulated', { body: to.body }) : t('request.toControl');
}

export const stateOf = (request: TeamRequest, now: number | null): RequestState | 'overdue' =>
	isOverdue(request, now) ? 'overdue' : request.state;

export type ChipTone = 'plain' | 'accent' | 'success' | 'warn';

export const toneOf = (state: RequestState | 'overdue' | 'asked' | 'granted'): ChipTone => {
	if (state === 'overdue') return 'warn';
	if (state === 'answered' || state === 'granted') return 'success';
	return state === 'sent' || state === 'asked' ? 'accent' : 'plain';
};
