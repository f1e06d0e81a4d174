import { z } from 'zod';
import { lowerTlp, tlpIds, tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import { instant } from '../exercise/schema.ts';
import type { RecordId } from '../ids.ts';
import type { Act } from '../incident/schema.ts';
import type { RecordDefinition, RecordFact } from '../working/record.ts';

/** What can be looked for (DOMAIN 2.8, IoCs). Everything in an exercise is synthetic. */
export const indicatorTypes = [
	'ipv4',
	'ipv6',
	'domain',
	'url',
	'email',
	'md5',
	'sha1',
	'sha256',
	'file-name',
	'other'
] as const;
export type IndicatorType = (typeof indicatorTypes)[number];

const shapes: Partial<Record<IndicatorType, [pattern: RegExp, example: string]>> = {
	ipv4: [/^(\d{1,3})(\.\d{1,3}){3}(\/\d{1,2})?$/, '192.0.2.7'],
	ipv6: [/^[0-9a-f:.]{2,45}(\/\d{1,3})?$/i, '2001:db8::7'],
	domain: [/^(?=.{1,253}$)([^\s./@]{1,63}\.)+[^\s./@]{2,63}$/, 'port.example'],
	url: [/^[a-z][a-z0-9+.-]*:\/\/\S{1,2000}$/i, 'https://port.example/login'],
	email: [/^\S{1,64}@\S{1,253}$/, 'crane@port.example'],
	md5: [/^[0-9a-f]{32}$/i, '32 letters a to f and digits'],
	sha1: [/^[0-9a-f]{40}$/i, '40 letters a to f and digits'],
	sha256: [/^[0-9a-f]{64}$/i, '64 letters a to f and digits']
};

/** Why a value is none of its type; null when it is one. */
export function indicatorProblem(type: IndicatorType, value: string): string | null {
	const shape = shapes[type];
	if (!shape || shape[0].test(value)) return null;
	return `“${value.slice(0, 60)}” is no ${type}. Write it as in ${shape[1]}.`;
}

/** The id that it has elsewhere (STIX id, MISP uuid): the same one is taken over once. */
export const externalId = z.string().trim().min(1).max(200);

export const indicatorContentSchema = z
	.object({
		type: z.enum(indicatorTypes),
		value: z.string().trim().min(1, 'Write the value to look for.').max(2000),
		description: z.string().trim().max(2000).default(''),
		tlp: z.enum(tlpIds).default('amber'),
		/** the incident that it belongs to */
		incident: z.string().max(40).nullable().default(null),
		external: externalId.nullable().default(null),
		/** exercise time, ms; null: not said */
		seenAt: instant.nullable().default(null)
	})
	.superRefine(({ type, value }, context) => {
		const problem = indicatorProblem(type, value);
		if (problem) context.addIssue({ code: 'custom', message: problem, path: ['value'] });
	});
export type IndicatorContent = Omit<z.infer<typeof indicatorContentSchema>, 'incident'> & {
	incident: RecordId | null;
};

export type IndicatorFact =
	| (RecordFact & { kind: 'indicator-added'; number: number; content: IndicatorContent })
	| (RecordFact & { kind: 'indicator-changed'; number: number; value: string; content: IndicatorContent })
	/** its source has lowered the label, for itself and for a team that took the indicator over */
	| (RecordFact & { kind: 'indicator-relaxed'; value: string; was: Tlp })
	| (RecordFact & { kind: 'indicator-withdrawn'; number: number; value: string; reason: string });

export interface Indicator {
	number: number;
	content: IndicatorContent;
	added: Act;
	changed: Act;
	/** why it is no longer looked for; null: it is */
	withdrawn: string | null;
}

export const indicatorRecord: RecordDefinition<IndicatorFact, Indicator> = {
	shown: {
		'indicator-added': 'watched',
		'indicator-changed': 'watched',
		'indicator-relaxed': 'watched',
		'indicator-withdrawn': 'watched'
	},
	group: 'incidents',
	evolve(indicator, { fact, by, at, wallAt }) {
		const act: Act = { by, at, wallAt };
		if (fact.kind === 'indicator-added')
			return { number: fact.number, content: fact.content, added: act, changed: act, withdrawn: null };
		if (!indicator) throw new Error(`an indicator begins by being added, not with ${fact.kind}`);
		if (fact.kind === 'indicator-relaxed') {
			const { content } = indicator;
			return { ...indicator, changed: act, content: { ...content, tlp: lowerTlp(content.tlp, fact.tlp) } };
		}
		return fact.kind === 'indicator-changed'
			? { ...indicator, content: fact.content, changed: act }
			: { ...indicator, changed: act, withdrawn: fact.reason };
	},
	words(fact) {
		switch (fact.kind) {
			case 'indicator-added':
				return { title: fact.content.value, text: fact.content.description };
			case 'indicator-changed':
				return { title: fact.value, text: fact.content.description };
			case 'indicator-relaxed':
				return { title: fact.value, text: `${tlpLabel(fact.was)} → ${tlpLabel(fact.tlp)}` };
			case 'indicator-withdrawn':
				return { title: fact.value, text: fact.reason };
		}
	}
};
