/**
 * What a column of a spreadsheet can be for. Several columns may be for the same long text (body, notes): their
 * cells are joined. `ignore` columns are read by nobody.
 */
export const targets = [
	'reference',
	'storyline',
	'category',
	'level',
	'time',
	'day',
	'offset',
	'after',
	'scheduleMode',
	'condition',
	'title',
	'from',
	'to',
	'toCountries',
	'toTeams',
	'toLevels',
	'channel',
	'tlp',
	'body',
	'expectedActions',
	'window',
	'objectives',
	'capabilities',
	'controller',
	'evaluatorNotes',
	'controllerNotes',
	'acknowledgementRequired',
	'acknowledgeWithin',
	'responseRequired',
	'respondWithin',
	'otherFields',
	'musterId',
	'ignore'
] as const;
export type Target = (typeof targets)[number];

/** Targets that may take several columns; any other takes one. */
export const joiningTargets: ReadonlySet<Target> = new Set<Target>([
	'body',
	'expectedActions',
	'objectives',
	'controllerNotes',
	'evaluatorNotes',
	'to',
	'otherFields',
	'ignore'
]);

/**
 * The columns that Muster writes: DOMAIN 4.4's in their fixed order, then what an inject has beyond them. `serial`,
 * `attachments` and `status` are for people only: reading them back changes nothing, and nothing is ever released.
 */
export const musterColumns = [
	{ heading: 'serial', target: 'ignore' },
	{ heading: 'id', target: 'reference' },
	{ heading: 'storyline', target: 'storyline' },
	{ heading: 'category', target: 'category' },
	{ heading: 'level', target: 'level' },
	{ heading: 'ex_time', target: 'time' },
	{ heading: 'offset_min', target: 'offset' },
	{ heading: 'after_id', target: 'after' },
	{ heading: 'title', target: 'title' },
	{ heading: 'from', target: 'from' },
	{ heading: 'to_countries', target: 'toCountries' },
	{ heading: 'to_teams', target: 'toTeams' },
	{ heading: 'to_roles', target: 'toLevels' },
	{ heading: 'channel', target: 'channel' },
	{ heading: 'tlp', target: 'tlp' },
	{ heading: 'body', target: 'body' },
	{ heading: 'expected_actions', target: 'expectedActions' },
	{ heading: 'window_min', target: 'window' },
	{ heading: 'objectives', target: 'objectives' },
	{ heading: 'capabilities', target: 'capabilities' },
	{ heading: 'controller', target: 'controller' },
	{ heading: 'evaluator_notes', target: 'evaluatorNotes' },
	{ heading: 'controller_notes', target: 'controllerNotes' },
	{ heading: 'ack_required', target: 'acknowledgementRequired' },
	{ heading: 'response_required', target: 'responseRequired' },
	{ heading: 'attachments', target: 'ignore' },
	{ heading: 'status', target: 'ignore' },
	{ heading: 'schedule_mode', target: 'scheduleMode' },
	{ heading: 'condition', target: 'condition' },
	{ heading: 'acknowledge_within_min', target: 'acknowledgeWithin' },
	{ heading: 'respond_within_min', target: 'respondWithin' },
	{ heading: 'muster_id', target: 'musterId' }
] as const satisfies readonly { heading: string; target: Target }[];
export type MusterHeading = (typeof musterColumns)[number]['heading'];
