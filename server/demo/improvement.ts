import type { ActionAct } from '#lib/improvement/action.ts';
import type { SharingLevel } from '#lib/improvement/access.ts';
import type { LessonAct } from '#lib/improvement/lesson.ts';
import type { Capability, CapabilityElement } from '#lib/standards/capabilities.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { dayOf } from '../improvement/rows.ts';
import type { LastYear } from './last-year.ts';
import { earlierName } from './last-year-words.ts';
import type { DemoAccount } from './people.ts';
import type { Setting } from './setting.ts';

/*
 * What an earlier exercise left to do, and what was learned from it: in every state, in countries that share differently.
 * All of it is invented; it is done through the services, by those who may.
 */

const dayMs = 86_400_000;

/** Who keeps what: two of a country, so that one can verify what the other reported. */
const keepers: [name: string, role: 'secretariat' | 'representative', country: CountryCode][] = [
	['Facilitator', 'secretariat', 'EU'],
	['GR planner', 'representative', 'GR'],
	['GR moderator', 'representative', 'GR'],
	['DE planner', 'representative', 'DE'],
	['NL planner', 'representative', 'NL'],
	['NL moderator', 'representative', 'NL']
];

const shared: [by: string, country: CountryCode, level: SharingLevel][] = [
	['GR planner', 'GR', 'private'],
	['DE planner', 'DE', 'statistics'],
	['NL planner', 'NL', 'full']
];

interface ScriptedAction {
	by: string;
	owner: string;
	country: CountryCode;
	title: string;
	organisation: string;
	capability: Capability;
	element: CapabilityElement;
	priority: 'high' | 'medium' | 'low';
	/** days from today */
	due: number;
	measure: string;
	method: string;
	tlp: Tlp;
	source?: { kind: 'incident' | 'peer_review' | 'risk_assessment'; title: string };
	/** acts in their order, and by whom */
	steps: [by: string, act: ActionAct | { evidence: string }][];
}

const actions: ScriptedAction[] = [
	{
		by: 'GR planner',
		owner: 'GR Port lead',
		country: 'GR',
		title: 'Keep a list of who on the islands cannot wait for the next ferry',
		organisation: 'Port operator',
		capability: 'business_continuity',
		element: 'planning',
		priority: 'high',
		due: -12,
		measure: 'The list is never older than a month, and the duty desk has it',
		method: 'The duty desk is asked for it, unannounced',
		tlp: 'amber',
		steps: [
			['GR Port lead', { act: 'accept' }],
			['GR Port lead', { act: 'start' }],
			['GR Port lead', { evidence: 'List of the first three islands' }]
		]
	},
	{
		by: 'GR planner',
		owner: 'GR CSIRT lead',
		country: 'GR',
		title: 'Name a deputy for every person who may sign an early warning',
		organisation: 'National CSIRT',
		capability: 'incident_reporting',
		element: 'organisation',
		priority: 'medium',
		due: -40,
		measure: 'An early warning leaves within 24 hours on a day of leave',
		method: 'A drill on a Saturday',
		tlp: 'green',
		steps: [
			['GR CSIRT lead', { act: 'accept' }],
			['GR CSIRT lead', { act: 'start' }],
			['GR CSIRT lead', { evidence: 'List of deputies, signed' }],
			['GR CSIRT lead', { act: 'implement', note: 'The list is in force' }],
			['GR moderator', { act: 'verify', note: 'Called one Saturday: the deputy answered and could sign' }]
		]
	},
	{
		by: 'GR planner',
		owner: 'GR Port lead',
		country: 'GR',
		title: 'Agree with the ministry who speaks to the press first',
		organisation: 'Port operator',
		capability: 'crisis_communication',
		element: 'planning',
		priority: 'medium',
		due: 45,
		measure: 'One page that both have signed',
		method: 'The page is read',
		tlp: 'amber',
		steps: []
	},
	{
		by: 'DE planner',
		owner: 'DE Rail lead',
		country: 'DE',
		title: 'Bring signal boxes into the list of what is restored first',
		organisation: 'Rail infrastructure',
		capability: 'business_continuity',
		element: 'planning',
		priority: 'high',
		due: 20,
		measure: 'The list names them with times',
		method: 'Comparison with the plan of restoration',
		tlp: 'amber',
		source: { kind: 'risk_assessment', title: 'Risk assessment of rail control systems' },
		steps: [['DE Rail lead', { act: 'accept' }]]
	},
	{
		by: 'NL planner',
		owner: 'NL Crisis lead',
		country: 'NL',
		title: 'Practise the handover between two shifts of the crisis team',
		organisation: 'National crisis centre',
		capability: 'situational_awareness',
		element: 'training',
		priority: 'low',
		due: 60,
		measure: 'The second shift answers the five questions of the first',
		method: 'Two shifts are watched',
		tlp: 'green',
		source: { kind: 'incident', title: 'Long outage of last winter' },
		steps: [
			['NL Crisis lead', { act: 'accept' }],
			['NL Crisis lead', { act: 'start' }],
			['NL Crisis lead', { evidence: 'Sheet of the five questions' }],
			['NL Crisis lead', { act: 'implement', note: 'Every shift uses the sheet' }]
		]
	}
];

const lessons: {
	by: string;
	country: CountryCode;
	title: string;
	text: string;
	capability: Capability;
	/** number of the action that it led to */
	action?: number;
	steps: [by: string, act: LessonAct][];
}[] = [
	{
		by: 'GR planner',
		country: 'GR',
		title: 'Nobody knew who on the islands depends on the port',
		text: 'Trucks were let through in the order in which they came. What a hospital had waited for since the morning stood at the end of the line.',
		capability: 'business_continuity',
		action: 0,
		steps: [
			['GR planner', { act: 'identify' }],
			['GR planner', { act: 'agree' }],
			['GR planner', { act: 'assign' }]
		]
	},
	{
		by: 'GR planner',
		country: 'GR',
		title: 'Whoever may sign must be reachable at the weekend',
		text: 'An early warning lay ready for eleven hours, because the only person who may sign it was on leave.',
		capability: 'incident_reporting',
		action: 1,
		steps: [
			['GR planner', { act: 'identify' }],
			['GR planner', { act: 'agree' }],
			['GR planner', { act: 'assign' }],
			['GR planner', { act: 'implement' }],
			['GR moderator', { act: 'verify', evidence: 'A drill on a Saturday went well', link: '' }]
		]
	},
	{
		by: 'NL planner',
		country: 'NL',
		title: 'A shift that goes takes what it knows along',
		text: 'After the change of shifts nobody knew which of the operators had been asked for figures.',
		capability: 'situational_awareness',
		action: 4,
		steps: [
			['NL planner', { act: 'identify' }],
			['NL planner', { act: 'agree' }]
		]
	}
];

export async function followUpEarlierExercise(
	{ services, account, open, ids }: Setting,
	administrator: DemoAccount,
	{ setting: earlier, findings }: LastYear
): Promise<void> {
	const { improvement } = services;
	const person = (name: string) => ({ id: account(name).accountId });
	for (const [name, role, country] of keepers)
		await improvement.people.name(administrator.accountId, { email: account(name).email, role, country });
	for (const [by, country, level] of shared)
		await improvement.people.share(person(by).id, { country, level, offersPlanners: country === 'GR' });

	const isOf = ({ source, country, tlp }: ScriptedAction) =>
		!source && tlp !== 'clear' && earlier.teams.some((team) => team.country === country);
	/** what that exercise found to be done better of the same capability */
	const of = (one: { capability: Capability }) =>
		findings.find(({ capability, kind }) => capability === one.capability && kind === 'area_for_improvement');
	const made: string[] = [];
	for (const one of actions) {
		const id = await improvement.actions.propose(person(one.by), {
			title: one.title,
			text: '',
			ownerOrganisation: one.organisation,
			ownerEmail: account(one.owner).email,
			capability: one.capability,
			element: one.element,
			priority: one.priority,
			startOn: '',
			dueOn: dayOf(Date.now() + one.due * dayMs),
			successMeasure: one.measure,
			verificationMethod: one.method,
			tlp: one.tlp,
			country: one.country,
			source: one.source?.kind ?? 'exercise',
			sourceTitle: one.source?.title ?? earlierName,
			// whoever was in that exercise names the finding
			exercise: isOf(one) ? earlier.exercise : '',
			finding: isOf(one) ? (of(one) ?? findings[1]!).id : ''
		});
		made.push(id);
		for (const [by, act] of one.steps)
			if ('evidence' in act)
				await improvement.actions.addEvidence(person(by), id, { text: act.evidence, link: '' });
			else await improvement.actions.act(person(by), id, act);
	}

	const kept: string[] = [];
	for (const { by, action, steps, ...lesson } of lessons) {
		const found = of(lesson);
		const id = await improvement.lessons.add(person(by), {
			...lesson,
			tlp: 'amber',
			exercise: found ? earlier.exercise : '',
			finding: found?.id ?? ''
		});
		kept.push(id);
		if (action !== undefined) await improvement.lessons.link(person(by), id, made[action]!);
		for (const [who, act] of steps) await improvement.lessons.act(person(who), id, act);
	}

	// the exercise of today tests the first lesson again
	const { exercise, actor } = await open('GR planner');
	await improvement.retests.link(exercise, actor, {
		lesson: kept[0]!,
		cell: 'GR',
		inject: ids.get('GR-002')!
	});
}
