import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refresher } from '../../../src/routes/exercises/[exercise]/control/refresher.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('reading again', () => {
	it('reads at once, and then at most twice a second however often it is told', async () => {
		let reads = 0;
		const refresher = new Refresher(async () => void reads++);
		for (let told = 0; told < 300; told++) {
			refresher.request();
			await vi.advanceTimersByTimeAsync(10);
		}
		// three seconds of calls, and the one that is still owed
		expect(reads).toBeLessThanOrEqual(7);
		expect(reads).toBeGreaterThanOrEqual(6);
	});

	it('has one request under way, and reads once more for what changed meanwhile', async () => {
		let running = 0;
		let most = 0;
		let reads = 0;
		const refresher = new Refresher(async () => {
			reads++;
			most = Math.max(most, ++running);
			await new Promise((resolve) => setTimeout(resolve, 2000));
			running--;
		});
		refresher.request();
		await vi.advanceTimersByTimeAsync(100);
		refresher.request();
		refresher.request();
		await vi.advanceTimersByTimeAsync(10_000);
		expect(most).toBe(1);
		expect(reads).toBe(2);
	});

	it('tries again after a failure, and stops when closed', async () => {
		let reads = 0;
		const refresher = new Refresher(async () => {
			reads++;
			throw new Error('no network');
		});
		refresher.request();
		await vi.advanceTimersByTimeAsync(7000);
		expect(reads).toBe(3);
		refresher.close();
		await vi.advanceTimersByTimeAsync(20_000);
		expect(reads).toBe(3);
	});
});
