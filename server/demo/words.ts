import type { TeamLevel } from '#lib/exercise/exercise/schema.ts';
import type { HotWashColumn } from '#lib/exercise/review/schema.ts';
import type { LogKind } from '#lib/exercise/team/schema.ts';
import { administration, escalation, greekScript } from './script/escalation.ts';
import { leakAndPress } from './script/press.ts';
import { freightPaths } from './script/rail.ts';
import { positionsAtSea } from './script/sea.ts';
import { terminalSoftware } from './script/terminal.ts';
import { variants } from './script/variants.ts';
import type { Play, ScriptedInject } from './scenario.ts';

/** What simulated people say when the script does not put the words in their mouths. */

const written: readonly (ScriptedInject & { storyline: string })[] = [
	...administration.map((one) => ({ ...one, storyline: 'Administration' })),
	...terminalSoftware.map((one) => ({ ...one, storyline: 'Terminal software' })),
	...positionsAtSea.map((one) => ({ ...one, storyline: 'Positions at sea' })),
	...freightPaths.map((one) => ({ ...one, storyline: 'Freight paths' })),
	...leakAndPress.map((one) => ({ ...one, storyline: 'Leak and press' })),
	...escalation.map((one) => ({ ...one, storyline: 'Escalation' }))
];
const whenOf = new Map(written.map(({ reference, when }) => [reference, when]));

/** Roughly in the order of play: what waits for something stands behind it, what a person releases at the end. */
export const centralScript = [...written].sort((a, b) => startOf(a.when) - startOf(b.when));

export const greekCell: readonly (ScriptedInject & { storyline: string })[] = greekScript.map((one) => ({
	...one,
	storyline: 'Terminal software'
}));

function startOf(when: ScriptedInject['when']): number {
	if (typeof when === 'number') return when;
	if (when === 'by hand' || 'if' in when) return 200;
	const before =
		'after' in when ? [when.after] : [...(when.all ?? []), ...(when.any ?? [])].map(({ of }) => of);
	return Math.max(...before.map((reference) => startOf(whenOf.get(reference)!))) + when.minutes;
}

const plays = new Map<string, Play>([
	...[...centralScript, ...greekCell].map((one) => [one.title, one.play ?? {}] as const),
	// a variant is answered as the text that it was taken from
	...variants.flatMap(({ of, title }) => {
		const central = centralScript.find(({ reference }) => reference === of);
		return title && central?.play ? [[title, central.play] as const] : [];
	})
]);

/** Players know an inject by its title, and so do those who stand in for them; a translation has the original beside it. */
export const playOf = (title: string): Play => plays.get(title) ?? {};

export const plainAnswers = [
	'Received. We look into it and come back to you within twenty minutes.',
	'Thank you. Passed on to the person in charge; we answer as soon as we have a figure.',
	'Understood. No effect on us at present; we keep watching.'
];

/** Entries that no inject asks for: what a team notes while it works. */
export const idleLog: Record<TeamLevel, [LogKind, string][]> = {
	technical: [
		['action', 'Second analyst called in from home, arrives in thirty minutes.'],
		['communication', 'Sector contact called: three operators reached, one still open.'],
		['note', 'List of what we know, assume and do not know is on the notes page.'],
		['event', 'Proxy shows no further calls to qb-status.example.'],
		['action', 'Copies of memory stored twice, checksums noted.'],
		['communication', 'Colleagues of the neighbouring country see the same pattern.'],
		['note', 'Next look at the open points at the full hour.'],
		['action', 'Search for sign-ins between 02:00 and 03:00 begun.'],
		['event', 'No new operator found in the last half hour.'],
		['communication', 'University computing centre offers time on its analysis machines.'],
		['note', 'Write down with every indicator where it came from and under which label.'],
		['action', 'Rule for the name qb-sync sent to all operators with own monitoring.']
	],
	operational: [
		['communication', 'Call with the ministry: next one in an hour.'],
		['action', 'Contact list for the night updated.'],
		['note', 'Impact by sector: transport yes, energy unknown, health no.'],
		['communication', 'Lines to take sent to the press desks of the operators.'],
		['event', 'Two more members report disturbances.'],
		['note', 'Open: who speaks to the shipping companies?'],
		['action', 'Room for the crisis staff is ready from eleven.'],
		['communication', 'Interior ministry asks for the same figures; gets our report.'],
		['note', 'Three figures in our last report were estimates: marked as such now.'],
		['event', 'Ferries run with twenty minutes of delay.'],
		['communication', 'Energy regulator sees no effect so far.']
	],
	entity: [
		['event', 'Queue at the approach: ninety lorries, slowly falling.'],
		['action', 'Four people from the office help at the gate with paper.'],
		['communication', 'Customers informed by telephone list, page two.'],
		['note', 'Containers by hand so far: 140 an hour, usually 420.'],
		['action', 'Maintenance access of the contractor closed at the firewall.'],
		['communication', 'Insurer informed, number of the case noted.'],
		['event', 'One lane open again with the old list.'],
		['action', 'Second printer brought to the gate; paper for two hours left.'],
		['communication', 'Works council informed about longer shifts.'],
		['note', 'Keep all paper slips: they have to be entered later.'],
		['event', 'First ship leaves half loaded, on the wish of its owner.'],
		['communication', 'Neighbouring terminal can take forty containers by truck.']
	],
	political: [['note', 'Short summary for the minister at half past.']]
};

/** What a moderator can always say without changing the story. */
export const moderatorAnswers = [
	'Please work with what your message says; nothing more is known at this time.',
	'Good question. Play the call: assume that you reach them and that they take note.',
	'You may assume so for the next half hour. If it changes, you will get a message.',
	'This is yours to decide. Please note the decision and what you knew when you took it.',
	'Not part of the exercise. Please treat it as if it were working as usual.'
];

/** What teams need of bodies that nobody plays, by level: the body, what is asked, and within how many minutes. */
export const bodyRequests: Record<TeamLevel, [body: string, question: string, minutes: number][]> = {
	technical: [
		['Supplier of Quayboard', 'Which of your customers here have installed 7.4.2, and since when?', 60],
		['Supplier of Quayboard', 'Is there a build without remote maintenance that we can recommend?', 90]
	],
	operational: [
		['National press agency', 'Which figures on the ports have you been given, and by whom?', 30],
		['Harbour police', 'How many lorries stand on the approach roads at this time?', 30]
	],
	political: [
		['National press agency', 'Will you carry a statement of the ministry at the full hour?', 45],
		['Harbour police', 'Do you need help of other forces for the coming night?', 120]
	],
	entity: [
		['Harbour police', 'Can two officers be at gate three for the change of shift?', 40],
		['Supplier of Quayboard', 'When can one of your engineers be on site?', 120]
	]
};

/** What a body that nobody plays can always say. */
export const bodyAnswers = [
	'We have taken note and put it into our log. You get a call back within half an hour.',
	'Understood. Two of our people are on their way; please tell us whom they should ask for.',
	'That is possible, if you ask for it in writing. A short message is enough.'
];

/** A situation report, section by section as `reportSections` has them; a line is a paragraph. */
export function reportWords(
	team: { name: string; level: TeamLevel },
	received: readonly string[],
	number: number
): string[][] {
	const latest = received.slice(-3).map((title) => `“${title}”`);
	const subject = {
		technical: 'The analysis of the withdrawn update goes on together with the other CSIRTs.',
		operational: 'Ports and freight railways work below their capacity; passengers are hardly affected.',
		entity: 'We work by hand with about a third of our usual capacity. Nobody is hurt.',
		political: 'Transport is disturbed; supply of the public is secure.'
	}[team.level];
	const impact = {
		technical: 'Operators that installed 7.4 in our country: two known, small terminals unknown.',
		operational: 'Transport: orange, outlook six hours unchanged. Energy: unknown. Health: none known.',
		entity: 'Outbound runs by paper, inbound waits. About 280 containers an hour are missing.',
		political: 'Transport disturbed in several Member States.'
	}[team.level];
	return [
		[
			subject,
			number > 1
				? 'Compared with the last report the situation is stable.'
				: 'First report: several figures are still estimates.'
		],
		[
			'Known: a routine update of the terminal software carries a foreign component. It came in the night through the supplier.',
			latest.length > 0
				? `Since the last report we received ${latest.join(', ')}.`
				: 'Nothing further has been received.',
			'Assumed: the same people changed the table of the position gateway. Not known: who they are.'
		],
		[impact],
		['Remote maintenance closed. Copies of memory secured. Partners and sector contacts informed.'],
		['Next look at the open points at the full hour. First server with a clean release not before noon.'],
		['One analyst for the night shift. A second way to verify checksums of the supplier.'],
		['Confidence: medium. A further spread is possible as long as not all remote access is closed.'],
		['One voice: we confirm the common software, we do not speculate about who is behind it.'],
		[team.level === 'entity' ? 'Reopening of the inbound lanes, by us, at 11:00.' : 'None at this time.']
	];
}

export const hotWashCards: [HotWashColumn, string][] = [
	['went-well', 'We said early what we did not know, and nobody minded.'],
	['went-well', 'Two people wrote the report at the same time; it was ready in ten minutes.'],
	['went-well', 'Decisions were written down with their reason at the moment they were taken.'],
	['went-well', 'The call of the network shared the work out in five minutes.'],
	['did-not', 'It took us a quarter of an hour to find out who runs this software in our country.'],
	['did-not', 'The coast guard heard of it from the radio.'],
	['did-not', 'Nobody knew at first whether AMBER+STRICT may go to the contractor.'],
	['did-not', 'We answered the press and the ministry with different figures.'],
	['change', 'A list of operators by software, not only by sector.'],
	['change', 'Agree beforehand who may ask for a label to be relaxed.'],
	['change', 'Put the telephone numbers of port, rail and coast guard on one page.'],
	['change', 'Close remote maintenance by default and open it on request.']
];
