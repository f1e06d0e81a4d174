import { describe, expect, it } from 'vitest';
import { healthLimits, healthOf, worst, type HealthFigures } from '#lib/exercise/conduct/health.ts';
import { titleOnWall } from '#lib/exercise/conduct/wall.ts';
import { tlpIds } from '#lib/standards/tlp.ts';

const well: HealthFigures = {
	databaseMs: 3,
	databaseWaiting: 0,
	scheduleAlive: true,
	scheduleLateMs: 400,
	mail: { isSetUp: true, queued: 0, failed: 0, oldestMs: 0 },
	nodes: 1,
	eventSockets: 40,
	documentSockets: 20,
	damaged: 0
};
const states = (change: Partial<HealthFigures>) => healthOf({ ...well, ...change });

describe('the wall', () => {
	it('[P8] shows no title that its label keeps to named people or to one organisation', () => {
		expect(tlpIds.filter((tlp) => titleOnWall(tlp))).toEqual(['clear', 'green', 'amber']);
	});
});

describe('how the system does', () => {
	it('is well when every measure is within its promise', () => {
		expect(states({})).toEqual({ database: 'well', schedule: 'well', mail: 'well', sockets: 'well' });
	});

	it('a database that answers slowly, or lets people wait, is looked at', () => {
		expect(states({ databaseMs: healthLimits.databaseWatchMs }).database).toBe('well');
		expect(states({ databaseMs: healthLimits.databaseWatchMs + 1 }).database).toBe('watch');
		expect(states({ databaseWaiting: 1 }).database).toBe('watch');
		expect(states({ databaseMs: healthLimits.databaseActMs + 1 }).database).toBe('act');
	});

	it('[P5] a schedule that is two seconds late is looked at, a minute or silence is acted upon', () => {
		expect(states({ scheduleLateMs: 2000 }).schedule).toBe('well');
		expect(states({ scheduleLateMs: 2001 }).schedule).toBe('watch');
		expect(states({ scheduleLateMs: 60_001 }).schedule).toBe('act');
		expect(states({ scheduleAlive: false }).schedule).toBe('act');
	});

	it('mail that failed, or waits long, is not well; without mail there is nothing to fail', () => {
		expect(states({ mail: { ...well.mail, failed: 1 } }).mail).toBe('watch');
		expect(states({ mail: { ...well.mail, oldestMs: healthLimits.mailWatchMs + 1 } }).mail).toBe('watch');
		expect(states({ mail: { ...well.mail, oldestMs: healthLimits.mailActMs + 1 } }).mail).toBe('act');
		expect(states({ mail: { isSetUp: false, queued: 0, failed: 5, oldestMs: 0 } }).mail).toBe('well');
	});

	it('a page that cannot be written is acted upon, and the worst counts', () => {
		expect(states({ damaged: 1 }).sockets).toBe('act');
		expect(states({ nodes: 0 }).sockets).toBe('watch');
		expect(worst('well', 'act', 'watch')).toBe('act');
		expect(worst()).toBe('well');
	});
});
