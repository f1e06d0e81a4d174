import { and, eq, inArray, sql } from 'drizzle-orm';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import type { DeliveryTimes } from '#lib/exercise/record/times.ts';
import { databaseNow } from '../../database/open.ts';
import { delivery, inject, injectVersion, team } from '../../database/schema.ts';
import type { OpenRecord } from './read.ts';

/** Exercise time now; after ENDEX, where the clock stood. */
export async function exerciseNow({
	database,
	exercise
}: Pick<OpenRecord, 'database' | 'exercise'>): Promise<number> {
	return exerciseTimeAt(exercise.clock, await databaseNow(database.db)) ?? exercise.startsAt;
}

/** All deliveries in the reader's scope. Players know an inject by its title alone. */
export async function readDeliveries(record: OpenRecord, only: TeamId | null): Promise<DeliveryTimes[]> {
	const { database, exercise, scope } = record;
	const teams = only === null ? record.teams : record.teams.filter((one) => one.id === only);
	if (teams.length === 0) return [];
	const rows = await database.db
		.select({
			team: team.name,
			injectKey: delivery.injectId,
			title: sql<string>`${injectVersion.content} ->> 'title'`,
			reference: sql<string>`${injectVersion.content} ->> 'reference'`,
			releasedAt: delivery.releasedAt,
			acknowledgeBy: delivery.acknowledgeBy,
			respondBy: delivery.respondBy,
			seenAt: delivery.seenAt,
			acknowledgedAt: delivery.acknowledgedAt,
			respondedAt: delivery.respondedAt,
			recalledAt: inject.recalledAt
		})
		.from(delivery)
		.innerJoin(team, eq(team.id, delivery.teamId))
		.innerJoin(inject, eq(inject.id, delivery.injectId))
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(
			and(
				eq(delivery.exerciseId, exercise.id),
				scope.teams === null && only === null
					? undefined
					: inArray(
							delivery.teamId,
							teams.map((one) => one.id)
						)
			)
		);
	return rows.map(({ title, reference, recalledAt, ...times }) => ({
		...times,
		// nothing was asked any more of who had not done it when it was recalled
		...(recalledAt !== null && {
			acknowledgeBy: times.acknowledgedAt === null ? null : times.acknowledgeBy,
			respondBy: times.respondedAt === null ? null : times.respondBy
		}),
		inject: scope.staff && reference ? `${reference} ${title}` : title
	}));
}
