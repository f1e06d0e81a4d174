import { idPattern, type ChannelId, type MessageId, type TeamId } from '#lib/exercise/ids.ts';
import { channelLimits } from '#lib/exercise/channel/schema.ts';
import { AppError } from '#lib/errors.ts';
import { tlpIds } from '#lib/standards/tlp.ts';
import { answer } from '../../../answer.ts';
import type { RequestHandler } from './$types.js';

/** How far a message would go: `?tlp=green&quotes=<message>,…&team=<team>`; and why not, when its label keeps somebody out. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const query = event.url.searchParams;
		const tlp = tlpIds.find((one) => one === query.get('tlp'));
		if (!tlp) throw new AppError('invalid', 'Name a label.');
		const ids = (text: string | null) => (text ?? '').split(',').filter((one) => idPattern.test(one));
		const [team] = ids(query.get('team'));
		return event.locals.muster.views.messageReach.messageReach(
			event.locals.muster.database,
			exercise,
			actor,
			{
				tlp,
				channel: event.params.channel as ChannelId,
				quotes: ids(query.get('quotes')).slice(0, channelLimits.quotes) as MessageId[],
				...(team && { from: team as TeamId })
			}
		);
	});
