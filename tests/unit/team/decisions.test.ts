import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '#lib/exercise/facts.ts';
import { addMethane, addToLog, moveDecision, recordDecision } from '#lib/exercise/team/commands.ts';
import {
	awaitsReview,
	decisionStates,
	foldDecisions,
	movedTo,
	nextDecisionStates,
	type DecisionStanding,
	type DecisionState
} from '#lib/exercise/team/decision.ts';
import { methaneFields, methaneSchema } from '#lib/exercise/team/methane.ts';
import { foldRoom } from '#lib/exercise/team/room.ts';
import { decisionSchema } from '#lib/exercise/team/schema.ts';
import type { FileId, RecordId } from '#lib/exercise/ids.ts';
import {
	answerOf,
	exercise,
	factOf,
	factsOf,
	frenchLead,
	greek,
	greekLead,
	greekPlayer,
	idOf,
	moment,
	teamState
} from '../domain/factories.ts';
import { entry } from './entries.ts';

const running = exercise();
const now = moment(running);
const standing = (state: DecisionState): DecisionStanding => ({ chosen: 'Isolate', state, reviewAt: null });
const decided = (state: DecisionState) =>
	teamState(running, { decisions: 1, decided: new Map([[1, standing(state)]]) });
const decision = decisionSchema.parse({ question: 'Isolate?', chosen: 'Yes' });

describe('the life of a decision (DOMAIN 7.6)', () => {
	it('goes only where the lifecycle goes', () => {
		fc.assert(
			fc.property(fc.constantFrom(...decisionStates), fc.constantFrom(...movedTo), (from, to) => {
				const answer = answerOf(
					moveDecision.decide(
						decided(from),
						{ team: greek.id, number: 1, to, reason: 'because' },
						greekLead,
						now
					)
				);
				expect(answer).toBe(
					from === to ? 'stale' : nextDecisionStates(from).includes(to) ? 'facts' : 'not-now'
				);
			})
		);
	});

	it('says what came of it, and why it does not hold any more', () => {
		const move = (from: DecisionState, to: 'implemented' | 'reviewed' | 'revoked') =>
			answerOf(
				moveDecision.decide(decided(from), { team: greek.id, number: 1, to, reason: '' }, greekLead, now)
			);
		expect(move('decided', 'implemented')).toBe('facts');
		expect(move('implemented', 'reviewed')).toBe('invalid');
		expect(move('decided', 'revoked')).toBe('invalid');
	});

	it('is superseded by the decision that comes in its place, in one act', () => {
		const state = decided('decided');
		const facts = factsOf(
			recordDecision.decide(state, { team: greek.id, decision, supersedes: 1 }, greekLead, now)
		);
		expect(facts).toMatchObject([
			{ kind: 'decision-recorded', number: 2 },
			{ kind: 'decision-moved', number: 1, to: 'superseded', by: 2 }
		]);
		for (const from of ['implemented', 'revoked', 'superseded'] as const)
			expect(
				answerOf(
					recordDecision.decide(decided(from), { team: greek.id, decision, supersedes: 1 }, greekLead, now)
				)
			).toBe('stale');
		expect(
			answerOf(recordDecision.decide(state, { team: greek.id, decision, supersedes: 9 }, greekLead, now))
		).toBe('not-found');
	});

	it('[P2] is the lead’s, and does not exist for other teams', () => {
		const input = { team: greek.id, number: 1, to: 'implemented' as const, reason: '' };
		expect(answerOf(moveDecision.decide(decided('decided'), input, greekPlayer, now))).toBe('forbidden');
		expect(answerOf(moveDecision.decide(decided('decided'), input, frenchLead, now))).toBe('not-found');
		expect(answerOf(moveDecision.decide(decided('decided'), { ...input, number: 7 }, greekLead, now))).toBe(
			'not-found'
		);
	});

	it('waits for its review until it was reviewed', () => {
		const at = (state: DecisionState, reviewAt: number | null) => awaitsReview({ state, reviewAt });
		expect(decisionStates.filter((state) => at(state, 5))).toEqual(['decided', 'implemented']);
		expect(at('decided', null)).toBe(false);
	});

	it('comes to the same from facts and from the timeline', () => {
		const facts: Fact[] = [
			{ kind: 'decision-recorded', team: greek.id, number: 1, decision: { ...decision, reviewAt: 5 } },
			{ kind: 'decision-moved', team: greek.id, number: 1, chosen: 'Yes', to: 'implemented', reason: '' }
		];
		expect(foldDecisions(facts).get(1)).toEqual({ chosen: 'Yes', state: 'implemented', reviewAt: 5 });
		const room = foldRoom([
			entry(1, { kind: 'decision', number: 1, decision: { ...decision, reviewAt: 5 } }),
			entry(2, { kind: 'decision-moved', number: 1, chosen: 'Yes', to: 'implemented', reason: '' })
		]);
		expect(room.decisions).toMatchObject([
			{ number: 1, state: 'implemented', history: [{ to: 'implemented' }] }
		]);
	});

	it('stands as it was said even where the clock has jumped back behind it', () => {
		const recorded = entry(60, { kind: 'decision', number: 1, decision });
		const revoked = entry(5, {
			kind: 'decision-moved',
			number: 1,
			chosen: 'Yes',
			to: 'revoked',
			reason: 'wrong'
		});
		const room = foldRoom([recorded, revoked]);
		expect(room.decisions[0]!.state).toBe('revoked');
	});
});

describe('a METHANE report', () => {
	const report = methaneSchema.parse({ form: 'methane', major: true, location: 'Gate 3', type: 'Fire' });

	it('is an entry of the log with fields of its own', () => {
		const fact = factOf(
			addMethane.decide(teamState(running), { team: greek.id, report, files: [] }, greekPlayer, now),
			'log-added'
		);
		expect(fact).toEqual({
			kind: 'log-added',
			team: greek.id,
			log: 'methane',
			text: 'Fire, Gate 3',
			methane: report
		});
	});

	it('needs where and what; every other field may stay empty', () => {
		expect(methaneSchema.safeParse({ form: 'methane', location: 'Gate 3' }).success).toBe(false);
		expect(methaneSchema.safeParse({ form: 'cyber', entity: 'Terminal' }).success).toBe(false);
		expect(methaneSchema.safeParse({ form: 'cyber', entity: 'Terminal', type: 'availability' }).success).toBe(
			true
		);
		expect(methaneSchema.safeParse({ form: 'cyber', entity: 'Terminal', type: 'Ransomware' }).success).toBe(
			false
		);
	});

	it('has a field for each letter', () => {
		expect(methaneFields.methane).toHaveLength(7);
		expect(methaneFields.cyber).toHaveLength(7);
	});
});

describe('what a log entry is linked to', () => {
	const file = { file: idOf<FileId>('file'), name: 'note.png', mediaType: 'image/png', bytes: 9 };
	const incident = idOf<RecordId>('incident');
	const add = (values: Parameters<typeof teamState>[1], links: { files?: FileId[]; incident?: RecordId }) =>
		addToLog.decide(
			teamState(running, values),
			{ team: greek.id, log: 'note', text: 'Seen', files: [], ...links },
			greekPlayer,
			now
		);

	it('is named by the server, as it is stored', () => {
		const decision = add(
			{ files: new Map([[file.file, file]]), hasIncident: true },
			{ files: [file.file, file.file], incident }
		);
		expect(factOf(decision, 'log-added')).toMatchObject({ files: [file], incident });
	});

	it('[P2] is the team’s: another team’s file or incident does not exist', () => {
		expect(answerOf(add({ files: new Map() }, { files: [file.file] }))).toBe('not-found');
		expect(answerOf(add({ hasIncident: false }, { incident }))).toBe('not-found');
	});
});
