import type { ScriptedVariant } from '../scenario.ts';

/** What countries make of central injects: a story of their own, at their own time, in their own language. */
export const variants: ScriptedVariant[] = [
	{
		of: 'SW-301',
		country: 'DE',
		title: 'Lastwagen stauen sich vor zwei Häfen, und niemand sagt warum',
		from: 'Nachrichtenredaktion, Küstenzeitung',
		language: 'de',
		text: `Vor zwei Containerhäfen an der Küste stauen sich seit dem Morgen die Lastwagen. Auf den Güterbahnhöfen dahinter stehen Züge, die niemand entlädt. Die Betreiber sprechen von „technischen Schwierigkeiten“.
Ob es einen Zusammenhang mit ähnlichen Meldungen aus anderen Ländern gibt, wollte bis Redaktionsschluss keine Behörde sagen.`,
		laterByMinutes: 1
	},
	{
		of: 'SW-206',
		country: 'DE',
		laterByMinutes: 4
	},
	{
		of: 'SW-305',
		country: 'GR',
		title: 'Pictures of empty shelves on the islands',
		from: 'Evening programme, regional television of the islands',
		text: `(Clip, 40 seconds.) A small shop on an island, with empty shelves. Voice: “The ferry did not come on time, and this is what it looks like. How long will it last?” The owner says that people take what they can get. The picture carries no date.`,
		translations: {
			el: {
				title: 'Εικόνες από άδεια ράφια στα νησιά',
				text: `(Βίντεο, 40 δευτερόλεπτα.) Ένα μικρό κατάστημα σε νησί, με άδεια ράφια. Φωνή: «Το πλοίο δεν ήρθε στην ώρα του, και να πώς είναι. Πόσο θα κρατήσει;» Ο καταστηματάρχης λέει ότι ο κόσμος παίρνει ό,τι βρίσκει. Η εικόνα δεν έχει ημερομηνία.`
			}
		},
		laterByMinutes: 3
	},
	{
		of: 'SW-304',
		country: 'NL',
		title: 'Leak contains the crew lists of Dutch ships',
		laterByMinutes: 2
	},
	{
		of: 'SW-306',
		country: 'NL',
		from: 'Radio news, midday programme',
		stage: 'submitted'
	},
	{
		of: 'SW-104',
		country: 'GR',
		title: 'Video of a ferry “out of control”',
		stage: 'draft'
	}
];

/** What the centre changes afterwards: the cells that took the inject over have to decide. */
export const centralChange = {
	of: 'SW-305',
	text: `(Clip, 40 seconds.) A supermarket with empty shelves. Voice: “This is what it looks like in some places already. How long will it last?” A shopper says that she takes what she can get. In one corner of the picture a poster announces a sale of two years ago.`,
	expect: { text: 'Somebody notices the poster, and what it says about the clip', within: 15 },
	laterByMinutes: 2
};

/** Changed after its approval, and not approved again: what is scheduled is the old text. */
export const openChange = {
	of: 'SW-107',
	notes: 'The head of watch calls back after ten minutes and asks who signs the sentence.'
};
