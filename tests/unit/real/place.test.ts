import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands, type CommandName } from '#lib/exercise/commands.ts';
import { roles } from '#lib/exercise/exercise/schema.ts';
import {
	exerciseForms,
	mayIn,
	placedBy,
	refusalIn,
	rolesIn,
	routeIn,
	sideOfCommand,
	sideOfRoute
} from '#lib/exercise/real/place.ts';
import { inWordsOf, sentenceIn } from '#lib/exercise/real/words.ts';

const root = path.join(import.meta.dirname, '../../..');
const routes = path.join(root, 'src/routes');
/** Every page and interface below a space, by its route. */
const ofSpaces = [
	...new Set(
		readdirSync(routes, { recursive: true })
			.map(String)
			.filter((file) => /\+(page\.svelte|page\.server\.ts|server\.ts)$/.test(file))
			.map((file) => `/${path.dirname(file)}`)
			.filter((route) => route.includes('[exercise]'))
	)
].sort();

describe('[P11] everything is placed on one side', () => {
	test('each command, and nothing that is none', () => {
		expect(Object.keys(sideOfCommand).sort()).toEqual(Object.keys(commands).sort());
	});

	test('each page and interface of a space: whoever adds one has to place it', () => {
		expect(ofSpaces.length).toBeGreaterThan(60);
		expect(ofSpaces.filter((route) => placedBy(route) === null)).toEqual([]);
	});

	test('no folder that is not there', () => {
		expect(
			Object.keys(sideOfRoute).filter(
				(folder) => !ofSpaces.some((route) => route === folder || route.startsWith(`${folder}/`))
			)
		).toEqual([]);
	});

	test('forms of exercises alone are forms of their page', () => {
		for (const [route, forms] of Object.entries(exerciseForms)) {
			const page = readFileSync(path.join(routes, route, '+page.server.ts'), 'utf8');
			for (const form of forms) expect(page, form).toMatch(new RegExp(`^\\t${form}:`, 'm'));
		}
	});

	test('an exercise has every role; a room nobody who plans, simulates or rates', () => {
		expect([...rolesIn.exercise].sort()).toEqual([...roles].sort());
		expect(rolesIn.real).toEqual([
			'director',
			'controller',
			'moderator',
			'facilitator',
			'player',
			'observer'
		]);
	});
});

describe('[P11] a real room, by hand', () => {
	const inRoom = (Object.keys(commands) as CommandName[]).filter((name) => mayIn('real', name));
	const groups = (names: readonly string[]) => [...new Set(names.map((name) => name.split('.')[0]))].sort();

	test('what a crisis team does is there, and what an exercise does is not', () => {
		expect(groups(inRoom)).toEqual([
			'aar',
			'affected',
			'announcement',
			'channel',
			'contribution',
			'decision',
			'exercise',
			'finding',
			'handover',
			'hotWash',
			'incident',
			'indicator',
			'interchange',
			'label',
			'log',
			'mode',
			'notification',
			'report',
			'request',
			'task'
		]);
		expect(inRoom.filter((name) => name.startsWith('exercise.'))).toEqual([
			'exercise.advance',
			'exercise.end'
		]);
		expect(refusalIn('real')).toContain('real');
	});

	test('naming affected states belongs to real rooms alone', () => {
		const onlyReal = (Object.keys(commands) as CommandName[]).filter((name) => !mayIn('exercise', name));
		expect(onlyReal).toEqual(['affected.name', 'affected.takeBack']);
	});

	test.each([
		['script/[cell]', false],
		['plan', false],
		['scenario', false],
		['control', false],
		['control/wall', false],
		['media', false],
		['simulation', false],
		['evaluation/[team]', false],
		['statistics', false],
		['import', false],
		['import/read', false],
		['ready/kit', false],
		['import/archive', true],
		['ready', true],
		['teams/[team]', true],
		['teams/[team]/exchange/commit', true],
		['situation', true],
		['channels/[channel]', true],
		['review', true],
		['findings', true],
		['hot-wash/[team]', true],
		['record/report.docx', true],
		['record', true],
		['record/times', false],
		['something-new', false]
	])('/exercises/[exercise]/%s: %s', (route, there) => {
		expect(routeIn('real', `/exercises/[exercise]/${route}`)).toBe(there);
		expect(routeIn('exercise', `/exercises/[exercise]/${route}`)).toBe(true);
	});

	test('its page of readiness rehearses nothing', () => {
		const page = '/exercises/[exercise]/ready';
		expect(routeIn('real', page, 'makeRehearsal')).toBe(false);
		expect(routeIn('real', page, 'publishTerms')).toBe(true);
		expect(routeIn('exercise', page, 'makeRehearsal')).toBe(true);
	});
});

describe('[P11] refusals in a real room', () => {
	/** Sentences that a room can hear, as they stand in the code: of the domain, and of the services around it. */
	const sentences = [
		...[...readSources(path.join(root, 'src/lib/exercise'))].flatMap((source) =>
			found(source, /(?:refuse\('[a-z-]+',\s*|forbidden\()(['`])((?:(?!\1).)+)\1/gs)
		),
		...[
			...readSources(path.join(root, 'server'), /^(cli|demo|library|improvement)\b|exchange\/archive/)
		].flatMap((source) => found(source, /new AppError\(\s*'[a-z-]+',\s*(['`])((?:(?!\1).)+)\1/gs))
	];

	test('speak of the room', () => {
		expect(sentences.length).toBeGreaterThan(350);
		const said = sentences
			.map((message) => inWordsOf('real', { code: 'not-now', message }).message)
			.filter((message) =>
				/\bSTARTEX\b|\bENDEX\b|exercise control|(?:the|this|its|an) exercise\b|\bdirectors?\b|\ban? player\b|hot wash/i.test(
					message.replace(/\$\{[^}]*\}/g, '')
				)
			);
		expect(said).toEqual([]);
	});

	test('are whole sentences, and said twice they are the same', () => {
		for (const message of sentences) {
			const once = inWordsOf('real', { code: 'not-now', message });
			expect(inWordsOf('real', once)).toEqual(once);
			if (/^[A-Z]/.test(message)) expect(once.message).toMatch(/^[A-Z]/);
		}
		const said = (message: string) => sentenceIn('real', message);
		expect(said('STARTEX, ENDEX and the time zone are fixed once the exercise has started.')).toBe(
			'The opening of the room, the end of the incident and the time zone are fixed once the room has started.'
		);
		expect(said('An exercise keeps at least one director. Name another one first.')).toBe(
			'A room keeps at least one coordinator. Name another one first.'
		);
		expect(said('You also play in this exercise: another director freezes the report.')).toBe(
			'You are in a team of this room: another coordinator freezes the report.'
		);
	});

	test('leave what people have named as they named it, and reach the sentences beside a form', () => {
		const refusal = {
			code: 'invalid',
			message: 'There is a team called “The exercise director” in this exercise.',
			details: {
				name: 'The exercise director',
				fields: { lead: 'Only a player leads a team.' },
				issues: [{ path: 'as', message: 'Leave it to exercise control.' }]
			}
		} as const;
		expect(inWordsOf('real', refusal)).toEqual({
			code: 'invalid',
			message: 'There is a team called “The exercise director” in this room.',
			details: {
				name: 'The exercise director',
				fields: { lead: 'Only a member leads a team.' },
				issues: [{ path: 'as', message: 'Leave it to the coordinator.' }]
			}
		});
	});

	test('and stay what they are in an exercise', () => {
		const refusal = { code: 'not-now', message: 'The exercise is stopped. Ask exercise control.' } as const;
		expect(inWordsOf('exercise', refusal)).toBe(refusal);
	});
});

const found = (source: string, pattern: RegExp) => [...source.matchAll(pattern)].map((match) => match[2]!);

/** `except`: what is said outside of any space, or in exercises alone. */
function* readSources(folder: string, except?: RegExp): Generator<string> {
	for (const file of readdirSync(folder, { recursive: true }).map(String))
		if (file.endsWith('.ts') && !except?.test(file)) yield readFileSync(path.join(folder, file), 'utf8');
}
