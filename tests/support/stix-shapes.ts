import { z } from 'zod';

/*
 * What the published schemas ask of the objects that we write, object by object: STIX 2.1 (common properties, incident,
 * indicator, report, identity, relationship, marking definition), the OASIS extensions for TLP 2.0 and for the core of an
 * incident, and the MISP core format. Written anew from them; the published bundle schema itself refuses incidents.
 */

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const identifier = (type = '[a-z][a-z0-9-]+[a-z0-9]') => z.string().regex(new RegExp(`^${type}--${uuid}$`));
/** RFC 3339 in UTC with `Z` */
const timestamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const texts = z.array(z.string()).min(1);

const common = <Type extends string>(type: Type) => ({
	type: z.literal(type),
	spec_version: z.literal('2.1'),
	id: identifier(type),
	created_by_ref: identifier('identity').optional(),
	created: timestamp,
	modified: timestamp,
	revoked: z.boolean().optional(),
	labels: texts.optional(),
	object_marking_refs: z.array(identifier('marking-definition')).min(1).optional(),
	extensions: z
		.record(z.string().regex(new RegExp(`^extension-definition--${uuid}$`)), z.unknown())
		.optional()
});

const incidentCore = z.strictObject({
	extension_type: z.literal('property-extension'),
	determination: z.enum(['suspected', 'confirmed', 'blocked', 'failed-attempt', 'false-positive']),
	investigation_status: z.enum(['new', 'open', 'closed']),
	criticality: z.number().int().min(0).max(100).optional(),
	incident_types: texts.optional()
});
const tlp2 = z.strictObject({
	extension_type: z.literal('property-extension'),
	tlp_2_0: z.enum(['clear', 'green', 'amber', 'amber+strict', 'red'])
});

export const stixObject = z.discriminatedUnion('type', [
	z.strictObject({
		...common('identity'),
		name: z.string().min(1),
		identity_class: z.enum(['individual', 'group', 'system', 'organization', 'class', 'unknown'])
	}),
	z.strictObject({
		...common('incident'),
		name: z.string().min(1),
		description: z.string().optional(),
		extensions: z.strictObject({
			'extension-definition--ef765651-680c-498d-9894-99799f2fa126': incidentCore
		})
	}),
	z.strictObject({
		...common('indicator'),
		name: z.string().optional(),
		description: z.string().optional(),
		indicator_types: texts.optional(),
		pattern: z.string().regex(/^\[.+\]$/s),
		pattern_type: z.literal('stix'),
		valid_from: timestamp
	}),
	z.strictObject({
		...common('report'),
		name: z.string().min(1),
		description: z.string().optional(),
		report_types: texts.optional(),
		published: timestamp,
		object_refs: z.array(identifier()).min(1)
	}),
	z.strictObject({
		...common('relationship'),
		relationship_type: z.string().regex(/^[a-z0-9-]+$/),
		source_ref: identifier(),
		target_ref: identifier()
	}),
	// no `modified`; either a definition, or the TLP 2.0 extension
	z.strictObject({
		type: z.literal('marking-definition'),
		spec_version: z.literal('2.1'),
		id: identifier('marking-definition'),
		created: timestamp,
		name: z.string().optional(),
		definition_type: z.literal('statement').optional(),
		definition: z.strictObject({ statement: z.string().min(1) }).optional(),
		extensions: z
			.strictObject({ 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': tlp2 })
			.optional()
	})
]);

export const stixBundle = z.strictObject({
	type: z.literal('bundle'),
	id: identifier('bundle'),
	objects: z.array(stixObject).min(1)
});

const number = z.string().regex(/^\d+$/);
const tag = z.strictObject({ name: z.string().min(1) });
const anyUuid = z.string().regex(new RegExp(`^${uuid}$`));
export const mispEvent = z.strictObject({
	id: number,
	uuid: anyUuid,
	info: z.string().min(1),
	date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
	published: z.boolean(),
	timestamp: number,
	publish_timestamp: number,
	org_id: number,
	orgc_id: number,
	distribution: z.enum(['0', '1', '2', '3', '4']),
	sharing_group_id: number,
	threat_level_id: z.enum(['1', '2', '3', '4']),
	analysis: z.enum(['0', '1', '2']),
	attribute_count: number,
	Orgc: z.strictObject({ id: number, uuid: anyUuid, name: z.string().min(1) }),
	Tag: z.array(tag),
	Attribute: z.array(
		z.strictObject({
			uuid: anyUuid,
			type: z.string().min(1),
			category: z.enum(['Network activity', 'Payload delivery', 'Other']),
			value: z.string().min(1),
			to_ids: z.boolean(),
			event_id: number,
			distribution: z.enum(['0', '1', '2', '3', '4', '5']),
			sharing_group_id: number,
			timestamp: number,
			deleted: z.boolean(),
			comment: z.string(),
			Tag: z.array(tag)
		})
	),
	EventReport: z.array(
		z.strictObject({
			uuid: anyUuid,
			event_id: number,
			name: z.string().min(1),
			content: z.string(),
			distribution: z.enum(['0', '1', '2', '3', '4', '5']),
			sharing_group_id: number,
			timestamp: number,
			deleted: z.boolean()
		})
	)
});
