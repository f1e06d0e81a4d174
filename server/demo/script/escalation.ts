import type { ScriptedInject } from '../scenario.ts';

export const escalation: ScriptedInject[] = [
	{
		reference: 'SW-401',
		title: 'Coordinated analysis: who takes which part?',
		when: 17.5,
		from: 'Secretariat, CSIRTs network',
		to: { teams: ['GR CSIRT', 'NL CSIRT', 'DE CSIRT', 'IT CSIRT', 'PL CSIRT', 'FI CSIRT'] },
		channel: 'video',
		level: 'technical',
		tlp: 'amber',
		text: `Call of the network, notes: three parts have to be done and should not be done three times. (a) qb-sync itself, (b) the component that waits, (c) the way in. Which team takes which part, and until when? Results go to all members in one document.`,
		expect: [{ text: 'Parts are shared out, none twice, with a time', within: 15, critical: true }],
		objectives: ['OBJ-1'],
		answer: 15,
		play: {
			log: ['Call of the network: parts shared out. Our part is written on the notes page.'],
			answer: [
				'We take (b), the component that waits. First result at 10:00.',
				'We take (a) together with one other team; they do the network part. First result at 09:50.',
				'We take (c), because the maintenance firm has its seat here. We need until 10:15.',
				'We have no free analyst; we keep the list of operators instead.'
			]
		}
	},
	{
		reference: 'SW-402',
		title: 'Proposal: alert mode',
		when: 26,
		from: 'Chair, EU-CyCLONe officers',
		to: { levels: ['operational'] },
		channel: 'email',
		level: 'operational',
		tlp: 'amber',
		text: `Three members have asked for it, so I propose to go over to alert mode. This means: situation reports every hour, a call at 10:30, one contact for each member around the clock.
Please say until 09:45 whether you agree, what the impact in your country is, and which condition would make you step back again.`,
		expect: [
			{ text: 'The answer is recorded as a decision with its trigger', within: 15, critical: true },
			{ text: 'A condition for stepping back is named', within: 20 }
		],
		objectives: ['OBJ-6'],
		answer: 20,
		play: {
			log: ['Proposal of the chair discussed; national situation centre agrees.'],
			answer: [
				'We agree. Impact: transport, orange. We step back when no new operator has been found for three hours.',
				'We agree to alert mode, not to more. Impact here is small so far. Condition: clean release verified by two members.'
			],
			decide: {
				question: 'Do we agree to alert mode?',
				factsKnown: 'Three countries affected, one common way in. Own impact: transport, limited.',
				options: ['Agree', 'Agree with a time limit', 'Wait for the call'],
				chosen: 'Agree',
				reason:
					'The cause crosses borders, and hourly reports cost little. We can propose to step back at every call.'
			}
		}
	},
	{
		reference: 'SW-403',
		title: 'Situation reports until ten',
		when: 36,
		from: 'Secretariat, EU-CyCLONe',
		to: { levels: ['operational', 'technical'] },
		channel: 'email',
		level: 'operational',
		tlp: 'amber',
		text: `For the picture of the Union we need your report until 10:00. One page. Please give for each sector: impact, outlook for six hours, cross-border yes or no. A sector of which you know nothing is “unknown”; we do not paint it white.`,
		expect: [
			{ text: 'Report approved in time, unknown sectors named as unknown', within: 25, critical: true }
		],
		objectives: ['OBJ-4'],
		play: { log: ['Report for ten o’clock: sections shared out between us.'] }
	},
	{
		reference: 'SW-404',
		title: 'Advisory on the maintenance access',
		when: 51,
		from: 'Response team of the EU institutions',
		to: { levels: ['technical'] },
		channel: 'email',
		level: 'technical',
		tlp: 'green',
		text: `Advisory, GREEN. Remote maintenance accounts of one firm were used to enter at least two kinds of systems in transport. We recommend: close remote access of contractors that is not needed this hour; require a second factor for the rest; look for sign-ins between 02:00 and 03:00 last night.
Indicators are in the annex and may be passed on within your communities.`,
		expect: [{ text: 'Advisory goes on to the sector, with its label', within: 20 }],
		objectives: ['OBJ-3'],
		play: {
			log: [
				'Advisory passed on to the sector as GREEN.',
				'One more sign-in at 02:31 found at a warehouse; isolated.'
			]
		}
	},
	{
		reference: 'SW-405',
		title: 'Options for the political level',
		when: 69,
		from: 'Chair, EU-CyCLONe executives',
		to: { levels: ['operational'] },
		channel: 'email',
		level: 'political',
		tlp: 'amber',
		text: `The Council Presidency asks for options until 10:40: what could be decided at the political level, what speaks for it, what against. One option must be to do nothing. Please send at most three lines for each.`,
		expect: [
			{ text: 'At least three options with pros and cons, one of them “nothing”', within: 25, critical: true }
		],
		objectives: ['OBJ-6'],
		answer: 25,
		play: {
			log: ['Three options drafted; legal service reads along.'],
			answer: [
				'1. Nothing: the technical level copes; risk: seen as idle. 2. Joint statement: one voice; risk: raises expectations. 3. Ask the supplier for a common recovery plan: quick effect; needs a mandate.'
			]
		}
	},
	{
		reference: 'SW-406',
		title: 'Offer of help',
		when: 84,
		from: 'Duty desk, national cybersecurity centre of a neighbour',
		to: { countries: ['GR', 'PL'] },
		channel: 'phone',
		level: 'operational',
		tlp: 'green',
		text: `“We have four analysts and a laboratory free from noon. Not affected here. If you want them, tell us for what, where, and under which rules they may see your data.”`,
		expect: [
			{
				text: 'The offer is taken or declined with a reason, and the rules are named',
				within: 20,
				critical: true
			}
		],
		objectives: ['OBJ-6'],
		answer: 20,
		play: {
			answer: [
				'Gladly. Two analysts for the waiting component, from your own laboratory. Samples only, label AMBER, no customer data.',
				'Thank you. Today we manage; from tomorrow morning we would like two people for the night shift.'
			],
			log: ['Offer of help answered.']
		}
	},
	{
		reference: 'SW-407',
		title: 'When do we step back?',
		when: 101,
		from: 'Chair, EU-CyCLONe officers',
		to: { levels: ['operational'] },
		channel: 'email',
		level: 'operational',
		tlp: 'amber',
		text: `No new operator has been found for an hour, and 7.4.2 runs at four ports. I would like to propose a plan for stepping back: normal mode from tomorrow noon, one report in the evening, follow-up named today. What would you add? Who takes which follow-up?`,
		expect: [{ text: 'Follow-up is named with an owner', within: 15, critical: true }],
		objectives: ['OBJ-6'],
		answer: 12,
		stage: 'submitted',
		play: {
			answer: [
				'Agreed. We take the follow-up on remote maintenance: a common minimum for contractors, draft in six weeks.'
			]
		}
	},
	{
		reference: 'SW-408',
		title: 'Lessons of the supplier',
		when: 'by hand',
		from: 'Product security desk, supplier of Quayboard',
		to: { levels: ['technical'] },
		channel: 'letter',
		level: 'technical',
		tlp: 'amber',
		text: `We would like to explain to you in a call how our build system was entered, before we publish it. Would your teams take part, and which questions should we be ready for?`,
		objectives: ['OBJ-1'],
		stage: 'returned'
	}
];

export const administration: ScriptedInject[] = [
	{
		reference: 'SW-000',
		title: 'Can you read this?',
		when: 0,
		from: 'Exercise control',
		to: { everyone: true },
		channel: 'workspace',
		level: 'operational',
		tlp: 'green',
		category: 'administrative',
		text: `This message has no part in the story. Please acknowledge it, so that we know that your workspace works and that somebody is there.`,
		acknowledge: 5,
		notes: { controller: 'Call the teams that have not acknowledged after five minutes.' },
		play: { log: ['Team complete, workspace works.', 'On duty, everything can be read.'] }
	},
	{
		reference: 'SW-501',
		title: 'Handover at noon',
		when: 96,
		from: 'Exercise control',
		to: { countries: ['GR', 'NL', 'IT', 'DE', 'PL', 'FI'] },
		channel: 'workspace',
		level: 'operational',
		tlp: 'green',
		category: 'administrative',
		text: `Imagine that your shift ends at noon. Please write a handover into your log: open points, running deadlines, whom you are waiting for.`,
		expect: [{ text: 'Handover names deadlines and open questions', within: 20 }],
		objectives: ['OBJ-4'],
		play: { log: ['Handover: notification due 10:48, answer of the supplier open, next call 10:30.'] }
	},
	{
		reference: 'SW-502',
		title: 'Ten minutes to ENDEX',
		when: 110,
		from: 'Exercise control',
		to: { everyone: true },
		channel: 'workspace',
		level: 'operational',
		tlp: 'green',
		category: 'administrative',
		text: `Ten minutes to go. Please bring your last report to an end. The hot wash begins straight after ENDEX, with your own team, in this workspace.`,
		play: { log: ['Last report in drafting.'] }
	}
];

/** Greece’s own script: what a national planner adds. */
export const greekScript: ScriptedInject[] = [
	{
		reference: 'GR-001',
		title: 'Ferries to the islands',
		when: 14,
		from: 'Duty desk, passenger port',
		to: { teams: ['GR Port', 'GR Crisis'] },
		channel: 'phone',
		level: 'operational',
		tlp: 'green',
		text: `“The ferries share the approach road with the lorries. Three coaches are stuck, 140 people, the 10:00 ferry is the only one today for two of the islands. Does it wait?”`,
		expect: [{ text: 'A decision about the ferry that the passengers hear of', within: 15, critical: true }],
		objectives: ['OBJ-4'],
		answer: 15,
		play: {
			log: ['140 ferry passengers behind the lorries. Police asked for a free lane.'],
			answer: [
				'The ferry waits until 10:20. Police opens the shoulder for the coaches; the desk tells the passengers.'
			],
			ask: 'Has the traffic police been told of the queue already, or do we play that call?'
		}
	},
	{
		reference: 'GR-002',
		title: 'Oxygen for the island hospital',
		when: 39,
		from: 'Supply office, regional hospital',
		to: { countries: ['GR'] },
		channel: 'email',
		level: 'operational',
		tlp: 'amber',
		text: `Our next delivery of oxygen is in a container at berth two which nobody can find in the list. We have stocks for three days. Please tell us until tomorrow evening whether it comes, or whether we should ask for another.`,
		expect: [
			{ text: 'The container is put on the list of things that go first', within: 25, critical: true }
		],
		objectives: ['OBJ-4'],
		answer: 25,
		play: {
			log: ['Container of the hospital put on top of the list for the search by hand.'],
			answer: [
				'It has priority: the yard looks for it by hand this afternoon. You hear from us at four, either way.'
			]
		}
	},
	{
		reference: 'GR-003',
		title: 'Mayor offers the stadium as a lorry park',
		when: 'by hand',
		from: 'Office of the mayor',
		to: { teams: ['GR Port', 'GR Crisis'] },
		channel: 'letter',
		level: 'political',
		tlp: 'green',
		text: `The town offers the ground in front of the stadium for up to 200 lorries until this evening. In return the mayor would like to announce it himself, soon.`,
		objectives: ['OBJ-5'],
		play: { log: ['Offer of the town accepted; press desk agrees the wording with the mayor’s office.'] }
	}
];
