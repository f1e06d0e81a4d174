/*
 * The one description of the database, by subject. `npm run database:generate` turns a change in it into a migration.
 * drizzle-kit reads these files by itself, so their imports are relative, and of everything else types only.
 *
 * Wall times are `timestamptz`; exercise times are `bigint` milliseconds, because they are no moment of the real world.
 */
export * from './schema/people.ts';
export * from './schema/exercises.ts';
export * from './schema/script.ts';
export * from './schema/planning.ts';
export * from './schema/teams.ts';
export * from './schema/channels.ts';
export * from './schema/control.ts';
export * from './schema/notices.ts';
export * from './schema/rooms.ts';
export * from './schema/survey.ts';
export * from './schema/facts.ts';
export * from './schema/documents.ts';
export * from './schema/nodes.ts';
export * from './schema/improvement.ts';
export * from './schema/aar.ts';
