/**
 * When an incident is significant, as data: NIS2 Art. 23(3), and for digital providers Implementing Regulation (EU)
 * 2024/2690 Art. 3 to 14 (DOMAIN 2.8, 2.9). From entered figures follows which criteria are met, each with its article.
 * What nobody has entered is unknown, which is never "not met" (DOMAIN 11, 11). The legal text wins over these words.
 */
export const providerKinds = [
	{ id: 'dns', name: 'DNS service provider', article: 5 },
	{ id: 'tld', name: 'TLD name registry', article: 6 },
	{ id: 'cloud', name: 'Cloud computing service provider', article: 7 },
	{ id: 'data-centre', name: 'Data centre service provider', article: 8 },
	{ id: 'cdn', name: 'Content delivery network provider', article: 9 },
	{ id: 'managed-services', name: 'Managed (security) service provider', article: 10 },
	{ id: 'marketplace', name: 'Online marketplace', article: 11 },
	{ id: 'search-engine', name: 'Online search engine', article: 12 },
	{ id: 'social-network', name: 'Social networking platform', article: 13 },
	{ id: 'trust-services', name: 'Trust service provider', article: 14 }
] as const;
export type ProviderKind = (typeof providerKinds)[number]['id'];
export const providerIds = providerKinds.map(({ id }) => id) as [ProviderKind, ...ProviderKind[]];
export const providerName = (id: ProviderKind): string => providerKinds.find((kind) => kind.id === id)!.name;

/** What can be entered. Amounts are in euro, times in minutes; a statement is yes, no, or not known. */
export const figures = [
	{
		id: 'scheduledMaintenance',
		kind: 'statement',
		label: 'It was scheduled maintenance or a planned interruption'
	},
	{ id: 'severeDisruption', kind: 'statement', label: 'It disrupts, or can disrupt, our services severely' },
	{ id: 'severeLoss', kind: 'statement', label: 'It causes, or can cause, severe financial loss to us' },
	{
		id: 'damageToOthers',
		kind: 'statement',
		label: 'It causes, or can cause, considerable damage to others'
	},
	{ id: 'directLoss', kind: 'number', label: 'Direct financial loss, caused or possible', unit: 'EUR' },
	{ id: 'turnover', kind: 'number', label: 'Turnover of the last year', unit: 'EUR' },
	{ id: 'tradeSecrets', kind: 'statement', label: 'Trade secrets were taken out' },
	{ id: 'death', kind: 'statement', label: 'A person died' },
	{ id: 'healthDamage', kind: 'statement', label: "A person's health was considerably damaged" },
	{
		id: 'maliciousAccess',
		kind: 'statement',
		label: 'Somebody got in without permission, suspectedly with malice, and could disrupt services severely'
	},
	{ id: 'timesInSixMonths', kind: 'number', label: 'How often it happened within six months', unit: 'times' },
	{ id: 'sameRootCause', kind: 'statement', label: 'The same apparent root cause each time' },
	{
		id: 'lossTogether',
		kind: 'number',
		label: 'Direct financial loss of all these times together',
		unit: 'EUR'
	},
	{ id: 'fullOutage', kind: 'number', label: 'Service completely unavailable for', unit: 'min' },
	{ id: 'limited', kind: 'number', label: 'Availability limited for', unit: 'min' },
	{ id: 'slowAnswers', kind: 'number', label: 'Average answer above ten seconds for', unit: 'min' },
	{ id: 'outageInWeek', kind: 'number', label: 'Unavailable within the calendar week, in all', unit: 'min' },
	{ id: 'usersInUnion', kind: 'number', label: 'Users of the service in the Union', unit: 'users' },
	{ id: 'usersWithout', kind: 'number', label: 'Users for whom it is completely unavailable', unit: 'users' },
	{ id: 'usersLimited', kind: 'number', label: 'Users with limited availability', unit: 'users' },
	{
		id: 'dataCompromised',
		kind: 'statement',
		label: 'Integrity, confidentiality or authenticity of data is compromised'
	},
	{ id: 'maliceSuspected', kind: 'statement', label: 'A malicious act is suspected behind it' },
	{ id: 'usersCompromised', kind: 'number', label: 'Users whom compromised data affects', unit: 'users' },
	{ id: 'domainsWrong', kind: 'number', label: 'Domain names with wrong data', unit: 'names' },
	{ id: 'domainsManaged', kind: 'number', label: 'Domain names managed', unit: 'names' },
	{ id: 'misconfiguration', kind: 'statement', label: 'Wrong because of misconfiguration' },
	{ id: 'physicalAccess', kind: 'statement', label: 'Physical access to protected premises is compromised' }
] as const satisfies readonly { id: string; kind: 'number' | 'statement'; label: string; unit?: string }[];

export type FigureId = (typeof figures)[number]['id'];
type NumberFigure = Extract<(typeof figures)[number], { kind: 'number' }>['id'];
type StatementFigure = Extract<(typeof figures)[number], { kind: 'statement' }>['id'];
export const numberFigures = figures.flatMap((one) => (one.kind === 'number' ? [one.id] : [])) as [
	NumberFigure,
	...NumberFigure[]
];
export const statementFigures = figures.flatMap((one) => (one.kind === 'statement' ? [one.id] : [])) as [
	StatementFigure,
	...StatementFigure[]
];

export type Statement = 'yes' | 'no';
/** A figure that is missing is not known. */
export type Figures = Partial<Record<NumberFigure, number>> & Partial<Record<StatementFigure, Statement>>;

/** What a criterion asks of the figures. */
export type Condition =
	| { says: StatementFigure }
	/** strictly more */
	| { figure: NumberFigure; over: number }
	| { figure: NumberFigure; atLeast: number }
	/** more users than a share of those in the Union, or than a number, whichever is smaller */
	| { users: NumberFigure; percent: number; absolute: number }
	/** more than an amount, or than a share of turnover, whichever is lower */
	| { loss: NumberFigure; amount: number; percentOfTurnover: number }
	/** wrong data of few domain names, because of misconfiguration */
	| { fewDomains: { below: number; percent: number } }
	| { all: readonly Condition[] }
	| { any: readonly Condition[] }
	| { not: Condition };

export interface Criterion {
	id: string;
	article: string;
	says: string;
	when: Condition;
	/** the kinds of providers that it is for; missing: every entity */
	providers?: readonly ProviderKind[];
	/** of the implementing regulation: for its providers only, whichever kind */
	digital?: true;
}

const userShare = (users: NumberFigure): Condition => ({ users, percent: 5, absolute: 1_000_000 });
const malicious: Condition = { all: [{ says: 'dataCompromised' }, { says: 'maliceSuspected' }] };
const loss = (figure: NumberFigure): Condition => ({ loss: figure, amount: 500_000, percentOfTurnover: 5 });
const ir = (article: string) => `IR (EU) 2024/2690, Art. ${article}`;

/** The four criteria that Art. 7, 9 and 10 have in common. */
function service(provider: ProviderKind, article: number, what: string): Criterion[] {
	const providers = [provider];
	return [
		{
			id: `ir-${article}-a`,
			article: ir(`${article}(a)`),
			says: `${what} was completely unavailable for more than 30 minutes.`,
			when: { figure: 'fullOutage', over: 30 },
			providers
		},
		{
			id: `ir-${article}-b`,
			article: ir(`${article}(b)`),
			says: `Availability was limited for more than 5 % of the users in the Union, or more than 1 million, for more than one hour.`,
			when: { all: [userShare('usersLimited'), { figure: 'limited', over: 60 }] },
			providers
		},
		...compromised(provider, article)
	];
}

function compromised(provider: ProviderKind, article: number): Criterion[] {
	return [
		{
			id: `ir-${article}-c`,
			article: ir(`${article}(c)`),
			says: 'Data is compromised as a result of a suspectedly malicious act.',
			when: malicious,
			providers: [provider]
		},
		{
			id: `ir-${article}-d`,
			article: ir(`${article}(d)`),
			says: 'Data is compromised with an impact on more than 5 % of the users in the Union, or more than 1 million.',
			when: { all: [{ says: 'dataCompromised' }, userShare('usersCompromised')] },
			providers: [provider]
		}
	];
}

/** Art. 11 to 13. */
function platform(provider: ProviderKind, article: number): Criterion[] {
	return [
		{
			id: `ir-${article}-a`,
			article: ir(`${article}(a)`),
			says: 'The service was completely unavailable for more than 5 % of the users in the Union, or more than 1 million.',
			when: userShare('usersWithout'),
			providers: [provider]
		},
		{
			id: `ir-${article}-b`,
			article: ir(`${article}(b)`),
			says: 'Limited availability affected more than 5 % of the users in the Union, or more than 1 million.',
			when: userShare('usersLimited'),
			providers: [provider]
		},
		...compromised(provider, article)
	];
}

export const criteria: readonly Criterion[] = [
	{
		id: 'nis2-23-3-a',
		article: 'NIS2, Art. 23(3)(a)',
		says: 'It has caused, or can cause, severe operational disruption of the services or financial loss for the entity.',
		when: { any: [{ says: 'severeDisruption' }, { says: 'severeLoss' }] }
	},
	{
		id: 'nis2-23-3-b',
		article: 'NIS2, Art. 23(3)(b)',
		says: 'It has affected, or can affect, others by causing considerable material or non-material damage.',
		when: { says: 'damageToOthers' }
	},
	{
		id: 'ir-3-1-a',
		article: ir('3(1)(a)'),
		says: 'Direct financial loss of more than EUR 500 000 or 5 % of last year’s turnover, whichever is lower.',
		when: loss('directLoss'),
		digital: true
	},
	{
		id: 'ir-3-1-b',
		article: ir('3(1)(b)'),
		says: 'Trade secrets were taken out.',
		when: { says: 'tradeSecrets' },
		digital: true
	},
	{ id: 'ir-3-1-c', article: ir('3(1)(c)'), says: 'A person died.', when: { says: 'death' }, digital: true },
	{
		id: 'ir-3-1-d',
		article: ir('3(1)(d)'),
		says: 'A person’s health was considerably damaged.',
		when: { says: 'healthDamage' },
		digital: true
	},
	{
		id: 'ir-3-1-e',
		article: ir('3(1)(e)'),
		says: 'Successful, suspectedly malicious and unauthorised access that can cause severe operational disruption.',
		when: { says: 'maliciousAccess' },
		digital: true
	},
	{
		id: 'ir-4',
		article: ir('4'),
		says: 'It happened at least twice within six months with the same apparent root cause, and together these times meet the criterion of financial loss.',
		when: {
			all: [{ figure: 'timesInSixMonths', atLeast: 2 }, { says: 'sameRootCause' }, loss('lossTogether')]
		},
		digital: true
	},
	{
		id: 'ir-5-a',
		article: ir('5(a)'),
		says: 'A recursive or authoritative name resolution service was completely unavailable for more than 30 minutes.',
		when: { figure: 'fullOutage', over: 30 },
		providers: ['dns']
	},
	{
		id: 'ir-5-b',
		article: ir('5(b)'),
		says: 'For more than one hour the average answer took more than 10 seconds.',
		when: { figure: 'slowAnswers', over: 60 },
		providers: ['dns']
	},
	{
		id: 'ir-5-c',
		article: ir('5(c)'),
		says: 'Data of the authoritative service is compromised, and not only by a misconfiguration of fewer than 1 000 names and at most 1 %.',
		when: {
			all: [
				{ says: 'dataCompromised' },
				{ not: { all: [{ says: 'misconfiguration' }, { fewDomains: { below: 1000, percent: 1 } }] } }
			]
		},
		providers: ['dns']
	},
	{
		id: 'ir-6-a',
		article: ir('6(a)'),
		says: 'An authoritative name resolution service was completely unavailable.',
		when: { figure: 'fullOutage', over: 0 },
		providers: ['tld']
	},
	{
		id: 'ir-6-b',
		article: ir('6(b)'),
		says: 'For more than one hour the average answer took more than 10 seconds.',
		when: { figure: 'slowAnswers', over: 60 },
		providers: ['tld']
	},
	{
		id: 'ir-6-c',
		article: ir('6(c)'),
		says: 'Data of the technical operation of the TLD is compromised.',
		when: { says: 'dataCompromised' },
		providers: ['tld']
	},
	...service('cloud', 7, 'The cloud service'),
	{
		id: 'ir-8-a',
		article: ir('8(a)'),
		says: 'A data centre service was completely unavailable.',
		when: { figure: 'fullOutage', over: 0 },
		providers: ['data-centre']
	},
	{
		id: 'ir-8-b',
		article: ir('8(b)'),
		says: 'Availability of a data centre service was limited for more than one hour.',
		when: { figure: 'limited', over: 60 },
		providers: ['data-centre']
	},
	{
		id: 'ir-8-c',
		article: ir('8(c)'),
		says: 'Data is compromised as a result of a suspectedly malicious act.',
		when: malicious,
		providers: ['data-centre']
	},
	{
		id: 'ir-8-d',
		article: ir('8(d)'),
		says: 'Physical access to a data centre is compromised.',
		when: { says: 'physicalAccess' },
		providers: ['data-centre']
	},
	...service('cdn', 9, 'The content delivery network'),
	...service('managed-services', 10, 'The managed service'),
	...platform('marketplace', 11),
	...platform('search-engine', 12),
	...platform('social-network', 13),
	{
		id: 'ir-14-a',
		article: ir('14(a)'),
		says: 'A trust service was completely unavailable for more than 20 minutes.',
		when: { figure: 'fullOutage', over: 20 },
		providers: ['trust-services']
	},
	{
		id: 'ir-14-b',
		article: ir('14(b)'),
		says: 'A trust service was unavailable for more than one hour within a calendar week.',
		when: { figure: 'outageInWeek', over: 60 },
		providers: ['trust-services']
	},
	{
		id: 'ir-14-c',
		article: ir('14(c)'),
		says: 'Limited availability affected more than 1 % of the users or relying parties in the Union, or more than 200 000.',
		when: { users: 'usersLimited', percent: 1, absolute: 200_000 },
		providers: ['trust-services']
	},
	{
		id: 'ir-14-d',
		article: ir('14(d)'),
		says: 'Physical access to an area restricted to trusted personnel is compromised.',
		when: { says: 'physicalAccess' },
		providers: ['trust-services']
	},
	{
		id: 'ir-14-e',
		article: ir('14(e)'),
		says: 'Data is compromised with an impact on more than 0.1 % of the users or relying parties in the Union, or more than 100.',
		when: {
			all: [{ says: 'dataCompromised' }, { users: 'usersCompromised', percent: 0.1, absolute: 100 }]
		},
		providers: ['trust-services']
	}
];

const byId = new Map(criteria.map((criterion) => [criterion.id, criterion]));
export const criterionOf = (id: string): Criterion | undefined => byId.get(id);

/** The criteria that count for an entity: Art. 23(3) for everybody, the regulation's for its providers. */
export function criteriaFor(provider: ProviderKind | null): Criterion[] {
	return criteria.filter((criterion) => {
		if (criterion.providers) return provider !== null && criterion.providers.includes(provider);
		return !criterion.digital || provider !== null;
	});
}

/** The figures that these criteria look at, in the order of the form. */
export function figuresFor(provider: ProviderKind | null) {
	const asked = new Set<FigureId>(['scheduledMaintenance']);
	const ask = (condition: Condition): void => {
		if ('says' in condition) asked.add(condition.says);
		else if ('figure' in condition) asked.add(condition.figure);
		else if ('users' in condition) asked.add(condition.users).add('usersInUnion');
		else if ('loss' in condition) asked.add(condition.loss).add('turnover');
		else if ('fewDomains' in condition) asked.add('domainsWrong').add('domainsManaged');
		else if ('not' in condition) ask(condition.not);
		else for (const one of 'all' in condition ? condition.all : condition.any) ask(one);
	};
	for (const { when } of criteriaFor(provider)) ask(when);
	return figures.filter(({ id }) => asked.has(id));
}

export type Verdict = 'met' | 'not-met' | 'unknown';

/** Three answers, as logic with unknowns has them. */
function judge(condition: Condition, known: Figures): Verdict {
	if ('says' in condition) {
		const said = known[condition.says];
		return said === undefined ? 'unknown' : said === 'yes' ? 'met' : 'not-met';
	}
	if ('users' in condition)
		return overSmaller(
			known[condition.users],
			condition.absolute,
			share(known.usersInUnion, condition.percent)
		);
	if ('loss' in condition)
		return overSmaller(
			known[condition.loss],
			condition.amount,
			share(known.turnover, condition.percentOfTurnover)
		);
	if ('fewDomains' in condition) {
		const { domainsWrong: wrong, domainsManaged: managed } = known;
		const { below, percent } = condition.fewDomains;
		if (wrong === undefined) return 'unknown';
		if (wrong >= below) return 'not-met';
		return managed === undefined ? 'unknown' : answer(wrong <= (managed * percent) / 100);
	}
	if ('figure' in condition) {
		const value = known[condition.figure];
		if (value === undefined) return 'unknown';
		return answer('over' in condition ? value > condition.over : value >= condition.atLeast);
	}
	if ('not' in condition) {
		const verdict = judge(condition.not, known);
		return verdict === 'unknown' ? verdict : answer(verdict === 'not-met');
	}
	const isAll = 'all' in condition;
	const verdicts = (isAll ? condition.all : condition.any).map((one) => judge(one, known));
	const decides: Verdict = isAll ? 'not-met' : 'met';
	if (verdicts.includes(decides)) return decides;
	return verdicts.includes('unknown') ? 'unknown' : isAll ? 'met' : 'not-met';
}

const answer = (holds: boolean): Verdict => (holds ? 'met' : 'not-met');
const share = (of: number | undefined, percent: number) =>
	of === undefined ? undefined : (of * percent) / 100;

/** Above the smaller of a fixed number and one that may not be known: above the fixed one, it is above both or either. */
function overSmaller(value: number | undefined, fixed: number, other: number | undefined): Verdict {
	if (value === undefined) return 'unknown';
	if (other !== undefined) return answer(value > Math.min(fixed, other));
	return value > fixed ? 'met' : value === 0 ? 'not-met' : 'unknown';
}

export interface Judged {
	criterion: Criterion;
	verdict: Verdict;
}

/** Every criterion that counts for the entity, and what the figures say to it. Scheduled maintenance is no incident (Art. 3(2)). */
export function judgeSignificance(provider: ProviderKind | null, known: Figures): Judged[] {
	const isPlanned = known.scheduledMaintenance === 'yes';
	return criteriaFor(provider).map((criterion) => ({
		criterion,
		verdict: isPlanned ? 'not-met' : judge(criterion.when, known)
	}));
}

/** Significant as soon as one criterion is met; not before all are known not to be. */
export function isSignificant(judged: readonly Judged[]): 'yes' | 'no' | 'unknown' {
	if (judged.some(({ verdict }) => verdict === 'met')) return 'yes';
	return judged.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'no';
}
