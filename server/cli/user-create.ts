import { text } from 'node:stream/consumers';
import type { Command } from './command.ts';

export const userCreate: Command = {
	name: 'user create',
	purpose: 'creates an account',
	help: [
		['--email <address>', 'with which the person signs in'],
		['--name <name>', 'as others see it'],
		['--administrator', 'administers this installation, and may create exercises'],
		['--password-stdin', 'reads the password from standard input; without it a link to choose one is printed']
	],
	options: {
		email: { type: 'string' },
		name: { type: 'string' },
		administrator: { type: 'boolean' },
		'password-stdin': { type: 'boolean' }
	},
	async run(given, { services: open }) {
		const wanted = {
			email: given.required('email'),
			name: given.required('name'),
			isAdministrator: given.flag('administrator')
		};
		// `echo` and editors end the line; the line's end is no part of the password
		const password = given.flag('password-stdin')
			? (await text(process.stdin)).replace(/\r?\n$/, '')
			: undefined;
		const { accounts } = await open();
		const id = await accounts.createAccount({ ...wanted, ...(password !== undefined && { password }) }, null);
		const email = wanted.email.trim();
		const link = password === undefined ? await accounts.setup.passwordLink(email) : null;
		return {
			lines: [
				`Created the ${wanted.isAdministrator ? 'administrator' : 'account'} ${email} (${id}).`,
				...(link ? ['Open this within 24 hours to choose a password; it works once:', link] : [])
			],
			data: { account: id, email, administrator: wanted.isAdministrator, passwordLink: link }
		};
	}
};
