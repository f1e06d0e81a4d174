import { z } from 'zod';

/*
 * What the published schemas ask of the objects that we write, object by object: STIX 2.1 (common properties, incident,
 * indicator, report, identity, relationship, marking definition), the OASIS extensions for TLP 2.0 and for the core of an
 * incident, and the MISP core format. Written anew from them, and nowhere laxer for what we write. The published bundle
 * schema itself refuses every incident: it does not name the type, and takes it neither for a custom object (an incident
 * is valid by both `core` and `cyber-observable-core`, and must be by just one).
 */

const hex = (digits: number) => `[0-9a-fA-F]{${digits}}`;
const uuid = `${hex(8)}-${hex(4)}-[1-5]${hex(3)}-[89abAB]${hex(3)}-${hex(12)}`;
const identifier = (type = '[a-z][a-z0-9-]+[a-z0-9]') => z.string().regex(new RegExp(`^${type}--${uuid}$`));
/** RFC 3339 in UTC with `Z` */
const instant =
	'[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)';
const timestamp = z.string().regex(new RegExp(`^${instant}(\\.[0-9]+)?Z$`));
/** what versions are told apart by: at least to the millisecond */
const version = z.string().regex(new RegExp(`^${instant}\\.[0-9]{3,}Z$`));
const texts = z.array(z.string()).min(1);
/** what a relationship may join */
const end = identifier(
	'(?!(relationship|sighting|bundle|marking-definition|language-content)--)[a-z][a-z0-9-]+[a-z0-9]'
);

/** No property beyond these, and no null: `extensions` stands only where we write one. */
const common = <Type extends string>(type: Type) => ({
	type: z.literal(type),
	spec_version: z.literal('2.1'),
	id: identifier(type),
	created_by_ref: identifier('identity').optional(),
	created: version,
	modified: version,
	revoked: z.boolean().optional(),
	labels: texts.optional(),
	object_marking_refs: z.array(identifier('marking-definition')).min(1).optional()
});

const incidentCore = z.strictObject({
	extension_type: z.literal('property-extension'),
	determination: z.enum(['suspected', 'confirmed', 'blocked', 'failed-attempt', 'false-positive']),
	investigation_status: z.enum(['new', 'open', 'closed']),
	criticality: z.number().int().min(0).max(100).optional(),
	incident_types: texts.optional()
});

// no `modified`; either a statement, or TLP 2.0 with the ids that OASIS gave its labels
const marking = {
	type: z.literal('marking-definition'),
	spec_version: z.literal('2.1'),
	created: timestamp
};
const statement = z.strictObject({
	...marking,
	id: identifier('marking-definition'),
	definition_type: z.literal('statement'),
	definition: z.strictObject({ statement: z.string().min(1) })
});
const tlp2 = (id: string, name: string, label: string) =>
	z.strictObject({
		...marking,
		id: z.literal(`marking-definition--${id}`),
		name: z.literal(name),
		extensions: z.strictObject({
			'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': z.strictObject({
				extension_type: z.literal('property-extension'),
				tlp_2_0: z.literal(label)
			})
		})
	});

const versioned = z.discriminatedUnion('type', [
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
		pattern: z.string().regex(/^\(*\s*\[.+\]/s),
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
		source_ref: end,
		target_ref: end
	})
]);
export const stixObject = z.union([
	versioned,
	statement,
	tlp2('94868c89-83c2-464b-929b-a1a8aa3c8487', 'TLP:CLEAR', 'clear'),
	tlp2('bab4a63c-aed9-4cf5-a766-dfca5abac2bb', 'TLP:GREEN', 'green'),
	tlp2('55d920b0-5e8b-4f79-9ee9-91f868d9b421', 'TLP:AMBER', 'amber'),
	tlp2('939a9414-2ddd-4d32-a0cd-375ea402b003', 'TLP:AMBER+STRICT', 'amber+strict'),
	tlp2('e828b379-4e03-4974-9ac4-e53a884c97c1', 'TLP:RED', 'red')
]);

export const stixBundle = z.strictObject({
	type: z.literal('bundle'),
	id: identifier('bundle'),
	objects: z.array(stixObject).min(1)
});

const number = z.string().regex(/^\d+$/);
const tag = z.strictObject({ name: z.string().min(1) });
const anyUuid = z.string().regex(new RegExp(`^${uuid}$`));
/** Of the categories that MISP gives its types, those that we write. */
const categories = {
	'Network activity': ['ip-dst', 'domain', 'url'],
	'Payload delivery': ['email', 'md5', 'sha1', 'sha256', 'filename'],
	Other: ['other']
};
const attribute = z
	.strictObject({
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
	.refine(({ type, category }) => categories[category].includes(type), 'MISP has no such type there.');
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
	Attribute: z.array(attribute),
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
