import { z } from 'zod';
import { instant, longText, shortText } from '../exercise/schema.ts';

/** Kinds of a team log's entries that are written as text (DOMAIN 5.2, ICS-214 style). */
export const logKinds = ['event', 'action', 'communication', 'handover', 'note'] as const;
/** A METHANE report is an entry with fields of its own (methane.ts). */
export type LogKind = (typeof logKinds)[number] | 'methane';

/** A decision as it was taken: what was known then, what was weighed, what was chosen and why (DOMAIN 5.2). */
export const decisionSchema = z.object({
	question: longText('Question'),
	factsKnown: z.string().trim().max(4000).default(''),
	assumptions: z.string().trim().max(4000).default(''),
	options: z
		.array(
			z.object({
				text: shortText('Option', 1000),
				pros: z.string().trim().max(2000).default(''),
				cons: z.string().trim().max(2000).default('')
			})
		)
		.max(8)
		.default([]),
	chosen: shortText('Decision', 2000),
	reason: z.string().trim().max(4000).default(''),
	consulted: z.string().trim().max(1000).default(''),
	dissent: z.string().trim().max(2000).default(''),
	/** exercise time at which it is looked at again, ms; missing or null: no time is set */
	reviewAt: instant.nullable().optional()
});
export type Decision = z.infer<typeof decisionSchema>;

/** A team may add to its log for an hour after ENDEX; such entries are marked late (DOMAIN 7.1). */
export const lateLogMs = 60 * 60_000;
