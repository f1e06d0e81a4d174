import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportData, ReportPassage } from '#lib/exercise/aar/data.ts';
import { labelOfParts, nationalParts } from '#lib/exercise/aar/national.ts';
import { publicReport, smallestGroup } from '#lib/exercise/aar/public.ts';
import { richTextFromText, type RichText } from '#lib/exercise/rich-text.ts';
import { capabilities } from '#lib/standards/capabilities.ts';
import { ratings } from '#lib/standards/evaluation.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { findForbidden, placesOfPaper, textsAboveClear } from '#server/exchange/report/check.ts';
import { publicPaper } from '#server/exchange/report/public-paper.ts';

/*
 * The public version, made of random reports full of names and labels: nothing above TLP:CLEAR and no name comes through,
 * by construction; and where somebody types one into a text that is TLP:CLEAR, the check finds it.
 */
const people = [
	{ id: 'account-of-maria', name: 'Maria Papadopoulou', email: 'maria@ministry.example' },
	{ id: 'account-of-jean', name: 'Jean-Luc d’Arvor', email: 'jl.darvor@cert.example' },
	{ id: 'account-of-zoe', name: 'Zoë', email: 'zoe@port.example' }
];
const nameOf = fc.constantFrom(...people.map(({ name }) => name));
const tlp = fc.constantFrom(...tlpIds);
const country = fc.constantFrom('GR' as const, 'IT' as const, 'FR' as const);
const number = fc.nat({ max: 60 });

let serial = 0;
/** A text that says how it is labelled, and is found again. */
const marked = (label: Tlp): RichText =>
	richTextFromText(`Passage ${++serial} of the drill says ${label} and goes on for a while longer.`);

const passage = (of: fc.Arbitrary<Tlp>): fc.Arbitrary<ReportPassage> =>
	fc.record({ label: of, name: nameOf, has: fc.boolean(), country }).map(({ label, name, has, country }) => ({
		text: marked(label),
		tlp: label,
		cites: ['finding-0', 'finding-1', 'finding-2'],
		source: has
			? {
					country,
					version: 1,
					section: 'did',
					sha256: 'a'.repeat(64),
					by: name,
					at: 1,
					isEdited: false
				}
			: null
	}));
const times = fc.record({
	done: number,
	median: number,
	ninetieth: number,
	inTime: number,
	late: number,
	missing: number
});
const figures = fc.record({ deliveries: number, acknowledged: times, responded: times }).map((one) => ({
	...one,
	situation: null,
	nis2: null,
	actions: null
}));
const spread = { count: 0, median: null, ninetieth: null, overdue: 0 };
const row = { key: '', label: '', deliveries: 0, seen: 0, acknowledged: spread, responded: spread };

const report: fc.Arbitrary<ReportData> = fc
	.record({
		label: tlp,
		findings: fc.array(fc.record({ label: tlp, name: nameOf }), { maxLength: 5 }),
		chapters: fc.array(fc.array(passage(tlp), { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
		actions: fc.array(fc.record({ label: tlp, name: nameOf, country }), { maxLength: 4 }),
		rated: fc.array(
			fc.record({ teams: fc.nat({ max: 9 }), counts: fc.tuple(number, number, number, number, number) }),
			{
				maxLength: 4
			}
		),
		participants: fc.uniqueArray(fc.record({ country, teams: fc.nat({ max: 6 }), players: number }), {
			selector: (one) => one.country
		}),
		total: number,
		all: figures,
		name: nameOf
	})
	.map(({ label, findings, chapters, actions, rated, participants, total, all, name }): ReportData => ({
		exercise: {
			kind: 'exercise',
			name: 'Harbour drill',
			state: 'evaluating',
			timeZone: 'Europe/Brussels',
			startsAt: 0,
			endsAt: 1,
			startedAt: 0,
			endedAt: 1,
			tlp: label
		},
		tlp: 'red',
		asOf: 5,
		madeBy: name,
		extent: 'whole',
		participants,
		people: { total, byRole: { director: 1 } },
		scenario: { title: `The scenario by ${label}`, objectives: [] },
		chapters: chapters.map((passages, i) => ({
			chapter: (['summary', 'course', 'country:GR', 'conclusions'] as const)[i]!,
			passages
		})),
		findings: findings.map(({ label, name }, i) => ({
			id: `finding-${i}`,
			title: `Finding ${++serial} of the drill that is labelled ${label}`,
			kind: 'neutral',
			capability: capabilities[i]!,
			tlp: label,
			text: marked(label),
			cause: marked(label),
			recommendation: marked(label),
			countries: ['GR'],
			cards: [{ text: `${name} wrote this`, by: name, votes: 2, team: 'GR CSIRT' }],
			hidden: 0
		})),
		ratings: {
			objectives: rated.map(({ teams, counts }, i) => ({
				key: `OBJ-${i}`,
				counts: Object.fromEntries(ratings.map((one, n) => [one, counts[n]!])) as never,
				teams
			})),
			capabilities: []
		},
		figures: { all, countries: [{ key: 'GR', ...all }], objectives: [] },
		times: { all: row, teams: [{ ...row, label: name }], injects: [] },
		actions: actions.map(({ label, name, country }, i) => ({
			finding: `finding-${i}`,
			title: `Action ${++serial} of the drill that is labelled ${label}`,
			country,
			organisation: 'Port authority',
			person: name,
			capability: 'recovery',
			element: 'planning',
			priority: 'high',
			due: '2027-01-01',
			state: 'accepted',
			tlp: label
		})),
		decisions: [line(`${name} decided`, name)],
		reports: [line(`${name} approved`, name)],
		hotWash: [
			{
				team: 'GR CSIRT',
				columns: { 'went-well': [{ text: name, by: name, votes: 1 }], 'did-not': [], change: [] }
			}
		],
		timeline: {
			lines: [line(`${name} did something`, name), { ...line('', name), kind: 'exercise-ended' }],
			total: 2
		}
	}));
function line(sentence: string, by: string): ReportData['decisions'][number] {
	return {
		kind: 'log-added',
		group: 'log',
		team: 'GR CSIRT',
		by,
		bySchedule: false,
		tlp: 'red',
		wallAt: 1,
		exerciseAt: 1,
		sentence,
		detail: sentence
	};
}
const edition = {
	number: 1,
	extent: 'public' as const,
	country: null,
	tlp: 'clear' as const,
	frozenAt: 1,
	sha256: 'b'.repeat(64),
	signOffs: [],
	missing: []
};
const forbidden = (data: ReportData) => ({ people, names: [], texts: textsAboveClear(data) });
const check = (data: ReportData) =>
	findForbidden(placesOfPaper(publicPaper(publicReport(data), edition)), forbidden(data));

describe('the public version', () => {
	it('[P8] holds nothing above TLP:CLEAR and no name, whatever the report holds', () => {
		fc.assert(
			fc.property(report, (data) => {
				const made = publicReport(data);
				const text = JSON.stringify(made);
				for (const { name, email, id } of people)
					for (const words of [name, email, id]) expect(text).not.toContain(words);
				for (const label of tlpIds.filter((one) => one !== 'clear')) {
					expect(text).not.toContain(`says ${label} and`);
					expect(text).not.toContain(`labelled ${label}"`);
					if (data.exercise.tlp !== 'clear') expect(made.scenario).toBeNull();
				}
				expect(text).not.toContain('GR CSIRT');
				expect(check(data)).toEqual([]);
			}),
			{ numRuns: 300 }
		);
	});

	it('[P8] keeps all that is TLP:CLEAR, with references to what is there and to nothing else', () => {
		fc.assert(
			fc.property(report, (data) => {
				const made = publicReport(data);
				const clear = data.findings.filter((one) => one.tlp === 'clear');
				expect(made.findings.map(({ title }) => title)).toEqual(clear.map(({ title }) => title));
				// consecutive, so that no gap tells of one that is left out
				expect(made.findings.map(({ reference }) => reference)).toEqual(clear.map((_, i) => `F${i + 1}`));
				const known = new Set(made.findings.map(({ reference }) => reference));
				for (const { passages } of made.chapters)
					for (const { references } of passages)
						for (const reference of references) expect(known).toContain(reference);
				const passages = data.chapters.flatMap((one) => one.passages).filter((one) => one.tlp === 'clear');
				expect(made.chapters.flatMap((one) => one.passages)).toHaveLength(passages.length);
			}),
			{ numRuns: 200 }
		);
	});

	it('tells no figure of fewer than five', () => {
		fc.assert(
			fc.property(report, (data) => {
				const made = publicReport(data);
				const teams = data.participants.reduce((sum, one) => sum + one.teams, 0);
				for (const { key } of made.ratings.objectives)
					expect(data.ratings!.objectives.find((one) => one.key === key)!.teams).toBeGreaterThanOrEqual(
						smallestGroup
					);
				if (teams < smallestGroup) expect(made.figures).toBeNull();
				const { deliveries, acknowledged, responded } = made.figures ?? {};
				for (const n of [deliveries, acknowledged?.done, responded?.late, made.participants.people])
					if (typeof n === 'number') expect(n === 0 || n >= smallestGroup).toBe(true);
				if (acknowledged && (acknowledged.done ?? 0) < smallestGroup) expect(acknowledged.median).toBeNull();
			})
		);
	});

	it('[P8] a link to a person’s address is none, its words stay', () => {
		const [data] = fc.sample(report, 1);
		const linked: RichText = {
			type: 'doc',
			content: [
				{
					type: 'paragraph',
					content: [
						{
							type: 'text',
							text: 'Ask',
							marks: [{ type: 'link', attrs: { href: 'mailto:maria@ministry.example' } }]
						},
						{
							type: 'text',
							text: 'Read',
							marks: [{ type: 'link', attrs: { href: 'https://enisa.europa.eu' } }]
						}
					]
				}
			]
		};
		const made = publicReport({
			...data!,
			chapters: [{ chapter: 'summary', passages: [{ text: linked, tlp: 'clear', cites: [], source: null }] }]
		});
		const text = JSON.stringify(made);
		expect(text).toContain('Ask');
		expect(text).toContain('https://enisa.europa.eu');
		expect(text).not.toContain('mailto');
	});
});

describe('the check of the finished document', () => {
	const planted = (words: string): ReportData => {
		const [data] = fc.sample(report, 1);
		return {
			...data!,
			chapters: [
				{
					chapter: 'conclusions',
					passages: [{ text: richTextFromText(words), tlp: 'clear', cites: [], source: null }]
				}
			]
		};
	};

	it.each([
		['as it is', 'Then Maria Papadopoulou called.', 'Maria Papadopoulou'],
		['in other letters', 'then MARIA PAPADOPOULOU called', 'MARIA PAPADOPOULOU'],
		['as in a list', 'Present: Papadopoulou, Maria', 'Papadopoulou, Maria'],
		['turned round', 'Present: Papadopoulou Maria', 'Papadopoulou Maria'],
		['over two blanks', 'Then Maria  Papadopoulou called.', 'Maria Papadopoulou'],
		['with its accents apart', 'Then Zoe\u0308 called.', 'Zoë'],
		['an address', 'Write to jl.darvor@cert.example soon.', 'jl.darvor@cert.example'],
		['an account', 'See account-of-zoe.', 'account-of-zoe']
	])('[P8] finds a name in a text that is TLP:CLEAR: %s', (_, words, found) => {
		expect(check(planted(words))).toContainEqual(
			expect.objectContaining({ place: expect.stringContaining('Conclusions'), words: found })
		);
	});

	it('takes “may” for no name, and a name of one word only as it is written', () => {
		expect(check(planted('Anybody may call; the zoë is no person.')).map(({ words }) => words)).toEqual([]);
	});

	it('[P8] finds a sentence above TLP:CLEAR that was copied into a text that is not', () => {
		const secret = 'The reserve line of the ministry was never connected.';
		const data = planted(`We learned much. ${secret.toUpperCase()} And more.`);
		const hits = findForbidden(placesOfPaper(publicPaper(publicReport(data), edition)), {
			people: [],
			names: [],
			texts: [`It began well. ${secret}`]
		});
		expect(hits).toMatchObject([{ what: 'text', words: secret }]);
		expect(hits[0]!.place).toContain('Conclusions');
	});
});

describe('a country’s extract', () => {
	it('[P2] holds nothing of another country above what goes to the community', () => {
		fc.assert(
			fc.property(report, country, (data, own) => {
				const parts = nationalParts(data, own);
				for (const { chapter, passages } of parts.chapters) {
					expect(chapter === 'country:GR' && own !== 'GR').toBe(false);
					for (const { tlp, source } of passages)
						expect(
							['clear', 'green'].includes(tlp) ||
								source?.country === own ||
								(source === null && chapter === `country:${own}`)
						).toBe(true);
				}
				expect(parts.findings.every(() => own === 'GR')).toBe(true);
				expect(parts.actions.every((one) => one.country === own && one.person === null)).toBe(true);
				const label = labelOfParts(parts);
				for (const { passages } of parts.chapters)
					for (const one of passages)
						expect(tlpIds.indexOf(label)).toBeGreaterThanOrEqual(tlpIds.indexOf(one.tlp));
			})
		);
	});
});
