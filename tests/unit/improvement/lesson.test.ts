import { describe, expect, test } from 'vitest';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { ActingPerson, ActionStanding } from '#lib/improvement/action.ts';
import {
	decideLesson,
	isRecurring,
	lessonActs,
	lessonProblem,
	lessonStates,
	lessonTransitions,
	occurrences,
	provingRetest,
	type LessonStanding
} from '#lib/improvement/lesson.ts';
import { labelBelow, newActionSchema } from '#lib/improvement/fields.ts';

const person = (id: string, organisation: string | null = null): ActingPerson => ({
	id: id as AccountId,
	keeps: true,
	organisation
});
const action = (change: Partial<ActionStanding> = {}): ActionStanding => ({
	state: 'verified',
	ownerOrganisation: 'Port authority',
	ownerId: 'owner' as AccountId,
	ownerAccountOrganisation: null,
	owners: ['owner' as AccountId],
	implementedBy: 'owner' as AccountId,
	dueOn: null,
	deferredUntil: null,
	successMeasure: '',
	verificationMethod: '',
	evidence: 1,
	...change
});
const lesson = (change: Partial<LessonStanding> = {}): LessonStanding => ({
	state: 'implemented',
	implementedBy: 'keeper' as AccountId,
	actions: [action()],
	sourceExercises: ['first'],
	retests: [],
	...change
});
const retest = (exercise: string, rating: 'P' | 'S' | 'M' | 'U' | null, ratedBy = 'evaluator') => ({
	exercise,
	rating,
	ratedBy: ratedBy as AccountId
});

describe('the life of a lesson', () => {
	test('has exactly the steps of DOMAIN 7.8, one after the other', () => {
		for (const kind of lessonActs) {
			const { from, to } = lessonTransitions[kind];
			expect(lessonStates.indexOf(to)).toBe(lessonStates.indexOf(from) + 1);
			for (const state of lessonStates.filter((one) => one !== from))
				expect(lessonProblem(lesson({ state }), kind, person('keeper'))?.code).toBe('not-now');
		}
	});

	test('is assigned with an action, and implemented when its actions are', () => {
		const why = (change: Partial<LessonStanding>, kind: 'assign' | 'implement') =>
			lessonProblem(lesson(change), kind, person('keeper'))?.code ?? null;
		expect(why({ state: 'agreed', actions: [] }, 'assign')).toBe('not-now');
		expect(why({ state: 'agreed', actions: [action({ state: 'rejected' })] }, 'assign')).toBe('not-now');
		expect(why({ state: 'agreed' }, 'assign')).toBeNull();
		expect(
			why({ state: 'assigned', actions: [action(), action({ state: 'in_progress' })] }, 'implement')
		).toBe('not-now');
		expect(
			why({ state: 'assigned', actions: [action(), action({ state: 'rejected' })] }, 'implement')
		).toBeNull();
	});

	test('is learned when somebody else says so with evidence', () => {
		const verify = (by: ActingPerson, evidence = 'Minutes of the drill') =>
			decideLesson(lesson(), { act: 'verify', evidence, link: '' }, by);
		expect(verify(person('keeper')).ok).toBe(false);
		expect(verify(person('owner')).ok).toBe(false);
		expect(verify(person('other', 'PORT authority')).ok).toBe(false);
		expect(verify(person('other'), ' ').ok).toBe(false);
		expect(verify({ ...person('other'), keeps: false }).ok).toBe(false);
		expect(verify(person('other'))).toEqual({ ok: true, change: { state: 'verified' } });
	});

	test('is learned by a retest in another exercise that was rated P or S', () => {
		const learn = (...retests: LessonStanding['retests']) =>
			decideLesson(lesson({ retests }), { act: 'learn' }, person('keeper')).ok;
		expect(learn()).toBe(false);
		expect(learn(retest('second', null), retest('second', 'M'), retest('third', 'U'))).toBe(false);
		// the exercise that it came from proves nothing, nor does the word of who did the work
		expect(learn(retest('first', 'P'))).toBe(false);
		expect(learn(retest('second', 'P', 'owner'), retest('second', 'P', 'keeper'))).toBe(false);
		expect(learn(retest('second', 'S'))).toBe(true);
		expect(provingRetest(lesson({ retests: [retest('second', 'P')] }))?.exercise).toBe('second');
	});

	test('is recurring when it came from more than one exercise', () => {
		expect(isRecurring(['a', 'a'])).toBe(false);
		expect(isRecurring(['a', 'b', 'a'])).toBe(true);
		expect(occurrences(['a', 'b', 'a'])).toBe(2);
	});
});

test('[P8] what comes from an exercise is not labelled lower than it, and RED is not kept', () => {
	expect(labelBelow('green', 'amber')).toMatch(/TLP:AMBER/);
	expect(labelBelow('amber', 'amber')).toBeNull();
	expect(labelBelow('amber_strict', 'amber')).toBeNull();
	const wanted = {
		title: 'Test the reserve line',
		text: '',
		ownerOrganisation: 'Port authority',
		ownerEmail: '',
		capability: 'recovery',
		element: 'equipment',
		priority: 'high',
		startOn: '',
		dueOn: '2026-09-01',
		successMeasure: '',
		verificationMethod: '',
		tlp: 'amber',
		country: 'GR',
		source: 'incident',
		sourceTitle: 'Outage in May',
		exercise: '',
		finding: ''
	};
	expect(newActionSchema.safeParse(wanted).success).toBe(true);
	for (const wrong of [
		{ tlp: 'red' },
		{ dueOn: '2026-02-30' },
		{ startOn: '2026-10-01' },
		{ sourceTitle: '' },
		{ ownerEmail: 'nobody' },
		{ country: 'XX' }
	])
		expect([wrong, newActionSchema.safeParse({ ...wanted, ...wrong }).success]).toEqual([wrong, false]);
});
