import type { z } from 'zod';
import { channelCommands } from './channel/commands.ts';
import { claimCommands } from './claim/commands.ts';
import { conductCommands } from './conduct/commands.ts';
import * as exercise from './exercise/commands.ts';
import { handoverCommands } from './handover/commands.ts';
import { helpCommands } from './help/commands.ts';
import { incidentCommands } from './incident/commands.ts';
import { adaptInject } from './inject/adapt.ts';
import * as inject from './inject/commands.ts';
import { markAction } from './inject/mark.ts';
import { recallInject } from './inject/recall.ts';
import { taskCommands } from './task/commands.ts';
import { indicatorCommands } from './indicator/commands.ts';
import { importItems } from './interchange/command.ts';
import { mediaCommands } from './media/commands.ts';
import { labelCommands } from './relaxation/commands.ts';
import { requestCommands } from './request/commands.ts';
import { notificationCommands } from './notification/commands.ts';
import { reportCommands } from './report/commands.ts';
import * as team from './team/commands.ts';
import * as review from './review/commands.ts';
import { evaluationCommands } from './evaluation/commands.ts';
import { findingCommands } from './finding/commands.ts';
import { statisticsCommands } from './statistics/commands.ts';
import { aarCommands } from './aar/commands.ts';
import { affectedCommands } from './real/commands.ts';
import { tableCommands } from './table/commands.ts';

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
	'inject.recall': recallInject,
	'inject.markAction': markAction,
	'inject.adapt': adaptInject,
	...conductCommands,
	...claimCommands,
	...helpCommands,
	'delivery.see': team.seeDeliveries,
	'delivery.acknowledge': team.acknowledgeDelivery,
	'delivery.respond': team.respondToDelivery,
	'log.add': team.addToLog,
	'log.methane': team.addMethane,
	'decision.record': team.recordDecision,
	'decision.move': team.moveDecision,
	'question.ask': team.askQuestion,
	'question.answer': team.answerQuestion,
	...reportCommands,
	...incidentCommands,
	...taskCommands,
	...handoverCommands,
	...indicatorCommands,
	'interchange.import': importItems,
	...mediaCommands,
	...requestCommands,
	...channelCommands,
	...labelCommands,
	...notificationCommands,
	'hotWash.add': review.addCard,
	'hotWash.withdraw': review.withdrawCard,
	'hotWash.vote': review.voteForCard,
	...evaluationCommands,
	...findingCommands,
	...statisticsCommands,
	...aarCommands,
	...affectedCommands,
	...tableCommands
} as const;

export type CommandName = keyof typeof commands;
/** What a caller sends: before defaults are filled in. */
export type CommandInput<Name extends CommandName> = z.input<(typeof commands)[Name]['input']>;

export function isCommandName(name: unknown): name is CommandName {
	return typeof name === 'string' && Object.hasOwn(commands, name);
}
