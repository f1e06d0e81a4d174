import { AppError } from '#lib/errors.ts';
import { readStandardInput, textOf, type Command } from './command.ts';

export const userCommands: Command[] = [
	{
		name: 'user create',
		summary: 'Creates an account. Without a password it prints a link with which the person chooses one.',
		options: {
			email: { means: 'e-mail address', value: 'e-mail', required: true },
			name: { means: 'name as others see it', value: 'name', required: true },
			administrator: { means: 'may create exercises and accounts' },
			'password-stdin': { means: 'reads the password from standard input' }
		},
		async run({ accounts }, values) {
			const email = textOf(values, 'email');
			const password = values['password-stdin'] ? await readStandardInput() : undefined;
			const id = await accounts.createAccount(
				{
					email,
					name: textOf(values, 'name'),
					isAdministrator: values['administrator'] === true,
					...(password !== undefined && { password })
				},
				null
			);
			const link = password === undefined ? await accounts.setup.passwordLink(email) : null;
			return {
				text: link
					? `Created ${email}. With this link the person chooses a password, within 24 hours:\n${link}`
					: `Created ${email}.`,
				json: { id, email, ...(link && { link }) }
			};
		}
	},
	{
		name: 'user link',
		summary: 'Prints a link with which somebody chooses a new password. Earlier links stop to work.',
		options: { email: { means: 'e-mail address', value: 'e-mail', required: true } },
		async run({ accounts }, values) {
			const email = textOf(values, 'email');
			const link = await accounts.setup.passwordLink(email);
			if (!link) throw new AppError('not-found', `There is no account ${email}.`);
			return { text: link, json: { email, link } };
		}
	}
];
