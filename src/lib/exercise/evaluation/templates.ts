import type { TaskValues } from './guide.ts';

/**
 * Guides to begin with, in our own words, for what is exercised most. A template is copied, never referred to: a guide
 * says which one it began as, and its version, and is changed freely. Raise the version when the words change.
 */
export interface GuideTemplate {
	id: string;
	version: number;
	title: string;
	capability: string;
	target: string;
	standard: string;
	tasks: readonly TaskValues[];
}

export const guideTemplates: readonly GuideTemplate[] = [
	{
		id: 'detection-and-triage',
		version: 1,
		title: 'Detection and triage',
		capability: 'Analysis and triage',
		target: 'The team recognises that separate signs belong to one incident and says how bad it may become.',
		standard: 'A first assessment of cause and impact is on record within 60 minutes of the first sign.',
		tasks: [
			{ text: 'Opens one incident record for what belongs together', source: 'Incident response plan' },
			{ text: 'Separates what is known from what is assumed', source: 'Incident response plan' },
			{ text: 'Assesses the impact on services now and in six hours', source: 'Incident response plan' },
			{ text: 'Preserves evidence before systems are changed', source: 'Incident response plan' }
		]
	},
	{
		id: 'incident-reporting',
		version: 1,
		title: 'Incident reporting under NIS2',
		capability: 'Incident reporting',
		target:
			'A significant incident is recognised and reported to the CSIRT or the competent authority in time.',
		standard: 'Early warning within 24 hours of becoming aware, incident notification within 72 hours.',
		tasks: [
			{ text: 'Decides whether the incident is significant, and notes why', source: 'NIS2 Art. 23(3)' },
			{ text: 'Notes the moment of becoming aware', source: 'NIS2 Art. 23(4)' },
			{
				text: 'Sends the early warning, with suspected cause and cross-border effect',
				source: 'NIS2 Art. 23(4)(a)'
			},
			{
				text: 'Sends the notification with a first assessment of severity and impact',
				source: 'NIS2 Art. 23(4)(b)'
			},
			{ text: 'Answers what the authority asks back', source: 'NIS2 Art. 23(5)' }
		]
	},
	{
		id: 'information-sharing',
		version: 1,
		title: 'Information sharing with labels',
		capability: 'Information sharing',
		target: 'What others need reaches them, with a label that lets them use it.',
		standard: 'Indicators and lessons go to the network within 60 minutes, with a TLP label that fits.',
		tasks: [
			{ text: 'Labels what it sends, and asks before it passes on', source: 'TLP 2.0' },
			{ text: 'Shares indicators that others can act on', source: 'CSIRTs network procedures' },
			{ text: 'Answers requests for information, or says when it will', source: 'CSIRTs network procedures' },
			{ text: 'Asks for a label to be relaxed where it stands in the way', source: 'TLP 2.0' }
		]
	},
	{
		id: 'escalation',
		version: 1,
		title: 'Escalation and cross-border coordination',
		capability: 'Escalation',
		target: 'The crisis is raised to the level at which it can be handled, and partners are brought in.',
		standard:
			'The next level is informed within 60 minutes of a threshold being met, with a request or a proposal.',
		tasks: [
			{ text: 'Recognises that a threshold for escalation is met', source: 'National crisis plan' },
			{ text: 'Informs the next level, with what is asked of it', source: 'National crisis plan' },
			{ text: 'Consults other Member States that may be affected', source: 'EU-CyCLONe procedures' },
			{ text: 'Stands down again when the reason is gone', source: 'National crisis plan' }
		]
	},
	{
		id: 'situational-awareness',
		version: 1,
		title: 'Situational awareness and reporting',
		capability: 'Situational awareness',
		target: 'Decision-makers have one current picture, and know how sure it is.',
		standard: 'Situation reports come when they are due, signed, and say what is unknown.',
		tasks: [
			{ text: 'Sends each situation report on time', source: 'Reporting rhythm' },
			{ text: 'Names sources, and when each statement held', source: 'Situation report guidance' },
			{ text: 'Says what is not known and who finds out', source: 'Situation report guidance' },
			{ text: 'Hands over to the next shift without losing open items', source: 'Shift handover checklist' }
		]
	},
	{
		id: 'decision-making',
		version: 1,
		title: 'Decision-making',
		capability: 'Decision-making',
		target: 'Decisions are taken in time by whoever may take them, and can be followed later.',
		standard: 'Each decision of consequence is in the log with options, reason and the time of its review.',
		tasks: [
			{ text: 'Weighs at least two options', source: 'Crisis management handbook' },
			{ text: 'Consults those who are affected', source: 'Crisis management handbook' },
			{ text: 'Records the decision and its reason', source: 'Crisis management handbook' },
			{ text: 'Looks at the decision again when facts change', source: 'Crisis management handbook' }
		]
	},
	{
		id: 'crisis-communication',
		version: 1,
		title: 'Crisis communication',
		capability: 'Crisis communication',
		target: 'The public and partners hear one consistent, true message from the right source.',
		standard: 'A first statement within 60 minutes of the first public report, agreed with partners.',
		tasks: [
			{ text: 'Watches what is said in public and corrects what is wrong', source: 'Communication plan' },
			{ text: 'Agrees the message with partners before it goes out', source: 'Communication plan' },
			{ text: 'Has the statement released by whoever may', source: 'Communication plan' },
			{ text: 'Says what people should do', source: 'Communication plan' }
		]
	}
];

/** As a guide says which template it began as. */
export const templateName = ({ id, version }: Pick<GuideTemplate, 'id' | 'version'>) => `${id} ${version}`;
