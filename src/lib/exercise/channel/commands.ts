import {
	addMembers,
	closeChannel,
	openChannel,
	openStandardChannels,
	removeMembers,
	setDuty
} from './members.ts';
import { bringUp, correctMessage, postMessage } from './messages.ts';
import { decideMode, proposeMode, setUpMode } from './mode-commands.ts';

export const channelCommands = {
	'channel.open': openChannel,
	'channel.openStandard': openStandardChannels,
	'channel.addMembers': addMembers,
	'channel.removeMembers': removeMembers,
	'channel.close': closeChannel,
	'channel.setDuty': setDuty,
	'channel.post': postMessage,
	'channel.correct': correctMessage,
	'channel.bringUp': bringUp,
	'mode.setUp': setUpMode,
	'mode.propose': proposeMode,
	'mode.decide': decideMode
} as const;
