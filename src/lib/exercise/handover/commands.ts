import { z } from 'zod';
import { strictestTlp } from '#lib/standards/tlp.ts';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { leads, playsIn } from '../exercise/access.ts';
import { id } from '../exercise/schema.ts';
import type { AccountId, RecordId, TeamId } from '../ids.ts';
import { notInPlay } from '../team/commands.ts';
import type { WorkingState } from '../working/record.ts';
import { handoverItems, handoverTextSchema, type Handover } from './schema.ts';

type State = WorkingState<Handover>;

/** What is open is listed here and now, by the server: nobody hands over less than there is. */
export const offerHandover = command({
	name: 'handover.offer',
	input: z.object({ team: id<TeamId>(), to: id<AccountId>(), text: handoverTextSchema }),
	decide(
		{ exercise, team, count, people, open = [] }: State,
		{ to: wanted, text },
		actor,
		{ mint }: Moment
	): Decision {
		if (!team || !playsIn(actor, team.id)) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const person = people?.get(wanted);
		if (!person) return refuse('invalid', 'That person is not of your team: choose somebody who is.');
		if (person.account === actor.accountId)
			return refuse('invalid', 'Choose somebody else: a handover goes to another person.');
		const record = mint<RecordId>();
		const number = count + 1;
		// the handover itself is not what is handed over
		const items = open.filter((item) => item.of !== 'handover');
		const tlp = strictestTlp(['amber', ...items.flatMap((item) => item.tlp ?? [])]);
		const leftOut = Math.max(items.length - handoverItems, 0);
		return {
			facts: [
				{
					kind: 'handover-offered',
					team: team.id,
					record,
					number,
					tlp,
					from: { account: actor.accountId, name: actor.name },
					to: { account: person.account, name: person.name },
					text,
					open: items.slice(0, handoverItems),
					...(leftOut > 0 && { leftOut })
				}
			],
			result: { record, number }
		};
	}
});

function offered({ exercise, team, record }: State, actor: Parameters<typeof playsIn>[0]) {
	if (!team || !record || !playsIn(actor, team.id)) return { refusal: notFound() };
	const refusal = notInPlay(exercise);
	if (refusal) return { refusal };
	const { number, from, to, state, tlp } = record.standing;
	if (state !== 'offered') return { refusal: refuse('stale', `This handover is ${state} already.`) };
	return { base: { team: team.id, record: record.id, number, to, tlp }, from, to };
}

/** By name: nobody accepts for somebody else. */
export const acceptHandover = command({
	name: 'handover.accept',
	input: z.object({ record: id<RecordId>(), note: z.string().trim().max(4000).default('') }),
	decide(state: State, { note }, actor): Decision {
		const found = offered(state, actor);
		if ('refusal' in found) return found.refusal!;
		if (found.to.account !== actor.accountId)
			return forbidden(`This handover is for ${found.to.name}, who accepts it in person.`);
		return { facts: [{ ...found.base, kind: 'handover-accepted', note }] };
	}
});

export const withdrawHandover = command({
	name: 'handover.withdraw',
	input: z.object({ record: id<RecordId>(), reason: z.string().trim().max(4000).default('') }),
	decide(state: State, { reason }, actor): Decision {
		const found = offered(state, actor);
		if ('refusal' in found) return found.refusal!;
		if (found.from.account !== actor.accountId && !leads(actor, found.base.team))
			return forbidden(`${found.from.name}, or the team lead, can take this handover back.`);
		return { facts: [{ ...found.base, kind: 'handover-withdrawn', reason }] };
	}
});

export const handoverCommands = {
	'handover.offer': offerHandover,
	'handover.accept': acceptHandover,
	'handover.withdraw': withdrawHandover
} as const;
