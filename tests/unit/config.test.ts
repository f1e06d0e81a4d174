import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig, StartRefused } from '#server/config.ts';

test('without any setting Muster is for this machine only, with a database of its own', () => {
	const config = readConfig({});
	expect(config).toMatchObject({
		production: false,
		host: '127.0.0.1',
		port: 3000,
		origin: 'http://localhost:3000',
		originIsDefault: true,
		databaseUrl: null,
		trustedProxies: 0,
		metrics: { token: null, port: null },
		files: { kind: 'disk', folder: path.resolve('data/files') },
		smtp: null
	});
	expect(config.dataFolder).toBe(`${process.cwd()}/data`);
});

test('an empty variable is not set', () => {
	expect(readConfig({ PORT: '', ORIGIN: '', DATABASE_URL: '' })).toMatchObject({
		port: 3000,
		databaseUrl: null
	});
});

test('what is set is taken', () => {
	expect(
		readConfig({
			NODE_ENV: 'production',
			HOST: '0.0.0.0',
			PORT: '8080',
			ORIGIN: 'https://muster.example.eu/',
			DATABASE_URL: 'postgresql://muster:secret@db.example.eu:5432/muster?sslmode=require',
			TRUST_PROXY: '2',
			METRICS_TOKEN: 'sixteen letters or more'
		})
	).toMatchObject({
		production: true,
		origin: 'https://muster.example.eu',
		originIsDefault: false,
		trustedProxies: 2
	});
});

describe('[R16] a wrong setting is refused with one sentence that names it', () => {
	const wrong: [Record<string, string>, RegExp][] = [
		[{ PORT: 'eighty' }, /^PORT must be a port number/],
		[{ PORT: '70000' }, /^PORT must be a port number/],
		[{ PORT: '80.5' }, /^PORT must be a port number/],
		[{ ORIGIN: 'muster.example.eu' }, /^ORIGIN must be an address/],
		[{ ORIGIN: 'ftp://muster.example.eu' }, /^ORIGIN must be an address/],
		[{ ORIGIN: 'https://muster.example.eu/sub' }, /^ORIGIN must be only scheme, name and port/],
		[{ DATABASE_URL: 'mysql://x/y' }, /^DATABASE_URL must be an address/],
		[{ REDIS_URL: 'http://host' }, /^REDIS_URL must be an address such as redis:/],
		[{ REDIS_URL: 'redis:' }, /^REDIS_URL must be an address such as redis:/],
		[{ DATABASE_PREPARE: 'maybe' }, /^DATABASE_PREPARE must be yes or no/],
		[{ DATABASE_CONNECTIONS: '1' }, /^DATABASE_CONNECTIONS must be a number between/],
		[{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of trace, debug/],
		[{ LOG_FORMAT: 'xml' }, /^LOG_FORMAT must be json or text/],
		[{ TRUST_PROXY: 'yes' }, /^TRUST_PROXY must be the number of reverse proxies/],
		[{ METRICS_TOKEN: 'short' }, /^METRICS_TOKEN must have at least 16 characters/],
		[{ METRICS_PORT: '3000' }, /^METRICS_PORT must differ from PORT/],
		[{ S3_ENDPOINT: 'https://s3.example.eu' }, /^S3_ENDPOINT, S3_BUCKET, .* must be set together/],
		[{ S3_ENDPOINT: 's3.example.eu' }, /^S3_ENDPOINT must be an address/],
		[{ SMTP_URL: 'smtp://mail.example.eu' }, /^SMTP_URL and MAIL_FROM must be set together/],
		[{ SMTP_URL: 'http://mail.example.eu' }, /^SMTP_URL must be an address such as smtps:/],
		[{ MAIL_FROM: 'nobody' }, /^MAIL_FROM must be an address/],
		[{ NODE_ENV: 'production', HOST: '0.0.0.0' }, /^ORIGIN must be set when HOST \(0\.0\.0\.0\) is reachable/]
	];
	test.each(wrong)('%o', (environment, sentence) => {
		expect(() => readConfig(environment)).toThrow(StartRefused);
		expect(() => readConfig(environment)).toThrow(sentence);
	});

	test('an address with a password is not told again', () => {
		expect(() => readConfig({ DATABASE_URL: 'mysql://muster:hunter22@db/muster' })).toThrow(
			expect.not.objectContaining({ message: expect.stringContaining('hunter22') as string }) as Error
		);
	});
});
