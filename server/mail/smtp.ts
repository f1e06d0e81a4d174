import { createTransport } from 'nodemailer';
import type { Config } from '../config.ts';

export interface Letter {
	id: string;
	to: string;
	fromName: string | null;
	subject: string;
	text: string;
}

/** Refused for good (a 5xx about this mail), or worth another try. The words are for who looks at the list. */
export class NotSent extends Error {
	override name = 'NotSent';
	readonly forGood: boolean;
	constructor(message: string, forGood: boolean) {
		super(message);
		this.forGood = forGood;
	}
}

export type Post = ReturnType<typeof createPost>;

/** The way to the mail server. Connections are kept for a while, because a release has many mails. */
export function createPost({ url, from }: NonNullable<Config['smtp']>, origin: string) {
	const { hostname, username, protocol } = new URL(url);
	const own = /^(?:(.*) )?<?([^<>]+)>?$/.exec(from)!;
	const [name, address] = [own[1] ?? '', own[2]!];
	const transport = createTransport({
		url,
		pool: true,
		maxConnections: 3,
		connectionTimeout: 10_000,
		greetingTimeout: 10_000,
		socketTimeout: 20_000,
		// a password goes over a line that others may read only on this machine
		...(username && protocol === 'smtp:' && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
			? { requireTLS: true }
			: {}),
		disableFileAccess: true,
		disableUrlAccess: true
	});

	return {
		async send({ id, to, fromName, subject, text }: Letter): Promise<void> {
			try {
				await transport.sendMail({
					from: { name: fromName ?? name, address },
					to: { name: '', address: to },
					subject,
					text,
					// the same in every try: a mailbox that got it twice shows it once
					messageId: `<${id}@${new URL(origin).hostname}>`,
					// nobody's absence note answers to it
					headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }
				});
			} catch (error) {
				throw reasonOf(error as SmtpError);
			}
		},
		close: () => transport.close()
	};
}

interface SmtpError extends Error {
	code?: string;
	responseCode?: number;
	response?: string;
}

/** A 5xx is final where it is about the mail; where it is about us (sign-in, TLS), the operator can put it right. */
function reasonOf({ code, responseCode, response, message }: SmtpError): NotSent {
	const words = (response ?? message).replace(/\s+/g, ' ').slice(0, 500);
	const aboutTheMail = code === 'EENVELOPE' || code === 'EMESSAGE';
	return new NotSent(words, aboutTheMail && (responseCode === undefined || responseCode >= 500));
}
