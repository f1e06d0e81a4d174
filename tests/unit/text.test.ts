import { afterEach, describe, expect, it } from 'vitest';
import {
	addLocale,
	formatDateTime,
	formatDuration,
	formatLocalTime,
	formatRelative,
	setLocale,
	t,
	translator,
	type TextKey
} from '#lib/text/index.ts';

afterEach(() => setLocale('en'));

describe('texts of the interface', () => {
	it('gives the text of a key and fills in parameters', () => {
		expect(t('common.save')).toBe('Save');
		expect(t('common.state.seen')).toBe('seen');
		expect(t('common.characters', { used: 3, limit: 10 })).toBe('3 of 10 characters');
	});

	it('chooses the plural form by count', () => {
		expect(t('common.people', { count: 1 })).toBe('1 person');
		expect(t('common.people', { count: 0 })).toBe('0 people');
	});

	it('falls back to English where a language has no text', () => {
		addLocale('fr', {
			common: { save: 'Enregistrer', people: { one: '{count} personne', other: '{count} personnes' } }
		});
		setLocale('fr');
		expect(t('common.save')).toBe('Enregistrer');
		expect(t('common.people', { count: 0 })).toBe('0 personne');
		expect(t('common.cancel')).toBe('Cancel');
		expect(translator('fr-BE')('common.save')).toBe('Enregistrer');
		expect(translator('en')('common.save')).toBe('Save');
	});

	it('shows the key rather than nothing, and never reads inherited properties', () => {
		expect(t('common.constructor' as TextKey)).toBe('common.constructor');
		expect(t('common.state' as TextKey)).toBe('common.state');
	});

	it('leaves a parameter that was not given visible', () => {
		expect(t('common.yourTime')).toBe('your time {time}');
	});
});

describe('times', () => {
	const winter = Date.UTC(2026, 0, 12, 10, 42);

	it('always names the zone', () => {
		expect(formatLocalTime(winter, 'Europe/Brussels')).toBe('11:42 CET');
		expect(formatDateTime(winter, 'UTC')).toBe('12 Jan 2026, 10:42 UTC');
	});

	it('writes durations with their two largest parts', () => {
		expect(formatDuration(110_000)).toBe('1 min 50 s');
		expect(formatDuration(11_520_000)).toBe('3 h 12 min');
		expect(formatDuration(-60_000)).toBe('1 min');
		expect(formatDuration(59_800)).toBe('1 min');
		expect(formatDuration(200)).toBe('0 s');
	});

	it('writes moments seen from now', () => {
		expect(formatRelative(winter + 300_000, winter)).toBe('in 5 minutes');
		expect(formatRelative(winter - 7_200_000, winter)).toBe('2 hours ago');
	});
});
