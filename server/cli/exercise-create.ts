import { Temporal } from 'temporal-polyfill';
import { tlpIds, tlpLabel, tlpLevels, type Tlp } from '#lib/standards/tlp.ts';
import { UsageError, type Command, type Given } from './command.ts';
import { accountOf } from './who.ts';

export const exerciseCreate: Command = {
	name: 'exercise create',
	purpose: 'creates an exercise in draft',
	help: [
		['--name <name>', 'as everybody sees it'],
		['--start <time>', 'STARTEX with its zone: 2026-05-12T09:00+02:00'],
		['--end <time>', 'ENDEX, likewise'],
		['--director <email>', 'whose exercise it is; has an account already'],
		['--tlp <label>', `${tlpIds.join(', ')}; without it amber`],
		['--time-zone <zone>', 'in which exercise time is told; without it Europe/Brussels']
	],
	options: {
		name: { type: 'string' },
		start: { type: 'string' },
		end: { type: 'string' },
		director: { type: 'string' },
		tlp: { type: 'string' },
		'time-zone': { type: 'string' }
	},
	async run(given, { services: open }) {
		const name = given.required('name');
		const [startsAt, endsAt] = [instantGiven(given, 'start'), instantGiven(given, 'end')];
		const email = given.required('director');
		const tlp = tlpGiven(given);
		const timeZone = given.text('time-zone');
		const services = await open();
		const director = await accountOf(services, email);
		const id = await services.exercises.create(
			{ name, startsAt, endsAt, ...(tlp && { tlp }), ...(timeZone !== undefined && { timeZone }) },
			director.id
		);
		const exercise = (await services.exercises.load(id))!;
		const address = `${services.config.origin}/exercises/${id}`;
		return {
			lines: [
				`Created the exercise ${exercise.name} (${id}), ${tlpLabel(exercise.tlp)}, directed by ${director.name}.`,
				`It is at ${address}`
			],
			data: {
				exercise: id,
				name: exercise.name,
				tlp: exercise.tlp,
				timeZone: exercise.timeZone,
				start: new Date(exercise.startsAt).toISOString(),
				end: new Date(exercise.endsAt).toISOString(),
				director: director.email,
				address
			}
		};
	}
};

/** A time without its zone would mean another moment on the server than at the operator's desk. */
function instantGiven(given: Given, name: string): number {
	const value = given.required(name);
	try {
		return Temporal.Instant.from(value.trim()).epochMilliseconds;
	} catch {
		throw new UsageError(`--${name} must be a time with its zone, such as 2026-05-12T09:00+02:00.`);
	}
}

/** By our word or by the label: `amber_strict`, `TLP:AMBER+STRICT`. */
function tlpGiven(given: Given): Tlp | undefined {
	const label = given.text('tlp')?.trim().toUpperCase();
	const byLabel = tlpLevels.find((level) => level.label === label || level.label === `TLP:${label}`);
	return byLabel?.id ?? given.choice('tlp', tlpIds);
}
