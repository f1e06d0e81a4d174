import type { z } from 'zod';
import * as exercise from './exercise/commands.ts';
import { incidentCommands } from './incident/commands.ts';
import * as inject from './inject/commands.ts';
import { markAction } from './inject/mark.ts';
import { notificationCommands } from './notification/commands.ts';
import { reportCommands } from './report/commands.ts';
import * as team from './team/commands.ts';
import * as review from './review/commands.ts';

/** Every command by name: the closed list of what a person can do to an exercise. */
export const commands = {
	'exercise.advance': exercise.advanceExercise,
	'exercise.start': exercise.startExercise,
	'exercise.end': exercise.endExercise,
	'exercise.stop': exercise.stopExercise,
	'exercise.liftStop': exercise.liftStop,
	'clock.pause': exercise.pauseClock,
	'clock.resume': exercise.resumeClock,
	'clock.setRate': exercise.setClockRate,
	'clock.jump': exercise.jumpClock,
	'announcement.make': exercise.makeAnnouncement,
	'inject.submit': inject.submitInjects,
	'inject.return': inject.returnInject,
	'inject.approve': inject.approveInjects,
	'inject.hold': inject.holdInject,
	'inject.liftHold': inject.liftHold,
	'inject.skip': inject.skipInject,
	'inject.release': inject.releaseInject,
	'inject.releaseAdHoc': inject.releaseAdHoc,
	'inject.markAction': markAction,
	'delivery.see': team.seeDeliveries,
	'delivery.acknowledge': team.acknowledgeDelivery,
	'delivery.respond': team.respondToDelivery,
	'log.add': team.addToLog,
	'decision.record': team.recordDecision,
	'question.ask': team.askQuestion,
	'question.answer': team.answerQuestion,
	...reportCommands,
	...incidentCommands,
	...notificationCommands,
	'hotWash.add': review.addCard,
	'hotWash.withdraw': review.withdrawCard,
	'hotWash.vote': review.voteForCard
} as const;

export type CommandName = keyof typeof commands;
/** What a caller sends: before defaults are filled in. */
export type CommandInput<Name extends CommandName> = z.input<(typeof commands)[Name]['input']>;

export function isCommandName(name: unknown): name is CommandName {
	return typeof name === 'string' && Object.hasOwn(commands, name);
}
