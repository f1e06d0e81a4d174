import { Temporal } from 'temporal-polyfill';
import { tlpIds, tlpLabel, tlpLevels, type Tlp } from '#lib/standards/tlp.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { UsageError, type Answer, type Command, type Given, type Surroundings } from './command.ts';
import { accountOf } from './who.ts';

export const exerciseCreate: Command = {
	name: 'exercise create',
	purpose: 'creates an exercise in draft, or opens a room for a real incident',
	help: [
		['--name <name>', 'as everybody sees it'],
		['--start <time>', 'STARTEX with its zone: 2026-05-12T09:00+02:00; not for a real room'],
		['--end <time>', 'ENDEX, likewise'],
		['--director <email>', 'whose exercise it is; has an account already'],
		['--tlp <label>', `${tlpIds.join(', ')}; without it amber`],
		['--time-zone <zone>', 'in which time is told; without it Europe/Brussels, in a real room UTC'],
		[
			'--real',
			'a coordination room that is real: open at once, for good, with no script and no exercise data'
		],
		['--countries <codes>', 'whose teams take part in a real room: GR,IT']
	],
	options: {
		name: { type: 'string' },
		start: { type: 'string' },
		end: { type: 'string' },
		director: { type: 'string' },
		tlp: { type: 'string' },
		'time-zone': { type: 'string' },
		real: { type: 'boolean' },
		countries: { type: 'string' }
	},
	async run(given, { services: open }) {
		if (given.flag('real')) return openRoom(given, open);
		if (given.text('countries') !== undefined)
			throw new UsageError('--countries is for a real room: add --real.');
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

/** Nothing of an exercise is asked, and what is given of one is refused: nobody opens a real room by a slip. */
async function openRoom(given: Given, open: Surroundings['services']): Promise<Answer> {
	for (const name of ['start', 'end'])
		if (given.text(name) !== undefined)
			throw new UsageError(`--${name} is for an exercise: a real room is open at once.`);
	const name = given.required('name');
	const email = given.required('director');
	const tlp = tlpGiven(given);
	const timeZone = given.text('time-zone');
	const countries = given.required('countries').split(',').map(countryGiven);
	const services = await open();
	const coordinator = await accountOf(services, email);
	const id = await services.exercises.openRoom(
		{ kind: 'real', name, countries, ...(tlp && { tlp }), ...(timeZone !== undefined && { timeZone }) },
		coordinator
	);
	const room = (await services.exercises.load(id))!;
	const address = `${services.config.origin}/exercises/${id}`;
	return {
		lines: [
			`Opened the REAL room ${room.name} (${id}), ${tlpLabel(room.tlp)}, coordinated by ${coordinator.name}.`,
			`It is at ${address}`
		],
		data: {
			exercise: id,
			kind: room.kind,
			name: room.name,
			tlp: room.tlp,
			timeZone: room.timeZone,
			opened: new Date(room.startsAt).toISOString(),
			countries,
			director: coordinator.email,
			address
		}
	};
}

function countryGiven(word: string): CountryCode {
	const code = word.trim().toUpperCase();
	const found = countryCodes.find((one) => one === code);
	if (!found) throw new UsageError(`--countries: ${code || 'an empty word'} is no country code.`);
	return found;
}

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
