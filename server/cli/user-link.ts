import { accountOf } from './who.ts';
import type { Command } from './command.ts';

export const userLink: Command = {
	name: 'user link',
	purpose: 'prints a link with which somebody chooses a new password; earlier links stop working',
	help: [['--email <address>', 'of the account']],
	options: { email: { type: 'string' } },
	async run(given, { services: open }) {
		const wanted = given.required('email');
		const services = await open();
		const { id, email } = await accountOf(services, wanted);
		const link = await services.accounts.setup.passwordLink(email);
		return {
			lines: [`Open this within 24 hours to choose a password for ${email}; it works once:`, link!],
			data: { account: id, email, passwordLink: link }
		};
	}
};
