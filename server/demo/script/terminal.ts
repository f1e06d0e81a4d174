import type { ScriptedInject } from '../scenario.ts';

const ports = ['GR Port', 'NL Port', 'IT Port'];
const supplier = 'Product security desk, supplier of Quayboard';

export const terminalSoftware: ScriptedInject[] = [
	{
		reference: 'SW-001',
		title: 'Unknown process on the yard servers',
		when: 1,
		from: 'Monitoring desk, terminal operations',
		to: { teams: ports },
		channel: 'siem_alert',
		level: 'technical',
		tlp: 'amber',
		file: 'connections',
		text: `Rule “new service outside the change window” fired on four servers of the yard management cluster at 08:57 local time.
Process qb-sync runs under the service account of Quayboard. It opened 214 connections inside the server network in three minutes. No change is planned for today.
The yard works normally so far.`,
		expect: [
			{ text: 'The alert is taken up and somebody is named for it', within: 10, critical: true },
			{ text: 'The team looks for the same process elsewhere', within: 20 }
		],
		objectives: ['OBJ-1'],
		notes: { evaluator: 'Does the team note when it became aware? The reporting times count from there.' },
		play: {
			log: [
				'Alert taken. Comparing process list with yesterday’s image.',
				'qb-sync is also on the two standby servers. It came with the update at 02:10.',
				'Asked operations not to restart anything before we have copies of memory.'
			],
			ask: 'May we assume that the backup servers of the terminal were not reached by the update?'
		}
	},
	{
		reference: 'SW-002',
		title: 'Supplier withdraws update 7.4',
		when: 3,
		from: supplier,
		to: { levels: ['technical'] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber',
		file: 'notice',
		text: `We have withdrawn update 7.4 of Quayboard, delivered to customers between 01:30 and 03:00 this morning. Please do not install it. If you have installed it, do not roll back yet: the procedure may destroy traces.
We are looking into reports of a service named qb-sync, which is not part of our release. A list of customers by country can be had by national CSIRTs on request.
The next message follows when we know more, at the latest in half an hour.`,
		expect: [
			{ text: 'CSIRTs find out who in the country runs 7.4', within: 20, critical: true },
			{ text: 'At least one CSIRT asks for the list of customers', within: 30 }
		],
		objectives: ['OBJ-1', 'OBJ-3'],
		notes: { controller: 'If a team asks for the customer list, release SW-009 to it.' },
		play: {
			log: [
				'Supplier notice read out. Asked the sector contact who runs Quayboard here.',
				'Two operators confirmed: update installed in the night, both still working.',
				'Asked the supplier for its customers in our country.'
			]
		}
	},
	{
		reference: 'SW-003',
		title: 'Gates do not open',
		when: 6,
		from: 'Shift leader, terminal gate',
		to: { teams: ports },
		channel: 'phone',
		level: 'operational',
		tlp: 'amber',
		text: `“Good morning, this is the gate. Since five minutes no container number is found. The barriers stay down. We have about sixty lorries on the approach and it is getting more. Do we go over to paper, or do we wait for you? I need an answer for the drivers.”`,
		expect: [
			{ text: 'A decision on manual operation, with a reason', within: 15, critical: true },
			{ text: 'The gate gets an answer', within: 15 }
		],
		objectives: ['OBJ-2', 'OBJ-4'],
		answer: 15,
		play: {
			log: ['Gate called: barriers closed, sixty lorries and growing.', 'Road police told about the queue.'],
			answer: [
				'Go over to paper for outbound lorries now. Inbound waits at the holding area; we call back in fifteen minutes.',
				'We open two lanes by hand with paper slips. Keep dangerous goods outside until we can see the yard list.'
			],
			decide: {
				question: 'Do we work the gate by hand while the servers are examined?',
				factsKnown: 'Yard list of 06:00 is printed. Sixty lorries wait. Servers must not be restarted.',
				options: ['Paper for outbound only', 'Paper for all lanes', 'Close the gate and wait'],
				chosen: 'Paper for outbound only',
				reason:
					'Outbound can be checked against the printed list; inbound would fill the yard without a plan.'
			}
		}
	},
	{
		reference: 'SW-004',
		title: 'First sample for analysis',
		when: 8,
		from: 'Forensics desk, incident response contractor',
		to: { countries: ['GR', 'NL', 'IT'] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber_strict',
		text: `We secured qb-sync from one server. First look: it reads the configuration of Quayboard, collects account names and tokens, and writes them encrypted into the folder of the print service. Every 90 seconds it asks qb-status.example for orders. We saw none.
There is a second component which waits for six hours of uptime. We do not know yet for what.
This message is AMBER+STRICT: please keep it inside your own organisation until we have spoken with our customer.`,
		expect: [
			{ text: 'Nobody passes it on outside the own organisation', critical: true },
			{ text: 'The team works out when the six hours end', within: 20, critical: true },
			{ text: 'Somebody asks for the label to be relaxed', within: 30 }
		],
		objectives: ['OBJ-1', 'OBJ-3'],
		notes: {
			evaluator: 'Six hours after 02:10 to 03:00 is between 08:10 and 09:00: it is over for some already.'
		},
		play: {
			log: [
				'Sample description received, AMBER+STRICT. Stays with us.',
				'Update came at 02:10: six hours are over. Checked yard database, still readable.',
				'Blocked qb-status.example at the proxy, watching for other names.'
			],
			ask: 'We would like to give the indicators to the other CSIRTs. Whom do we ask to relax the label?'
		}
	},
	{
		reference: 'SW-005',
		title: 'Is this incident significant?',
		when: 12,
		from: 'Compliance desk, terminal operator',
		to: { teams: ports },
		channel: 'portal_ticket',
		level: 'operational',
		tlp: 'amber',
		text: `We have to decide whether this is a significant incident. Then the clock of the early warning runs from the moment at which we became aware.
Please tell us: since when do we know, what is disturbed, for how long, is anybody outside the country affected, and do we suspect an unlawful act?
For this exercise the early warning is due forty minutes after awareness.`,
		expect: [
			{ text: 'Classification recorded as a decision', within: 15, critical: true },
			{ text: 'Early warning drafted', within: 30, critical: true }
		],
		objectives: ['OBJ-2'],
		answer: 20,
		play: {
			log: ['Awareness set to 09:01, the first alert.', 'Early warning in drafting, lead signs.'],
			answer: [
				'Significant: the gate stands still and the same update is in use abroad. We were aware at 09:01. Early warning follows before 09:41.',
				'Yes, significant. Suspected unlawful act, cross-border impact likely. Draft is with the lead.'
			],
			decide: {
				question: 'Is the incident significant in the sense of the reporting duty?',
				factsKnown:
					'Gate closed since 09:05. Same software at terminals in at least three countries. Foreign process on six servers.',
				options: ['Significant, early warning now', 'Not yet, look again in an hour'],
				chosen: 'Significant, early warning now',
				reason:
					'Service is severely disrupted and others abroad are affected. Waiting gains nothing: the warning may say that the cause is not known.'
			}
		}
	},
	{
		reference: 'SW-006',
		title: 'Who sees version 7.4?',
		when: 15.5,
		from: 'Secretariat, CSIRTs network',
		to: { levels: ['technical'] },
		channel: 'chat',
		level: 'technical',
		tlp: 'amber',
		text: `Dear colleagues, three members have reported the withdrawn update of Quayboard. To get a picture of the Union please answer until 09:40:
1. Number of operators in your country that run Quayboard, and how many installed 7.4.
2. Any disturbance seen, yes or no. “Unknown” is an answer; an empty field is not.
3. Can you take part in a call at 09:45?`,
		expect: [
			{ text: 'The answer separates “none” from “unknown”', within: 25, critical: true },
			{ text: 'The label of what was received earlier is respected in the answer', critical: true }
		],
		objectives: ['OBJ-1', 'OBJ-3'],
		answer: 20,
		play: {
			log: [
				'Query of the network received, asked the sector contact for numbers.',
				'Answer sent to the network.'
			],
			answer: [
				'Two operators, one with 7.4 installed, no disturbance seen. Number of small terminals unknown. We join the call.',
				'One operator with 7.4, gate disturbed since 09:05. Samples in analysis. We join the call.',
				'No operator known that runs Quayboard. Small inland terminals: unknown, question sent. We join the call.',
				'Three operators, two with 7.4. Disturbance: unknown for one of them, none at the other. Call: yes.',
				'Unknown at this time. We have asked four operators and expect answers before ten. Call: yes.'
			]
		}
	},
	{
		reference: 'SW-007',
		title: 'The update was signed with a valid certificate',
		when: { after: 'SW-004', minutes: 19 },
		from: supplier,
		to: { levels: ['technical'] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber',
		text: `Update 7.4 carries our signature, and the signature is valid. We have to assume that our build system signed what it should not have built. The key is kept in a hardware module and did not leave it.
Please do not trust our signature alone until further notice. Checksums of the good releases 7.2 and 7.3 are on our notice board.
The message of the forensics desk about qb-sync may be shared as AMBER from now on.`,
		expect: [
			{ text: 'Relaxed label is noted, indicators are shared', within: 15 },
			{ text: 'Operators are told to check by checksum', within: 20, critical: true }
		],
		objectives: ['OBJ-1', 'OBJ-3'],
		play: {
			log: [
				'Signature is no proof any more. Operators told to compare checksums.',
				'Label relaxed to AMBER: indicators sent to the network.'
			]
		}
	},
	{
		reference: 'SW-008',
		title: 'The same process at inland terminals',
		when: 33,
		from: 'Monitoring desk, inland terminals',
		to: { countries: ['DE', 'PL', 'FI'] },
		channel: 'siem_alert',
		level: 'technical',
		tlp: 'amber',
		text: `We searched for qb-sync after your warning. Found on two servers of the inland terminal, running since 02:40. No disturbance so far. Six hours of uptime ended at 08:40 by our count.
We can take the servers off the network, but then trains are loaded from paper.`,
		expect: [{ text: 'Recommendation to isolate or to watch, with a reason', within: 15, critical: true }],
		objectives: ['OBJ-1', 'OBJ-4'],
		answer: 15,
		play: {
			log: [
				'Third country with the process inside. Told the network.',
				'Inland terminal isolates one of two servers.'
			],
			answer: [
				'Isolate the server that is not needed for loading now. Copy memory of the other one, then isolate it too.',
				'Watch for ten minutes with the proxy closed, take copies, then isolate in the loading break.'
			],
			decide: {
				question: 'Do we advise inland terminals to take their servers off the network?',
				factsKnown:
					'qb-sync found on two servers. Waiting time of the second component is over. Loading by paper is possible.',
				options: ['Isolate at once', 'Isolate in the loading break', 'Watch only'],
				chosen: 'Isolate in the loading break',
				reason:
					'Copies can be taken until then, orders from outside are blocked, and loading is not broken off halfway.'
			}
		}
	},
	{
		reference: 'SW-009',
		title: 'List of customers in your country',
		when: 'by hand',
		from: supplier,
		to: { levels: ['technical'] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber_strict',
		text: `As you asked: our customers in your country, with the version that each of them had installed at 03:00. Please treat it as AMBER+STRICT; it contains contract data.
Attachment (described only): two operators, one with 7.4; four inland terminals, versions 7.2 and 7.3.`,
		objectives: ['OBJ-3'],
		notes: { controller: 'Only to teams that asked the supplier. Change the recipients when you release.' },
		play: { log: ['List of customers received; calling those with 7.4 first.'] }
	},
	{
		reference: 'SW-010',
		title: 'Yard database encrypted',
		when: {
			if: 'a port team has not isolated its yard servers 45 minutes after STARTEX',
			missed: { reference: 'SW-001', expected: 1 }
		},
		from: 'Shift leader, terminal operations',
		to: { teams: ports },
		channel: 'phone',
		level: 'operational',
		tlp: 'amber',
		category: 'contingency',
		text: `“Now we see nothing at all. The yard list is gone, on the screen there is a text about a price. Two cranes stopped in the middle of a lift; nobody is hurt. What do we do with the ship at berth three?”`,
		expect: [
			{ text: 'Safety first: cranes are brought into a safe position', within: 5, critical: true },
			{ text: 'Incident is reported again with the new severity', within: 20 }
		],
		objectives: ['OBJ-2', 'OBJ-4'],
		answer: 10,
		notes: {
			controller: 'Only for teams that watched and waited. Do not use it when they isolated in time.'
		},
		play: {
			log: ['Yard list lost. Cranes put to rest by hand, nobody hurt.'],
			answer: [
				'Bring the cranes to rest by hand, stop work at berth three, nobody under the load. We report the change at once.'
			]
		}
	},
	{
		reference: 'SW-011',
		title: 'Release 7.4.2 is ready to be tested',
		when: 61,
		from: supplier,
		to: { levels: ['technical', 'entity'] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber',
		text: `Release 7.4.2 was built on a new system from sources of last month and compared with 7.3 by two people. Checksums come to you by a second way: ask your national CSIRT.
We recommend to begin with one server, and to watch it for an hour. We know that trust has to be earned again.`,
		expect: [
			{ text: 'Checksum is verified by a second way', within: 30, critical: true },
			{ text: 'A plan for the first server, with a way back', within: 40 }
		],
		objectives: ['OBJ-1'],
		play: {
			log: [
				'Checksum of 7.4.2 compared by telephone with the CSIRT: equal.',
				'First server chosen; way back is the image of Monday.'
			],
			decide: {
				question: 'On which server do we begin with 7.4.2?',
				factsKnown: 'Checksum verified by a second way. Image of Monday is good.',
				options: ['Test server', 'Standby server of the yard', 'Wait until tomorrow'],
				chosen: 'Standby server of the yard',
				reason: 'It has real load without being needed; the test server would prove little.'
			}
		}
	},
	{
		reference: 'SW-012',
		title: 'Notification: what has changed since the early warning?',
		when: 88,
		from: 'Reporting desk, competent authority',
		to: { levels: ['entity'] },
		channel: 'portal_ticket',
		level: 'operational',
		tlp: 'amber',
		text: `Thank you for your early warning. For the incident notification we need your first assessment: severity and impact, indicators where you have them, what you have done so far, and whether you ask for help.
For this exercise the notification is due within twenty minutes.`,
		expect: [
			{ text: 'Notification updates the early warning instead of repeating it', within: 20, critical: true }
		],
		objectives: ['OBJ-2'],
		answer: 20,
		play: {
			log: ['Notification in drafting, two of us write.'],
			answer: [
				'Severity: high, falling. Gate by hand since 09:15, cranes running. Indicators as shared at AMBER. No help needed at present.',
				'Update of the early warning: cause is the supplier’s build system. Two of six servers clean. We ask for one forensic expert tomorrow.'
			]
		}
	},
	{
		reference: 'SW-013',
		title: 'Supplier answers about qb-sync',
		when: { all: [{ of: 'SW-002', act: 'acknowledged' }], minutes: 3 },
		from: supplier,
		to: { levels: ['technical'] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber',
		text: `Thank you for taking note. What we can say so far: qb-sync came with the update and is started with our valid key. On systems with version 7.3 and older it was not found.
Please tell us whether you see connections to qb-status.example on your systems.`,
		objectives: ['OBJ-1'],
		notes: { controller: 'Comes by itself to each team that has acknowledged SW-002.' },
		play: {
			log: ['Supplier: qb-sync came with the update, older versions are clean. Passed on to operators.']
		}
	},
	{
		reference: 'SW-014',
		title: 'The gate is still waiting',
		when: { all: [{ of: 'SW-003', act: 'responded', not: true, within: 4 }], minutes: 0 },
		from: 'Shift leader, terminal gate',
		to: { teams: ports },
		channel: 'phone',
		level: 'operational',
		tlp: 'amber',
		text: `“It is the gate again. Now it is eighty lorries, and the drivers ask me. If I hear nothing in five minutes I send the first ones back.”`,
		expect: [{ text: 'The gate hears who decides, and until when', within: 5, critical: true }],
		objectives: ['OBJ-2'],
		notes: { controller: 'Only to teams that left the gate without an answer for four minutes.' },
		play: { log: ['Gate called a second time. Told them: answer within five minutes, nobody is sent back.'] }
	},
	{
		reference: 'SW-015',
		title: 'The six hours are over somewhere',
		when: {
			all: [
				{ of: 'SW-004', act: 'acknowledged' },
				{ of: 'SW-004', act: { did: 2 } }
			],
			minutes: 1
		},
		from: 'Forensics desk, incident response contractor',
		to: { teams: ['GR CSIRT', 'NL CSIRT', 'IT CSIRT'] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber_strict',
		text: `You were right about the six hours. On the server from which our sample comes they end in a few minutes; on two others of the same customer they are over, and nothing has happened yet.
We would like to let the clock of the sample run in our laboratory. It takes an hour. May we, or do you need the sample untouched?`,
		expect: [{ text: 'A copy is kept untouched before the other one runs', within: 15, critical: true }],
		objectives: ['OBJ-1'],
		answer: 15,
		notes: {
			controller:
				'Mark the second expected action of SW-004 at a team that has worked out when the six hours end.'
		},
		play: {
			log: ['Laboratory may let a copy of the sample run; the original stays as it is.'],
			answer: ['Keep one copy untouched, with its checksum. Let the other one run, without a network.']
		}
	}
];
