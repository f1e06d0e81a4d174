import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
	filePrefixOf,
	kindMarkedIn,
	markingOf,
	markingWordOf,
	withMarking,
	withoutMarking
} from '#lib/exercise/exercise/kind.ts';
import { readRealTime, tellTime } from '#lib/exercise/exercise/clock.ts';
import { markedSubject, markedText } from '#server/mail/marking.ts';
import { translator, type TextKey } from '#lib/text/index.ts';
import english from '#lib/text/en.json' with { type: 'json' };
import real from '#lib/text/real.json' with { type: 'json' };

const root = path.join(import.meta.dirname, '../../..');
const [exercise, room] = [{ kind: 'exercise' }, { kind: 'real' }] as const;

describe('[P8] [P11] the marking is one function of the kind', () => {
	test('its words', () => {
		expect([markingOf(exercise), markingWordOf(exercise), filePrefixOf(exercise)]).toEqual([
			'EXERCISE EXERCISE EXERCISE',
			'EXERCISE',
			'EX'
		]);
		expect([markingOf(room), markingWordOf(room), filePrefixOf(room)]).toEqual([
			'REAL REAL REAL',
			'REAL',
			'REAL'
		]);
	});

	test('nobody writes it by hand', () => {
		const own = ['src/lib/exercise/exercise/kind.ts'];
		const byHand = ['src', 'server'].flatMap((folder) =>
			readdirSync(path.join(root, folder), { recursive: true })
				.map((name) => path.join(folder, String(name)))
				.filter((file) => /\.(ts|svelte)$/.test(file) && statSync(path.join(root, file)).isFile())
				.filter((file) => !own.includes(file) && !file.includes(path.join('routes', 'style')))
				.filter((file) => {
					const code = readFileSync(path.join(root, file), 'utf8').replaceAll(
						/\/\*[\s\S]*?\*\/|\/\/.*$/gm,
						''
					);
					return /EXERCISE EXERCISE|REAL REAL|['"`[]EXERCISE\b|exerciseMarking/.test(code);
				})
		);
		// the label of an action's source stands for no space
		expect(byHand).toEqual(['src/lib/improvement/action.ts']);
	});

	test('is recognised wherever it stands, and taken off and changed', () => {
		expect(kindMarkedIn('Note. Exercise  exercise exercise. End')).toBe('exercise');
		expect(kindMarkedIn('REAL REAL REAL · TLP:AMBER')).toBe('real');
		expect(kindMarkedIn('A real exercise of real patience')).toBeNull();
		expect(withoutMarking('EXERCISE EXERCISE EXERCISE: Odd logins')).toBe('Odd logins');
		expect(withoutMarking('REAL REAL REAL: Odd logins')).toBe('Odd logins');
		expect(withoutMarking('Odd logins')).toBe('Odd logins');
		expect(withMarking('EXERCISE EXERCISE EXERCISE and again exercise exercise exercise', 'real')).toBe(
			'REAL REAL REAL and again REAL REAL REAL'
		);
	});

	test('a mail of a real room says so outside and around, and nothing of an exercise', () => {
		const mail = {
			exercise: { ...room, name: 'Gate' },
			tlp: 'amber',
			subject: 'News',
			text: 'Look'
		} as const;
		expect(markedSubject(mail)).toBe('[REAL] [TLP:AMBER] News');
		expect(markedText(mail)).toBe('REAL REAL REAL\nGate · TLP:AMBER\n\nLook\n\nREAL REAL REAL\n');
	});
});

describe('[P8] [P11] what is told outside of a page', () => {
	const flat = (tree: object, prefix = ''): [string, string][] =>
		Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
			typeof value === 'string' ? [[prefix + key, value]] : flat(value as object, `${prefix}${key}.`)
		);
	const sources = (folder: string) =>
		readdirSync(path.join(root, folder), { recursive: true })
			.map((name) => path.join(folder, String(name)))
			.filter((file) => file.endsWith('.ts'))
			.map((file) => ({ file, code: readFileSync(path.join(root, file), 'utf8') }));
	const mailers = sources('server').filter(({ code }) => /\bmail\.queueMail\(|: OutgoingMail\b/.test(code));

	test('no text that says EXERCISE stands in a real room', () => {
		const others = new Map(flat(real));
		const missing = flat(english).flatMap(([key, text]) =>
			/\bEXERCISE\b/.test(text) && !/\bREAL\b/.test(others.get(key) ?? '') ? [key] : []
		);
		// a room is never paused; the rest say of what came from an exercise that it did
		expect(missing).toEqual([
			'control.state.paused',
			'real.relabel.exercise',
			'real.record.relabelled.exercise'
		]);
		for (const [key, text] of others) expect([key, /\bEXERCISE\b/.test(text)]).toEqual([key, false]);
	});

	test('a mail of a room is written in its words, from the first to the last', () => {
		// injects and the mail about improvement actions are of no room, or of no space at all
		const others = ['server/mail/released.ts', 'server/improvement/reminders.ts', 'server/mail/queue.ts'];
		const keys = mailers
			.filter(({ file }) => !others.includes(file))
			.flatMap(({ code }) => [...code.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map((match) => match[1]!));
		const told = [
			...keys,
			...flat(english.console.notice.title).map(([key]) => `console.notice.title.${key}`)
		]
			// news of the emergency stop is of play, as the stop is
			.filter((key) => !key.startsWith('console.notice.title.stop'));
		expect(told.length).toBeGreaterThan(30);
		const t = translator('en', 'real');
		const wrong = told.flatMap((key) => {
			const name = key.replace(/\.(one|other)$/, '');
			const words = t(name as TextKey, { count: key.endsWith('.one') ? 1 : 2, exercise: 'Gate', link: '' });
			return /exercise|STARTEX|ENDEX|\bplayers?\b|director|hot wash|\binject/i.test(words)
				? [`${key}: ${words}`]
				: [];
		});
		expect(wrong).toEqual([]);
	});

	test('a mail about a space says which; one alone is about none', () => {
		const unmarked = mailers.filter(({ code }) => /exercise: null/.test(code)).map(({ file }) => file);
		expect(unmarked).toEqual(['server/improvement/reminders.ts']);
		for (const { file, code } of mailers)
			if (!/server\/(improvement\/reminders|mail\/queue|mail\/released)/.test(file))
				expect([file, /translator\('en', (?:\w+\.)?kind\)/.test(code) || !/translator\(/.test(code)]).toEqual(
					[file, true]
				);
	});
});

describe('[P11] one clock in a real room', () => {
	const frame = { kind: 'real', startsAt: Date.UTC(2026, 10, 27, 6), timeZone: 'UTC' } as const;
	const at = Date.UTC(2026, 10, 28, 10, 42, 17);

	test('tells dates, not days of play; an exercise as ever', () => {
		expect(tellTime(at, frame)).toBe('28 Nov 10:42Z');
		expect(tellTime(at, frame, { seconds: true })).toBe('28 Nov 10:42:17Z');
		expect(tellTime(at, { ...frame, timeZone: 'Europe/Athens' })).toBe('28 Nov 12:42');
		expect(tellTime(at, { ...frame, kind: 'exercise' })).toBe('D2 10:42');
		expect(tellTime(Date.UTC(2026, 8, 3), frame)).toBe('3 Sep 00:00Z');
	});

	test('reads what people write, as it is told and as they are used to', () => {
		const minute = Date.UTC(2026, 10, 28, 10, 42);
		for (const words of ['28 Nov 10:42Z', '28 Nov 10:42', '10:42', '2026-11-28 10:42', '28 November 10.42'])
			expect(readRealTime(words, at, 'UTC'), words).toBe(minute);
		expect(readRealTime('12:42', at, 'Europe/Athens')).toBe(minute);
		expect(readRealTime('2 Jan 09:00', Date.UTC(2026, 11, 31), 'UTC')).toBe(Date.UTC(2027, 0, 2, 9));
		for (const words of ['', 'D1 10:42', 'tomorrow', '28 Nov', '31 Foo 10:00'])
			expect(readRealTime(words, at, 'UTC'), words).toBeNull();
	});

	test('what is told is read again to the minute', () => {
		for (let hour = 0; hour < 24 * 400; hour += 7) {
			const moment = Date.UTC(2026, 0, 1) + hour * 3_600_000;
			for (const timeZone of ['UTC', 'Europe/Brussels'])
				// an hour that a clock shows twice is one of the two
				if (!/^(25|26) Oct/.test(tellTime(moment, { ...frame, timeZone })))
					expect(readRealTime(tellTime(moment, { ...frame, timeZone }), moment, timeZone)).toBe(moment);
		}
	});
});

describe('[P11] the words of a real room', () => {
	type Tree = { [key: string]: string | Tree };
	const leaves = (tree: Tree, before = ''): [string, string][] =>
		Object.entries(tree).flatMap(([key, value]) =>
			typeof value === 'string'
				? [[`${before}${key}`, value] as [string, string]]
				: leaves(value, `${before}${key}.`)
		);
	const base = new Map(leaves(english as Tree));
	const own = leaves(real as Tree);

	test('each stands for a text that there is, with its parameters, and is another', () => {
		for (const [key, text] of own) {
			const was = base.get(key);
			expect(was, key).toBeDefined();
			expect(text, key).not.toBe(was);
			const params = (of: string) => new Set([...of.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!));
			for (const param of params(text)) expect(params(was!), `${key}: {${param}}`).toContain(param);
		}
	});

	test('none speaks of an exercise, but where it says what it is not', () => {
		const said = own.filter(([, text]) =>
			/\bexercise|STARTEX|ENDEX|hot wash|\binject|\bplayers?\b/i.test(text.replaceAll(/\{\w+\}/g, ''))
		);
		expect(said.map(([key]) => key)).toEqual(['control.shell.exercises', 'control.shell.missing.exercises']);
	});

	test('what a room says in its own way, and what is the same', () => {
		const [say, inPlay] = [translator('en', 'real'), translator('en', 'exercise')];
		const key: TextKey = 'review.record.sentence.started';
		expect([say(key), inPlay(key)]).toEqual(['Incident opened.', 'STARTEX: the exercise began.']);
		expect(say('common.cancel')).toBe(inPlay('common.cancel'));
		expect(say('console.notice.title.request', { count: 2, exercise: 'Gate' })).toBe(
			'REAL: 2 questions or answers wait in Gate'
		);
	});
});
