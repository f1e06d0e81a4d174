import type { z } from 'zod';
import type { TeamLevel } from '#lib/exercise/exercise/schema.ts';
import type { HandoverText } from '#lib/exercise/handover/schema.ts';
import type { assessmentSchema, incidentContentSchema } from '#lib/exercise/incident/schema.ts';
import type { methaneSchema } from '#lib/exercise/team/methane.ts';
import type { CountryCode } from '#lib/standards/countries.ts';

type Incident = z.input<typeof incidentContentSchema>;
type Assessment = z.input<typeof assessmentSchema>;
type Methane = z.input<typeof methaneSchema>;

/** What a simulated team keeps in its room besides its log. */
export interface RoomPlay {
	incident: (country: CountryCode) => Incident;
	assessment: Omit<Assessment, 'of'>;
	/** the first goes to the second person of the team, the last to nobody yet */
	tasks: { title: string; minutes: number; priority?: 'high' | 'urgent'; position?: string }[];
	note: string;
	methane?: Methane;
	handover: HandoverText;
}

const minute = 60_000;
export const minutesFrom = (now: number, minutes: number) =>
	Math.round(now / minute) * minute + minutes * minute;

const row = (
	country: CountryCode,
	values: Partial<NonNullable<Incident['impacts']>[number]>
): NonNullable<Incident['impacts']>[number] => ({
	country,
	sector: 'transport',
	subsector: 'water',
	severity: 'yellow',
	outlook: 'worsening',
	...values
});

export const roomPlays: Record<TeamLevel, RoomPlay | null> = {
	technical: {
		incident: (country) => ({
			title: 'Update 7.4 of Quayboard carries a foreign component',
			description:
				'The withdrawn update contains qb-sync, which calls qb-status.example and waits. Signed with a valid certificate.',
			entity: 'Operators of container terminals that run Quayboard',
			cause: 'third-party-failures',
			threat: 'high',
			types: ['malicious-code/malware-distribution', 'intrusions/application-compromise'],
			impacts: [
				row(country, { usersAffected: 2, source: 'Call round of the sector contact' }),
				row(country, { subsector: 'rail', severity: 'green', outlook: 'stable' })
			]
		}),
		assessment: {
			answer: 'yes',
			criteria: ['nis2-23-3-a'],
			reason: 'Gates and cranes of two terminals can be stopped by whoever holds the other end.'
		},
		tasks: [
			{ title: 'Ask every operator of Quayboard which version runs', minutes: 20, priority: 'urgent' },
			{ title: 'Send the rule for qb-status.example to operators with own monitoring', minutes: 30 },
			{ title: 'Find out who maintains the position gateway', minutes: 45, position: 'Sector contact' }
		],
		note: 'Three reached, one calls back; the small terminals have no out-of-hours number.',
		handover: {
			note: 'The supplier calls again at the full hour. Memory images are stored twice, checksums on the notes page.',
			risks: 'Small terminals without monitoring are unknown to us.'
		}
	},
	entity: {
		incident: (country) => ({
			title: 'Gate system does not open, work by hand',
			description: 'Barriers stay closed since the restart in the night. Trucks are let in by list.',
			entity: 'Own terminal',
			cause: 'malicious-actions',
			threat: 'medium',
			types: ['availability/outage'],
			impacts: [
				row(country, { severity: 'red', usersAffected: 420, source: 'Gate office, containers an hour' })
			]
		}),
		assessment: {
			answer: 'yes',
			criteria: ['nis2-23-3-a', 'nis2-23-3-b'],
			reason: 'A third of the usual capacity, and lorries block the public road.'
		},
		tasks: [
			{ title: 'Count what waits outside, each half hour', minutes: 30 },
			{ title: 'Telephone list of customers, second page', minutes: 25, priority: 'high' },
			{ title: 'Paper for the gate', minutes: 60, position: 'Stores' }
		],
		note: 'Ninety lorries, the police regulates the crossing.',
		methane: {
			form: 'methane',
			major: false,
			location: 'Gate 3, approach to the container terminal',
			type: 'Lorry against a closed barrier',
			hazards: 'Leaking diesel, blocked emergency lane',
			access: 'From the quay side only',
			casualties: 'One, light',
			services: 'Own fire post there; ambulance asked for'
		},
		handover: {
			note: 'Inbound waits until the ship at berth two has left. All paper slips lie in the yellow box.',
			risks: 'Paper for two hours left.'
		}
	},
	operational: {
		incident: (country) => ({
			title: 'Container terminals and freight paths disturbed',
			description: 'Several operators work by hand. One cause is likely, not proven.',
			entity: 'Transport sector',
			cause: 'third-party-failures',
			impacts: [
				row(country, { subsector: null, crossBorder: true }),
				row(country, { sector: 'food', subsector: null, severity: 'green' })
			]
		}),
		assessment: {
			answer: 'unknown',
			reason: 'Two neighbours report the same; figures come with the next reports.'
		},
		tasks: [
			{ title: 'Figures for the ministry: who, how many, until when', minutes: 30, priority: 'high' },
			{ title: 'One line to take for all operators', minutes: 40 },
			{ title: 'Contact list for the night', minutes: 90, position: 'Duty desk' }
		],
		note: 'Transport has answered; energy promises figures for the half hour.',
		handover: {
			note: 'The ministry expects figures each hour. The shipping companies have no contact of ours yet.',
			risks: 'Three figures of the last report were estimates.'
		}
	},
	political: null
};
