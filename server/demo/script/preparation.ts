import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { Target } from '#lib/exercise/inject/spreadsheet/columns.ts';
import type { GoState } from '#lib/exercise/ready/go.ts';

/** What planners and exercise control said and kept while they prepared the exercise. People are named by their function. */

/** Mentions are written as everybody writes them: `@Central planner`. */
export interface Remark {
	cell: CellId;
	on: string;
	by: string;
	text: string;
	resolvedBy?: string;
}

export const remarks: Remark[] = [
	{
		cell: 'central',
		on: 'SW-305',
		by: 'Central planner',
		text: '@GR planner I have put a poster into the picture, so that teams have something to find. You took this one over: please compare, and decide what you want of it.'
	},
	{
		cell: 'central',
		on: 'SW-305',
		by: 'GR planner',
		text: '@Central planner Seen. Our clip is from an island shop, a poster would fit there too. I decide after the call.'
	},
	{
		cell: 'central',
		on: 'SW-309',
		by: 'Second controller',
		text: '@Central planner Still without recipients. Only the ports, or the railways as well?'
	},
	{
		cell: 'central',
		on: 'SW-208',
		by: 'Central planner',
		text: '@Second controller Please approve this one, the railways ask when they get their portal back.'
	},
	{
		cell: 'central',
		on: 'SW-308',
		by: 'Second controller',
		text: '@Exercise director Thirty minutes or fifty? A team that answers the press late should feel it, but not twice.',
		resolvedBy: 'Exercise director'
	},
	{
		cell: 'central',
		on: 'SW-308',
		by: 'Exercise director',
		text: 'Thirty, counted from the questions of the press. It comes only to who left them unanswered.',
		resolvedBy: 'Second controller'
	},
	{
		cell: 'GR',
		on: 'GR-003',
		by: 'GR planner',
		text: '@GR moderator You play the office of the mayor by telephone if they call back. The ground is free until six, not longer.'
	},
	{
		cell: 'DE',
		on: 'SW-301-DE',
		by: 'DE planner',
		text: '@DE moderator Comes a minute after the central article, so that nobody waits for a second one.'
	}
];

/** The ten usual questions, in their order: what was said to each. */
export const goAnswers: { owner: string; state: GoState; note?: string }[] = [
	{ owner: 'Exercise director', state: 'go', note: 'Two controllers, one of them reads the questions.' },
	{
		owner: 'Controller',
		state: 'open',
		note: 'Under way. Who is missing when it is over is called while the first injects go out.'
	},
	{ owner: 'Central planner', state: 'go', note: 'SW-208 and SW-407 may follow until half past nine.' },
	{ owner: 'Exercise director', state: 'go' },
	{ owner: 'GR evaluator', state: 'go', note: 'Two teams this time: GR CSIRT and NL CSIRT.' },
	{ owner: 'Controller', state: 'go' },
	{
		owner: 'Exercise director',
		state: 'go',
		note: 'Said at the briefing, and in the announcement at STARTEX.'
	},
	{ owner: 'Exercise director', state: 'go', note: 'Asked at 08:30. Asked again at ten.' },
	{ owner: 'Second controller', state: 'go', note: 'Made at 08:10, on a notebook without network.' },
	{ owner: 'Exercise director', state: 'open', note: 'Called back at nine.' }
];

export const checkText =
	'Communication check: please confirm that you can read this, and that you are at your desk for Slack Water.';
/** Why the exercise went on before everybody had confirmed. */
export const checkWaived = 'Eight are missing at nine; they are called while the first injects go out.';
/** Everybody else has confirmed. */
export const notConfirmed = [
	'Observer',
	'PL moderator',
	'GR Crisis analyst',
	'PL Rail analyst',
	'BG duty officer',
	'LV duty officer',
	'IS duty officer',
	'NO duty officer'
];

/** What the library keeps of this exercise. */
export const libraryItems = [
	{
		kind: 'kit' as const,
		title: 'Ransom and leak: eight injects for the press side',
		summary:
			'From the first queue to the second, made-up sample. Works with any sector: change the place and what was taken. Needs crisis authorities that speak to the press.',
		tags: ['press', 'ransom', 'leak', 'crisis communication'],
		tlp: 'amber_strict' as const,
		injects: ['SW-301', 'SW-302', 'SW-303', 'SW-304', 'SW-305', 'SW-306', 'SW-307', 'SW-308']
	},
	{
		kind: 'inject' as const,
		title: 'Is this incident significant?',
		summary: 'The competent authority asks an operator for an early warning. With a decision to record.',
		tags: ['nis2', 'reporting'],
		tlp: 'amber' as const,
		injects: ['SW-005']
	},
	{
		kind: 'inject' as const,
		title: 'Dangerous goods without a path',
		summary: 'A decision under time, without a screen to look at. German text included.',
		tags: ['rail', 'safety'],
		tlp: 'amber' as const,
		injects: ['SW-202']
	},
	{
		kind: 'inject' as const,
		title: 'Ships report themselves on dry land',
		summary: 'Positions at sea cannot be trusted; radar can. Greek text included.',
		tags: ['maritime', 'positioning'],
		tlp: 'green' as const,
		injects: ['SW-101']
	}
];

/** How two planners read the workbooks of their groups. */
export const workbooks: { owner: string; name: string; columns: [heading: string, target: Target][] }[] = [
	{
		owner: 'Central planner',
		name: 'Workbook of the planning group',
		columns: [
			['No.', 'reference'],
			['Storyline', 'storyline'],
			['T+', 'offset'],
			['Headline', 'title'],
			['Sender', 'from'],
			['Recipients', 'to'],
			['Medium', 'channel'],
			['TLP', 'tlp'],
			['Message', 'body'],
			['Expected reaction', 'expectedActions'],
			['Remarks for control', 'controllerNotes'],
			['Done', 'ignore']
		]
	},
	{
		owner: 'GR planner',
		name: 'Πίνακας σεναρίου',
		columns: [
			['Α/Α', 'reference'],
			['Ώρα', 'time'],
			['Τίτλος', 'title'],
			['Αποστολέας', 'from'],
			['Ομάδες', 'toTeams'],
			['Κείμενο', 'body'],
			['Παρατηρήσεις', 'controllerNotes']
		]
	}
];

export const rehearsalNotes = [
	'Two messages by telephone in the same minute are one too many: move the second ferry question.',
	'The second sample reads too well. Make the wrong check digits easier to find.'
];
