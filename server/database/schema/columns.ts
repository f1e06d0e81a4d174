import { bigint, customType, timestamp } from 'drizzle-orm/pg-core';

/* Columns that several tables have: wall times are moments, exercise times are milliseconds of the exercise. */

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({
	dataType: () => 'bytea',
	toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
	fromDriver: (value) => new Uint8Array(value)
});
export const wall = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
export const exerciseTime = (name: string) => bigint(name, { mode: 'number' });
export const createdAt = () => wall('created_at').notNull().defaultNow();
