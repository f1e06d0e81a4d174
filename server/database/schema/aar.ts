import { integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { FrozenContribution } from '../../../src/lib/exercise/aar/contribution.ts';
import type { ReportEdition } from '../../../src/lib/exercise/aar/data.ts';
import { bytea, wall } from './columns.ts';
import { exercise } from './exercises.ts';
import { account } from './people.ts';

/* The after-action report: what countries handed over, and frozen versions with the bytes that are handed out. */

/** The text of a contribution as it was handed over; its SHA-256 is in the fact of the hand-over. */
export const contribution = pgTable(
	'contribution',
	{
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		country: text('country').notNull(),
		version: integer('version').notNull(),
		content: jsonb('content').$type<FrozenContribution>().notNull()
	},
	(t) => [primaryKey({ columns: [t.exerciseId, t.country, t.version] })]
);

/** A frozen version. Its sums are in the audit chain too, in the row of the freeze. */
export const reportVersion = pgTable(
	'report_version',
	{
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		number: integer('number').notNull(),
		/** full, national, public */
		extent: text('extent').notNull(),
		/** of a national version */
		country: text('country'),
		tlp: text('tlp').notNull(),
		/** SHA-256 of the content, hex: what countries agree to */
		sha256: text('sha256').notNull(),
		/** SHA-256 of the bytes beside, hex */
		dataSha256: text('data_sha256').notNull(),
		docxSha256: text('docx_sha256').notNull(),
		pdfSha256: text('pdf_sha256').notNull(),
		/** the JSON that both were made from; null: taken out with the names in it (ADR 14) */
		data: bytea('data'),
		docx: bytea('docx'),
		pdf: bytea('pdf'),
		/** which finding each reference means, and which chapters cite it */
		references: jsonb('refs').$type<{ reference: string; finding: string; chapters: string[] }[]>().notNull(),
		/** as its title page says */
		signOffs: jsonb('sign_offs').$type<ReportEdition['signOffs']>().notNull(),
		missing: jsonb('missing').$type<ReportEdition['missing']>().notNull(),
		frozenBy: text('frozen_by').references(() => account.id),
		frozenByName: text('frozen_by_name').notNull(),
		frozenAt: wall('frozen_at').notNull()
	},
	(t) => [primaryKey({ columns: [t.exerciseId, t.number] })]
);
