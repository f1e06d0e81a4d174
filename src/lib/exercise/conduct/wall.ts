import type { Tlp } from '#lib/standards/tlp.ts';

/*
 * What may stand on the wall of exercise control's own room (DOMAIN 9.6). Visitors pass through it: who stands before a
 * wall is not known, so what a label keeps to named people or to one organisation does not stand there.
 */
const kept: readonly Tlp[] = ['amber_strict', 'red'];

/** Whether an inject's title stands on the wall; its number always does. */
export const titleOnWall = (tlp: Tlp): boolean => !kept.includes(tlp);
