import { burst, saturate, shapeName, steady, type Shape } from '../audience.ts';
import { Figures, atMost, say, type Goal, type Options, type Section } from '../report.ts';
import { withServers, type MeasuredServer } from '../servers.ts';
import type { ServerName } from '../wire.ts';

export const everyServer: ServerName[] = ['relay', 'rooms', 'reference', 'hocuspocus', 'ours'];

const shape = (documents: number, audience: number): Shape => ({ documents, audience });

/** Changes on their way to others: bursts of injects, as much as goes through, and a steady stream. */
export async function fanOut({ rounds, quick }: Options): Promise<Section> {
	const bursts = quick ? [shape(1, 200), shape(5, 50)] : [shape(1, 1000), shape(1, 5000), shape(30, 150)];
	const full = quick
		? [shape(1, 100), shape(10, 20)]
		: [shape(1, 100), shape(1, 500), shape(1, 1000), shape(50, 20), shape(200, 20)];
	const even = quick ? [shape(1, 100), shape(10, 20)] : [shape(1, 500), shape(50, 20)];
	const seconds = quick ? 1 : 2;
	const burstMs = new Figures();
	const cpu = new Figures();
	const rate = new Figures();
	const steadyCpu = new Figures();
	const ownCpu = new Figures();
	const p50 = new Figures();
	const p99 = new Figures();
	let commitMs = 0;

	await withServers(everyServer, async (servers) => {
		for (const server of servers)
			if (server.name === 'ours') commitMs = await server.ask('commit', { times: 50 });
		/** Everybody in turn, again and again. */
		const inTurns = async (
			what: string,
			shapes: Shape[],
			act: (server: MeasuredServer, shape: Shape, cell: string) => Promise<void>
		) => {
			for (const one of shapes) {
				say(`${what} ${shapeName(one)}`);
				for (let round = 0; round < rounds; round++)
					for (const server of servers) await act(server, one, shapeName(one));
			}
		};
		await inTurns('burst of 20 to', bursts, async (server, one, cell) => {
			const took = await burst(server, one, one.documents * one.audience > 2000 ? 3 : 5);
			burstMs.add(cell, server.name, ...took);
		});
		await inTurns('saturation of', full, async (server, one, cell) => {
			const found = await saturate(server, one, seconds);
			cpu.add(cell, server.name, found.cpu);
			rate.add(cell, server.name, found.perSecond);
		});
		await inTurns('10,000 deliveries a second to', even, async (server, one, cell) => {
			const found = await steady(server, one, seconds * 2);
			steadyCpu.add(cell, server.name, found.cpu);
			ownCpu.add(cell, server.name, found.ownCpu);
			p50.add(cell, server.name, found.p50);
			p99.add(cell, server.name, found.p99);
		});
	});

	const goals: Goal[] = [
		...burstMs.goal('1x1000', 'hocuspocus', 0.5),
		...burstMs.goal('1x5000', 'hocuspocus', 0.5),
		...burstMs.goal('1x1000', 'reference', 0.1),
		...burstMs.goal('1x5000', 'reference', 0.1),
		...burstMs.goal('30x150', 'hocuspocus', 0.8),
		...atMost('1x5000, ours', burstMs.of('1x5000', 'ours'), 250, 'ms')
	].map((goal) => ({ ...goal, what: `burst ${goal.what}` }));
	for (const [cell, to, limit] of [
		['1x500', 'hocuspocus', 0.5],
		['1x1000', 'hocuspocus', 0.5],
		['50x20', 'hocuspocus', 0.65],
		['200x20', 'hocuspocus', 0.65],
		['50x20', 'reference', 0.65],
		['200x20', 'reference', 0.65]
	] as const)
		goals.push(...cpu.goal(cell, to, limit).map((goal) => ({ ...goal, what: `saturation ${goal.what}` })));
	for (const [cell, limit] of [
		['1x500', 1.15],
		['50x20', 1.3]
	] as const) {
		goals.push(
			...steadyCpu.goal(cell, 'relay', limit).map((goal) => ({ ...goal, what: `10,000/s CPU ${goal.what}` }))
		);
		for (const [what, figures] of [
			['p50', p50],
			['p99', p99]
		] as const) {
			const relayed = figures.of(cell, 'relay');
			if (relayed === undefined) continue;
			const limit = Math.round((1.5 * relayed + commitMs) * 10) / 10;
			goals.push(
				...atMost(
					`10,000/s ${what} ${cell}, 1.5 of relay and a commit`,
					figures.of(cell, 'ours'),
					limit,
					'ms'
				)
			);
		}
	}

	const names = (shapes: Shape[]) => shapes.map(shapeName);
	return {
		title: 'Fan-out',
		notes: [
			`DxA: D documents with A clients each. Ratios to \`relay\` in brackets; medians of ${rounds} rounds in turns. Ours is durable before it relays, and asks every socket for its rights; the others do neither. One commit takes ${commitMs.toFixed(1)} ms here.`
		],
		tables: [
			burstMs.table('Burst of 20 into every document: all have all, ms', names(bursts), everyServer, 'relay'),
			cpu.table(
				'Saturation (64 events under way): server CPU for 1,000 deliveries, ms',
				names(full),
				everyServer,
				'relay'
			),
			rate.table('Saturation: deliveries a second', names(full), everyServer, null),
			steadyCpu.table(
				'10,000 deliveries a second: server CPU for 1,000 deliveries, ms',
				names(even),
				everyServer,
				'relay'
			),
			ownCpu.table(
				'10,000 deliveries a second: of that, the process itself without PostgreSQL, ms',
				names(even),
				everyServer,
				'relay'
			),
			p50.table('10,000 deliveries a second: p50, ms', names(even), everyServer, 'relay'),
			p99.table('10,000 deliveries a second: p99, ms', names(even), everyServer, 'relay')
		],
		goals,
		figures: {
			burst: burstMs.all,
			saturation: { cpu: cpu.all, perSecond: rate.all },
			steady: { cpu: steadyCpu.all, ownCpu: ownCpu.all, p50: p50.all, p99: p99.all }
		}
	};
}
