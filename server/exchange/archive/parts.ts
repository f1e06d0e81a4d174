/**
 * What an archive of an exercise holds: a part for each table, in the order in which rows can be put back. `scope` says
 * which rows belong to the exercise `$1`; the same words count them after a restore, so that an archive cannot bring
 * rows of another exercise with it.
 */
export interface ArchivePart {
	table: string;
	scope: string;
	/** how rows are ordered: the same exercise gives the same bytes */
	order: string;
	/** columns that are left empty: sessions belong to this installation */
	blank?: readonly string[];
}

const ofExercise = 'exercise_id = $1';
const ofInject = 'inject_id in (select id from inject where exercise_id = $1)';
/**
 * Whoever directs an exercise may take its archive and open it anywhere. A country's draft for the report is not theirs to
 * read, so drafts stay here; what a country handed over is a row of `contribution`.
 */
const archivedDocuments = "exercise_id = $1 and name not like '%/contribution/%'";
const ofDocument = `document in (select name from document where ${archivedDocuments})`;

export const archiveParts: readonly ArchivePart[] = [
	{ table: 'exercise', scope: 'id = $1', order: 'id' },
	{ table: 'exercise_terms', scope: ofExercise, order: 'version' },
	{ table: 'terms_acceptance', scope: ofExercise, order: 'account_id, version' },
	{ table: 'country_erasure', scope: ofExercise, order: 'country' },
	{ table: 'team', scope: ofExercise, order: 'id' },
	{ table: 'membership', scope: ofExercise, order: 'id' },
	{ table: 'inject', scope: ofExercise, order: 'id' },
	{ table: 'inject_version', scope: ofInject, order: 'inject_id, version' },
	{ table: 'delivery', scope: ofExercise, order: 'id' },
	{ table: 'inject_clause', scope: ofInject, order: 'inject_id, refers_to' },
	{ table: 'team_due', scope: ofExercise, order: 'inject_id, team_id' },
	{ table: 'action_mark', scope: ofInject, order: 'inject_id, action, team_id' },
	{ table: 'attachment', scope: ofExercise, order: 'id' },
	{
		table: 'attachment_grant',
		scope: 'delivery_id in (select id from delivery where exercise_id = $1)',
		order: 'id'
	},
	{ table: 'inject_comment', scope: ofExercise, order: 'id' },
	{ table: 'communication_check', scope: ofExercise, order: 'id' },
	{
		table: 'communication_answer',
		scope: 'check_id in (select id from communication_check where exercise_id = $1)',
		order: 'check_id, account_id'
	},
	{ table: 'go_item', scope: ofExercise, order: 'id' },
	{ table: 'question', scope: ofExercise, order: 'id' },
	{ table: 'working_record', scope: ofExercise, order: 'id' },
	{ table: 'channel', scope: ofExercise, order: 'id' },
	{ table: 'channel_message', scope: ofExercise, order: 'id' },
	{ table: 'channel_file', scope: ofExercise, order: 'id' },
	{ table: 'help_request', scope: ofExercise, order: 'id' },
	{
		table: 'suggestion_dismissal',
		scope: ofInject,
		order: 'inject_id, team_id, missed_inject, missed_action'
	},
	{ table: 'team_file', scope: ofExercise, order: 'id' },
	{ table: 'report', scope: ofExercise, order: 'team_id, number' },
	{ table: 'report_share', scope: ofExercise, order: 'id' },
	{ table: 'hot_wash_card', scope: ofExercise, order: 'id' },
	{
		table: 'hot_wash_vote',
		scope: 'card_id in (select id from hot_wash_card where exercise_id = $1)',
		order: 'card_id, account_id'
	},
	{ table: 'contribution', scope: ofExercise, order: 'country, version' },
	{ table: 'report_version', scope: ofExercise, order: 'number' },
	{ table: 'survey', scope: ofExercise, order: 'exercise_id' },
	{ table: 'survey_answered', scope: ofExercise, order: 'account_id' },
	// what changes an answer is the browser's that gave it
	{ table: 'survey_answer', scope: ofExercise, order: 'id', blank: ['receipt'] },
	{ table: 'fact', scope: ofExercise, order: 'sequence' },
	{ table: 'audit', scope: 'scope = $1', order: 'sequence' },
	{ table: 'audit_head', scope: 'scope = $1', order: 'scope' },
	{ table: 'document', scope: archivedDocuments, order: 'name' },
	{ table: 'document_update', scope: ofDocument, order: 'document, epoch, sequence', blank: ['session'] },
	{ table: 'document_client', scope: ofDocument, order: 'document, epoch, client', blank: ['session'] },
	{ table: 'document_snapshot', scope: ofDocument, order: 'document, epoch, sequence' }
];

/** Tables that are of the installation or of a person, or hold secrets: no archive has rows of them as they are. */
export const notArchived: readonly string[] = [
	// by name and address alone, see `archivedPeople`
	'account',
	'organisation',
	// secrets: sessions, tokens of links, mails with links
	'session',
	'invitation',
	'mail',
	// a person's own, or the installation's
	'import_mapping',
	'library_item',
	'notice_preference',
	'notice_cursor',
	'looked',
	// of the installation: what was learned outlives the exercise, and is a country's own
	'improvement_role',
	'improvement_sharing',
	'improvement_action',
	'improvement_event',
	'improvement_calendar',
	'improvement_reminder',
	'lesson',
	'lesson_source',
	'lesson_action',
	'lesson_retest',
	// of the moment
	'work_claim',
	'command_result',
	'connected',
	'presence'
];

/** People and organisations, without passwords, settings or rights: who is who, nothing to sign in with. */
export const archivedPeople = {
	organisation: {
		columns: ['id', 'name', 'country', 'kind'],
		query: `select id, name, country, kind from organisation where id in (
			select organisation_id from team where exercise_id = $1) order by id`
	},
	account: {
		columns: ['id', 'email', 'name'],
		query: `select id, email, name from account where id in (
			select account_id from membership where exercise_id = $1
			union select created_by from exercise where id = $1
			union select published_by from exercise_terms where exercise_id = $1
			union select account_id from terms_acceptance where exercise_id = $1
			union select account_id from help_request where exercise_id = $1
			union select submitted_by from inject where exercise_id = $1
			union select approved_by from inject_version where ${ofInject}
			union select uploaded_by from attachment where exercise_id = $1
			union select uploaded_by from team_file where exercise_id = $1
			union select author_id from inject_comment where exercise_id = $1
			union select started_by from communication_check where exercise_id = $1
			union select account_id from communication_answer where check_id in (
				select id from communication_check where exercise_id = $1)
			union select owner_id from go_item where exercise_id = $1
			union select opened_by from channel where exercise_id = $1
			union select author_id from channel_message where exercise_id = $1
			union select uploaded_by from channel_file where exercise_id = $1
			union select frozen_by from report_version where exercise_id = $1
			union select account_id from survey_answered where exercise_id = $1
			union select account_id from survey_answer where exercise_id = $1
			union select actor_id from fact where exercise_id = $1
			union select actor_id from audit where scope = $1
			union select author from document_update where ${ofDocument}) order by id`
	}
} as const;

/** Columns that point at accounts and organisations: where the server has that person already, they point there. */
export const pointers: Readonly<Record<string, readonly string[]>> = {
	exercise: ['created_by'],
	exercise_terms: ['published_by'],
	terms_acceptance: ['account_id'],
	help_request: ['account_id'],
	team: ['organisation_id'],
	membership: ['account_id'],
	inject: ['submitted_by'],
	inject_version: ['approved_by'],
	attachment: ['uploaded_by'],
	team_file: ['uploaded_by'],
	inject_comment: ['author_id'],
	communication_check: ['started_by'],
	communication_answer: ['account_id'],
	go_item: ['owner_id'],
	channel: ['opened_by'],
	channel_message: ['author_id'],
	channel_file: ['uploaded_by'],
	report_version: ['frozen_by'],
	survey_answered: ['account_id'],
	survey_answer: ['account_id']
};

/**
 * Columns in which accounts are named inside a value: members of channels, and who decides there. Ids are unguessable, so
 * one is found by its letters.
 */
export const pointersWithin: Readonly<Record<string, readonly string[]>> = {
	channel: ['members', 'mode']
};
