import type { Fact } from '../facts.ts';
import type { Team } from '../exercise/schema.ts';
import { deliveredAttachment } from './attachments.ts';
import type { DeliveredInject, Inject, InjectText } from './schema.ts';
import { textIn } from './translations.ts';

type Released = Extract<Fact, { kind: 'inject-released' }>;

/** The translations that some of these teams read, each once, and who reads which. */
export function translatedTexts(
	inject: Pick<Inject, 'title' | 'body' | 'language' | 'translations'>,
	teams: readonly Pick<Team, 'id' | 'language'>[]
): {
	/** null: all read what was written */
	texts: Record<string, InjectText> | null;
	languageOf: (team: Pick<Team, 'id'>) => string | undefined;
} {
	const texts: Record<string, InjectText> = {};
	const languages = new Map<string, string>();
	for (const { id, language } of teams) {
		const found = textIn(inject, language);
		if (!found) continue;
		texts[found.language] = found.text;
		languages.set(id, found.language);
	}
	return {
		texts: languages.size > 0 ? texts : null,
		languageOf: (team) => languages.get(team.id)
	};
}

/** What one team received: its language with the original at hand, and addresses of its own (PROMISES P2, R1). */
export function deliveredTo(
	fact: Pick<Released, 'delivered' | 'texts'>,
	delivery: Pick<Released['deliveries'][number], 'language' | 'attachments'>
): DeliveredInject {
	const { texts } = fact;
	const { language, attachments } = delivery;
	const delivered = attachments
		? { ...fact.delivered, attachments: attachments.map(deliveredAttachment) }
		: fact.delivered;
	if (!language || !texts || !Object.hasOwn(texts, language)) return delivered;
	const { title, body } = delivered;
	return {
		...delivered,
		...texts[language]!,
		language,
		original: { language: delivered.language ?? '', title, body }
	};
}
