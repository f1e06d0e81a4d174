import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	currentForm,
	fieldTypes,
	formOf,
	notificationForms,
	notificationSteps,
	optionsOf,
	type FormField
} from '#lib/standards/notification-forms.ts';
import {
	criteria,
	criteriaFor,
	figures,
	figuresFor,
	isSignificant,
	judgeSignificance,
	providerIds,
	type Figures,
	type ProviderKind
} from '#lib/standards/significance.ts';
import {
	fillForm,
	formProblems,
	frozenValues,
	readForm,
	type FormValue
} from '#lib/exercise/notification/form.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import * as Y from 'yjs';

/** Something that a field may hold. */
function valueFor(field: FormField): FormValue {
	const options = optionsOf(field);
	switch (field.type) {
		case 'line':
			return 'words';
		case 'text':
			return richTextFromText('What happened.');
		case 'number':
			return 12;
		case 'time':
			return Date.UTC(2026, 5, 10, 9);
		case 'countries':
			return options!.slice(0, 2);
		default:
			return options![0]!;
	}
}

describe('the forms of NIS2 Art. 23(4)', () => {
	it('there is one for every step, and the current one is the newest', () => {
		for (const step of notificationSteps) {
			const versions = notificationForms.filter((form) => form.step === step).map((form) => form.version);
			expect(versions).toEqual(versions.map((_, i) => i + 1));
			expect(currentForm(step).version).toBe(versions.length);
		}
		expect(currentForm('early_warning').version).toBeGreaterThan(1);
		expect(formOf({ id: 'nis2-early-warning', version: 99 })).toBeNull();
	});

	it('ask for what the law asks for', () => {
		const has = (step: (typeof notificationSteps)[number], ...ids: string[]) => {
			const required = currentForm(step)
				.fields.filter((field) => field.required)
				.map(({ id }) => id);
			expect(required, step).toEqual(expect.arrayContaining(ids));
		};
		has('early_warning', 'suspected_malicious', 'possible_cross_border', 'aware_at');
		has('incident_notification', 'update', 'severity', 'services_affected');
		has('intermediate_report', 'status');
		has(
			'final_report',
			'detailed_description',
			'severity',
			'threat_type_or_root_cause',
			'mitigation_applied'
		);
	});

	describe.each(notificationForms.map((form) => ({ name: `${form.id}, version ${form.version}`, form })))(
		'$name',
		({ form }) => {
			const full = Object.fromEntries(form.fields.map((field) => [field.id, valueFor(field)]));

			it('has fields with names of their own and types that are known', () => {
				expect(new Set(form.fields.map(({ id }) => id)).size).toBe(form.fields.length);
				for (const field of form.fields) {
					expect(fieldTypes).toContain(field.type);
					expect(field.label).not.toBe('');
					if (field.type === 'choice') expect(field.options!.length).toBeGreaterThan(1);
				}
			});

			it('takes what is filled in, and names each field that is missing', () => {
				expect(formProblems(form, full)).toEqual([]);
				const required = form.fields.filter((field) => field.required).map(({ id }) => id);
				expect(formProblems(form, {}).map(({ field }) => field)).toEqual(required);
				for (const id of required) {
					const { [id]: _left, ...rest } = full;
					expect(formProblems(form, rest).map(({ field }) => field)).toEqual([id]);
				}
			});

			it('refuses what a field cannot hold', () => {
				for (const field of form.fields) {
					const wrong: FormValue = field.type === 'line' ? 'x'.repeat(field.max! + 1) : 'no such choice';
					expect(
						formProblems(form, { ...full, [field.id]: wrong }).map(({ field }) => field),
						field.id
					).toEqual([field.id]);
					if (field.type === 'text')
						expect(
							formProblems(form, { ...full, [field.id]: richTextFromText('x'.repeat(field.max! + 1)) })
						).toHaveLength(1);
				}
			});

			it('[R2] is the same on the shared page: filled, read, frozen, never over what somebody wrote', () => {
				const doc = new Y.Doc();
				expect(fillForm(doc, 'early_warning', form, full)).toBe(form.fields.length);
				const read = readForm(doc, 'early_warning', form);
				expect(formProblems(form, read)).toEqual([]);
				expect(frozenValues(form, read)).toEqual(full);
				expect(fillForm(doc, 'early_warning', form, { ...full, entity: 'Somebody else' })).toBe(0);
				// another report of the same case has its own values
				expect(formProblems(form, readForm(doc, 'final_report', form)).length).toBeGreaterThan(0);
			});
		}
	);

	it('[R18] what a browser may have put on the page is no value', () => {
		const form = currentForm('early_warning');
		const doc = new Y.Doc();
		const values = doc.getMap('values/early_warning');
		const hostile: [string, unknown][] = [
			['sector', 'constructor'],
			['suspected_malicious', true],
			['aware_at', -1],
			['affected_states', ['GR', 'XX', 7]],
			['entity', { toString: 'x' }]
		];
		for (const [id, value] of hostile) values.set(id, value);
		expect(readForm(doc, 'early_warning', form)).toMatchObject({
			sector: null,
			suspected_malicious: null,
			aware_at: null,
			affected_states: ['GR'],
			entity: null
		});
	});
});

const met = (provider: ProviderKind | null, known: Figures) =>
	judgeSignificance(provider, known)
		.filter(({ verdict }) => verdict === 'met')
		.map(({ criterion }) => criterion.article.replace(/^.*Art\. /, ''));

describe('what counts as significant', () => {
	it('every criterion has an article and looks at figures that can be entered', () => {
		expect(new Set(criteria.map(({ id }) => id)).size).toBe(criteria.length);
		for (const provider of [null, ...providerIds]) {
			const asked = figuresFor(provider).map(({ id }) => id);
			expect(new Set(asked).size).toBe(asked.length);
			expect(asked.every((id) => figures.some((figure) => figure.id === id))).toBe(true);
		}
		for (const { article } of criteria) expect(article).toMatch(/^(NIS2|IR \(EU\) 2024\/2690), Art\. \d+/);
	});

	it('for an entity of no digital kind, Art. 23(3) alone', () => {
		expect(criteriaFor(null).map(({ id }) => id)).toEqual(['nis2-23-3-a', 'nis2-23-3-b']);
		expect(met(null, { damageToOthers: 'yes' })).toEqual(['23(3)(b)']);
		expect(met(null, { fullOutage: 600, directLoss: 1e9 })).toEqual([]);
	});

	it('cloud, CDN and managed services: more than 30 minutes, not 30 (Art. 7, 9, 10)', () => {
		for (const [provider, article] of [
			['cloud', 7],
			['cdn', 9],
			['managed-services', 10]
		] as const) {
			expect(met(provider, { fullOutage: 30 })).toEqual([]);
			expect(met(provider, { fullOutage: 31 })).toEqual([`${article}(a)`]);
			const limited = { usersInUnion: 1000, limited: 61 };
			expect(met(provider, { ...limited, usersLimited: 50 })).toEqual([]);
			expect(met(provider, { ...limited, usersLimited: 51 })).toEqual([`${article}(b)`]);
			expect(met(provider, { ...limited, limited: 60, usersLimited: 51 })).toEqual([]);
		}
	});

	it('whichever is smaller: a share of the users, or a number (Art. 7, 11, 14)', () => {
		const many = { usersInUnion: 100_000_000, limited: 90 };
		expect(met('cloud', { ...many, usersLimited: 1_000_000 })).toEqual([]);
		expect(met('cloud', { ...many, usersLimited: 1_000_001 })).toEqual(['7(b)']);
		expect(met('marketplace', { usersInUnion: 1000, usersWithout: 51 })).toEqual(['11(a)']);
		expect(met('trust-services', { usersInUnion: 1000, usersLimited: 11 })).toEqual(['14(c)']);
		expect(
			met('trust-services', { dataCompromised: 'yes', usersInUnion: 10_000, usersCompromised: 11 })
		).toEqual(['14(e)']);
	});

	it('names, registries, data centres, trust services (Art. 5, 6, 8, 14)', () => {
		expect(met('dns', { slowAnswers: 61 })).toEqual(['5(b)']);
		expect(met('tld', { fullOutage: 1 })).toEqual(['6(a)']);
		expect(met('tld', { fullOutage: 0 })).toEqual([]);
		expect(met('data-centre', { limited: 61, physicalAccess: 'yes' })).toEqual(['8(b)', '8(d)']);
		expect(met('trust-services', { fullOutage: 21, outageInWeek: 61 })).toEqual(['14(a)', '14(b)']);
	});

	it('wrong data of few names by misconfiguration does not count (Art. 5(c))', () => {
		const wrong: Figures = { dataCompromised: 'yes', domainsWrong: 100, domainsManaged: 100_000 };
		expect(met('dns', { ...wrong, misconfiguration: 'yes' })).toEqual([]);
		expect(met('dns', { ...wrong, misconfiguration: 'no' })).toEqual(['5(c)']);
		expect(met('dns', { ...wrong, misconfiguration: 'yes', domainsWrong: 1000 })).toEqual(['5(c)']);
		expect(met('dns', { ...wrong, misconfiguration: 'yes', domainsManaged: 5000 })).toEqual(['5(c)']);
		const { misconfiguration: _left, ...open } = { ...wrong, misconfiguration: 'yes' as const };
		const [verdict] = judgeSignificance('dns', open).filter(({ criterion }) => criterion.id === 'ir-5-c');
		expect(verdict!.verdict).toBe('unknown');
	});

	it('financial loss: an amount or a share of turnover, whichever is lower; recurring ones together (Art. 3, 4)', () => {
		expect(met('cloud', { directLoss: 400_000 })).toEqual([]);
		expect(met('cloud', { directLoss: 500_001 })).toEqual(['3(1)(a)']);
		expect(met('cloud', { directLoss: 60_000, turnover: 1_000_000 })).toEqual(['3(1)(a)']);
		expect(met('cloud', { timesInSixMonths: 2, sameRootCause: 'yes', lossTogether: 600_000 })).toEqual(['4']);
		expect(met('cloud', { timesInSixMonths: 1, sameRootCause: 'yes', lossTogether: 600_000 })).toEqual([]);
	});

	it('scheduled maintenance is no incident', () => {
		expect(met('cloud', { fullOutage: 600, scheduledMaintenance: 'yes' })).toEqual([]);
	});

	it('unknown is not "no"', () => {
		expect(isSignificant(judgeSignificance('cloud', {}))).toBe('unknown');
		expect(isSignificant(judgeSignificance(null, { damageToOthers: 'no' }))).toBe('unknown');
		expect(
			isSignificant(
				judgeSignificance(null, { damageToOthers: 'no', severeDisruption: 'no', severeLoss: 'no' })
			)
		).toBe('no');
		expect(isSignificant(judgeSignificance('cloud', { death: 'yes' }))).toBe('yes');
	});

	it('a figure more never takes a criterion away that was met without it', () => {
		const figure = fc.record(
			Object.fromEntries(
				figures
					.filter(({ id }) => id !== 'scheduledMaintenance')
					.map(({ id, kind }) => [
						id,
						kind === 'number' ? fc.integer({ min: 0, max: 2_000_000 }) : fc.constantFrom('yes', 'no')
					])
			),
			{ requiredKeys: [] }
		) as fc.Arbitrary<Figures>;
		fc.assert(
			fc.property(fc.constantFrom(...providerIds), figure, (provider, known) => {
				const all = new Map(judgeSignificance(provider, known).map((one) => [one.criterion.id, one.verdict]));
				for (const left of Object.keys(known)) {
					const { [left as keyof Figures]: _one, ...rest } = known;
					for (const { criterion, verdict } of judgeSignificance(provider, rest as Figures))
						// what is certain with less is the same with more
						if (verdict !== 'unknown') expect(all.get(criterion.id)).toBe(verdict);
				}
			}),
			{ numRuns: 300 }
		);
	});
});
