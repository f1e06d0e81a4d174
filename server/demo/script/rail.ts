import type { ScriptedInject } from '../scenario.ts';

const railways = ['DE Rail', 'PL Rail'];

export const freightPaths: ScriptedInject[] = [
	{
		reference: 'SW-201',
		title: 'Train paths are booked twice',
		when: 5.5,
		from: 'Timetable desk, freight railway',
		to: { teams: railways },
		channel: 'portal_ticket',
		level: 'operational',
		tlp: 'amber',
		text: `In the booking portal seventeen freight paths of this morning have two holders each. Both have a valid confirmation. The portal shows no error. Trains are safe: signals do not read from the portal. But two trains stand in front of the same yard and both are in the right.`,
		expect: [
			{ text: 'Safety of trains is confirmed and written down', within: 10, critical: true },
			{ text: 'New bookings are stopped or checked by hand', within: 20 }
		],
		objectives: ['OBJ-4'],
		play: {
			log: [
				'Signalling does not depend on the portal: confirmed with the control centre.',
				'Seventeen paths held twice. New bookings only by telephone until further notice.'
			],
			decide: {
				question: 'Do we close the booking portal?',
				factsKnown:
					'Seventeen paths are held twice. Signalling is not affected. Telephone desk has four people.',
				options: ['Close it', 'Keep it open for reading', 'Leave it'],
				chosen: 'Keep it open for reading',
				reason: 'Drivers and yards need to see their paths; nobody should write until we know who does.'
			}
		}
	},
	{
		reference: 'SW-202',
		title: 'Dangerous goods without a path',
		when: 14.5,
		from: 'Dispatcher, freight yard',
		to: { teams: railways },
		channel: 'phone',
		level: 'operational',
		tlp: 'amber',
		text: `“I have a train with twenty tank wagons here and it has lost its path: the portal gave it to somebody else. It cannot stay on this track for more than two hours, there is housing behind it. Where does it go?”`,
		expect: [
			{ text: 'The train gets a place before the two hours are over', within: 30, critical: true },
			{ text: 'Fire service is told where it stands', within: 30 }
		],
		objectives: ['OBJ-4'],
		answer: 15,
		play: {
			log: ['Tank wagons: two hours from 09:14. Fire service of the town informed.'],
			answer: [
				'It goes back to the refinery siding with the next free engine; control centre holds the line for it at 10:05.',
				'Track 31 of the outer yard is being cleared for it. Fire service knows. Please confirm when it moves.'
			]
		}
	},
	{
		reference: 'SW-203',
		title: 'Foreign sessions in the booking portal',
		when: 21,
		from: 'Operations desk, booking portal',
		to: { teams: ['DE CSIRT', 'PL CSIRT', ...railways] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber',
		text: `We found 63 sessions that did not come from the customers whose names they bear. They began at 02:35. All of them came through the remote maintenance of our contractor. They changed bookings, nothing else that we can see.
We can end all sessions at once. Then 400 customers are out as well, in the middle of the morning.`,
		expect: [
			{
				text: 'Decision on ending the sessions, weighed against the loss of work',
				within: 15,
				critical: true
			},
			{ text: 'The maintenance access is compared with the one at the ports', within: 25, critical: true }
		],
		objectives: ['OBJ-1', 'OBJ-4'],
		play: {
			log: [
				'63 sessions through maintenance access since 02:35. Is it the same firm as in the ports?',
				'It is the same firm. Told the network and the crisis authority.'
			],
			decide: {
				question: 'Do we end all sessions of the booking portal at once?',
				factsKnown: '63 foreign sessions, 400 customers signed in. Only bookings were changed.',
				options: ['End all now', 'End those of the contractor', 'Wait for the lunch break'],
				chosen: 'End those of the contractor',
				reason: 'All foreign sessions came that way; the customers can go on working.'
			}
		}
	},
	{
		reference: 'SW-204',
		title: 'Ministry wants to know about the supply of the coast',
		when: 28,
		from: 'Situation desk, ministry for transport',
		to: { teams: ['DE Crisis', 'FI Crisis', 'NL Crisis'] },
		channel: 'email',
		level: 'political',
		tlp: 'amber',
		text: `The minister speaks to the press at eleven. We need half a page until 10:15: which goods are late, who is affected, what is being done, when will it be over. If you do not know when it will be over, say what you need in order to know.`,
		expect: [{ text: 'Half a page that separates known, assumed and unknown', within: 30, critical: true }],
		objectives: ['OBJ-4', 'OBJ-5'],
		answer: 30,
		play: {
			log: ['Half a page for the ministry: asked port and rail for their figures until 10:00.'],
			answer: [
				'Known: gates by hand, one train in three late. Assumed: two days to work off the queue. Unknown: when the software can be trusted; we need the result of the first server at 10:30.',
				'Draft follows at 10:10 with figures of 10:00. No shortage of food or fuel is expected in the next three days.'
			]
		}
	},
	{
		reference: 'SW-205',
		title: 'Paper timetable for the afternoon',
		when: { after: 'SW-203', minutes: 21 },
		from: 'Timetable desk, freight railway',
		to: { teams: railways },
		channel: 'email',
		level: 'operational',
		tlp: 'amber',
		text: `We can run two thirds of this afternoon’s trains by a paper timetable which we would fix at 11:00. Whoever is not in it runs tomorrow. Customers will ask by which rule we chose. What is the rule?`,
		expect: [{ text: 'A rule that can be told to customers', within: 20, critical: true }],
		objectives: ['OBJ-4', 'OBJ-5'],
		answer: 20,
		play: {
			answer: [
				'Energy, food and medicine first, then trains that block a yard, then by time of booking. We publish the rule.',
				'First what clears the ports, then perishable goods, then the rest in the order of last week’s timetable.'
			],
			log: ['Rule for the paper timetable agreed with the crisis authority.']
		}
	},
	{
		reference: 'SW-206',
		title: 'Yard is full',
		when: 67,
		from: 'Dispatcher, freight yard',
		to: { teams: [...railways, 'DE Crisis'] },
		channel: 'chat',
		level: 'operational',
		tlp: 'amber',
		text: `All tracks are taken. Three trains wait outside, one of them since 70 minutes with the same driver. His hours end in 50 minutes. Then it stands on the main line.`,
		expect: [{ text: 'The main line is kept free', within: 20, critical: true }],
		objectives: ['OBJ-4'],
		answer: 15,
		play: {
			answer: [
				'Relief driver is on the way by road, 25 minutes. Until then the train goes forward to the passing loop.'
			],
			log: ['Relief driver sent; main line stays free.']
		}
	},
	{
		reference: 'SW-207',
		title: 'Neighbour’s railway cuts the connection',
		when: { if: 'the railways have not told their neighbours within 60 minutes' },
		from: 'Network control, neighbouring railway',
		to: { teams: railways },
		channel: 'email',
		level: 'operational',
		tlp: 'green',
		category: 'contingency',
		text: `We have cut the data connection between your booking portal and ours until you tell us what is going on. Trains at the border are exchanged by telephone. Please name somebody who may speak for you.`,
		expect: [
			{
				text: 'A contact is named, and the neighbour gets the indicators at the right label',
				within: 15,
				critical: true
			}
		],
		objectives: ['OBJ-3'],
		answer: 15,
		play: {
			answer: [
				'Contact is our duty manager. Indicators follow through the CSIRTs network at AMBER. The connection should stay cut for now.'
			]
		}
	},
	{
		reference: 'SW-208',
		title: 'Plan for going back to the portal',
		when: 93,
		from: 'Operations desk, booking portal',
		to: { teams: railways },
		channel: 'email',
		level: 'operational',
		tlp: 'amber',
		text: `The portal can be opened for writing again from 13:00. We propose: first the ports, then energy, then everybody, each after half an hour without a foreign session. Who says stop if one is seen?`,
		expect: [{ text: 'Somebody is named who may stop, at any hour', within: 20, critical: true }],
		objectives: ['OBJ-6'],
		answer: 20,
		stage: 'submitted',
		play: {
			answer: [
				'Agreed. The shift lead of the CSIRT may say stop at any hour; the dispatcher carries it out without asking back.'
			]
		}
	},
	{
		reference: 'SW-209',
		title: 'Maintenance firm protests',
		when: {
			any: [
				{ of: 'SW-103', act: { did: 2 } },
				{ of: 'SW-203', act: { did: 1 } }
			],
			minutes: 4
		},
		from: 'Management, remote maintenance firm',
		to: { teams: ['FI CSIRT', 'NL CSIRT', 'GR CSIRT', 'DE CSIRT', 'PL CSIRT'] },
		channel: 'email',
		level: 'operational',
		tlp: 'amber',
		text: `You have closed our access without asking us. We maintain safety systems too, and our contract promises an answer within thirty minutes. Who answers for it if something fails? We expect to hear from you within a quarter of an hour.`,
		expect: [
			{
				text: 'The firm hears why, and by which way it can be reached for safety',
				within: 15,
				critical: true
			}
		],
		objectives: ['OBJ-3'],
		answer: 15,
		notes: {
			controller: 'Comes to a team once its measure against the maintenance access is marked as done.'
		},
		play: {
			log: ['Maintenance firm protests. Answered: access stays closed, telephone for safety systems.'],
			answer: [
				'The access was used against several operators. It stays closed; for safety systems call the duty officer, who opens it for an hour.'
			]
		}
	}
];
