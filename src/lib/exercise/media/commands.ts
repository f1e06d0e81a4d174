import { z } from 'zod';
import { command, forbidden, notFound, refuse, type Decision, type Moment } from '../decision.ts';
import type { MediaId, TeamId } from '../ids.ts';
import { hasRole, isControl, leads, playsIn } from '../exercise/access.ts';
import { id, longText, shortText, type Actor, type Exercise, type Team } from '../exercise/schema.ts';
import { notInPlay } from '../team/commands.ts';
import { countersSchema, mediaLimits, publishSchema } from './schema.ts';

export interface MediaState {
	exercise: Exercise;
	/** the team that speaks, if the command names one */
	team: Team | null;
	/** the item that the command names; null: there is none */
	item: { item: MediaId; publisher: TeamId | null; outlet: string; title: string; withdrawn: boolean } | null;
}

/** Who plays the press and the public. */
export const playsMedia = (actor: Actor) => hasRole(actor, 'media_player') || isControl(actor);

export const publishMedia = command({
	name: 'media.publish',
	input: publishSchema,
	decide({ exercise }: MediaState, published, actor, { mint }: Moment): Decision {
		if (!playsMedia(actor)) return forbidden('Media players and exercise control publish for the press.');
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const item = mint<MediaId>();
		const { kind, outlet, text } = published;
		const title = kind === 'article' ? published.title : '';
		return {
			facts: [{ kind: 'media-published', item, media: kind, publisher: null, outlet, title, text }],
			result: { item }
		};
	}
});

/** What a team says in public: signed by its lead, because it cannot be unsaid. */
export const makeStatement = command({
	name: 'media.state',
	input: z.object({
		team: id<TeamId>(),
		title: shortText('Title', mediaLimits.title),
		text: longText('Statement')
	}),
	decide({ exercise, team }: MediaState, { title, text }, actor, { mint }: Moment): Decision {
		if (!team || !playsIn(actor, team.id)) return notFound();
		if (!leads(actor, team.id)) return forbidden('The team lead publishes statements.');
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		const item = mint<MediaId>();
		return {
			facts: [
				{
					kind: 'media-published',
					item,
					media: 'statement',
					publisher: team.id,
					outlet: team.name,
					title,
					text
				}
			],
			result: { item }
		};
	}
});

/** Players answer in their team's name; media players under any account that they play. */
export const commentMedia = command({
	name: 'media.comment',
	input: z.object({
		item: id<MediaId>(),
		team: id<TeamId>().optional(),
		outlet: z.string().trim().max(mediaLimits.outlet).default(''),
		text: shortText('Comment', mediaLimits.comment)
	}),
	decide({ exercise, team, item }: MediaState, { team: named, outlet, text }, actor): Decision {
		if (!item) return notFound();
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		if (item.withdrawn) return refuse('stale', 'This was taken back: nobody can answer it any more.');
		const comment = { kind: 'media-commented' as const, item: item.item, text };
		if (named !== undefined) {
			if (!team || !playsIn(actor, team.id)) return notFound();
			return { facts: [{ ...comment, publisher: team.id, outlet: team.name }] };
		}
		if (!playsMedia(actor)) return forbidden('Say for which of your teams you answer.');
		if (outlet === '') return refuse('invalid', 'Name the account that answers.');
		return { facts: [{ ...comment, publisher: null, outlet }] };
	}
});

export const countMedia = command({
	name: 'media.count',
	input: z.object({ item: id<MediaId>(), counters: countersSchema }),
	decide({ exercise, item }: MediaState, { counters }, actor): Decision {
		if (!item) return notFound();
		if (!playsMedia(actor)) return forbidden('Media players and exercise control set the counters.');
		return notInPlay(exercise) ?? { facts: [{ kind: 'media-counted', item: item.item, counters }] };
	}
});

/** Taken back, with a reason; that it was there, and what it said, stays in the record. */
export const withdrawMedia = command({
	name: 'media.withdraw',
	input: z.object({ item: id<MediaId>(), reason: longText('Reason') }),
	decide({ exercise, item }: MediaState, { reason }, actor): Decision {
		if (!item) return notFound();
		const own =
			item.publisher === null ? playsMedia(actor) : leads(actor, item.publisher) || isControl(actor);
		if (!own) return forbidden('Whoever published this takes it back.');
		const refusal = notInPlay(exercise);
		if (refusal) return refusal;
		if (item.withdrawn) return refuse('stale', 'This was taken back already.');
		const { outlet, title } = item;
		return { facts: [{ kind: 'media-withdrawn', item: item.item, outlet, title, reason }] };
	}
});

export const mediaCommands = {
	'media.publish': publishMedia,
	'media.state': makeStatement,
	'media.comment': commentMedia,
	'media.count': countMedia,
	'media.withdraw': withdrawMedia
} as const;
