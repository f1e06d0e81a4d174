import { z } from 'zod';
import { tlpIds, strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { id, instant, longText } from '../exercise/schema.ts';
import type { ChannelId, TeamId } from '../ids.ts';
import type { Happened, OpenWork, RecordDefinition, RecordFact } from '../working/record.ts';

/** To whom a request goes: one team, the teams on duty for a network, or exercise control, also as a body that does not play. */
export const requestToSchema = z.union([
	z.object({ team: id<TeamId>() }),
	z.object({ network: id<ChannelId>() }),
	z.object({
		control: z.literal(true),
		/** `Port authority`: exercise control answers in its name */
		as: z.string().trim().min(1, 'Name the body, or leave it to exercise control.').max(80).optional()
	})
]);
export type RequestTo = z.infer<typeof requestToSchema>;

export const requestInput = z.object({
	question: longText('Question'),
	/** exercise time, ms; null: no hurry */
	neededBy: instant.nullable().default(null),
	tlp: z.enum(tlpIds).default('amber')
});

/** DOMAIN 5.2; that one is overdue follows from the clock. */
export const requestStates = ['sent', 'acknowledged', 'answered', 'declined', 'closed'] as const;
export type RequestState = (typeof requestStates)[number];

/** Who is asked, as both sides read it: a team, a network, a body that exercise control plays, or exercise control. */
export type Asked = { team: string } | { network: string } | { body: string } | { control: true };

type Of<Kind extends string, Body> = RecordFact & { kind: Kind } & Body;
export type RequestFact =
	| Of<'request-asked', { to: Asked; question: string; neededBy: number | null }>
	| Of<'request-acknowledged', { question: string }>
	| Of<'request-answered', { question: string; answer: string; answerTlp: Tlp }>
	| Of<'request-declined', { question: string; reason: string }>
	| Of<'request-closed', { question: string }>;

interface Act {
	/** the other team's name; null: the own team, or exercise control */
	from: string | null;
	by: string | null;
	at: number | null;
	wallAt: number;
}

export interface TeamRequest {
	/** `sent`: the own team asked; `received`: the own team is asked */
	direction: 'sent' | 'received';
	to: Asked;
	/** the team that asked; null: the own one */
	asker: string | null;
	question: string;
	tlp: Tlp;
	/** exercise time, ms */
	neededBy: number | null;
	state: RequestState;
	asked: Act;
	acknowledged: Act | null;
	answer: (Act & { text: string; tlp: Tlp }) | null;
	declined: (Act & { reason: string }) | null;
	closed: Act | null;
	changed: Act;
}

function evolve(
	request: TeamRequest | null,
	{ fact, side, from, by, at, wallAt }: Happened<RequestFact>
): TeamRequest {
	const act: Act = { from: from ?? null, by, at, wallAt };
	if (fact.kind === 'request-asked')
		return {
			direction: side === 'own' ? 'sent' : 'received',
			to: fact.to,
			asker: from ?? null,
			question: fact.question,
			tlp: fact.tlp,
			neededBy: fact.neededBy,
			state: 'sent',
			asked: act,
			acknowledged: null,
			answer: null,
			declined: null,
			closed: null,
			changed: act
		};
	if (!request) throw new Error(`a request begins by being asked, not with ${fact.kind}`);
	const next = { ...request, tlp: fact.tlp, changed: act };
	switch (fact.kind) {
		case 'request-acknowledged':
			return { ...next, state: 'acknowledged', acknowledged: act };
		case 'request-answered':
			return { ...next, state: 'answered', answer: { ...act, text: fact.answer, tlp: fact.answerTlp } };
		case 'request-declined':
			return { ...next, state: 'declined', declined: { ...act, reason: fact.reason } };
		case 'request-closed':
			return { ...next, state: 'closed', closed: act };
	}
}

export const waitsForAnswer = ({ state }: Pick<TeamRequest, 'state'>) =>
	state === 'sent' || state === 'acknowledged';

/** Needed by a time that has passed, and still without an answer. */
export function isOverdue(request: Pick<TeamRequest, 'state' | 'neededBy'>, now: number | null): boolean {
	return waitsForAnswer(request) && request.neededBy !== null && now !== null && now > request.neededBy;
}

/** With its answer: the strictest of the two. */
export const withAnswer = (request: Pick<TeamRequest, 'tlp'>, answer: Tlp): Tlp =>
	strictestTlp([request.tlp, answer]);

/** Long questions have a short name in lists and sentences. */
export const shortQuestion = (question: string): string => {
	const line = question.replace(/\s+/g, ' ').trim();
	return line.length <= 90 ? line : `${line.slice(0, 89).trimEnd()}…`;
};

/** Without an answer it is open on both sides: one has to give it, the other to see that it comes. */
function open(request: TeamRequest): OpenWork[] {
	if (!waitsForAnswer(request)) return [];
	const { question, direction, neededBy: dueAt, tlp } = request;
	const title = shortQuestion(question);
	return [{ title, number: null, state: direction, dueAt, whose: null, account: null, tlp }];
}

export const requestRecord: RecordDefinition<RequestFact, TeamRequest> = {
	shown: {
		'request-asked': 'watched',
		'request-acknowledged': 'watched',
		'request-answered': 'watched',
		'request-declined': 'watched',
		'request-closed': 'watched'
	},
	group: 'exchanges',
	addressesTeams: true,
	open,
	evolve,
	words(fact) {
		const title = shortQuestion(fact.question);
		switch (fact.kind) {
			case 'request-asked':
				return { title, text: fact.question };
			case 'request-answered':
				return { title, text: fact.answer };
			case 'request-declined':
				return { title, text: fact.reason };
			default:
				return { title, text: '' };
		}
	}
};
