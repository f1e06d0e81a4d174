import type { Refusal } from '#lib/errors.ts';
import type { Capability, CapabilityElement } from '#lib/standards/capabilities.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { AccountId } from '../exercise/ids.ts';

/*
 * The life of an improvement action (DOMAIN 7.8): proposed -> accepted -> in_progress -> implemented -> verified ->
 * closed; proposed -> rejected with a reason; accepted -> deferred until a day. There is no way back: what was reported
 * and did not hold is said in a note, and more evidence is added. Overdue, and the end of a deferral, are computed.
 */
export const actionStates = [
	'proposed',
	'accepted',
	'deferred',
	'in_progress',
	'implemented',
	'verified',
	'closed',
	'rejected'
] as const;
export type ActionState = (typeof actionStates)[number];

export const priorities = ['high', 'medium', 'low'] as const;
export type Priority = (typeof priorities)[number];

/** In which order a list of actions comes. */
export const actionSorts = ['due', 'priority', 'changed', 'title', 'country'] as const;

export const sourceKinds = ['exercise', 'incident', 'peer_review', 'risk_assessment'] as const;
export type SourceKind = (typeof sourceKinds)[number];
/** What stands in front of a title outside the page, where actions of both stand in one list; '' where it says nothing. */
export const markOfSource = (source: string): string =>
	source === 'incident' ? 'REAL: ' : source === 'exercise' ? 'EXERCISE: ' : '';
/** Those that can come from a finding of a review: of an exercise, or of a real room. */
export const isOfFinding = (source: SourceKind): boolean => source === 'exercise' || source === 'incident';

/** A day of the calendar: `2026-06-10`. Such texts are compared as they are. */
export type Day = string;

/** What the rules look at. Texts and dates of the action are `ActionFields` (fields.ts). */
export interface ActionStanding {
	state: ActionState;
	/** the body that answers for it; whether it has accounts here is not known */
	ownerOrganisation: string;
	ownerId: AccountId | null;
	/** the organisation of the owner's account, where there is one */
	ownerAccountOrganisation: string | null;
	/** everybody who has been its owner since it was accepted */
	owners: readonly AccountId[];
	/** who reported it implemented */
	implementedBy: AccountId | null;
	dueOn: Day | null;
	deferredUntil: Day | null;
	successMeasure: string;
	verificationMethod: string;
	/** pieces of evidence */
	evidence: number;
}

export interface ActionSummary {
	id: string;
	title: string;
	country: CountryCode;
	state: ActionState;
	capability: Capability;
	element: CapabilityElement;
	priority: Priority;
	tlp: Tlp;
	ownerOrganisation: string;
	dueOn: Day | null;
	deferredUntil: Day | null;
	source: SourceKind;
}

/** Who acts, as the server knows. */
export interface ActingPerson {
	id: AccountId;
	/** keeps the actions of this action's country, or of the EU level */
	keeps: boolean;
	/** name of the organisation of the account, where there is one */
	organisation: string | null;
}

export type ActionAct =
	| { act: 'accept' }
	| { act: 'reject'; reason: string }
	| { act: 'start' }
	| { act: 'defer'; until: Day; reason: string }
	| { act: 'implement'; note: string }
	| { act: 'verify'; note: string }
	| { act: 'close'; note: string };
export type ActionActKind = ActionAct['act'];
export const actionActs = ['accept', 'reject', 'start', 'defer', 'implement', 'verify', 'close'] as const;

/** From where each act leads where. A deferral may be given another day while it lasts. */
export const transitions: Readonly<Record<ActionActKind, { from: readonly ActionState[]; to: ActionState }>> =
	{
		accept: { from: ['proposed'], to: 'accepted' },
		reject: { from: ['proposed'], to: 'rejected' },
		start: { from: ['accepted'], to: 'in_progress' },
		defer: { from: ['accepted', 'deferred'], to: 'deferred' },
		implement: { from: ['in_progress'], to: 'implemented' },
		verify: { from: ['implemented'], to: 'verified' },
		close: { from: ['verified'], to: 'closed' }
	};

/** A deferral ends by itself on its day: from then on the action is as if it had just been accepted. */
export function currentState(
	{ state, deferredUntil }: Pick<ActionStanding, 'state' | 'deferredUntil'>,
	today: Day
): ActionState {
	return state === 'deferred' && deferredUntil !== null && deferredUntil <= today ? 'accepted' : state;
}

/** States in which somebody still has to do what was agreed. */
export const openStates: readonly ActionState[] = ['accepted', 'deferred', 'in_progress'];

/** Agreed, not reported implemented, and its day is over. A deferred one is not late while its deferral lasts. */
export function isOverdue(
	action: Pick<ActionStanding, 'state' | 'deferredUntil' | 'dueOn'>,
	today: Day
): boolean {
	const state = currentState(action, today);
	return (state === 'accepted' || state === 'in_progress') && action.dueOn !== null && action.dueOn < today;
}

const said = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase();

/** Why somebody may not say that an action was done well, as a sentence; null where nothing is against it. */
export function judgesOwn(
	action: ActionStanding,
	by: Pick<ActingPerson, 'id' | 'organisation'>
): string | null {
	if (action.ownerId === by.id || action.owners.includes(by.id))
		return 'You own this action or have owned it: somebody else verifies it.';
	if (action.implementedBy === by.id)
		return 'You reported this action implemented: somebody else verifies it.';
	const own = by.organisation === null ? null : said(by.organisation);
	if (
		own !== null &&
		(own === said(action.ownerOrganisation) ||
			(action.ownerAccountOrganisation !== null && own === said(action.ownerAccountOrganisation)))
	)
		return 'You belong to the organisation that owns this action: somebody of another one verifies it.';
	return null;
}

/** Why an act is not possible, or null. The page greys out with it, the server refuses with it. */
export function actionProblem(
	action: ActionStanding,
	kind: ActionActKind,
	by: ActingPerson,
	today: Day
): Refusal | null {
	const state = currentState(action, today);
	if (!transitions[kind].from.includes(state))
		return {
			code: 'not-now',
			message: `This cannot be done while the action is ${state.replace('_', ' ')}.`
		};
	const owns = action.ownerId === by.id;
	const forbidden = (message: string): Refusal => ({ code: 'forbidden', message });
	const missing = (message: string): Refusal => ({ code: 'not-now', message });
	switch (kind) {
		case 'accept':
			if (!owns) return forbidden('Its owner accepts an action: the person who is named as owner.');
			if (action.dueOn === null) return missing('Say first by when it is to be done.');
			if (!action.successMeasure.trim() || !action.verificationMethod.trim())
				return missing('Say first how success is measured and how it is verified.');
			return null;
		case 'reject':
		case 'start':
		case 'defer':
			return owns || by.keeps
				? null
				: forbidden('Its owner does this, or who keeps the actions of the country.');
		case 'implement':
			if (!owns && !by.keeps)
				return forbidden('Its owner does this, or who keeps the actions of the country.');
			return action.evidence > 0
				? null
				: missing('Add evidence first: by what others can see that it is done.');
		case 'verify': {
			const own = judgesOwn(action, by);
			if (own) return forbidden(own);
			return by.keeps ? null : forbidden('Who keeps the actions of the country verifies them.');
		}
		case 'close':
			return by.keeps ? null : forbidden('Who keeps the actions of the country closes them.');
	}
}

/** What an act changes of the standing, or why it cannot be. */
export type Decided =
	| {
			ok: true;
			change: Partial<Pick<ActionStanding, 'state' | 'deferredUntil' | 'implementedBy' | 'owners'>>;
	  }
	| { ok: false; refusal: Refusal };

export function decideAction(action: ActionStanding, act: ActionAct, by: ActingPerson, today: Day): Decided {
	const problem = actionProblem(action, act.act, by, today);
	if (problem) return { ok: false, refusal: problem };
	const refuse = (message: string): Decided => ({ ok: false, refusal: { code: 'invalid', message } });
	const { to: state } = transitions[act.act];
	switch (act.act) {
		case 'accept':
			return { ok: true, change: { state, owners: [...new Set([...action.owners, by.id])] } };
		case 'reject':
			if (!act.reason.trim()) return refuse('Say why it is rejected.');
			return { ok: true, change: { state } };
		case 'defer':
			if (!isDay(act.until) || act.until < today)
				return refuse('Name the day until which it is deferred: today or later.');
			if (!act.reason.trim()) return refuse('Say why it is deferred.');
			return { ok: true, change: { state, deferredUntil: act.until } };
		case 'implement':
			return { ok: true, change: { state, implementedBy: by.id } };
		case 'verify':
			if (!act.note.trim()) return refuse('Say how it was verified.');
			return { ok: true, change: { state } };
		default:
			return { ok: true, change: { state } };
	}
}

/** Whether what is written in the action may be changed: what was reported done stays as it was. */
export function editProblem(action: ActionStanding, by: ActingPerson): Refusal | null {
	if (!by.keeps) return { code: 'forbidden', message: 'Who keeps the actions of the country changes them.' };
	if (action.state === 'proposed' || openStates.includes(action.state)) return null;
	return {
		code: 'not-now',
		message: 'What was reported implemented or rejected stays as it is. Add a note instead.'
	};
}

/** Evidence is added while there is something to show. */
export function evidenceProblem(action: ActionStanding, by: ActingPerson): Refusal | null {
	if (action.ownerId !== by.id && !by.keeps)
		return {
			code: 'forbidden',
			message: 'Its owner adds evidence, or who keeps the actions of the country.'
		};
	if (action.state === 'in_progress' || action.state === 'implemented') return null;
	return {
		code: 'not-now',
		message: 'Evidence is added while the action is in progress or waits to be verified.'
	};
}

/** A day that exists. */
export function isDay(text: string): boolean {
	if (!/^(19|20|21)\d\d-\d\d-\d\d$/.test(text)) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
