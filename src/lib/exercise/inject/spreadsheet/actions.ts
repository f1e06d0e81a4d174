import type { ExpectedAction } from '../schema.ts';
import { readOffset } from './times.ts';
import { joinList, lineText, splitList } from './table.ts';

/** `Inform the CSIRT [within 60 min] [critical]; Open a ticket`: how expected actions stand in one cell. */
export function actionsToText(actions: readonly ExpectedAction[]): string {
	return joinList(
		actions
			.filter((action) => lineText(action.text) !== '')
			.map((action) => {
				const within = action.withinSeconds === null ? '' : ` [within ${lengthText(action.withinSeconds)}]`;
				return `${lineText(action.text)}${within}${action.critical ? ' [critical]' : ''}`;
			})
	);
}

/** The reverse; ids are '' until somebody mints them. */
export function actionsFromText(text: string): ExpectedAction[] {
	return splitList(text).map((item) => {
		let rest = item;
		const critical = /^(.+) \[critical\]$/.exec(rest);
		if (critical) rest = critical[1]!;
		const within = /^(.+) \[within ([^\][]{1,30})\]$/.exec(rest);
		const length = within ? readOffset(within[2]!) : null;
		if (!within || !length || !('seconds' in length) || length.seconds < 1) {
			return { id: '', text: rest, withinSeconds: null, critical: critical !== null };
		}
		return { id: '', text: within[1]!, withinSeconds: length.seconds, critical: critical !== null };
	});
}

/** `90 min`, `90 s`: whole minutes where they are. */
export function lengthText(seconds: number): string {
	return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
