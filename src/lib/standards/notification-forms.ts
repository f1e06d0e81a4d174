import { countryCodes } from './countries.ts';
import { incidentCauses, threatSeverities } from './incidents.ts';
import { sectorIds } from './sectors.ts';

/**
 * The forms of the reports that NIS2 Art. 23(4) asks for, as versioned data (DOMAIN 2.8: the fields are a proposal that
 * satisfies each step). A form that is in use is never changed: a better one is added with the next version. Which one
 * a report was written on is kept with it, so that it can always be read as it was meant.
 */
export const notificationSteps = [
	'early_warning',
	'incident_notification',
	'intermediate_report',
	'progress_report',
	'final_report'
] as const;
export type NotificationStep = (typeof notificationSteps)[number];

const stepNames: Record<NotificationStep, string> = {
	early_warning: 'Early warning',
	incident_notification: 'Incident notification',
	intermediate_report: 'Intermediate report',
	progress_report: 'Progress report',
	final_report: 'Final report'
};
export const stepName = (step: NotificationStep): string => stepNames[step];

export const fieldTypes = [
	/** one line */
	'line',
	/** formatted text that several people write at once */
	'text',
	'yes-no-unknown',
	'choice',
	'number',
	/** exercise time, ms */
	'time',
	'countries',
	'sector'
] as const;
export type FieldType = (typeof fieldTypes)[number];

export interface FormField {
	id: string;
	type: FieldType;
	label: string;
	help?: string;
	required?: true;
	/** of a choice */
	options?: readonly { id: string; label: string }[];
	/** characters of a line or a text */
	max?: number;
}

export interface NotificationForm {
	/** the same through all versions */
	id: string;
	version: number;
	step: NotificationStep;
	law: string;
	fields: readonly FormField[];
}

const option = (id: string) => ({ id, label: (id[0]!.toUpperCase() + id.slice(1)).replaceAll('-', ' ') });
const line = (id: string, label: string, more: Partial<FormField> = {}): FormField => ({
	id,
	type: 'line',
	label,
	max: 300,
	...more
});
const text = (id: string, label: string, more: Partial<FormField> = {}): FormField => ({
	id,
	type: 'text',
	label,
	max: 8000,
	...more
});
const said = (id: string, label: string, more: Partial<FormField> = {}): FormField => ({
	id,
	type: 'yes-no-unknown',
	label,
	...more
});
const required = true as const;

const entity = line('entity', 'Affected entity', { required });
const sector: FormField = { id: 'sector', type: 'sector', label: 'Sector', required };
const awareAt: FormField = {
	id: 'aware_at',
	type: 'time',
	label: 'Became aware (exercise time)',
	help: 'The clocks of Art. 23 run from here.',
	required
};
const occurredAt: FormField = { id: 'occurred_at', type: 'time', label: 'Began (exercise time)' };
const malicious = said('suspected_malicious', 'Suspected of being caused by unlawful or malicious acts?', {
	required
});
const crossBorder = said('possible_cross_border', 'Could it have an impact across borders?', { required });
const affectedStates: FormField = {
	id: 'affected_states',
	type: 'countries',
	label: 'Member States affected, or possibly'
};
const contact = line('contact_24x7', 'Contact, day and night', { required });
const severity: FormField = {
	id: 'severity',
	type: 'choice',
	label: 'Severity',
	help: 'Potential impact, as the technical level sees it.',
	options: threatSeverities.map(option),
	required
};
const cause: FormField = {
	id: 'nature_root_cause',
	type: 'choice',
	label: 'Root cause, as far as known',
	options: [...incidentCauses.map(option), { id: 'unknown', label: 'Not known yet' }],
	required
};

const earlyWarning = [
	entity,
	sector,
	awareAt,
	occurredAt,
	malicious,
	crossBorder,
	affectedStates,
	text('short_description', 'What happened', {
		help: 'Short: what is known, what is assumed.',
		max: 2000,
		required
	}),
	contact
];

/** Oldest version first. */
export const notificationForms: readonly NotificationForm[] = [
	{
		id: 'nis2-early-warning',
		version: 1,
		step: 'early_warning',
		law: 'NIS2, Art. 23(4)(a)',
		fields: earlyWarning
	},
	{
		// the entity may ask for guidance with its first word (Art. 23(5)); version 1 had no place for it
		id: 'nis2-early-warning',
		version: 2,
		step: 'early_warning',
		law: 'NIS2, Art. 23(4)(a)',
		fields: [
			...earlyWarning,
			said('ongoing', 'Is it still going on?', { required }),
			text('guidance_wanted', 'Guidance or support that we ask for', {
				help: 'The CSIRT or authority answers where possible within 24 hours (Art. 23(5)).',
				max: 2000
			})
		]
	},
	{
		id: 'nis2-incident-notification',
		version: 1,
		step: 'incident_notification',
		law: 'NIS2, Art. 23(4)(b)',
		fields: [
			entity,
			sector,
			awareAt,
			malicious,
			crossBorder,
			affectedStates,
			text('update', 'What has changed since the early warning', { required }),
			cause,
			severity,
			text('services_affected', 'Services affected, and how', { required }),
			{ id: 'users_affected', type: 'number', label: 'Users affected' },
			line('users_source', 'Source and time of that number', {
				help: 'A number without its source is worth little to the reader.'
			}),
			line('geographic_spread', 'Geographic spread', { required }),
			line('duration_so_far', 'Duration so far', { required }),
			text('iocs', 'Indicators of compromise, where available'),
			text('mitigation', 'Mitigation so far', { required }),
			said('law_enforcement_informed', 'Law enforcement informed?'),
			contact
		]
	},
	{
		id: 'nis2-intermediate-report',
		version: 1,
		step: 'intermediate_report',
		law: 'NIS2, Art. 23(4)(c)',
		fields: [
			entity,
			text('status', 'Status updates that matter', { required }),
			severity,
			text('services_affected', 'Services affected, and how', { required }),
			text('mitigation', 'Mitigation since the last report'),
			contact
		]
	},
	{
		id: 'nis2-progress-report',
		version: 1,
		step: 'progress_report',
		law: 'NIS2, Art. 23(4)(e)',
		fields: [
			entity,
			text('status', 'Where the handling stands', { required }),
			text('outlook', 'What remains to be done, and until when', { required }),
			severity,
			contact
		]
	},
	{
		id: 'nis2-final-report',
		version: 1,
		step: 'final_report',
		law: 'NIS2, Art. 23(4)(d)',
		fields: [
			entity,
			sector,
			text('detailed_description', 'Detailed description of the incident', { required }),
			severity,
			text('impact', 'Impact', { required }),
			text('threat_type_or_root_cause', 'Type of threat, or root cause that probably led to it', {
				required
			}),
			text('mitigation_applied', 'Mitigation applied', { required }),
			text('mitigation_ongoing', 'Mitigation still going on', { required }),
			text('cross_border_impact', 'Impact across borders, where there is one'),
			text('lessons', 'Lessons')
		]
	}
];

/** The form for what is begun now: the newest version. */
export function currentForm(step: NotificationStep): NotificationForm {
	return notificationForms.findLast((form) => form.step === step)!;
}

/** The form on which a report was written; null: none of this installation's. */
export function formOf(named: { id: string; version: number }): NotificationForm | null {
	return notificationForms.find((form) => form.id === named.id && form.version === named.version) ?? null;
}

/** The values that a field may have, where they are from a list. */
export function optionsOf(field: FormField): readonly string[] | null {
	switch (field.type) {
		case 'yes-no-unknown':
			return ['yes', 'no', 'unknown'];
		case 'choice':
			return (field.options ?? []).map(({ id }) => id);
		case 'sector':
			return sectorIds;
		case 'countries':
			return countryCodes;
		default:
			return null;
	}
}
