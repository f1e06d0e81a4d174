import { describe, expect, it } from 'vitest';
import type { Decision } from '#lib/exercise/decision.ts';
import { exerciseStates, type Actor, type Exercise, type Team } from '#lib/exercise/exercise/schema.ts';
import type { OrganisationId, RecordId } from '#lib/exercise/ids.ts';
import {
	authoritiesFor,
	draftFingerprint,
	notificationCommands,
	type openNotification
} from '#lib/exercise/notification/commands.ts';
import { dueReports, lateByCountry } from '#lib/exercise/notification/due.ts';
import type { FormValues } from '#lib/exercise/notification/form.ts';
import {
	notificationRecord,
	reportOf,
	stepOf,
	type CasePage,
	type Notification
} from '#lib/exercise/notification/schema.ts';
import {
	caseState,
	metCriteria,
	openClocks,
	replyClock,
	reportClocks,
	reportState
} from '#lib/exercise/notification/standing.ts';
import { defaultRhythm } from '#lib/exercise/report/due.ts';
import { incidentContentSchema, incidentRecord, type Incident } from '#lib/exercise/incident/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { audiencesOf } from '#lib/exercise/timeline.ts';
import { isWorkingFact, type WorkingFact } from '#lib/exercise/working/kinds.ts';
import type { WorkingState } from '#lib/exercise/working/record.ts';
import { currentForm, type NotificationStep } from '#lib/standards/notification-forms.ts';
import {
	controller,
	exercise,
	french,
	frenchLead,
	greek,
	greekLead,
	greekModerator,
	greekPlayer,
	greekPort,
	idOf,
	observer,
	person,
	startex,
	team,
	wallAtStart
} from '../domain/factories.ts';

const hour = 3_600_000;
const portLead = person('GR Port lead', { role: 'player', teamId: greekPort.id, lead: true });
const portPlayer = person('GR Port engineer', { role: 'player', teamId: greekPort.id });
const incidentId = idOf<RecordId>('incident');
const incident: Incident = incidentRecord.evolve(null, {
	fact: {
		kind: 'incident-opened',
		number: 4,
		tlp: 'amber',
		content: incidentContentSchema.parse({ title: 'Port down', tlp: 'amber', awareAt: startex - hour })
	},
	side: 'own',
	by: null,
	at: startex,
	wallAt: wallAtStart
});

const written = (entity = 'Port of Piraeus'): FormValues => ({
	entity,
	sector: 'transport',
	aware_at: startex,
	suspected_malicious: 'yes',
	possible_cross_border: 'unknown',
	short_description: richTextFromText('The terminal system does not answer.'),
	contact_24x7: '+30 000',
	ongoing: 'yes',
	update: richTextFromText('The second terminal stands as well.'),
	nature_root_cause: 'unknown',
	severity: 'high',
	services_affected: richTextFromText('Container handling.'),
	geographic_spread: 'One port',
	duration_so_far: 'Six hours',
	mitigation: richTextFromText('Network closed.'),
	status: richTextFromText('Half of the lanes are open.'),
	outlook: richTextFromText('Restore until Friday.'),
	detailed_description: richTextFromText('A spoiled update.'),
	impact: richTextFromText('400 lorries waited.'),
	threat_type_or_root_cause: richTextFromText('Ransomware through the supplier.'),
	mitigation_applied: richTextFromText('Restored from copies.'),
	mitigation_ongoing: richTextFromText('New contract for remote access.')
});

/** Both ends of a case in memory: what commands decide is folded on both, as the server does it. */
class Exchange {
	readonly records = new Map<
		RecordId,
		{ team: Team; standing: Notification; others: { team: Team['id']; record: RecordId }[] }
	>();
	readonly facts: WorkingFact[] = [];
	teams: Team[] = [greek, greekPort, french];
	drafts: Record<string, FormValues> = {};
	now = startex;
	tlpOfIncident: Incident['content']['tlp'] = 'amber';
	of: Exercise = exercise('running');
	#minted = 0;

	state(team: Team, record: RecordId | null): WorkingState<Notification> {
		const kept = record ? this.records.get(record) : undefined;
		const page: CasePage = { drafts: this.drafts };
		return {
			exercise: this.of,
			team,
			record: kept ? { id: record!, team: team.id, standing: kept.standing, others: kept.others } : null,
			count: kept ? 0 : [...this.records.values()].filter((one) => one.team.id === team.id).length,
			teams: new Map(this.teams.map((one) => [one.id, one])),
			organisations: new Map(),
			beside:
				team.id === greekPort.id
					? [
							{
								of: 'incident',
								id: incidentId,
								acts: 1,
								standing: {
									...incident,
									content: { ...incident.content, tlp: this.tlpOfIncident }
								}
							}
						]
					: [],
			page
		};
	}

	decide(
		name: keyof typeof notificationCommands,
		actor: Actor,
		on: Team,
		input: Record<string, unknown>
	): Decision {
		const command = notificationCommands[name] as unknown as typeof openNotification;
		const parsed = command.input.parse(input);
		return command.decide(this.state(on, (input['record'] as RecordId | undefined) ?? null), parsed, actor, {
			wall: wallAtStart + (this.now - startex),
			exercise: this.now,
			mint: <T extends string>() => idOf<T>(`record_${this.#minted++}`)
		});
	}

	/** Decides and folds; the sentence of a refusal, or nothing. */
	act(
		name: keyof typeof notificationCommands,
		actor: Actor,
		on: Team,
		input: Record<string, unknown>
	): string {
		const decision = this.decide(name, actor, on, input);
		if ('refused' in decision) return `${decision.refused.code}: ${decision.refused.message}`;
		for (const fact of decision.facts) {
			if (!isWorkingFact(fact)) throw new Error('no working fact');
			this.facts.push(fact);
			const { team: acting, record, copies = [], ...bare } = fact;
			const sides = [
				{ team: acting, record, side: 'own' as const },
				...copies.map((one) => ({ ...one, side: 'other' as const }))
			];
			for (const one of sides) {
				const known = this.records.get(one.record);
				const standing = notificationRecord.evolve(known?.standing ?? null, {
					fact: bare as never,
					side: fact.byControl ? 'other' : one.side,
					...(one.side === 'other' && { from: this.teams.find(({ id }) => id === acting)!.name }),
					by: fact.byControl ? null : actor.name,
					at: this.now,
					wallAt: wallAtStart + (this.now - startex)
				});
				this.records.set(one.record, {
					team: this.teams.find(({ id }) => id === one.team)!,
					standing,
					others: sides.filter(({ record: id }) => id !== one.record).length
						? sides
								.filter(({ record: id }) => id !== one.record)
								.map(({ team: of, record: id }) => ({ team: of, record: id }))
						: (known?.others ?? [])
				});
			}
		}
		return '';
	}

	open(values: Record<string, unknown> = {}): RecordId {
		const refused = this.act('notification.open', portPlayer, greekPort, {
			team: greekPort.id,
			incident: incidentId,
			content: { title: 'Port down', entity: 'Port of Piraeus', tlp: 'amber', awareAt: startex, ...values }
		});
		if (refused) throw new Error(refused);
		return this.facts.at(-1)!.record;
	}

	/** Begins, where it has to be begun, writes and submits. */
	submit(record: RecordId, key: string, values: FormValues = written(), to: Team | null = greek): string {
		const standing = this.records.get(record)!.standing;
		if (!reportOf(standing, key).form) {
			const refused = this.act('notification.begin', portPlayer, greekPort, { record, report: key });
			if (refused) return refused;
		}
		const form = currentForm(stepOf(key));
		this.drafts[key] = Object.fromEntries(form.fields.map(({ id }) => [id, values[id] ?? null]));
		return this.act('notification.submit', portLead, greekPort, {
			record,
			report: key,
			fingerprint: draftFingerprint(this.drafts[key]),
			to: standing.isSent ? null : (to?.id ?? null)
		});
	}

	standing(record: RecordId): Notification {
		return this.records.get(record)!.standing;
	}
	get authority(): RecordId {
		return [...this.records].find(([, one]) => one.standing.side === 'authority')![0];
	}
	clock(record: RecordId, step: NotificationStep) {
		return reportClocks(this.standing(record), 'Europe/Brussels', this.now).find((one) => one.step === step);
	}
}

describe('a case from becoming aware to its end (DOMAIN 7.7)', () => {
	it('goes through every state, on both sides alike', () => {
		const one = new Exchange();
		const record = one.open();
		expect(caseState(one.standing(record))).toBe('aware');
		expect(one.clock(record, 'early_warning')).toMatchObject({ state: 'draft', due: startex + 24 * hour });

		one.now += 2 * hour;
		expect(one.submit(record, 'early_warning')).toBe('');
		expect(caseState(one.standing(record))).toBe('early-warned');
		expect(one.clock(record, 'early_warning')).toMatchObject({ state: 'submitted', lateBy: null });
		const mirror = one.authority;
		expect(one.standing(mirror)).toMatchObject({ side: 'authority', from: 'GR Port', number: 0, to: null });
		expect(one.standing(record)).toMatchObject({ side: 'entity', to: 'GR CSIRT' });

		expect(
			one.act('notification.acknowledge', greekPlayer, greek, { record: mirror, report: 'early_warning' })
		).toBe('');
		expect(reportState(reportOf(one.standing(record), 'early_warning'))).toBe('acknowledged');
		expect(replyClock(one.standing(mirror), one.now)).toEqual({ due: startex + 26 * hour, lateBy: null });
		expect(
			one.act('notification.answer', greekPlayer, greek, {
				record: mirror,
				report: 'early_warning',
				text: 'Close remote access first.',
				answer: 'guidance'
			})
		).toBe('');
		expect(reportState(reportOf(one.standing(record), 'early_warning'))).toBe('feedback-given');
		expect(replyClock(one.standing(mirror), one.now)).toBeNull();

		one.now += 50 * hour;
		expect(one.submit(record, 'incident_notification')).toBe('');
		expect(caseState(one.standing(record))).toBe('notified');
		expect(
			one.act('notification.requestReport', greekPlayer, greek, {
				record: mirror,
				text: 'Are backups safe?',
				by: one.now + 3 * hour
			})
		).toBe('');
		expect(one.clock(record, 'intermediate_report')).toMatchObject({
			state: 'not-started',
			due: one.now + 3 * hour
		});
		expect(
			one.act('notification.requestReport', greekPlayer, greek, { record: mirror, text: 'And the logs?' })
		).toMatch(/not in yet/);
		one.now += 4 * hour;
		expect(one.clock(record, 'intermediate_report')!.lateBy).toBe(hour);
		expect(one.submit(record, 'intermediate_report-1')).toBe('');
		expect(one.clock(record, 'intermediate_report')).toMatchObject({ state: 'submitted', lateBy: hour });

		expect(one.act('notification.close', greekPlayer, greek, { record: mirror })).toMatch(/final report/);
		expect(one.submit(record, 'progress_report')).toBe('');
		expect(caseState(one.standing(record))).toBe('progress');
		expect(one.clock(record, 'final_report')!.due).toBeNull();
		expect(one.act('notification.endHandling', portPlayer, greekPort, { record })).toBe('');
		expect(one.clock(record, 'final_report')!.due).not.toBeNull();
		expect(one.submit(record, 'final_report')).toBe('');
		expect(caseState(one.standing(record))).toBe('final');
		expect(one.act('notification.close', greekPlayer, greek, { record: mirror, reason: 'Done.' })).toBe('');
		for (const id of [record, mirror]) expect(caseState(one.standing(id))).toBe('closed');
		expect(one.act('notification.endHandling', portPlayer, greekPort, { record })).toMatch(/closed/);
		expect(openClocks(one.standing(record), 'Europe/Brussels', one.now + 9999 * hour)).toEqual([]);
	});

	it('an amendment is a new version beside the first, and has to be acknowledged anew', () => {
		const one = new Exchange();
		const record = one.open();
		one.submit(record, 'early_warning');
		one.act('notification.acknowledge', greekPlayer, greek, {
			record: one.authority,
			report: 'early_warning'
		});
		expect(one.submit(record, 'early_warning')).toMatch(/says something new/);
		one.now += 30 * hour;
		expect(one.submit(record, 'early_warning', written('Port of Piraeus, terminals 1 and 2'))).toBe('');
		for (const id of [record, one.authority]) {
			const report = reportOf(one.standing(id), 'early_warning');
			expect(report.versions.map(({ version }) => version)).toEqual([1, 2]);
			expect(report.versions[0]!.values['entity']).toBe('Port of Piraeus');
			expect(reportState(report)).toBe('submitted');
		}
		// in time is when the first one was
		expect(one.clock(record, 'early_warning')!.lateBy).toBeNull();
	});

	it('is submitted by the lead alone, exactly as seen, with nothing missing', () => {
		const one = new Exchange();
		const record = one.open();
		expect(one.submit(record, 'early_warning', { ...written(), contact_24x7: null })).toMatch(
			/“Contact, day and night” is missing/
		);
		const input = {
			record,
			report: 'early_warning',
			fingerprint: draftFingerprint(one.drafts['early_warning']!),
			to: greek.id
		};
		expect(one.act('notification.submit', portPlayer, greekPort, input)).toMatch(/^forbidden/);
		one.drafts['early_warning'] = { ...one.drafts['early_warning'], contact_24x7: '+30 111' };
		expect(one.act('notification.submit', portLead, greekPort, input)).toMatch(/^stale/);
		expect(one.submit(record, 'final_report')).toMatch(/incident notification comes first/);
		expect(
			one.act('notification.begin', portPlayer, greekPort, { record, report: 'intermediate_report-1' })
		).toMatch(/^not-found/);
	});

	it('counts from when the team became aware, which cannot be in the future, and a correction moves the clocks', () => {
		const one = new Exchange();
		expect(
			one.act('notification.open', portPlayer, greekPort, {
				team: greekPort.id,
				content: { title: 'Early', entity: 'Port', awareAt: startex + 1 }
			})
		).toMatch(/later than now/);
		const record = one.open({ awareAt: null });
		expect(one.standing(record).content.awareAt).toBe(startex - hour);
		expect(
			one.act('notification.correct', portPlayer, greekPort, { record, changes: { awareAt: startex } })
		).toBe('');
		expect(one.clock(record, 'early_warning')!.due).toBe(startex + 24 * hour);
		expect(
			one.act('notification.correct', portPlayer, greekPort, {
				record,
				changes: { provider: 'trust-services' }
			})
		).toBe('');
		expect(one.clock(record, 'incident_notification')!.due).toBe(startex + 24 * hour);
	});

	it('voluntary notifications have no clock but what is asked for (Art. 30)', () => {
		const one = new Exchange();
		const record = one.open({ basis: 'voluntary' });
		one.now += 100 * hour;
		expect(openClocks(one.standing(record), 'Europe/Brussels', one.now)).toEqual([]);
		expect(one.submit(record, 'early_warning')).toBe('');
		expect(one.clock(record, 'early_warning')!.lateBy).toBeNull();
	});

	it('keeps why it counts as significant, with the figures and when', () => {
		const one = new Exchange();
		const record = one.open({ provider: 'cloud' });
		one.act('notification.assess', portPlayer, greekPort, { record, figures: { fullOutage: 45 } });
		expect(metCriteria(one.standing(record)).map(({ article }) => article)).toEqual([
			'IR (EU) 2024/2690, Art. 7(a)'
		]);
		one.submit(record, 'early_warning');
		expect(metCriteria(one.standing(one.authority))).toHaveLength(1);
		// figures are the team's own: the authority gets the criteria
		expect(one.standing(one.authority).assessments.at(-1)!.figures).toEqual({});
	});
});

describe('who may do what', () => {
	it('[P2] to everybody else the case does not exist', () => {
		const one = new Exchange();
		const record = one.open();
		one.submit(record, 'early_warning');
		const mirror = one.authority;
		const acts: [keyof typeof notificationCommands, Record<string, unknown>][] = [
			['notification.correct', { changes: { title: 'Other' } }],
			['notification.assess', { figures: {} }],
			['notification.begin', { report: 'incident_notification' }],
			['notification.submit', { report: 'early_warning', fingerprint: 'a'.repeat(64) }],
			['notification.endHandling', {}],
			['notification.withdraw', { reason: 'No' }]
		];
		for (const [name, input] of acts)
			for (const actor of [greekLead, frenchLead, controller, greekModerator, observer])
				expect([name, actor.name, one.act(name, actor, greekPort, { record, ...input })]).toEqual([
					name,
					actor.name,
					expect.stringMatching(/^not-found/)
				]);
		for (const name of ['notification.acknowledge', 'notification.answer', 'notification.close'] as const)
			for (const [actor, on, id] of [
				[portLead, greekPort, record],
				[frenchLead, greek, mirror],
				[controller, greekPort, record],
				[greekModerator, greek, mirror]
			] as const)
				expect([
					name,
					actor.name,
					one.act(name, actor, on, { record: id, report: 'early_warning', text: 'x' })
				]).toEqual([name, actor.name, expect.stringMatching(/^not-found/)]);
	});

	it('[P7] acts between STARTEX and ENDEX only', () => {
		for (const state of exerciseStates) {
			const one = new Exchange();
			one.of = exercise(state);
			const refused = one.act('notification.open', portPlayer, greekPort, {
				team: greekPort.id,
				content: { title: 'Down', entity: 'Port' }
			});
			expect([state, refused === '']).toEqual([state, ['running', 'paused'].includes(state)]);
		}
	});

	it('goes to a CSIRT or authority of the own country, and to nobody else', () => {
		const organisation = idOf<OrganisationId>('authority');
		const agency: Team = { ...team('GR Agency', 'GR', 'operational'), organisationId: organisation };
		const kinds = (kind: 'csirt' | 'competent_authority' | 'operator') => new Map([[organisation, kind]]);
		const names = (of: 'csirt' | 'competent_authority' | 'operator') =>
			authoritiesFor(greekPort, [greek, greekPort, french, agency], kinds(of)).map(({ name }) => name);
		expect(names('competent_authority')).toEqual(['GR CSIRT', 'GR Agency']);
		expect(names('operator')).toEqual(['GR CSIRT']);
		const one = new Exchange();
		const record = one.open();
		expect(one.submit(record, 'early_warning', written(), french)).toMatch(/^not-found/);
		expect(one.submit(record, 'early_warning', written(), null)).toMatch(/Choose the CSIRT/);
	});

	it('is answered by exercise control where the country has neither, on the team’s own record', () => {
		const one = new Exchange();
		one.teams = [greekPort, french];
		const record = one.open();
		expect(one.submit(record, 'early_warning', written(), null)).toBe('');
		expect(one.records.size).toBe(1);
		expect(
			one.act('notification.acknowledge', frenchLead, greekPort, { record, report: 'early_warning' })
		).toMatch(/^not-found/);
		expect(
			one.act('notification.acknowledge', greekModerator, greekPort, { record, report: 'early_warning' })
		).toBe('');
		const report = reportOf(one.standing(record), 'early_warning');
		// players do not read which controller it was
		expect(report.acknowledged).toMatchObject({ by: null, version: 1 });
	});

	it('[P8] the label decides: stricter than AMBER does not leave the organisation, lower than the incident’s is refused', () => {
		const strict = new Exchange();
		const record = strict.open({ tlp: 'amber_strict' });
		expect(strict.submit(record, 'early_warning')).toMatch(/stays inside your own organisation: GR CSIRT/);
		const one = new Exchange();
		expect(() => one.open({ tlp: 'green' })).toThrow(/Incident 4 is marked TLP:AMBER/);
		const later = one.open();
		one.tlpOfIncident = 'red';
		expect(one.submit(later, 'early_warning')).toMatch(/Incident 4 is marked TLP:RED/);
	});
});

describe('what leaves the team', () => {
	it('[P2] [R1] the authority reads what was sent, under an id of its own: no draft, no figure, no id, no number of the team', () => {
		const one = new Exchange();
		const record = one.open({ provider: 'cloud' });
		one.act('notification.assess', portPlayer, greekPort, { record, figures: { directLoss: 123_456_789 } });
		one.submit(record, 'early_warning');
		const seen = one.facts.flatMap((fact) =>
			audiencesOf(
				{ fact, by: { account: 'a', name: 'Lead' }, wallAt: 0, exerciseAt: 0 },
				{
					team: (id) => one.teams.find((team) => team.id === id)!,
					referenceOf: () => '',
					actOf: () => 1
				}
			)
				.filter(({ audience }) => audience.to === 'team' && audience.team === greek.id)
				.map(({ body }) => body)
		);
		expect(seen).toHaveLength(1);
		const bytes = JSON.stringify(seen);
		expect(bytes).toContain('The terminal system does not answer.');
		for (const secret of [record, incidentId, greekPort.id, '123456789', '"number"'])
			expect(bytes).not.toContain(secret);
		expect(bytes).toContain(one.authority);
	});

	it('exercise control sees what is due and late by country, and why it is significant', () => {
		const one = new Exchange();
		const record = one.open({ provider: 'cloud' });
		one.act('notification.assess', portPlayer, greekPort, { record, figures: { fullOutage: 45 } });
		one.now += 25 * hour;
		const view = dueReports({
			teams: one.teams,
			timeZone: 'Europe/Brussels',
			startsAt: startex,
			rhythm: defaultRhythm,
			// the network of the CSIRT went to a mode that asks for a report each hour
			asked: new Map([[greek.id, [{ minutes: 60, from: startex + 24 * hour }]]]),
			now: one.now,
			reports: new Map([[greekPort.id, [{ number: 1, isApproved: true, at: startex + 24 * hour }]]]),
			cases: new Map([[greekPort.id, [one.standing(record)]]])
		});
		const port = view.find(({ team }) => team.id === greekPort.id)!;
		expect(port.situation).toMatchObject({ last: { number: 1 }, due: startex + 26 * hour });
		const csirt = view.find(({ team }) => team.id === greek.id)!;
		expect(csirt.situation.due).toBe(startex + 2 * hour);
		expect(port.cases[0]).toMatchObject({
			entity: 'Port of Piraeus',
			significant: [{ article: 'IR (EU) 2024/2690, Art. 7(a)' }],
			reports: [
				{ key: 'early_warning', lateBy: hour, submittedAt: null },
				{ key: 'incident_notification', lateBy: null }
			]
		});
		// the early warning, and the situation report of the CSIRT
		expect(lateByCountry(view, one.now)).toEqual(
			new Map([
				['GR', 2],
				['FR', 1]
			])
		);
	});
});
