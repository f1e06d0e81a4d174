import type { ChannelEntry } from '#lib/exercise/channel/projection.ts';
import type { Speaker } from '#lib/exercise/channel/schema.ts';
import type { Relaxation } from '#lib/exercise/relaxation/schema.ts';
import { t } from '#lib/text/index.ts';

/* How channels say things: sentences made of what `exercise/channel` decides. */

export const speakerName = (speaker: Speaker): string =>
	'team' in speaker ? speaker.team.name : t('channel.control');

/** Whoever made what a wish to relax a label is about. */
export const makerName = ({ about, direction }: Pick<Relaxation, 'about' | 'direction'>): string => {
	if (about.from) return speakerName(about.from);
	return t(direction === 'received' ? 'request.relaxOwn' : 'request.relaxMaker');
};

/** A step of a network, for those who are told of it anywhere. */
export function modeSentence(
	body: Pick<Extract<ChannelEntry, { kind: 'mode' }>, 'event' | 'network' | 'from' | 'to' | 'by'>
): string {
	return t(`channel.mode.told.${body.event}`, {
		network: body.network,
		from: body.from,
		to: body.to,
		who: speakerName(body.by)
	});
}
