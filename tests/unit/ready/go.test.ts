import { describe, expect, it } from 'vitest';
import { overallState, type GoState } from '#lib/exercise/ready/go.ts';
import { readyProblems, startProblems } from '#lib/exercise/exercise/commands.ts';

const all = (...states: GoState[]) => overallState(states.map((state) => ({ state })));

describe('the overall state of the go/no-go list', () => {
	it('is go only when everything is, and no-go as soon as one thing is', () => {
		expect(all()).toBe('open');
		expect(all('open')).toBe('open');
		expect(all('go', 'open')).toBe('open');
		expect(all('go', 'go')).toBe('go');
		expect(all('go', 'no-go', 'open')).toBe('no-go');
	});
});

describe('the guard of ready (DOMAIN 7.1)', () => {
	const readiness = { teams: 1, approvedInjects: 1, directors: 1, communicationChecked: false };
	it('asks for a communication check that was done or waived, and says where', () => {
		expect(readyProblems(readiness)).toEqual([expect.stringContaining('communication check')]);
		expect(readyProblems({ ...readiness, communicationChecked: true })).toEqual([]);
	});
	it('STARTEX itself does not wait for it', () => {
		expect(startProblems(readiness)).toEqual([]);
	});
});
