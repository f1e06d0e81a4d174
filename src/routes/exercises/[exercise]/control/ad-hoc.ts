import type { CommandInput } from '#lib/exercise/commands.ts';
import type { InjectChannel, Recipients } from '#lib/exercise/inject/schema.ts';
import { richTextFromText, type RichText } from '#lib/exercise/rich-text.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { nobody } from './recipients.ts';

/** An ad hoc inject as it is written in the dialog. */
export interface AdHocDraft {
	title: string;
	body: string;
	from: string;
	storyline: string;
	channel: InjectChannel;
	tlp: Tlp;
	to: Recipients;
	acknowledges: boolean;
	acknowledgeMinutes: string | number;
	responds: boolean;
	respondMinutes: string | number;
}

export const newAdHoc = (): AdHocDraft => ({
	title: '',
	body: '',
	from: '',
	storyline: '',
	channel: 'workspace',
	tlp: 'amber',
	to: nobody(),
	acknowledges: true,
	acknowledgeMinutes: '',
	responds: false,
	respondMinutes: ''
});

/** Whole minutes as seconds; null where nothing is written, undefined where it is no such number. */
export function secondsOf(minutes: string | number): number | null | undefined {
	const text = String(minutes).trim();
	if (text === '' || text === 'null') return null;
	const number = Number(text);
	return Number.isInteger(number) && number >= 1 && number <= 366 * 1440 ? number * 60 : undefined;
}

export const bodyOf = (draft: AdHocDraft): RichText => richTextFromText(draft.body);

export function toCommand(draft: AdHocDraft): CommandInput<'inject.releaseAdHoc'> {
	return {
		title: draft.title.trim(),
		body: bodyOf(draft),
		from: draft.from.trim(),
		storyline: draft.storyline.trim(),
		channel: draft.channel,
		tlp: draft.tlp,
		to: {
			...draft.to,
			countries: [...draft.to.countries],
			levels: [...draft.to.levels],
			teams: [...draft.to.teams]
		},
		acknowledgementRequired: draft.acknowledges,
		acknowledgeWithin: draft.acknowledges ? (secondsOf(draft.acknowledgeMinutes) ?? null) : null,
		responseRequired: draft.responds,
		respondWithin: draft.responds ? (secondsOf(draft.respondMinutes) ?? null) : null
	};
}
