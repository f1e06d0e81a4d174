/** What exercise control at work reads beside its board. */
export { claims } from './claims.ts';
export { desk, ownHelp } from './help.ts';
export { queue } from './queue.ts';
export { simulation } from './simulation.ts';
export { suggestions } from './suggestions.ts';
export { wall } from './wall.ts';
