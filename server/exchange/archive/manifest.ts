import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { idPattern } from '#lib/exercise/ids.ts';
import { exerciseKinds } from '#lib/exercise/exercise/schema.ts';
import { fingerprint } from '#lib/exercise/fingerprint.ts';

/** The format that this server writes and reads; raised when an older server could not read it any more. */
export const archiveFormat = 1;

const partSchema = z.object({
	/** in the zip: `tables/fact.jsonl`, `people/account.jsonl` */
	entry: z.string().regex(/^(?:people|tables)\/[a-z_]{1,40}\.jsonl$/),
	table: z.string().regex(/^[a-z_]{1,40}$/),
	columns: z.array(z.string().regex(/^[a-z_0-9]{1,60}$/)).max(100),
	rows: z.number().int().min(0),
	bytes: z.number().int().min(0),
	sha256: z.string().regex(/^[0-9a-f]{64}$/)
});
export type ManifestPart = z.infer<typeof partSchema>;

/** bytes of an attachment, in the zip as `files/<sha256>` */
const fileSchema = z.object({
	sha256: z.string().regex(/^[0-9a-f]{64}$/),
	bytes: z.number().int().min(0)
});
export type ManifestFile = z.infer<typeof fileSchema>;
export const fileEntry = ({ sha256 }: ManifestFile) => `files/${sha256}`;

const manifestSchema = z.object({
	muster: z.literal('exercise-archive'),
	format: z.number().int(),
	exercise: z.object({
		id: z.string().regex(idPattern),
		/** missing in archives from before there were real rooms */
		kind: z.enum(exerciseKinds).optional(),
		name: z.string().max(400),
		tlp: z.string().max(40)
	}),
	writtenAt: z.string().max(40),
	parts: z.array(partSchema).max(100),
	/** each content once */
	files: z.array(fileSchema).max(100_000),
	/** SHA-256 over all of the above */
	seal: z.string().regex(/^[0-9a-f]{64}$/)
});
export type Manifest = z.infer<typeof manifestSchema>;

export const sealed = (manifest: Omit<Manifest, 'seal'>): Manifest => ({
	...manifest,
	seal: fingerprint(manifest)
});

export const changed = (what: string, cause?: unknown) =>
	new AppError(
		'invalid',
		`This archive was changed or is damaged: ${what}. Nothing was restored.`,
		cause === undefined ? {} : { cause }
	);

export function readManifest(text: string): Manifest {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw changed('its manifest cannot be read', cause);
	}
	const { format, muster } = (value ?? {}) as { format?: unknown; muster?: unknown };
	if (muster !== 'exercise-archive') throw changed('its manifest cannot be read');
	if (format !== archiveFormat)
		throw new AppError(
			'invalid',
			`This archive has format ${String(format).slice(0, 20)}; this Muster reads format ${archiveFormat}. Nothing was restored.`
		);
	const checked = manifestSchema.safeParse(value);
	if (!checked.success) throw changed('its manifest cannot be read', checked.error);
	const { seal, ...rest } = checked.data;
	if (fingerprint(rest) !== seal) throw changed('its manifest does not agree with its seal');
	return checked.data;
}
