import type { SurveyForm, SurveyQuestion } from './schema.ts';

/*
 * What is proposed to ask: fifteen questions under the headings of an after-action report. Everything can be changed
 * before the survey is opened.
 */

const questions: SurveyQuestion[] = [
	{
		id: 'informed',
		heading: 'preparation',
		kind: 'scale',
		text: 'I knew beforehand what was expected of me in the exercise.'
	},
	{
		id: 'access',
		heading: 'preparation',
		kind: 'choice',
		text: 'Was everything that you needed (account, documents, room) ready at STARTEX?',
		options: ['Everything', 'Most of it', 'Little of it', 'Nothing']
	},
	{
		id: 'realistic',
		heading: 'scenario',
		kind: 'scale',
		text: 'The scenario was realistic for my organisation.'
	},
	{
		id: 'pace',
		heading: 'scenario',
		kind: 'choice',
		text: 'How was the pace of the injects?',
		options: ['Much too slow', 'Rather slow', 'Right', 'Rather fast', 'Much too fast']
	},
	{
		id: 'injects-clear',
		heading: 'scenario',
		kind: 'scale',
		text: 'The injects were clear, and told us what our role needed.'
	},
	{
		id: 'platform-easy',
		heading: 'platform',
		kind: 'scale',
		text: 'The workspace was easy to work with.'
	},
	{
		id: 'platform-missing',
		heading: 'platform',
		kind: 'text',
		text: 'What in the workspace held you up, or was missing?'
	},
	{
		id: 'own-team',
		heading: 'cooperation',
		kind: 'scale',
		text: 'Cooperation in my team worked well.'
	},
	{
		id: 'other-teams',
		heading: 'cooperation',
		kind: 'scale',
		text: 'Cooperation with other teams and countries worked well.'
	},
	{
		id: 'information',
		heading: 'cooperation',
		kind: 'choice',
		text: 'Did you get the information that you needed from others in time?',
		options: ['Always', 'Mostly', 'Seldom', 'Never']
	},
	{
		id: 'plans',
		heading: 'learning',
		kind: 'scale',
		text: 'Our plans and procedures helped us in the exercise.'
	},
	{
		id: 'prepared',
		heading: 'learning',
		kind: 'scale',
		text: 'I am better prepared for a real crisis than before.'
	},
	{
		id: 'change',
		heading: 'learning',
		kind: 'text',
		text: 'What will you, or should your organisation, do differently from now on?'
	},
	{
		id: 'overall',
		heading: 'overall',
		kind: 'scale',
		text: 'Overall, the exercise was worth the time.'
	},
	{
		id: 'more',
		heading: 'overall',
		kind: 'text',
		text: 'Anything else for those who plan the next exercise?'
	}
];

export const surveyTemplate = (title: string): SurveyForm => ({
	title,
	anonymity: 'choice',
	questions: structuredClone(questions)
});
