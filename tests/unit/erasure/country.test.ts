import { expect, test } from 'vitest';
import { belongingTo, type Part } from '#lib/exercise/erasure/country.ts';
import type { TeamId } from '#lib/exercise/ids.ts';

const team = (id: string) => id as TeamId;
const teams = new Map([
	[team('greek'), { country: 'GR' as const }],
	[team('port'), { country: 'GR' as const }],
	[team('italian'), { country: 'IT' as const }]
]);
const part = (given: Partial<Part>): Part => ({
	role: 'player',
	team: null,
	country: null,
	cell: null,
	...given
});

test.each<[string, Part[], string[], string]>([
	['a player', [part({ team: team('greek') })], [], 'goes'],
	['a player of two teams', [part({ team: team('greek') }), part({ team: team('port') })], [], 'goes'],
	['a moderator', [part({ role: 'moderator', country: 'GR' })], [], 'goes'],
	['a planner of its cell', [part({ role: 'planner', cell: 'GR' })], [], 'goes'],
	[
		'a player of two countries',
		[part({ team: team('greek') }), part({ team: team('italian') })],
		[],
		'stays'
	],
	[
		'a planner of the central cell too',
		[part({ role: 'planner', cell: 'GR' }), part({ role: 'planner', cell: 'central' })],
		[],
		'stays'
	],
	['a director who plays', [part({ role: 'director' }), part({ team: team('greek') })], [], 'stays'],
	['a player of another country', [part({ team: team('italian') })], [], 'other'],
	['an observer', [part({ role: 'observer' })], [], 'other'],
	['one who has left', [], ['greek', 'port'], 'goes'],
	['one who has left, and did something elsewhere', [], ['greek', 'italian'], 'stays'],
	['one who has left another country', [], ['italian'], 'other'],
	['one who never did anything', [], [], 'other'],
	['a player who once did something for another', [part({ team: team('greek') })], ['italian'], 'goes']
])('%s', (_, parts, actedFor, belonging) => {
	expect(belongingTo('GR', { parts, actedFor: actedFor.map(team) }, teams)).toBe(belonging);
});
