import type { Tlp } from '#lib/standards/tlp.ts';
import { strictestTlp } from '#lib/standards/tlp.ts';
import type { Incident } from '../incident/schema.ts';
import type { Indicator, IndicatorType } from '../indicator/schema.ts';
import type { RecordId } from '../ids.ts';
import { markingOf } from '../exercise/kind.ts';
import { textOfRichText } from '../rich-text.ts';
import {
	isUuid,
	leaves,
	namesOf,
	othersName,
	toldTime,
	uuidOf,
	wordOf,
	type Outgoing,
	type OutgoingReport
} from './items.ts';
import { tagsOfIncident, tlpTag } from './tags.ts';

/*
 * MISP core format out (DOMAIN 8.2): an event for each incident with its indicators, and one for what belongs to none.
 * Numbers are strings, as the format wants them. How far a label may be distributed is a table, not a rule of MISP.
 */

export interface MispAttribute {
	uuid: string;
	type: string;
	category: string;
	value: string;
	to_ids: boolean;
	event_id: string;
	distribution: string;
	sharing_group_id: string;
	timestamp: string;
	deleted: boolean;
	comment: string;
	Tag: { name: string }[];
}
export interface MispEvent {
	id: string;
	uuid: string;
	info: string;
	date: string;
	published: boolean;
	timestamp: string;
	publish_timestamp: string;
	org_id: string;
	orgc_id: string;
	distribution: string;
	sharing_group_id: string;
	threat_level_id: string;
	analysis: string;
	attribute_count: string;
	Orgc: { id: string; uuid: string; name: string };
	Tag: { name: string }[];
	Attribute: MispAttribute[];
	EventReport: {
		uuid: string;
		event_id: string;
		name: string;
		content: string;
		distribution: string;
		sharing_group_id: string;
		timestamp: string;
		deleted: boolean;
	}[];
}

/** "0" own organisation, "1" community, "3" all: the receiver's instance goes no further than this. */
const distribution: Record<Tlp, string> = { clear: '3', green: '1', amber: '0', amber_strict: '0', red: '0' };

const attributeTypes: Record<IndicatorType, [type: string, category: string]> = {
	ipv4: ['ip-dst', 'Network activity'],
	ipv6: ['ip-dst', 'Network activity'],
	domain: ['domain', 'Network activity'],
	url: ['url', 'Network activity'],
	email: ['email', 'Payload delivery'],
	md5: ['md5', 'Payload delivery'],
	sha1: ['sha1', 'Payload delivery'],
	sha256: ['sha256', 'Payload delivery'],
	'file-name': ['filename', 'Payload delivery'],
	other: ['other', 'Other']
};

const seconds = (ms: number) => String(Math.floor(ms / 1000));

export function toMisp(outgoing: Outgoing): { response: { Event: MispEvent }[] } {
	const incidents = outgoing.incidents.filter(({ standing }) => leaves(standing.content.tlp));
	const indicators = outgoing.indicators.filter(({ standing }) => leaves(standing.content.tlp));
	const reports = outgoing.reports.filter((report) => leaves(report.tlp));
	const own = (id: string) => uuidOf(outgoing.exercise.id, outgoing.team.id, id);
	const uuids = namesOf(incidents, isUuid, own);
	const attributes = namesOf(indicators, isUuid, own);
	const events = incidents.map(({ id, standing }, i) =>
		eventOf(outgoing, String(i + 1), {
			uuid: uuids.get(id)!,
			attributes,
			incident: { id, standing },
			indicators: indicators.filter((one) => one.standing.content.incident === id),
			reports: []
		})
	);
	const loose = indicators.filter(
		({ standing: { content } }) => content.incident === null || !uuids.has(content.incident)
	);
	if (loose.length > 0 || reports.length > 0)
		events.push(
			eventOf(outgoing, String(events.length + 1), {
				uuid: own(othersName),
				attributes,
				incident: null,
				indicators: loose,
				reports
			})
		);
	return { response: events.map((Event) => ({ Event })) };
}

interface Content {
	uuid: string;
	/** what each indicator is called */
	attributes: ReadonlyMap<RecordId, string>;
	incident: { id: RecordId; standing: Incident } | null;
	indicators: { id: RecordId; standing: Indicator }[];
	reports: OutgoingReport[];
}

function eventOf(
	outgoing: Outgoing,
	number: string,
	{ uuid, attributes: uuids, incident, indicators, reports }: Content
): MispEvent {
	const { exercise, team, now } = outgoing;
	const content = incident?.standing.content;
	const tlp = strictestTlp([
		...(content ? [content.tlp] : []),
		...indicators.map(({ standing }) => standing.content.tlp),
		...reports.map((report) => report.tlp)
	]);
	const changed = incident?.standing.changed.wallAt ?? now;
	const description = content?.description
		? [
				{
					name: content.title,
					text: content.description,
					at: changed,
					key: 'description'
				}
			]
		: [];
	const texts = [
		...description,
		...reports.map((report) => ({
			name: `${report.title} (as of ${toldTime(outgoing, report.asOf)})`,
			text: textOfRichText(report.text),
			at: report.approvedAt,
			key: `report ${report.number}`
		}))
	];
	const attributes = indicators.map(({ id, standing }): MispAttribute => {
		const [type, category] = attributeTypes[standing.content.type];
		const { value, description: comment } = standing.content;
		return {
			uuid: uuids.get(id)!,
			type,
			category,
			value,
			to_ids: standing.withdrawn === null && type !== 'other',
			event_id: number,
			distribution: '5',
			sharing_group_id: '0',
			timestamp: seconds(standing.changed.wallAt),
			deleted: standing.withdrawn !== null,
			comment,
			Tag: [{ name: tlpTag(standing.content.tlp) }]
		};
	});
	return {
		id: number,
		uuid,
		info: `${markingOf(exercise)}: ${content?.title ?? `${exercise.name}, ${team.name}`}`,
		date: new Date(incident?.standing.opened.wallAt ?? now).toISOString().slice(0, 10),
		published: false,
		timestamp: seconds(changed),
		publish_timestamp: '0',
		org_id: '1',
		orgc_id: '1',
		distribution: distribution[tlp],
		sharing_group_id: '0',
		threat_level_id: content?.threat ? { high: '1', medium: '2', low: '3' }[content.threat] : '4',
		analysis: incident ? analysisOf(incident.standing) : '0',
		attribute_count: String(attributes.length),
		Orgc: { id: '1', uuid: uuidOf(exercise.id, team.id), name: `${team.name} (${wordOf(exercise)})` },
		Tag: [tlpTag(tlp), wordOf(exercise), ...(content ? tagsOfIncident(content) : [])].map((name) => ({
			name
		})),
		Attribute: attributes,
		EventReport: texts.map(({ name, text, at, key }) => ({
			uuid: uuidOf(exercise.id, team.id, incident?.id ?? othersName, key),
			event_id: number,
			name,
			content: text,
			distribution: '5',
			sharing_group_id: '0',
			timestamp: seconds(at),
			deleted: false
		}))
	};
}

/** "0" initial, "1" ongoing, "2" complete. */
function analysisOf({ state }: Incident): string {
	if (state === 'new') return '0';
	return ['closed', 'not-an-incident', 'duplicate', 'transferred'].includes(state) ? '2' : '1';
}
