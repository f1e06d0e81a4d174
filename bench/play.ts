import { randomBytes } from 'node:crypto';
import type { TeamLevel } from '#lib/exercise/exercise/schema.ts';
import { countryCodes } from '#lib/standards/countries.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { AccountId, ExerciseId, InjectId, TeamId } from '#lib/exercise/ids.ts';
import { addInject, injectFingerprint, newInject, readScript } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { Services } from '#server/services.ts';
import { marker } from './events.ts';

/** How large an exercise is, and how dense its play (DOMAIN, section 10). */
export interface PlayPlan {
	teams: number;
	players: number;
	/** moderators and exercise control */
	staff: number;
	/** the whole script */
	injects: number;
	/** teams that an inject goes to */
	teamsPerInject: number;
	/** of the script: released by the schedule, one after the other */
	scheduled: { count: number; firstAfterMs: number; everyMs: number };
	/** of the script: to all teams, released by hand */
	toAll: number;
}

export interface Play {
	exercise: string;
	director: string;
	startsAt: number;
	teams: { id: string; country: string; level: TeamLevel; timeline: string; notes: string }[];
	/** the first ones of each team lead it */
	players: { id: string; cookie: string; team: number }[];
	staff: { cookie: string; country: string; controls: boolean }[];
	/** the markers are in their titles */
	scheduled: { marker: number; afterMs: number; teams: number[] }[];
	toAll: { id: string; marker: number }[];
}

export interface Making {
	people: (
		count: number,
		nameOf: (n: number) => string
	) => Promise<{ id: AccountId; name: string; cookie: string }[]>;
	members: (
		exercise: ExerciseId,
		rows: { accountId: AccountId; role: string; teamId?: TeamId; country?: string; lead?: boolean }[]
	) => Promise<void>;
	newExercise: (name: string) => Promise<{
		id: ExerciseId;
		startsAt: number;
		director: { id: AccountId; name: string; cookie: string };
	}>;
}

const countries = countryCodes.slice(0, 27);
/** each country has one of each, then come its operators */
const levels: readonly TeamLevel[] = ['technical', 'operational', 'political'];
const approvedAtOnce = 200;

/** A whole exercise on the server under measurement: people in their teams, and a script that is approved. */
export function createPlay(services: Services, { people, members, newExercise }: Making) {
	return {
		async play(plan: PlayPlan): Promise<Play> {
			const { id: exercise, startsAt, director } = await newExercise('A whole exercise');
			const teams = await services.exercises.addTeams(
				exercise,
				Array.from({ length: plan.teams }, (_, n) => ({
					name: `Team ${n + 1}`,
					country: countries[n % countries.length]!,
					level: levels[Math.floor(n / countries.length)] ?? ('entity' as const)
				})),
				director.id
			);
			// `addTeams` answers in an order of its own
			const players = await people(plan.players, (n) => `Player ${n + 1}`);
			const staff = await people(plan.staff, (n) => `Moderator ${n + 1}`);
			const staffOf = (n: number) => countries[n % Math.min(countries.length, plan.teams)]!;
			const isControl = (n: number) => n % 4 === 0;
			await members(exercise, [
				...players.map(({ id }, n) => ({
					accountId: id,
					role: 'player',
					teamId: teams[n % teams.length]!.id,
					lead: n < teams.length
				})),
				...staff.map(({ id }, n) =>
					isControl(n)
						? { accountId: id, role: 'controller' }
						: { accountId: id, role: 'moderator', country: staffOf(n) }
				)
			]);

			const { scheduled, toAll } = plan;
			const recipients = (n: number) =>
				Array.from(
					{ length: Math.min(plan.teamsPerInject, teams.length) },
					(_, k) => (n * 7 + k) % teams.length
				);
			const ids = Array.from({ length: plan.injects }, () => randomBytes(12).toString('hex') as InjectId);
			const script = documentName({ exercise, kind: 'script', cell: 'central' });
			await services.documents.edit(script, director.id, (doc) => {
				for (const [n, id] of ids.entries()) {
					const isScheduled = n < scheduled.count;
					const all = !isScheduled && n < scheduled.count + toAll;
					addInject(
						doc,
						newInject(id, {
							reference: `CE-${String(n).padStart(4, '0')}`,
							title: `Inject ${marker(n)}`,
							body: richTextFromText(
								'A first report of what was seen, by whom, since when, and what is not known yet.\n'.repeat(6)
							),
							schedule: isScheduled
								? { mode: 'at', at: startsAt + scheduled.firstAfterMs + n * scheduled.everyMs }
								: { mode: 'manual' },
							to: {
								all,
								countries: [],
								levels: [],
								teams: all ? [] : recipients(n).map((team) => teams[team]!.id)
							}
						}),
						`a${String(n).padStart(4, '0')}`
					);
				}
			});
			const page = readScript(await services.documents.read(script));
			for (let from = 0; from < page.length; from += approvedAtOnce) {
				const answer = await services.commands.run(
					{
						exercise,
						name: 'inject.approve',
						key: randomBytes(12).toString('hex'),
						input: {
							cell: 'central',
							injects: page
								.slice(from, from + approvedAtOnce)
								.map((one) => ({ inject: one.id, fingerprint: injectFingerprint(one) }))
						}
					},
					{ accountId: director.id, name: director.name }
				);
				if (!answer.ok) throw new Error(`inject.approve: ${answer.error.message}`);
			}
			return {
				exercise,
				director: director.cookie,
				startsAt,
				teams: teams.map(({ id, country, level }) => ({
					id,
					country,
					level,
					timeline: documentName({
						exercise,
						kind: 'timeline',
						audience: { to: 'team', team: id },
						segment: 0
					}),
					notes: documentName({ exercise, kind: 'worksheet', team: id, page: 'notes' })
				})),
				players: players.map(({ id, cookie }, n) => ({ id, cookie, team: n % teams.length })),
				staff: staff.map(({ cookie }, n) => ({ cookie, country: staffOf(n), controls: isControl(n) })),
				scheduled: Array.from({ length: scheduled.count }, (_, n) => ({
					marker: n,
					afterMs: scheduled.firstAfterMs + n * scheduled.everyMs,
					teams: recipients(n)
				})),
				toAll: ids
					.slice(scheduled.count, scheduled.count + toAll)
					.map((id, n) => ({ id, marker: scheduled.count + n }))
			};
		}
	};
}
