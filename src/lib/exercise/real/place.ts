import type { CommandName } from '../commands.ts';
import type { RecordGroup } from '../record/groups.ts';
import type { ExerciseKind, Role } from '../exercise/schema.ts';

/*
 * What there is in a coordination room for a real incident, and what belongs to exercises alone (DOMAIN 4.5): the one
 * place that says it, for commands, pages, roles and states. The lists are complete: whoever adds a command or a page has
 * to place it, or nothing compiles and no test passes.
 */

export type Side = ExerciseKind | 'both';

export const sideOfCommand: Record<CommandName, Side> = {
	// play: a clock that is moved, a script that is released, bodies and media that are simulated
	'exercise.start': 'exercise',
	'exercise.stop': 'exercise',
	'exercise.liftStop': 'exercise',
	'clock.pause': 'exercise',
	'clock.resume': 'exercise',
	'clock.setRate': 'exercise',
	'clock.jump': 'exercise',
	'inject.submit': 'exercise',
	'inject.return': 'exercise',
	'inject.approve': 'exercise',
	'inject.hold': 'exercise',
	'inject.liftHold': 'exercise',
	'inject.skip': 'exercise',
	'inject.release': 'exercise',
	'inject.releaseAdHoc': 'exercise',
	'inject.recall': 'exercise',
	'inject.markAction': 'exercise',
	'inject.adapt': 'exercise',
	'catchUp.hold': 'exercise',
	'catchUp.resume': 'exercise',
	'catchUp.setRate': 'exercise',
	'suggestion.dismiss': 'exercise',
	'team.prompt': 'exercise',
	'table.ask': 'exercise',
	'table.extend': 'exercise',
	'table.clear': 'exercise',
	'claim.take': 'exercise',
	'claim.giveBack': 'exercise',
	'claim.giveBackAll': 'exercise',
	'delivery.see': 'exercise',
	'delivery.acknowledge': 'exercise',
	'delivery.respond': 'exercise',
	'media.publish': 'exercise',
	'media.comment': 'exercise',
	'media.count': 'exercise',
	'media.withdraw': 'exercise',
	'media.state': 'exercise',
	// answered on the console, which a room does not have: teams ask each other, and speak in channels
	'question.ask': 'exercise',
	'question.answer': 'exercise',
	'help.ask': 'exercise',
	'help.answer': 'exercise',
	'help.close': 'exercise',
	// people are rated against objectives in an exercise; a crisis is debriefed and reviewed
	'evaluation.observe': 'exercise',
	'evaluation.correct': 'exercise',
	'evaluation.withdraw': 'exercise',
	'evaluation.rate': 'exercise',
	'evaluation.seeAction': 'exercise',
	'finding.cite': 'exercise',
	'statistics.share': 'exercise',

	// what a crisis team does is the same in both
	'exercise.advance': 'both',
	'exercise.end': 'both',
	'announcement.make': 'both',
	'log.add': 'both',
	'log.methane': 'both',
	'decision.record': 'both',
	'decision.move': 'both',
	'report.open': 'both',
	'report.approve': 'both',
	'report.share': 'both',
	'report.setRhythm': 'both',
	'incident.open': 'both',
	'incident.update': 'both',
	'incident.move': 'both',
	'incident.assess': 'both',
	'incident.attach': 'both',
	'task.add': 'both',
	'task.change': 'both',
	'task.assign': 'both',
	'task.move': 'both',
	'task.note': 'both',
	'handover.offer': 'both',
	'handover.accept': 'both',
	'handover.withdraw': 'both',
	'indicator.add': 'both',
	'indicator.withdraw': 'both',
	'interchange.import': 'both',
	'request.ask': 'both',
	'request.acknowledge': 'both',
	'request.answer': 'both',
	'request.decline': 'both',
	'request.close': 'both',
	'channel.open': 'both',
	'channel.openStandard': 'both',
	'channel.close': 'both',
	'channel.addMembers': 'both',
	'channel.removeMembers': 'both',
	'channel.setDuty': 'both',
	'channel.post': 'both',
	'channel.correct': 'both',
	'channel.bringUp': 'both',
	'mode.setUp': 'both',
	'mode.propose': 'both',
	'mode.decide': 'both',
	'label.requestRelax': 'both',
	'label.grantRelax': 'both',
	'label.declineRelax': 'both',
	'notification.open': 'both',
	'notification.correct': 'both',
	'notification.assess': 'both',
	'notification.begin': 'both',
	'notification.submit': 'both',
	'notification.acknowledge': 'both',
	'notification.answer': 'both',
	'notification.requestReport': 'both',
	'notification.endHandling': 'both',
	'notification.close': 'both',
	'notification.withdraw': 'both',
	'hotWash.add': 'both',
	'hotWash.withdraw': 'both',
	'hotWash.vote': 'both',
	'finding.merge': 'both',
	'finding.circulate': 'both',
	'finding.comment': 'both',
	'finding.agree': 'both',
	'finding.object': 'both',
	'finding.open': 'both',
	'contribution.handOver': 'both',
	'contribution.takeBack': 'both',
	'aar.takeOver': 'both',
	'aar.circulate': 'both',
	'aar.comment': 'both',
	'aar.agree': 'both',
	'aar.object': 'both',
	'aar.publish': 'both',

	// whose consent the publication of a review needs
	'affected.name': 'real',
	'affected.takeBack': 'real'
};

const isOn = (side: Side, kind: ExerciseKind): boolean => side === 'both' || side === kind;

/** Whether a command exists in a space of this kind. */
export const mayIn = (kind: ExerciseKind, name: CommandName): boolean => isOn(sideOfCommand[name], kind);

/** What is said to whoever tries. */
export const refusalIn = (kind: ExerciseKind): string =>
	kind === 'real'
		? 'This room is real: there is no script, no play and no exercise clock in it. Nothing was changed.'
		: 'This is an exercise: only a real room has this. Nothing was changed.';

/**
 * Pages and interfaces below a space, by the folder in which they are: the longest that fits decides. Everything that is
 * not of a space is not here.
 */
export const sideOfRoute: Record<string, Side> = {
	'/terms/[exercise]': 'both',

	'/exercises/[exercise]': 'both',
	'/exercises/[exercise]/announcements': 'both',
	'/exercises/[exercise]/channels': 'both',
	'/exercises/[exercise]/check': 'both',
	'/exercises/[exercise]/findings': 'both',
	'/exercises/[exercise]/hot-wash': 'both',
	// the archive is taken out of a room as well; everything else there is about scripts
	'/exercises/[exercise]/import/archive': 'both',
	'/exercises/[exercise]/mail': 'both',
	'/exercises/[exercise]/people': 'both',
	'/exercises/[exercise]/ready': 'both',
	'/exercises/[exercise]/record': 'both',
	'/exercises/[exercise]/report': 'both',
	'/exercises/[exercise]/reports': 'both',
	'/exercises/[exercise]/review': 'both',
	'/exercises/[exercise]/shared-reports': 'both',
	'/exercises/[exercise]/situation': 'both',
	'/exercises/[exercise]/teams': 'both',

	'/exercises/[exercise]/control': 'exercise',
	'/exercises/[exercise]/evaluation': 'exercise',
	'/exercises/[exercise]/import': 'exercise',
	'/exercises/[exercise]/media': 'exercise',
	'/exercises/[exercise]/plan': 'exercise',
	'/exercises/[exercise]/replay': 'exercise',
	'/exercises/[exercise]/survey': 'exercise',
	'/exercises/[exercise]/table': 'exercise',
	'/exercises/[exercise]/ready/kit': 'exercise',
	// how fast injects were answered
	'/exercises/[exercise]/record/times': 'exercise',
	'/exercises/[exercise]/scenario': 'exercise',
	'/exercises/[exercise]/script': 'exercise',
	'/exercises/[exercise]/simulation': 'exercise',
	'/exercises/[exercise]/statistics': 'exercise',

	'/api/exercises/[exercise]/channels': 'both',
	'/api/exercises/[exercise]/due-reports': 'both',
	'/api/exercises/[exercise]/findings': 'both',
	'/api/exercises/[exercise]/due-times': 'exercise',
	'/api/exercises/[exercise]/looked': 'both',
	'/api/exercises/[exercise]/mentions': 'both',
	'/api/exercises/[exercise]/reach': 'both',
	'/api/exercises/[exercise]/recipients': 'both',
	'/api/exercises/[exercise]/requests': 'both',
	'/api/exercises/[exercise]/shared-reports': 'both',
	'/api/exercises/[exercise]/situation': 'both',

	'/api/exercises/[exercise]/board': 'exercise',
	'/api/exercises/[exercise]/claims': 'exercise',
	'/api/exercises/[exercise]/evaluation': 'exercise',
	'/api/exercises/[exercise]/replay': 'exercise',
	'/api/exercises/[exercise]/help': 'exercise',
	'/api/exercises/[exercise]/injects': 'exercise',
	'/api/exercises/[exercise]/plan': 'exercise',
	'/api/exercises/[exercise]/questions': 'exercise',
	'/api/exercises/[exercise]/queue': 'exercise',
	'/api/exercises/[exercise]/simulation': 'exercise',
	'/api/exercises/[exercise]/start-checks': 'exercise',
	'/api/exercises/[exercise]/suggestions': 'exercise',
	'/api/exercises/[exercise]/wall': 'exercise',
	'/api/scripts/[exercise]': 'exercise'
};

/** Forms of pages that are in both, which are of exercises alone: rehearsing, and deciding whether to begin. */
export const exerciseForms: Record<string, readonly string[]> = {
	'/exercises/[exercise]/ready': [
		'waive',
		'makeRehearsal',
		'startRehearsal',
		'removeRehearsal',
		'addItem',
		'seed',
		'change',
		'move',
		'remove'
	]
};

/** The page of the space itself places nothing below it: a new page has to be placed. */
const whole = '/exercises/[exercise]';

/** The folder that places a route; null: nobody has placed it, or it is of no space. */
export function placedBy(route: string): string | null {
	for (let folder = route; folder !== ''; folder = folder.slice(0, folder.lastIndexOf('/')))
		if (Object.hasOwn(sideOfRoute, folder) && (folder !== whole || route === whole)) return folder;
	return null;
}

/** Whether a page, or a form of it, exists in a space of this kind; what nobody has placed is an exercise's. */
export function routeIn(kind: ExerciseKind, route: string, form = ''): boolean {
	if (kind === 'real' && exerciseForms[route]?.includes(form)) return false;
	const folder = placedBy(route);
	return isOn(folder === null ? 'exercise' : sideOfRoute[folder]!, kind);
}

/** Roles in a room: nobody plans, simulates, plays the press or is rated. */
export const rolesIn: Record<ExerciseKind, readonly Role[]> = {
	exercise: [
		'director',
		'controller',
		'moderator',
		'simcell',
		'planner',
		'facilitator',
		'evaluator',
		'player',
		'media_player',
		'observer'
	],
	real: ['director', 'controller', 'moderator', 'facilitator', 'player', 'observer']
};

/** Groups of the record in which a room has nothing: its filter does not offer them. */
const groupsOfExercises: readonly RecordGroup[] = [
	'planning',
	'injects',
	'answers',
	'questions',
	'media',
	'conduct',
	'help',
	'evaluation'
];
export const groupIn = (kind: ExerciseKind, group: RecordGroup): boolean =>
	kind === 'exercise' || !groupsOfExercises.includes(group);
