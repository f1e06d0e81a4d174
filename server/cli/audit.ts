import { auditScopes, verifyAudit } from '../audit/audit.ts';
import { optionalText, type Command } from './command.ts';

export const auditCommands: Command[] = [
	{
		name: 'audit verify',
		summary:
			'Computes the chains of audit rows anew, and tells whether a row was changed, removed or put in.',
		options: {
			scope: { means: '"installation", or the id of an exercise', value: 'scope', fallback: 'all' }
		},
		async run({ database }, values) {
			const scope = optionalText(values, 'scope');
			const verdicts = [];
			for (const one of scope ? [scope] : await auditScopes(database))
				verdicts.push(await verifyAudit(database, one));
			return {
				ok: verdicts.every((verdict) => verdict.broken === null),
				text:
					verdicts
						.map(({ scope, rows, broken }) =>
							broken
								? `${scope}: BROKEN at row ${broken.sequence}: ${broken.why}`
								: `${scope}: ${rows} rows, whole`
						)
						.join('\n') || 'There are no audit rows yet.',
				json: { chains: verdicts }
			};
		}
	}
];
