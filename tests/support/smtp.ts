import { SMTPServer } from 'smtp-server';
import { freePort } from './people.ts';

export interface Arrived {
	from: string;
	to: string[];
	/** as it came over the line */
	raw: string;
}

export interface TestSmtp {
	url: string;
	arrived: Arrived[];
	/** how the next mails to an address are answered; null: taken */
	answer: (to: string, code: number | null) => void;
	start: () => Promise<void>;
	stop: () => Promise<void>;
}

/** A mail server in this process, on loopback; stopped and started again it keeps its port. */
export async function startSmtp(): Promise<TestSmtp> {
	const port = await freePort();
	const arrived: Arrived[] = [];
	const answers = new Map<string, number>();
	let server: SMTPServer | null = null;

	async function start(): Promise<void> {
		const started = new SMTPServer({
			authOptional: true,
			disabledCommands: ['STARTTLS', 'AUTH'],
			logger: false,
			onRcptTo({ address }, _session, done) {
				const code = answers.get(address);
				if (!code) return done();
				done(Object.assign(new Error(code < 500 ? 'try later' : 'no such mailbox'), { responseCode: code }));
			},
			onData(stream, { envelope }, done) {
				const chunks: Buffer[] = [];
				stream.on('data', (chunk: Buffer) => chunks.push(chunk));
				stream.on('end', () => {
					arrived.push({
						from: envelope.mailFrom ? envelope.mailFrom.address : '',
						to: envelope.rcptTo.map(({ address }) => address),
						raw: Buffer.concat(chunks).toString()
					});
					done();
				});
			}
		});
		// a client that went away is none of a test's business
		started.on('error', () => undefined);
		await new Promise<void>((resolve) => void started.listen(port, '127.0.0.1', resolve));
		server = started;
	}

	await start();
	return {
		url: `smtp://127.0.0.1:${port}`,
		arrived,
		answer: (to, code) => void (code === null ? answers.delete(to) : answers.set(to, code)),
		start,
		stop: async () => {
			const running = server;
			server = null;
			if (running) await new Promise<void>((resolve) => running.close(resolve));
		}
	};
}

/** A mail as a person reads it: headers unfolded, encoded words and quoted-printable decoded. */
export function readMail({ raw }: Arrived): { headers: Map<string, string>; text: string } {
	const [head = '', ...rest] = raw.split('\r\n\r\n');
	const headers = new Map(
		head
			.replace(/\r\n[ \t]+/g, ' ')
			.split('\r\n')
			.map((line) => [
				line.slice(0, line.indexOf(':')).toLowerCase(),
				words(line.slice(line.indexOf(':') + 2))
			])
	);
	const body = rest.join('\r\n\r\n');
	const encoding = headers.get('content-transfer-encoding');
	const text =
		encoding === 'base64'
			? Buffer.from(body, 'base64').toString()
			: encoding === 'quoted-printable'
				? quoted(body.replace(/=\r\n/g, ''))
				: body;
	return { headers, text: text.replaceAll('\r\n', '\n') };
}

const quoted = (text: string) =>
	Buffer.from(
		text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
		'latin1'
	).toString();

const words = (line: string) =>
	line
		.replace(/\?= =\?/g, '?==?')
		.replace(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
			kind.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString() : quoted(word.replace(/_/g, ' '))
		);
