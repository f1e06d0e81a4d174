import { describe, expect, it } from 'vitest';
import { documentRight, type DocumentRef } from '#lib/exercise/documents.ts';
import type { AccountId, ChannelId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { defaultSettings, type Actor, type Membership } from '#lib/exercise/exercise/schema.ts';
import { isForProjector, isReplayable, mayReplay } from '#lib/exercise/replay/access.ts';

const exercise = 'x'.repeat(22) as ExerciseId;
const team = 't'.repeat(22) as TeamId;
const who = (...memberships: Membership[]): Actor => ({
	accountId: 'a'.repeat(22) as AccountId,
	name: 'Somebody',
	memberships
});
const review: DocumentRef = { exercise, kind: 'review' };
const open = { settings: { ...defaultSettings, reviewOpen: true } };
const closed = { settings: { ...defaultSettings, reviewOpen: false } };

describe('who may look back', () => {
	it('[R17] never at more than the live page is open to', () => {
		expect(mayReplay(review, 'none', who({ role: 'director' }))).toBe(false);
		expect(mayReplay({ exercise, kind: 'scenario' }, 'none', who({ role: 'director' }))).toBe(false);
	});

	it('[R17] a review that was opened to everybody shows what was opened, not what was on it before', () => {
		const player = who({ role: 'player', teamId: team });
		expect(documentRight(review, player, open)).toBe('read');
		expect(mayReplay(review, documentRight(review, player, open), player)).toBe(false);
		for (const role of ['director', 'facilitator', 'controller', 'evaluator'] as const) {
			const actor = who({ role });
			expect(mayReplay(review, documentRight(review, actor, closed), actor), role).toBe(true);
		}
	});

	it('from STARTEX on', () => {
		expect((['draft', 'planned', 'ready', 'running', 'ended', 'closed'] as const).map(isReplayable)).toEqual([
			false,
			false,
			false,
			true,
			true,
			true
		]);
	});

	it('[P1] [P2] a projector shows what players read, and nothing that is said among staff or named people', () => {
		const timeline = (audience: Extract<DocumentRef, { kind: 'timeline' }>['audience']): DocumentRef => ({
			exercise,
			kind: 'timeline',
			audience,
			segment: 0
		});
		const channel = 'c'.repeat(22) as ChannelId;
		expect(isForProjector(timeline({ to: 'team', team }))).toBe(true);
		expect(isForProjector(timeline({ to: 'channel', channel: 'everyone' }))).toBe(true);
		expect(isForProjector(timeline({ to: 'channel', channel }))).toBe(true);
		expect(isForProjector(timeline({ to: 'channel', channel }), { isPrivate: true })).toBe(false);
		expect(isForProjector(timeline({ to: 'channel', channel }), { isForStaff: true })).toBe(false);
		expect(isForProjector(timeline({ to: 'channel', channel: 'GR' }))).toBe(false);
		expect(isForProjector(timeline({ to: 'control' }))).toBe(false);
		expect(isForProjector(timeline({ to: 'evaluation', team }))).toBe(false);
		for (const ref of [
			{ exercise, kind: 'scenario' },
			{ exercise, kind: 'evaluation' },
			{ exercise, kind: 'script', cell: 'central' }
		] satisfies DocumentRef[])
			expect(isForProjector(ref), ref.kind).toBe(false);
	});
});
