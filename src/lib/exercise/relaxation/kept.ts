import { tlpLabel } from '#lib/standards/tlp.ts';
import { isLower } from '../channel/messages.ts';
import { forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import { leads, playsIn } from '../exercise/access.ts';
import type { Actor, Team } from '../exercise/schema.ts';
import type { Fact } from '../facts.ts';
import type { RecordId } from '../ids.ts';
import type { Incident } from '../incident/schema.ts';
import type { Indicator } from '../indicator/schema.ts';
import type { Notification } from '../notification/schema.ts';
import type { RecordPlace } from '../working/record.ts';
import { labelStays } from './asking.ts';
import { excerptOf, type About, type Asking } from './schema.ts';

/*
 * What a team keeps that another team made: a notification that a CSIRT or authority received, an indicator that was
 * taken over from the file of another team. Its label is relaxed as that of a message is: only the team that made it may,
 * whoever keeps it asks. The record of both then carries the lower label, and what is made of it from then on.
 */
export type KeptCopy = {
	/** the record of the team that keeps it */
	place: RecordPlace;
	/** whom it names as its maker: teams that pass indicators on are not its source; null: nobody that plays here */
	source: (RecordPlace & { of: Team }) | null;
	/** for the answer: the incident at the source that it tells of, whose label it may not go below */
	incident?: Incident | null;
} & (
	| { kind: 'notification'; standing: Notification; made: Notification | null }
	| { kind: 'indicator'; standing: Indicator; made: Indicator | null }
);

const titleOf = (copy: KeptCopy): string =>
	copy.kind === 'notification' ? copy.standing.content.title : copy.standing.content.value;

/** It is the own team's: nobody has to be asked. */
const isOwn = (copy: KeptCopy): boolean =>
	copy.kind === 'notification'
		? copy.standing.side === 'entity'
		: copy.source === null && copy.standing.content.external === null;

export function askAboutKept(
	copy: KeptCopy,
	{ wanted, reason, isAsked }: Asking,
	actor: Actor,
	{ mint }: Pick<Moment, 'mint'>
): Decision {
	const { place, source, standing } = copy;
	if (!playsIn(actor, place.team)) return notFound();
	if (isOwn(copy))
		return refuse('invalid', 'Your own team made it: correct it, with the label that it should have.');
	if (!source)
		return refuse(
			'not-now',
			'It came from outside the exercise: nobody here may relax its label. Ask its source where it came from.'
		);
	const { tlp } = standing.content;
	const stays = labelStays(tlp, wanted);
	if (stays) return stays;
	if (isAsked) return refuse('stale', 'Your team has asked for this already.');
	const record = mint<RecordId>();
	return {
		facts: [
			{
				kind: 'relax-asked',
				team: place.team,
				record,
				copies: [{ team: source.team, record: mint<RecordId>() }],
				unseen: { kept: place.record },
				tlp,
				about: aboutKept(copy, source.of),
				wanted,
				reason
			}
		],
		result: { record }
	};
}

/**
 * Who has an indicator from a file may have it from a third team: the one that made it is named by its own answer, not by
 * the question. A notification says whose it is.
 */
function aboutKept(copy: KeptCopy, from: Team): About {
	const { changed, added } =
		copy.kind === 'indicator'
			? { changed: null, added: copy.standing.added }
			: { changed: copy.standing.changed, added: null };
	const { at, wallAt } = (changed ?? added)!;
	return {
		from: copy.kind === 'indicator' ? null : { team: { name: from.name, country: from.country } },
		excerpt: excerptOf(`${copy.kind === 'indicator' ? 'Indicator' : 'Notification'}: ${titleOf(copy)}`),
		at,
		wallAt
	};
}

/** The record under the lower label, at the team that made it and the one that asked; or why not. */
export function relaxKept(
	copy: KeptCopy,
	wanted: Indicator['content']['tlp'],
	actor: Actor
): { facts: Fact[] } | Extract<Decision, { refused: unknown }> {
	const no = (decision: Decision) => decision as Extract<Decision, { refused: unknown }>;
	const { place, source, standing, incident } = copy;
	if (!source || copy.made === null) return no(notFound());
	if (!isLower(wanted, standing.content.tlp))
		return no(
			refuse('stale', `Its label is ${tlpLabel(standing.content.tlp)} by now: there is nothing to relax.`)
		);
	const base = {
		team: source.team,
		record: source.record,
		copies: [place],
		tlp: wanted,
		was: standing.content.tlp
	};
	if (copy.kind === 'indicator') {
		if (copy.made.withdrawn !== null)
			return no(refuse('not-now', 'Your team has withdrawn this indicator: there is nothing to relax.'));
		return { facts: [{ kind: 'indicator-relaxed', ...base, value: copy.made.content.value }] };
	}
	if (!leads(actor, source.team))
		return no(forbidden('The team lead relaxes the label of what the law asks for.'));
	if (incident && isLower(wanted, incident.content.tlp))
		return no(
			refuse(
				'not-now',
				`It tells of incident ${incident.number}, marked ${tlpLabel(incident.content.tlp)}: the notification may not be lower. Lower the incident’s label first.`
			)
		);
	return { facts: [{ kind: 'notification-relaxed', ...base, title: copy.made.content.title }] };
}
