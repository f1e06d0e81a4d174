import { z } from 'zod';
import { countryCodes } from '#lib/standards/countries.ts';
import {
	impactColours,
	incidentCauses,
	outlooks,
	rsitTypes,
	threatSeverities
} from '#lib/standards/incidents.ts';
import { sectorIds, subsectorIds } from '#lib/standards/sectors.ts';
import { tlpIds } from '#lib/standards/tlp.ts';
import { instant, shortText } from '../exercise/schema.ts';
import type { TeamFile } from '../team/files.ts';
import type { Act, Happened, OpenWork, RecordDefinition, RecordFact } from '../working/record.ts';

export type { Act };

/** What an incident does to one sector of one country. Every number says where it comes from and for when it holds (DOMAIN 5.1). */
export const impactSchema = z.object({
	country: z.enum(countryCodes),
	sector: z.enum(sectorIds),
	subsector: z.enum(subsectorIds).nullable().default(null),
	severity: z.enum(impactColours),
	/** for the next six hours */
	outlook: z.enum(outlooks).default('stable'),
	usersAffected: z.number().int().min(0).max(1_000_000_000).nullable().default(null),
	crossBorder: z.boolean().default(false),
	/** who says so */
	source: z.string().trim().max(300).default(''),
	/** exercise time, ms; null: not said */
	asOf: instant.nullable().default(null)
});
export type Impact = z.infer<typeof impactSchema>;

export const incidentContentSchema = z.object({
	title: shortText('Title', 200),
	description: z.string().trim().max(8000).default(''),
	/** the affected entity, as the team calls it */
	entity: z.string().trim().max(200).default(''),
	cause: z.enum(incidentCauses).nullable().default(null),
	threat: z.enum(threatSeverities).nullable().default(null),
	/** RSIT, `class/type` */
	types: z.array(z.enum(rsitTypes)).max(12).default([]),
	impacts: z.array(impactSchema).max(60).default([]),
	tlp: z.enum(tlpIds).default('amber'),
	/** what it is called where it came from (STIX id, MISP uuid): the same one is taken over once */
	external: z.string().max(200).nullable().default(null),
	/** exercise times, ms: when the team became aware of it, from which the clocks of NIS2 Art. 23 run; when it began */
	awareAt: instant.nullable().default(null),
	occurredAt: instant.nullable().default(null)
});
export type IncidentContent = z.infer<typeof incidentContentSchema>;

/** DOMAIN 7.5. */
export const incidentStates = [
	'new',
	'open',
	'contained',
	'recovered',
	'closed',
	'not-an-incident',
	'duplicate',
	'transferred'
] as const;
export type IncidentState = (typeof incidentStates)[number];

const steps: Record<IncidentState, readonly IncidentState[]> = {
	new: ['open', 'not-an-incident', 'duplicate', 'transferred'],
	open: ['contained', 'not-an-incident', 'duplicate', 'transferred'],
	contained: ['recovered', 'open'],
	recovered: ['closed', 'open'],
	closed: ['open'],
	'not-an-incident': ['open'],
	duplicate: ['open'],
	transferred: []
};
/** The states that may follow. */
export const nextIncidentStates = (state: IncidentState): readonly IncidentState[] => steps[state];

/** What is assessed, at a time and for reasons, and may be assessed anew: never a mere tick (NIS2 Art. 23(3), Art. 6(7)). */
export const assessmentSubjects = ['significant', 'large-scale'] as const;
export type AssessmentSubject = (typeof assessmentSubjects)[number];

export const assessmentSchema = z.object({
	of: z.enum(assessmentSubjects),
	answer: z.enum(['yes', 'no', 'unknown']),
	/** ids of the criteria that it meets */
	criteria: z.array(z.string().max(60)).max(20).default([]),
	reason: z.string().trim().max(4000).default('')
});
export type Assessment = z.infer<typeof assessmentSchema>;

type Of<Kind extends string, Body> = RecordFact & { kind: Kind } & Body;
export type IncidentFact =
	| Of<'incident-opened', { number: number; content: IncidentContent }>
	| Of<'incident-updated', { number: number; title: string; changes: Partial<IncidentContent> }>
	| Of<
			'incident-moved',
			{ number: number; title: string; from: IncidentState; to: IncidentState; reason: string }
	  >
	| Of<'incident-assessed', { number: number; title: string; assessment: Assessment }>
	| Of<'incident-file-added', { number: number; title: string; files: TeamFile[] }>;

export interface Incident {
	number: number;
	content: IncidentContent;
	state: IncidentState;
	opened: Act;
	/** the last change of whatever kind */
	changed: Act;
	/** first to last: the last of a subject is what holds now */
	assessments: (Assessment & Act)[];
	history: (Act & { to: IncidentState; reason: string })[];
	files: (TeamFile & Act)[];
}

function evolve(incident: Incident | null, { fact, by, at, wallAt }: Happened<IncidentFact>): Incident {
	const act: Act = { by, at, wallAt };
	if (fact.kind === 'incident-opened')
		return {
			number: fact.number,
			content: fact.content,
			state: 'new',
			opened: act,
			changed: act,
			assessments: [],
			history: [],
			files: []
		};
	if (!incident) throw new Error(`an incident begins by being opened, not with ${fact.kind}`);
	switch (fact.kind) {
		case 'incident-updated':
			return { ...incident, content: { ...incident.content, ...fact.changes }, changed: act };
		case 'incident-moved': {
			const { to, reason } = fact;
			return {
				...incident,
				state: to,
				changed: act,
				history: [...incident.history, { ...act, to, reason }]
			};
		}
		case 'incident-assessed':
			return {
				...incident,
				changed: act,
				assessments: [...incident.assessments, { ...fact.assessment, ...act }]
			};
		case 'incident-file-added':
			return {
				...incident,
				changed: act,
				files: [...incident.files, ...fact.files.map((file) => ({ ...file, ...act }))]
			};
	}
}

/** What holds now; null: nobody has assessed it. */
export function assessed(incident: Pick<Incident, 'assessments'>, of: AssessmentSubject) {
	return incident.assessments.findLast((one) => one.of === of) ?? null;
}

/** It is over, for this team: nothing is to be done about it any more. */
export const isIncidentOver = (state: IncidentState) =>
	['closed', 'not-an-incident', 'duplicate', 'transferred'].includes(state);

function open({ number, content, state }: Incident): OpenWork[] {
	if (isIncidentOver(state)) return [];
	const { title, tlp } = content;
	return [{ title, number, state, dueAt: null, whose: null, account: null, tlp }];
}

export const incidentRecord: RecordDefinition<IncidentFact, Incident> = {
	shown: {
		'incident-opened': 'watched',
		'incident-updated': 'watched',
		'incident-moved': 'watched',
		'incident-assessed': 'watched',
		'incident-file-added': 'watched'
	},
	group: 'incidents',
	needs: ['files'],
	open,
	evolve,
	words(fact) {
		switch (fact.kind) {
			case 'incident-opened':
				return { title: fact.content.title, text: fact.content.description };
			case 'incident-updated':
				return { title: fact.title, text: fact.changes.description ?? '' };
			case 'incident-moved':
				return { title: fact.title, text: fact.reason };
			case 'incident-assessed':
				return { title: fact.title, text: fact.assessment.reason };
			case 'incident-file-added':
				return { title: fact.title, text: fact.files.map((file) => file.name).join('\n') };
		}
	}
};
