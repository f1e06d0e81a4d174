import { shapeName, steady, type Shape } from '../audience.ts';
import { Figures, atMost, say, type Goal, type Options, type Section } from '../report.ts';
import { MeasuredServer } from '../servers.ts';

const kinds = ['on', 'off'] as const;

/** The same server with its log on the disk and with a log that forgets. */
export async function durability({ rounds, quick }: Options): Promise<Section> {
	const shapes: Shape[] = quick
		? [{ documents: 1, audience: 100 }]
		: [
				{ documents: 1, audience: 500 },
				{ documents: 50, audience: 20 }
			];
	const seconds = quick ? 1 : 4;
	const cpu = new Figures();
	const p50 = new Figures();
	const servers = new Map<string, MeasuredServer>();
	try {
		servers.set('on', await MeasuredServer.start('ours'));
		servers.set('off', await MeasuredServer.start('ours', { BENCH_LOG: 'memory' }));
		for (const one of shapes) {
			say(`durability at ${shapeName(one)}`);
			for (let round = 0; round < rounds; round++)
				for (const kind of kinds) {
					const found = await steady(servers.get(kind)!, one, seconds);
					cpu.add(shapeName(one), kind, found.cpu);
					p50.add(shapeName(one), kind, found.p50);
				}
		}
	} finally {
		for (const server of servers.values()) await server.stop();
	}
	const cells = shapes.map(shapeName);
	const goals: Goal[] = [
		...atMost('CPU at 1x500, on to off', cpu.ratio('1x500', 'on', 'off'), 1.25, 'times'),
		...atMost('CPU at 50x20, on to off', cpu.ratio('50x20', 'on', 'off'), 1.4, 'times')
	];
	return {
		title: 'What durability costs',
		notes: ['Ours at 10,000 deliveries a second, with its log and with one in memory that forgets.'],
		tables: [
			cpu.table('Server CPU for 1,000 deliveries, ms', cells, kinds, 'off'),
			p50.table('p50, ms', cells, kinds, 'off')
		],
		goals,
		figures: { cpu: cpu.all, p50: p50.all }
	};
}
