import type { ScriptedInject } from '../scenario.ts';

export const positionsAtSea: ScriptedInject[] = [
	{
		reference: 'SW-101',
		title: 'Ships report themselves on dry land',
		when: 4.5,
		from: 'Watch officer, vessel traffic service',
		to: { teams: ['FI CSIRT', 'FI Crisis', 'GR Port', 'GR CSIRT'] },
		channel: 'phone',
		level: 'operational',
		tlp: 'green',
		text: `“We have eleven ships whose reported position jumps by up to nine miles, two of them over land. Radar shows them where they should be. It began at ten to nine. It is no danger at this visibility, but I do not like it. Is this something of yours?”`,
		expect: [
			{ text: 'Radar and reported positions are told apart in the log', within: 15 },
			{ text: 'The team asks which system stands between receiver and screen', within: 20, critical: true }
		],
		objectives: ['OBJ-1', 'OBJ-4'],
		play: {
			log: [
				'Traffic service: reported positions wrong, radar right. No danger at present.',
				'Asked which gateway stands between the receivers and the screen.'
			],
			ask: 'Is the satellite signal itself disturbed, or only what the traffic service displays?'
		}
	},
	{
		reference: 'SW-102',
		title: 'Traffic service goes over to voice',
		when: 11.5,
		from: 'Head of watch, vessel traffic service',
		to: { teams: ['FI Crisis', 'NL Crisis', 'GR Crisis'] },
		channel: 'phone',
		level: 'operational',
		tlp: 'green',
		text: `“From now on we guide by voice and radar and take one ship at a time through the fairway. This costs about forty minutes a ship. There are fourteen waiting; one is a gas carrier. Somebody has to decide who comes first, and it should not be me alone.”`,
		expect: [
			{
				text: 'Order of ships decided, or the decision put to the right authority',
				within: 20,
				critical: true
			}
		],
		objectives: ['OBJ-4', 'OBJ-6'],
		answer: 20,
		play: {
			log: ['Fourteen ships wait, forty minutes each. Ministry for transport informed.'],
			answer: [
				'Gas carrier and ferries first, then by time of arrival. We put this to the maritime authority for confirmation now.',
				'Please keep the order of arrival for the next hour, passengers excepted. The maritime authority takes over the order then.'
			],
			decide: {
				question: 'In which order do ships pass while the traffic service works by voice?',
				factsKnown:
					'Fourteen ships wait, one gas carrier, two ferries. Visibility good. Forty minutes a ship.',
				options: ['By arrival', 'Passengers and gas first', 'Let the traffic service decide'],
				chosen: 'Passengers and gas first',
				reason:
					'Ferries have people on board, and the gas carrier must not lie at anchor in the lee of the terminal.'
			}
		}
	},
	{
		reference: 'SW-103',
		title: 'Position gateway and terminal share a maintenance access',
		when: 18.5,
		from: 'Technical service, vessel traffic systems',
		to: { teams: ['FI CSIRT', 'NL CSIRT', 'GR CSIRT'] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber',
		text: `We looked into the gateway that brings positions from the receivers to the screens. Last night at 02:20 somebody signed in with the account of the remote maintenance firm and changed the table of offsets. The firm says that it was not them.
The same firm maintains Quayboard for several ports. The account had no second factor.`,
		expect: [
			{ text: 'The link between both storylines is seen and shared', within: 15, critical: true },
			{ text: 'Access of the maintenance firm is closed everywhere', within: 20, critical: true }
		],
		objectives: ['OBJ-1', 'OBJ-3'],
		notes: {
			evaluator: 'This is the moment at which two stories become one. Which team says it first, and to whom?'
		},
		play: {
			log: [
				'Same maintenance account at gateway and terminal: this is one incident, not two.',
				'Asked all operators to close the remote access of the firm.',
				'Told the network about the common account.'
			],
			decide: {
				question:
					'Do we ask all operators in the country to close the remote access of the maintenance firm?',
				factsKnown: 'Account used at 02:20 at the gateway; same firm maintains Quayboard. Firm denies.',
				options: ['Close everywhere now', 'Close where 7.4 is installed', 'Ask the firm first'],
				chosen: 'Close everywhere now',
				reason: 'Reopening takes minutes; another changed table could cost far more.'
			}
		}
	},
	{
		reference: 'SW-104',
		title: 'Video of a tanker “out of control”',
		when: 30,
		from: 'Public post, several hundred shares',
		to: { countries: ['FI', 'GR', 'NL'] },
		channel: 'social_post',
		level: 'media',
		tlp: 'clear',
		text: `“TANKER WITHOUT CONTROL right in front of the beach!! crew does not know where they are, they told my cousin #slackwater”
The video shows a tanker that turns slowly. The place cannot be made out; the sky is overcast, today it is clear.`,
		expect: [{ text: 'The video is checked before anybody answers to it', within: 15, critical: true }],
		objectives: ['OBJ-5'],
		play: {
			log: [
				'Video is not from today: sky and buoy do not match. Traffic service confirms that no tanker turns.'
			],
			ask: 'Is there a press cell in this exercise that would answer to the post?'
		}
	},
	{
		reference: 'SW-105',
		title: 'Gateway isolated: what do you lose?',
		when: { after: 'SW-103', minutes: 26 },
		from: 'Technical service, vessel traffic systems',
		to: { countries: ['FI', 'NL', 'GR'] },
		channel: 'email',
		level: 'technical',
		tlp: 'amber',
		text: `The gateway is off the network as you asked. Positions are right again on our screens, but they no longer reach the port, customs or the coast guard. We can send a table by hand every ten minutes. Who should get it?`,
		expect: [{ text: 'Recipients named, and the coast guard is among them', within: 15, critical: true }],
		objectives: ['OBJ-3', 'OBJ-4'],
		answer: 15,
		play: {
			answer: [
				'Coast guard and port first, customs on request. Label GREEN. Please say in each table for which minute it holds.',
				'Send it to the coast guard, the port and us. We pass it on to the crisis authority.'
			],
			log: ['Table of positions by hand every ten minutes agreed.']
		}
	},
	{
		reference: 'SW-106',
		title: 'Coast guard asks why nobody called',
		when: { if: 'no team has told the coast guard within 40 minutes of SW-101' },
		from: 'Operations centre, coast guard',
		to: { countries: ['FI', 'GR'] },
		channel: 'phone',
		level: 'operational',
		tlp: 'green',
		category: 'contingency',
		text: `“We learn from the radio that the traffic service works by voice since a while. We had a boat on its way by the wrong position. Why do we not hear that from you?”`,
		expect: [
			{ text: 'Coast guard is added to the distribution, and told what is known', within: 10, critical: true }
		],
		objectives: ['OBJ-3'],
		answer: 10,
		play: {
			answer: [
				'You are right, and we are sorry. From now on you get our report and the table of positions. What do you need at once?'
			]
		}
	},
	{
		reference: 'SW-107',
		title: 'Positions are right again, trust is not',
		when: 76,
		from: 'Head of watch, vessel traffic service',
		to: { countries: ['FI', 'NL', 'GR'] },
		channel: 'email',
		level: 'operational',
		tlp: 'green',
		text: `Since twenty minutes all reported positions match radar. We would like to go back to normal guidance. Before that we need a sentence from you that the gateway may be trusted, or the conditions under which it may.`,
		expect: [
			{ text: 'Conditions for going back are named, not only “yes” or “no”', within: 20, critical: true }
		],
		objectives: ['OBJ-6'],
		answer: 20,
		play: {
			answer: [
				'Under three conditions: maintenance access stays closed, offsets are compared with radar every fifteen minutes, voice stays ready for two hours.',
				'Not yet. We want to see the table of offsets signed by two people first; we expect it within half an hour.'
			],
			log: ['Conditions for going back to normal guidance sent.']
		}
	}
];
