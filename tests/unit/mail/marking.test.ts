import { describe, expect, test } from 'vitest';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { DeliveredInject } from '#lib/exercise/inject/schema.ts';
import { markedSubject, markedText, oneLine } from '#server/mail/marking.ts';
import { isMailAddress } from '#server/mail/queue.ts';
import { recallMail } from '#server/mail/recalled.ts';
import { injectMail } from '#server/mail/released.ts';
import { retryAfter, senderLimits } from '#server/mail/sender.ts';

const exercise = { kind: 'exercise' as const, name: 'Cyber Europe\nX: y' };

describe('marking', () => {
	test('stands in front of the subject and around the text, with the label before what it is about', () => {
		const mail = { exercise, tlp: 'amber_strict', subject: 'Odd logins', text: 'Look.' } as const;
		expect(markedSubject(mail)).toBe('[EXERCISE] [TLP:AMBER+STRICT] Odd logins');
		expect(markedText(mail)).toBe(
			[
				'EXERCISE EXERCISE EXERCISE',
				'Cyber Europe X: y · TLP:AMBER+STRICT',
				'',
				'Look.',
				'',
				'EXERCISE EXERCISE EXERCISE',
				''
			].join('\n')
		);
	});

	test('a mail of the installation is not marked', () => {
		expect(markedSubject({ exercise: null, subject: 'Hello', text: '' })).toBe('Hello');
		expect(markedText({ exercise: null, subject: '', text: 'Hello' })).toBe('Hello\n');
	});
});

test('names and titles become one line', () => {
	expect(oneLine(' Port\r\nBcc: all@x.test\u2028 duty\tofficer ')).toBe('Port Bcc: all@x.test duty officer');
});

test('an address is one mailbox', () => {
	for (const good of ['a@b.test', 'first.last+tag@sub.example.eu', "o'neil@example.test"])
		expect(isMailAddress(good), good).toBe(true);
	for (const bad of [
		'',
		'a',
		'a@',
		'@b',
		'a@b,c@d',
		'A <a@b>',
		'a@b\r\nBcc: c@d',
		'a b@c',
		'a@b;c@d',
		'"a"@b',
		'a@b@c'
	])
		expect(isMailAddress(bad), bad).toBe(false);
});

describe('a recall as a mail', () => {
	const to = { team: 'GR\nCSIRT', room: 'https://muster.test/exercises/x/teams/y' };
	const recalled = { title: 'Odd\nlogins', tlp: 'amber' as const, reason: 'Sent to the\nwrong teams' };

	test('[P8] says what, why and what to do, under the label of the inject', () => {
		const mail = recallMail(recalled, to);
		expect(mail).toMatchObject({ subject: 'Recalled: Odd logins', tlp: 'amber' });
		expect(mail.text.split('\n')[0]).toBe(
			'Exercise control has recalled this inject to GR CSIRT: Odd logins'
		);
		expect(mail.text).toContain('Reason: Sent to the\nwrong teams');
		expect(mail.text).toContain('Do not act on it any more');
		expect(mail.text.endsWith(to.room)).toBe(true);
	});

	test('[P8] of what is TLP:RED neither title nor reason leaves', () => {
		const { subject, text, tlp } = recallMail({ ...recalled, tlp: 'red' }, to);
		expect(`${subject} ${text}`).not.toMatch(/Odd|wrong/);
		expect([subject, tlp]).toEqual(['Something for your team was recalled, TLP:RED', undefined]);
	});

	test('a title of any length fits', () => {
		const { subject } = recallMail({ ...recalled, title: 'x'.repeat(400) }, to);
		expect(subject.length).toBeLessThanOrEqual(300);
	});
});

describe('a released inject as a mail', () => {
	const inject: DeliveredInject = {
		title: 'Odd\nlogins',
		from: 'Port authority\r\nBcc: x@y.test',
		channel: 'email',
		tlp: 'green',
		body: richTextFromText('First.\nSecond.'),
		acknowledgementRequired: true,
		acknowledgeBy: 1,
		responseRequired: false,
		respondBy: null
	};
	const to = { team: 'GR CSIRT', room: 'https://muster.example/room' };

	test('is what the team reads in its room', () => {
		expect(injectMail(inject, ['a.pdf', 'b.csv'], to)).toEqual({
			subject: 'Odd logins',
			fromName: 'Port authority Bcc: x@y.test',
			tlp: 'green',
			text: [
				'From: Port authority Bcc: x@y.test',
				'To: GR CSIRT',
				'',
				'Odd logins',
				'',
				'First.',
				'',
				'Second.',
				'',
				"Attached, in your team's room: a.pdf, b.csv",
				'',
				"Read it and answer in your team's room:",
				'https://muster.example/room'
			].join('\n')
		});
	});

	test('TLP:RED leaves nothing of it: no title, no sender, no word, no file', () => {
		const mail = injectMail({ ...inject, tlp: 'red' }, ['a.pdf'], to);
		expect(JSON.stringify(mail)).not.toMatch(/Odd|logins|Port|First|Second|a\.pdf/);
		expect(mail.subject).toBe('Something for your team, TLP:RED');
		expect(mail.text).toContain(to.room);
	});
});

test('tries go on for some hours, with growing pauses', () => {
	const pauses = Array.from({ length: senderLimits.attempts - 1 }, (_, i) => retryAfter(i + 1));
	expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
	expect(pauses[0]).toBe(30);
	const hours = pauses.reduce((sum, one) => sum + one, 0) / 3600;
	expect(hours).toBeGreaterThan(4);
	expect(hours).toBeLessThan(8);
});
