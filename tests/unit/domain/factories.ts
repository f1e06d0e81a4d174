import type { CountryCode } from '#lib/standards/countries.ts';
import type { Decision, Moment } from '#lib/exercise/decision.ts';
import { exerciseTimeAt, type ClockSegment } from '#lib/exercise/exercise/clock.ts';
import {
	defaultSettings,
	type Actor,
	type Exercise,
	type ExerciseState,
	type Membership,
	type Team
} from '#lib/exercise/exercise/schema.ts';
import type { Fact, FactKind } from '#lib/exercise/facts.ts';
import type { AccountId, DeliveryId, ExerciseId, InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { InjectCommandState, InjectRow } from '#lib/exercise/inject/commands.ts';
import { injectFingerprint, newInject, type Inject } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import type { DeliveryRow, TeamCommandState } from '#lib/exercise/team/commands.ts';

/** Each test builds the smallest exercise that it needs; what it does not name is as usual. */

/** 10 June 2026, 09:00 in Brussels */
export const startex = Date.UTC(2026, 5, 10, 7, 0, 0);
/** the wall's clock at STARTEX: another day, so that nobody can mix the two up */
export const wallAtStart = Date.UTC(2026, 2, 3, 12, 0, 0);
export const minute = 60_000;

/** Ids that pass the pattern of real ones: `idOf('gr csirt')`. */
export const idOf = <T extends string>(name: string): T =>
	name.replace(/[^a-z0-9]/gi, '_').padEnd(12, '_') as T;

export const team = (name: string, country: CountryCode, level: Team['level'] = 'technical'): Team => ({
	id: idOf<TeamId>(name),
	name,
	country,
	level
});
export const greek = team('GR CSIRT', 'GR');
export const greekPort = team('GR Port', 'GR', 'entity');
export const french = team('FR CSIRT', 'FR');
export const teams = [greek, greekPort, french];

export const person = (name: string, ...memberships: Membership[]): Actor => ({
	accountId: idOf<AccountId>(name),
	name,
	memberships
});
export const director = person('Director', { role: 'director' });
export const controller = person('Controller', { role: 'controller' });
export const greekModerator = person('GR moderator', { role: 'moderator', country: 'GR' });
export const frenchModerator = person('FR moderator', { role: 'moderator', country: 'FR' });
export const centralPlanner = person('Planner', { role: 'planner', cell: 'central' });
export const secondPlanner = person('Second planner', { role: 'planner', cell: 'central' });
export const greekPlanner = person('GR planner', { role: 'planner', cell: 'GR' });
export const greekLead = person('GR CSIRT lead', { role: 'player', teamId: greek.id, lead: true });
export const greekPlayer = person('GR CSIRT analyst', { role: 'player', teamId: greek.id });
export const frenchLead = person('FR CSIRT lead', { role: 'player', teamId: french.id, lead: true });
export const greekEvaluator = person('GR evaluator', { role: 'evaluator', teamId: greek.id });
export const facilitator = person('Facilitator', { role: 'facilitator' });
export const greekFacilitator = person('GR facilitator', { role: 'facilitator', teamId: greek.id });
export const observer = person('Observer', { role: 'observer' });
export const stranger = person('Stranger');

/** The clock that an exercise in this state has, when it has run for ten minutes before it stood still. */
function clockOf(state: ExerciseState): ClockSegment[] {
	if (['draft', 'planned', 'ready', 'cancelled'].includes(state)) return [];
	const running = { wallStart: wallAtStart, exerciseStart: startex, rate: 1 };
	if (state === 'running') return [running];
	return [running, { wallStart: wallAtStart + 10 * minute, exerciseStart: startex + 10 * minute, rate: 0 }];
}

export function exercise(state: ExerciseState = 'running', values: Partial<Exercise> = {}): Exercise {
	return {
		id: idOf<ExerciseId>('exercise'),
		kind: 'exercise',
		name: 'Exercise',
		tlp: 'amber',
		state,
		timeZone: 'Europe/Brussels',
		startsAt: startex,
		endsAt: startex + 120 * minute,
		clock: clockOf(state),
		settings: defaultSettings,
		...values
	};
}

/** So many minutes of the wall's clock after STARTEX, with ids that count up. */
export function moment(of: Exercise, minutes = 10): Moment {
	const wall = wallAtStart + minutes * minute;
	let minted = 0;
	return {
		wall,
		exercise: exerciseTimeAt(of.clock, wall),
		mint: <T extends string>() => idOf<T>(`minted_${minted++}`)
	};
}

export const injectId = idOf<InjectId>('inject_one');

export function inject(values: Partial<Inject> = {}): Inject {
	return newInject(values.id ?? injectId, {
		reference: 'CE-001',
		title: 'Cranes stand still',
		from: 'Port duty officer',
		body: richTextFromText('The terminal reports that its cranes do not answer.'),
		to: { all: true, countries: [], levels: [], teams: [] },
		schedule: { mode: 'offset', seconds: 600 },
		...values
	});
}

export function row(values: Partial<InjectRow> = {}): InjectRow {
	return {
		inject: injectId,
		cell: 'central',
		state: 'ready',
		version: 1,
		content: inject(),
		submittedBy: null,
		submittedFingerprint: null,
		dueAt: startex + 10 * minute,
		releasedAt: null,
		...values
	};
}

/** The row of an inject that waits for approval. */
export const submitted = (content: Inject, by: Actor, values: Partial<InjectRow> = {}) =>
	row({
		inject: content.id,
		state: 'submitted',
		version: 0,
		content: null,
		submittedBy: by.accountId,
		submittedFingerprint: injectFingerprint(content),
		dueAt: null,
		...values
	});

export const injectState = (
	of: Exercise,
	rows: readonly InjectRow[],
	page: readonly Inject[] = []
): InjectCommandState => ({
	exercise: of,
	teams,
	rows: new Map(rows.map((one) => [one.inject, one])),
	page: new Map(page.map((one) => [one.id, one]))
});

export const deliveryId = idOf<DeliveryId>('delivery_one');

export const delivery = (values: Partial<DeliveryRow> = {}): DeliveryRow => ({
	delivery: deliveryId,
	team: greek.id,
	title: 'Cranes stand still',
	releasedAt: startex + 4 * minute,
	seenAt: null,
	acknowledgedAt: null,
	respondedAt: null,
	...values
});

export const teamState = (of: Exercise, values: Partial<TeamCommandState> = {}): TeamCommandState => ({
	exercise: of,
	team: greek,
	deliveries: new Map([[deliveryId, delivery()]]),
	decisions: 0,
	...values
});

// --- reading a decision -----------------------------------------------------------------------------------------------

export function factsOf(decision: Decision): Fact[] {
	if ('refused' in decision) throw new Error(`refused: ${decision.refused.message}`);
	return decision.facts;
}

/** The one fact that is expected. */
export function factOf<K extends FactKind>(decision: Decision, kind: K): Extract<Fact, { kind: K }> {
	const found = factsOf(decision).filter((fact) => fact.kind === kind);
	if (found.length !== 1) throw new Error(`${found.length} facts of kind ${kind}`);
	return found[0] as Extract<Fact, { kind: K }>;
}

/** The code of the refusal; `facts` when it was not refused. */
export const answerOf = (decision: Decision): string =>
	'refused' in decision ? decision.refused.code : 'facts';

export const sentenceOf = (decision: Decision): string =>
	'refused' in decision ? decision.refused.message : '';
