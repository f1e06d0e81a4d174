import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		projects: [
			{ test: { name: 'unit', environment: 'node', include: ['tests/unit/**/*.test.ts'] } },
			{
				test: {
					name: 'integration',
					environment: 'node',
					include: ['tests/integration/**/*.test.ts', 'tests/security/**/*.test.ts'],
					testTimeout: 30_000,
					hookTimeout: 60_000,
					globalSetup: ['tests/support/database.ts']
				}
			},
			{
				test: {
					name: 'faults',
					environment: 'node',
					include: ['tests/faults/**/*.test.ts'],
					// processes are killed and paused: one disaster at a time
					fileParallelism: false,
					testTimeout: 120_000,
					hookTimeout: 120_000,
					globalSetup: ['tests/support/postgres-process.ts']
				}
			}
		]
	}
});
