import { z } from 'zod';
import { command, forbidden, notFound, refuse, type Decision } from '../decision.ts';
import type { AccountId } from '../ids.ts';
import { consoleScope, seesConsole } from '../exercise/access.ts';
import { id, type Actor, type Exercise } from '../exercise/schema.ts';
import { claimKinds, type Claim, type ClaimTarget } from './schema.ts';

export interface ClaimState {
	exercise: Exercise;
	/** what is named; null: there is no such thing */
	target: ClaimTarget | null;
	/** who has it */
	claim: Claim | null;
	/** for `giveBackAll`: what the actor has */
	own: readonly Claim[];
}

const subject = z.object({
	kind: z.enum(claimKinds),
	subject: z.string().trim().min(1).max(120)
});

/** Claims are for those who run the play, moderators inside their own countries. */
function reaches(target: ClaimTarget, actor: Actor): boolean {
	const scope = consoleScope(actor);
	if (scope === null) return true;
	return target.countries !== null && target.countries.some((country) => scope.has(country));
}

/** Takes it, or, naming who has it, takes it over from them. Two at once: one of them is too late (R10). */
export const takeClaim = command({
	name: 'claim.take',
	input: subject.extend({ from: id<AccountId>().optional() }),
	decide({ target, claim }: ClaimState, { kind, subject: of, from }, actor): Decision {
		if (!seesConsole(actor) || !target || !reaches(target, actor)) return notFound();
		if (target.done) return refuse('stale', 'There is nothing left to do about this.');
		if (claim?.accountId === actor.accountId) return refuse('stale', 'You handle this already.');
		if (claim && claim.accountId !== from)
			return refuse('stale', `${claim.name} handles this. Take it over, or leave it to them.`, {
				accountId: claim.accountId
			});
		if (!claim && from !== undefined)
			return refuse('stale', 'It was given back meanwhile. Take it, if you still want to.');
		return {
			facts: [
				{
					kind: 'work-claimed',
					of: { kind, subject: of },
					label: target.label,
					...(claim && { from: { accountId: claim.accountId, name: claim.name } })
				}
			]
		};
	}
});

/** Gives back one's own, or what somebody else has and does not handle. */
export const giveBackClaim = command({
	name: 'claim.giveBack',
	input: subject.extend({ of: id<AccountId>().optional() }),
	decide({ target, claim }: ClaimState, { kind, subject: what, of }, actor): Decision {
		if (!seesConsole(actor)) return notFound();
		// what it was about may be gone; then only who has it gives it back
		if (!claim || (target ? !reaches(target, actor) : claim.accountId !== actor.accountId)) return notFound();
		const wanted = of ?? actor.accountId;
		if (claim.accountId !== wanted) return forbidden(`${claim.name} handles this by now.`);
		return {
			facts: [
				{
					kind: 'work-returned',
					of: { kind, subject: what },
					label: target?.label ?? what,
					from: { accountId: claim.accountId, name: claim.name },
					why: wanted === actor.accountId ? 'given-back' : 'by-others'
				}
			]
		};
	}
});

/** Everything that one has: whoever goes to lunch. */
export const giveBackAll = command({
	name: 'claim.giveBackAll',
	input: z.object({}).strict(),
	decide({ own }: ClaimState, _input, actor): Decision {
		if (!seesConsole(actor)) return notFound();
		return { facts: returned(own, 'given-back'), result: { claims: own.length } };
	}
});

/** By the server, when somebody has not been connected for a while. */
export const returned = (claims: readonly Claim[], why: 'given-back' | 'left') =>
	claims.map(({ kind, subject: what, accountId, name }) => ({
		kind: 'work-returned' as const,
		of: { kind, subject: what },
		label: what,
		from: { accountId, name },
		why
	}));

export const claimCommands = {
	'claim.take': takeClaim,
	'claim.giveBack': giveBackClaim,
	'claim.giveBackAll': giveBackAll
} as const;
