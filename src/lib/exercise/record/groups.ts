/** What the record of an exercise can be filtered by: kinds of facts as people speak of them. */
export const recordGroups = [
	'exercise',
	'announcements',
	'planning',
	'injects',
	'answers',
	'log',
	'decisions',
	'questions',
	'incidents',
	'tasks',
	'reports',
	'exchanges',
	'media',
	'conduct',
	'help',
	'hot-wash',
	'evaluation',
	'findings'
] as const;
export type RecordGroup = (typeof recordGroups)[number];
