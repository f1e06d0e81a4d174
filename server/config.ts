import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/**
 * Every setting of Muster, read once from the environment and checked before anything starts. A wrong setting is
 * refused with one sentence that names it (PROMISES R16); `docs/operating.md` lists them all.
 */
export interface Config {
	/** `NODE_ENV=production`, which `npm start` sets: then the start also refuses what could lose data */
	production: boolean;
	host: string;
	port: number;
	/** what browsers type: `https://muster.example.eu`; sockets and forms from elsewhere are refused */
	origin: string;
	/** nobody set ORIGIN: the address may then be put right for browsers that use another name of this machine */
	originIsDefault: boolean;
	/** absolute */
	dataFolder: string;
	/** null: the embedded PostgreSQL in the data folder */
	databaseUrl: string | null;
	databaseConnections: number;
	/** false: the way to the database does not keep prepared statements */
	databasePrepares: boolean;
	/** null: nodes ring each other through PostgreSQL */
	redisUrl: string | null;
	logLevel: (typeof logLevels)[number];
	logFormat: 'json' | 'text';
	/** how many reverse proxies stand before us and add to X-Forwarded-For */
	trustedProxies: number;
	metrics: { token: string | null; port: number | null };
	/** where attachments lie */
	files: FilesConfig;
	/** null: mail is not set up */
	smtp: { url: string; from: string } | null;
}

export type FilesConfig =
	| { kind: 'disk'; folder: string }
	| { kind: 's3'; endpoint: string; bucket: string; region: string; keyId: string; secret: string };

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A setting that is wrong, or an installation that must not start: the message is for the operator, without a stack. */
export class StartRefused extends Error {
	override name = 'StartRefused';
}

const port = z.coerce
	.number('must be a port number between 1 and 65535')
	.int('must be a port number between 1 and 65535')
	.min(1, 'must be a port number between 1 and 65535')
	.max(65535, 'must be a port number between 1 and 65535');

const settings = z.object({
	NODE_ENV: z.string().optional(),
	HOST: z.string().default('127.0.0.1'),
	PORT: port.default(3000),
	ORIGIN: z
		.url({ protocol: /^https?$/, error: 'must be an address such as https://muster.example.eu' })
		.refine((value) => !URL.canParse(value) || new URL(value).origin === value.replace(/\/$/, ''), {
			error: 'must be only scheme, name and port, such as https://muster.example.eu'
		})
		.optional(),
	DATA_DIR: z.string().default('data'),
	DATABASE_URL: z
		.url({
			protocol: /^postgres(ql)?$/,
			hostname: /.*/,
			error: 'must be an address such as postgresql://muster:password@host/muster'
		})
		.optional(),
	DATABASE_PREPARE: z.enum(['yes', 'no'], { error: 'must be yes or no' }).default('yes'),
	DATABASE_CONNECTIONS: z.coerce
		.number('must be a number between 4 and 200')
		.int('must be a number between 4 and 200')
		.min(4, 'must be a number between 4 and 200')
		.max(200, 'must be a number between 4 and 200')
		.default(20),
	REDIS_URL: z
		.url({ protocol: /^rediss?$/, hostname: /./, error: 'must be an address such as redis://host:6379' })
		.optional(),
	LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
	LOG_FORMAT: z.enum(['json', 'text'], { error: 'must be json or text' }).optional(),
	TRUST_PROXY: z.coerce
		.number('must be the number of reverse proxies, 0 to 10')
		.int('must be the number of reverse proxies, 0 to 10')
		.min(0, 'must be the number of reverse proxies, 0 to 10')
		.max(10, 'must be the number of reverse proxies, 0 to 10')
		.default(0),
	METRICS_TOKEN: z
		.string()
		.min(16, 'must have at least 16 characters: who knows it reads the figures of this installation')
		.optional(),
	METRICS_PORT: port.optional(),
	FILES_DIR: z.string().optional(),
	S3_ENDPOINT: z
		.url({ protocol: /^https?$/, error: 'must be an address such as https://s3.example.eu' })
		.optional(),
	S3_BUCKET: z
		.string()
		.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
		.optional(),
	S3_REGION: z.string().default('us-east-1'),
	S3_ACCESS_KEY_ID: z.string().optional(),
	S3_SECRET_ACCESS_KEY: z.string().optional(),
	SMTP_URL: z
		.url({
			protocol: /^smtps?$/,
			hostname: /./,
			error: 'must be an address such as smtps://user:password@mail.example.eu:465'
		})
		.optional(),
	MAIL_FROM: z
		.string()
		.regex(
			/^([^<>@\p{Cc}]+ <[^\s<>@,;"]+@[^\s<>@,;"]+>|[^\s<>@,;"]+@[^\s<>@,;"]+)$/u,
			'must be an address such as muster@example.eu, or Muster <muster@example.eu>'
		)
		.optional()
});

type Settings = z.infer<typeof settings>;

/** Settings that mean something only together are refused one without the other. */
function filesOf(values: Settings, dataFolder: string): FilesConfig {
	const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region } = values;
	const { S3_ACCESS_KEY_ID: keyId, S3_SECRET_ACCESS_KEY: secret } = values;
	if (!endpoint && !bucket && !keyId && !secret)
		return { kind: 'disk', folder: path.resolve(values.FILES_DIR ?? path.join(dataFolder, 'files')) };
	if (!endpoint || !bucket || !keyId || !secret)
		throw new StartRefused(
			'S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set together.'
		);
	if (values.FILES_DIR)
		throw new StartRefused('FILES_DIR and S3_ENDPOINT exclude each other: files lie in one place.');
	return { kind: 's3', endpoint: endpoint.replace(/\/+$/, ''), bucket, region, keyId, secret };
}

function smtpOf({ SMTP_URL: url, MAIL_FROM: from }: Settings): Config['smtp'] {
	if (!url && !from) return null;
	if (!url || !from) throw new StartRefused('SMTP_URL and MAIL_FROM must be set together.');
	return { url, from };
}

/** A `.env` file beside `package.json`, for those who start by hand; what the environment says already wins. */
export function readEnvironmentFile(): void {
	const file = path.join(import.meta.dirname, '..', '.env');
	if (existsSync(file)) process.loadEnvFile(file);
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
	// An empty variable is what a compose file or a unit file passes for "not set".
	const given = Object.fromEntries(
		Object.entries(environment).filter(([name, value]) => name in settings.shape && value !== '')
	);
	const checked = settings.safeParse(given);
	if (!checked.success) {
		const issue = checked.error.issues[0];
		throw new StartRefused(`${issue?.path.join('.')} ${issue?.message}.`);
	}
	const values = checked.data;
	const production = values.NODE_ENV === 'production';
	if (!values.ORIGIN && production && !loopback.has(values.HOST)) {
		throw new StartRefused(
			`ORIGIN must be set when HOST (${values.HOST}) is reachable from other machines: the address that browsers use, such as https://muster.example.eu.`
		);
	}
	if (values.METRICS_PORT === values.PORT) {
		throw new StartRefused(`METRICS_PORT must differ from PORT (${values.PORT}).`);
	}
	const dataFolder = path.resolve(values.DATA_DIR);
	return {
		production,
		host: values.HOST,
		port: values.PORT,
		origin: new URL(values.ORIGIN ?? `http://localhost:${values.PORT}`).origin,
		originIsDefault: values.ORIGIN === undefined,
		dataFolder,
		databaseUrl: values.DATABASE_URL ?? null,
		databaseConnections: values.DATABASE_CONNECTIONS,
		databasePrepares: values.DATABASE_PREPARE === 'yes',
		redisUrl: values.REDIS_URL ?? null,
		logLevel: values.LOG_LEVEL,
		logFormat: values.LOG_FORMAT ?? (process.stdout.isTTY ? 'text' : 'json'),
		trustedProxies: values.TRUST_PROXY,
		metrics: { token: values.METRICS_TOKEN ?? null, port: values.METRICS_PORT ?? null },
		files: filesOf(values, dataFolder),
		smtp: smtpOf(values)
	};
}
