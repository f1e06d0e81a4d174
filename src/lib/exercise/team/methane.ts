import { z } from 'zod';
import { rsit, type RsitClass } from '#lib/standards/incidents.ts';
import { shortText } from '../exercise/schema.ts';

/**
 * METHANE (JESIP), the first report from a scene, and its like for a cyber incident (DOMAIN 5.2). Below a major incident
 * it is called ETHANE. One breath each: the fields are short.
 */
const line = z.string().trim().max(500).default('');
const rsitClasses = Object.keys(rsit) as [RsitClass, ...RsitClass[]];

export const methaneSchema = z.discriminatedUnion('form', [
	z.object({
		form: z.literal('methane'),
		/** M: whether a major incident is declared */
		major: z.boolean().default(false),
		location: shortText('Exact location', 500),
		type: shortText('Type of incident', 500),
		hazards: line,
		access: line,
		casualties: line,
		services: line
	}),
	z.object({
		form: z.literal('cyber'),
		/** M: the level that is declared, as the team calls it */
		level: line,
		entity: shortText('Entity, system, site', 500),
		type: z.enum(rsitClasses),
		threats: line,
		channels: line,
		affected: line,
		teams: line
	})
]);
export type Methane = z.infer<typeof methaneSchema>;
export type MethaneForm = Methane['form'];

type FieldOf<Form extends MethaneForm> = Exclude<keyof Extract<Methane, { form: Form }>, 'form'>;
export type MethaneField = FieldOf<'methane'> | FieldOf<'cyber'>;
/** A field with its form, as texts are named: `cyber.entity`. */
export type MethaneFieldName = `methane.${FieldOf<'methane'>}` | `cyber.${FieldOf<'cyber'>}`;

/** The fields of each form in the order of its letters. */
export const methaneFields = {
	methane: ['major', 'location', 'type', 'hazards', 'access', 'casualties', 'services'],
	cyber: ['level', 'entity', 'type', 'threats', 'channels', 'affected', 'teams']
} as const satisfies { [Form in MethaneForm]: readonly FieldOf<Form>[] };

/** Where and what, in the words of the fields: how the report is called in a list. */
export function methaneHeadline(report: Methane): string {
	return report.form === 'methane' ? `${report.type}, ${report.location}` : report.entity;
}

/** Each field with what stands in it, in the order of the letters. */
export function methaneValues(
	report: Methane
): { field: MethaneField; name: MethaneFieldName; value: string | boolean }[] {
	const values = report as Record<string, string | boolean>;
	return methaneFields[report.form].map((field) => ({
		field,
		name: `${report.form}.${field}` as MethaneFieldName,
		value: values[field] ?? ''
	}));
}
