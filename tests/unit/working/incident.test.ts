import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	assessIncident,
	moveIncident,
	openIncident,
	updateIncident
} from '#lib/exercise/incident/commands.ts';
import {
	assessed,
	incidentContentSchema,
	incidentRecord,
	incidentStates,
	nextIncidentStates,
	type Incident,
	type IncidentFact
} from '#lib/exercise/incident/schema.ts';
import type { Decision, Moment } from '#lib/exercise/decision.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import type { EntryId, RecordId } from '#lib/exercise/ids.ts';
import { audiencesOf, type TimelineEntry } from '#lib/exercise/timeline.ts';
import { foldRecords } from '#lib/exercise/working/fold.ts';
import { isWorkingFact, type WorkingFact } from '#lib/exercise/working/kinds.ts';
import type { Happened, WorkingState } from '#lib/exercise/working/record.ts';
import {
	exercise,
	frenchLead,
	greek,
	greekModerator,
	greekPlayer,
	idOf,
	startex,
	wallAtStart
} from '../domain/factories.ts';

const record = idOf<RecordId>('record');
const content = incidentContentSchema.parse({ title: 'Port system down', tlp: 'amber' });
const moment: Moment = { wall: wallAtStart, exercise: startex, mint: () => record as never };

const state = (standing?: Incident): WorkingState<Incident> => ({
	exercise: exercise(),
	team: greek,
	record: standing ? { id: record, team: greek.id, standing } : null,
	count: 0,
	teams: new Map()
});

function factOf(decision: Decision): WorkingFact {
	if ('refused' in decision) throw new Error(decision.refused.message);
	const [fact] = decision.facts;
	if (!fact || !isWorkingFact(fact)) throw new Error('no fact of a working record');
	return fact;
}
const codeOf = (decision: Decision) => ('refused' in decision ? decision.refused.code : 'ok');

const happened = (fact: WorkingFact): Happened<IncidentFact> => ({
	fact: fact as IncidentFact,
	side: 'own',
	by: 'Somebody',
	at: startex,
	wallAt: wallAtStart
});
const opened = () =>
	incidentRecord.evolve(
		null,
		happened(factOf(openIncident.decide(state(), { team: greek.id, content }, greekPlayer, moment)))
	);

describe('an incident record', () => {
	it('is opened by a player of the team, aware from now on, and numbered', () => {
		const incident = opened();
		expect(incident).toMatchObject({ number: 1, state: 'new', content: { awareAt: startex } });
	});

	it.each<[string, Actor]>([
		['a player of another team', frenchLead],
		['a moderator, who reads it', greekModerator]
	])('[P2] does not exist for %s', (_who, actor) => {
		const incident = opened();
		const one = state(incident);
		expect(codeOf(openIncident.decide(state(), { team: greek.id, content }, actor, moment))).toBe(
			'not-found'
		);
		expect(codeOf(updateIncident.decide(one, { record, changes: { title: 'X' } }, actor, moment))).toBe(
			'not-found'
		);
		expect(codeOf(moveIncident.decide(one, { record, to: 'open', reason: '' }, actor, moment))).toBe(
			'not-found'
		);
	});

	it('moves only along its lifecycle (DOMAIN 7.5)', () => {
		fc.assert(
			fc.property(fc.constantFrom(...incidentStates), fc.constantFrom(...incidentStates), (from, to) => {
				const decision = moveIncident.decide(
					state({ ...opened(), state: from }),
					{ record, to, reason: 'because' },
					greekPlayer,
					moment
				);
				expect(codeOf(decision)).toBe(
					from === to ? 'stale' : nextIncidentStates(from).includes(to) ? 'ok' : 'not-now'
				);
			})
		);
	});

	it('says why it is no incident, a duplicate, or somebody else’s', () => {
		const decision = moveIncident.decide(
			state(opened()),
			{ record, to: 'duplicate', reason: '' },
			greekPlayer,
			moment
		);
		expect(codeOf(decision)).toBe('invalid');
	});

	it('keeps what was assessed before: the last assessment of a subject holds', () => {
		let incident = opened();
		for (const answer of ['unknown', 'yes', 'no'] as const)
			incident = incidentRecord.evolve(
				incident,
				happened(
					factOf(
						assessIncident.decide(
							state(incident),
							{ record, assessment: { of: 'significant', answer, criteria: [], reason: 'as known now' } },
							greekPlayer,
							moment
						)
					)
				)
			);
		expect(incident.assessments).toHaveLength(3);
		expect(assessed(incident, 'significant')?.answer).toBe('no');
		expect(assessed(incident, 'large-scale')).toBeNull();
	});

	it('[R1] shows to its team, exercise control and the country’s moderators, and to nobody else', () => {
		const fact = factOf(openIncident.decide(state(), { team: greek.id, content }, greekPlayer, moment));
		const seen = audiencesOf(
			{ fact, by: { account: 'a', name: 'Somebody' }, wallAt: wallAtStart, exerciseAt: startex },
			{ team: () => greek, referenceOf: () => '', actOf: () => 1 }
		);
		expect(seen.map(({ audience }) => audience)).toEqual([
			{ to: 'team', team: greek.id },
			{ to: 'control' },
			{ to: 'channel', channel: 'GR' }
		]);
	});
});

describe('records folded from a timeline', () => {
	const entries = (): TimelineEntry[] => {
		const first = factOf(openIncident.decide(state(), { team: greek.id, content }, greekPlayer, moment));
		const second = factOf(
			updateIncident.decide(
				state(opened()),
				{ record, changes: { title: 'Two ports down' } },
				greekPlayer,
				moment
			)
		);
		return [first, second].map((fact, i) => ({
			id: idOf<EntryId>(`entry ${i}`),
			exerciseAt: startex,
			wallAt: wallAtStart + i,
			order: i,
			by: 'Somebody',
			body: { kind: 'working', of: 'incident', record, act: i + 1, side: 'own', fact }
		}));
	};

	it('come to the same in any order, and with what was loaded already', () => {
		const [first, second] = entries() as [TimelineEntry, TimelineEntry];
		const whole = foldRecords([], [second, first]);
		expect(whole.hasGap).toBe(false);
		expect(whole.records.get(record)).toMatchObject({
			acts: 2,
			standing: { content: { title: 'Two ports down' } }
		});
		const loaded = [...foldRecords([], [first]).records.values()];
		expect(foldRecords(loaded, [first, second]).records).toEqual(whole.records);
	});

	it('notice an act that is missing', () => {
		expect(foldRecords([], [entries()[1]!]).hasGap).toBe(true);
	});
});
