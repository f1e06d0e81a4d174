import type { ScriptedInject } from '../scenario.ts';

export const leakAndPress: ScriptedInject[] = [
	{
		reference: 'SW-301',
		title: 'Queues at three ports, and nobody says why',
		when: 9.5,
		from: 'News desk, coastal daily',
		to: { countries: ['GR', 'NL', 'IT', 'DE', 'PL', 'FI'] },
		channel: 'news_article',
		level: 'media',
		tlp: 'clear',
		text: `Lorries are queuing for kilometres at container ports in at least three countries this morning. Operators speak of “technical difficulties”. Drivers tell of barriers that do not open and of staff with pencil and paper.
A spokesperson of one port did not want to comment on whether there is a connection. The paper asked three authorities; none had answered when this edition closed.`,
		acknowledge: false,
		expect: [{ text: 'Lines to take are begun', within: 20 }],
		objectives: ['OBJ-5'],
		play: {
			log: [
				'Article read. Nobody here talks to the press without the crisis authority.',
				'Lines to take begun on the notes page.'
			]
		}
	},
	{
		reference: 'SW-302',
		title: '“Grey Halyard” claims the credit',
		when: 16.5,
		from: 'Public post of a group calling itself Grey Halyard',
		to: { countries: ['GR', 'NL', 'IT', 'DE', 'PL', 'FI'] },
		channel: 'social_post',
		level: 'media',
		tlp: 'clear',
		text: `“WE HOLD THE ROPE. Eleven ports. Forty gigabytes. Crew, gates, contracts. The first sample is free. The price goes up at noon. — Grey Halyard”
A link leads to a page with nine pictures of lorries at a gate. Number plates can be read.`,
		expect: [
			{ text: 'Pictures are compared with the own cameras', within: 20 },
			{ text: 'Nobody gets in touch with the group on their own', critical: true }
		],
		objectives: ['OBJ-3', 'OBJ-5'],
		notes: { evaluator: 'Does anybody say who may decide about contact with the group?' },
		play: {
			log: [
				'Post secured with time and checksum. Two pictures could be from our gate.',
				'No contact with the group without the police: agreed in the team.',
				'Data protection officer informed: number plates can be read.'
			],
			ask: 'Should we assume that the police has been informed, or is this ours to play?'
		}
	},
	{
		reference: 'SW-303',
		title: 'Press questions until half past nine',
		when: 20,
		from: 'News desk, coastal daily',
		to: { teams: ['GR Crisis', 'NL Crisis', 'DE Crisis', 'FI Crisis'] },
		channel: 'email',
		level: 'media',
		tlp: 'clear',
		text: `We report at 09:30 and ask for your answers:
1. Is there a connection between the ports?
2. Is a foreign state behind it?
3. Will there be shortages?
4. Since when have you known?`,
		expect: [
			{ text: 'Answers say what is known and do not guess about the rest', within: 10, critical: true },
			{ text: 'Answers of all four authorities do not contradict each other', critical: true }
		],
		objectives: ['OBJ-5'],
		answer: 12,
		notes: { evaluator: 'Compare the four answers side by side.' },
		play: {
			log: ['Answers agreed with the other authorities in the network before sending.'],
			answer: [
				'Several ports use the same software, and an update of it is being examined. We do not speculate about who is behind it. Supplies are secure. We have known since shortly after nine and informed our partners at once.',
				'There is a connection: the same update. The cause is being examined. We expect delays, no shortages. We learned of it at nine and have been working on it since.'
			],
			decide: {
				question: 'Do we say that there is a connection between the ports?',
				factsKnown: 'Same update in three countries. The press sees the queues. Cause is being examined.',
				options: ['Confirm the common software', 'No comment', 'Deny'],
				chosen: 'Confirm the common software',
				reason: 'It is true, it is visible, and a denial would cost us the next statement.'
			}
		}
	},
	{
		reference: 'SW-304',
		title: 'Leak contains crew lists',
		when: 43,
		from: 'Data protection officer, terminal operator',
		to: { teams: ['IT CSIRT', 'IT Port', 'NL Port'] },
		channel: 'email',
		level: 'operational',
		tlp: 'amber_strict',
		text: `I have compared the first sample with our systems. It contains the crew lists of 23 ships: names, dates of birth, passport numbers, about 480 people. They are ours. The data protection authority has to be told, and the shipping companies will want to know first.`,
		expect: [
			{
				text: 'Both reporting ways are seen: data protection and network security',
				within: 20,
				critical: true
			},
			{ text: 'Order of who is told is decided', within: 25 }
		],
		objectives: ['OBJ-2', 'OBJ-3'],
		answer: 20,
		play: {
			log: ['480 people in the sample. Data protection report begun beside the other one.'],
			answer: [
				'We report to the data protection authority now and tell the shipping companies at the same hour. The text is the same for both.',
				'Agreed: authority first, companies within the hour. Please prepare the letter to those concerned; label stays AMBER+STRICT.'
			]
		}
	},
	{
		reference: 'SW-305',
		title: 'Pictures of empty shelves',
		when: 57,
		from: 'Evening programme, regional television',
		to: { countries: ['GR', 'NL', 'IT', 'DE', 'PL', 'FI'] },
		channel: 'tv_clip',
		level: 'media',
		tlp: 'clear',
		text: `(Clip, 40 seconds.) A supermarket with empty shelves. Voice: “This is what it looks like in some places already. How long will it last?” A shopper says that she takes what she can get. The picture carries no date.`,
		expect: [{ text: 'The authority answers with facts about supply, not about the clip alone', within: 25 }],
		objectives: ['OBJ-5'],
		play: {
			log: [
				'Retail association: no shortage, shelves in the clip are not from this week.',
				'Asked exercise control for a figure of stocks.'
			],
			ask: 'May we use a figure for the stock of food in the country, or do we have to make one up?'
		}
	},
	{
		reference: 'SW-306',
		title: 'Interview at once, or without you',
		when: 'by hand',
		from: 'Evening programme, regional television',
		to: { teams: ['GR Crisis', 'NL Crisis', 'DE Crisis', 'FI Crisis'] },
		channel: 'phone',
		level: 'media',
		tlp: 'clear',
		text: `“We go on air in twelve minutes. We have an expert who says that the authorities slept. Will somebody of yours speak, or do we say that you did not want to?”`,
		expect: [
			{ text: 'Somebody speaks, with the agreed lines, or declines with a time', within: 10, critical: true }
		],
		objectives: ['OBJ-5'],
		answer: 10,
		notes: {
			controller:
				'For the team that communicates well and has time. You play the reporter by telephone if you can.'
		},
		play: {
			answer: [
				'Our spokesperson speaks for three minutes by telephone. Topics: what has happened, what we do, what people need not do.'
			]
		}
	},
	{
		reference: 'SW-307',
		title: 'Second sample, and a wrong one',
		when: 81,
		from: 'Public post of a group calling itself Grey Halyard',
		to: { countries: ['GR', 'NL', 'IT'] },
		channel: 'social_post',
		level: 'media',
		tlp: 'clear',
		text: `“NOON IS OVER. Here are your customs.” The link leads to 2,000 lines that look like customs declarations. The numbers of the containers do not fit the check digit, and the port codes are those of last year.`,
		expect: [
			{ text: 'The sample is checked before anybody confirms or denies it', within: 20, critical: true }
		],
		objectives: ['OBJ-1', 'OBJ-5'],
		play: {
			log: [
				'Check digits wrong in 1,990 of 2,000 lines: made up. Told the press desk of the crisis authority.'
			],
			ask: 'Can customs confirm on request that nothing of theirs is missing?'
		}
	},
	{
		reference: 'SW-308',
		title: 'No word from the authorities',
		when: { all: [{ of: 'SW-303', act: 'responded', not: true, within: 30 }], minutes: 0 },
		from: 'News desk, coastal daily',
		to: { teams: ['GR Crisis', 'NL Crisis', 'DE Crisis', 'FI Crisis'] },
		channel: 'news_article',
		level: 'media',
		tlp: 'clear',
		category: 'contingency',
		text: `“An hour of silence” is the headline. The article lists what others have said meanwhile: the group, two experts, a drivers’ association and a shop owner. The authorities appear in the last line.`,
		expect: [{ text: 'A statement, even a short one', within: 15, critical: true }],
		objectives: ['OBJ-5'],
		answer: 15,
		play: {
			answer: ['Statement published: what we know, what we do, when we speak next. We keep to that hour.']
		}
	},
	{
		reference: 'SW-309',
		title: 'Letter of the dockers’ association',
		when: 74,
		from: 'Dockers’ association',
		// nobody yet: a planner has to decide
		to: { teams: [] },
		channel: 'letter',
		level: 'media',
		tlp: 'clear',
		text: `The association asks how long people will have to work by hand, and who pays for the longer shifts. (To be written.)`,
		stage: 'draft'
	}
];
