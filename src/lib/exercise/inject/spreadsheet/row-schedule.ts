import type { InjectId } from '../../ids.ts';
import type { Schedule } from '../schema.ts';
import type { CalendarContext } from './calendar.ts';
import { readDay } from './calendar.ts';
import { readConditionCell } from './condition-cell.ts';
import type { Target } from './columns.ts';
import { readOffset, readTime } from './times.ts';
import { cellText, foldWord, isEmptyCell, type Cell } from './table.ts';

/** The cells of one row by what they are for, as `row-values.ts` hands them on. */
export interface RowCells {
	has(target: Target): boolean;
	cell(target: Target): Cell;
}

export interface ScheduleSource extends CalendarContext {
	bareTimes?: 'clock' | 'elapsed' | undefined;
	offsetUnit: 'minutes' | 'hours';
}

/** `after` and `condition` still name their injects as the file does; `rows.ts` finds it once all rows are read. */
export interface ScheduleReading {
	schedule?: Schedule;
	problem?: { target: Target; message: string; severity: 'error' | 'warning' };
}

const modes = new Map(
	Object.entries<Schedule['mode']>({
		at: 'at',
		'absolute ex time': 'at',
		offset: 'offset',
		'offset from startex': 'offset',
		after: 'after',
		'offset from inject': 'after',
		manual: 'manual',
		contingency: 'contingency',
		condition: 'condition',
		'on condition': 'contingency'
	})
);

const scheduleTargets = [
	'time',
	'day',
	'offset',
	'after',
	'scheduleMode',
	'condition'
] as const satisfies Target[];

/** Reads when a row's inject is due. Without any column for it the file says nothing, and neither does the result. */
export function readSchedule(
	cells: RowCells,
	isContingency: boolean,
	source: ScheduleSource
): ScheduleReading {
	if (!scheduleTargets.some((target) => cells.has(target))) return {};
	const filled = (target: Target) => !isEmptyCell(cells.cell(target));
	const mode = filled('scheduleMode') ? modes.get(foldWord(cellText(cells.cell('scheduleMode')))) : undefined;
	const condition = cellText(cells.cell('condition'));
	const wrong = (target: Target, message: string): ScheduleReading => ({
		problem: { target, message, severity: 'error' }
	});

	const contingency = (): ScheduleReading =>
		condition.length > 1000
			? wrong('condition', `A condition has at most 1,000 characters; this one has ${condition.length}.`)
			: { schedule: { mode: 'contingency', condition } };
	const after = (): ScheduleReading => {
		const reference = cellText(cells.cell('after'));
		if (reference === '')
			return wrong('after', 'This inject follows another one, but the cell does not say which.');
		const gap = filled('offset') ? readOffset(cells.cell('offset'), source.offsetUnit) : { seconds: 0 };
		if ('problem' in gap) return wrong('offset', gap.problem);
		return { schedule: { mode: 'after', inject: reference as InjectId, seconds: gap.seconds } };
	};
	const offset = (): ScheduleReading => {
		const reading = readOffset(cells.cell('offset'), source.offsetUnit);
		return 'problem' in reading
			? wrong('offset', reading.problem)
			: { schedule: { mode: 'offset', seconds: reading.seconds } };
	};
	const time = (): ScheduleReading => {
		const reading = readTime(cells.cell('time'), {
			...source,
			day: cells.has('day') ? cells.cell('day') : undefined
		});
		if ('problem' in reading) return wrong('time', reading.problem);
		return {
			schedule: reading.schedule,
			...(reading.note && {
				problem: { target: 'time' as const, message: reading.note, severity: 'warning' as const }
			})
		};
	};

	if (mode === 'manual') return { schedule: { mode: 'manual' } };
	if (mode === 'contingency') return contingency();
	if (mode === 'condition') {
		const schedule = readConditionCell(condition);
		return schedule
			? { schedule }
			: wrong(
					'condition',
					'Write a condition as: when CM-031 answered and not CM-032 acknowledged within 00:30.'
				);
	}
	if (mode === 'after') return after();
	if (mode === 'offset' && filled('offset')) return offset();
	if (mode === 'at' && filled('time')) return time();
	if (mode === 'at' || mode === 'offset')
		return wrong(mode === 'at' ? 'time' : 'offset', 'The time is missing.');

	if (filled('after')) return after();
	if (filled('time')) return time();
	if (filled('offset')) return offset();
	if (filled('day')) {
		const day = readDay(cells.cell('day'), source);
		const text = cellText(cells.cell('day'));
		const message = day
			? `“${text}” says the day but not the time: to be released by hand.`
			: `“${text}” is no day.`;
		return {
			schedule: { mode: 'manual' },
			problem: { target: 'day', message, severity: day ? 'warning' : 'error' }
		};
	}
	if (condition !== '' || isContingency) return contingency();
	const target = cells.has('time') ? 'time' : cells.has('offset') ? 'offset' : 'after';
	return {
		schedule: { mode: 'manual' },
		problem: { target, message: 'No time is given: to be released by hand.', severity: 'warning' }
	};
}
