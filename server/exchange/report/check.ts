import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import type { ReportData } from '#lib/exercise/aar/data.ts';
import { textOfRichText } from '#lib/exercise/rich-text.ts';
import { Eraser, erasedAddress, type Person } from '../../erasure/words.ts';
import type { Paper } from '../paper/paper.ts';

/*
 * Looks at a finished public document for what must not be in it: people's names and addresses, and words that are labelled
 * above TLP:CLEAR, also where somebody copied them into a text that is not. It knows nothing of how the document was made.
 */

/** A piece of the document, and under which heading it stands. */
export interface Place {
	place: string;
	text: string;
}

export interface PublicHit {
	what: 'name' | 'address' | 'text';
	place: string;
	/** the words that were found */
	words: string;
}

export interface Forbidden {
	people: readonly Person[];
	/** further names that people had in the exercise */
	names: readonly string[];
	/** texts above TLP:CLEAR */
	texts: readonly string[];
}

/** shorter sentences are said by chance */
const longEnough = 30;

const folded = (text: string) =>
	text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();

/** Sentences of a text, each long enough to be told from others; a short text as a whole. */
function sentencesOf(text: string): string[] {
	const all = text
		.split(/\n|(?<=[.!?;:])\s+/)
		.map((one) => one.trim())
		.filter((one) => folded(one).length >= longEnough);
	return all;
}

/** `Maria Papadopoulou`, and as lists write it: `Papadopoulou, Maria`, `Papadopoulou Maria`. */
function waysToWrite(name: string): string[] {
	const words = name.trim().split(/\s+/);
	if (words.length < 2) return [name];
	const [last, rest] = [words.at(-1)!, words.slice(0, -1).join(' ')];
	return [name, `${last}, ${rest}`, `${last} ${rest}`];
}

/** What stands in the document and must not. Empty: it may be public. */
export function findForbidden(document: readonly Place[], { people, names, texts }: Forbidden): PublicHit[] {
	const normal = (text: string) => text.normalize('NFC').replace(/\s+/gu, ' ');
	const finder = new Eraser(
		people.map((person) => ({ ...person, name: normal(person.name) })),
		[...people.map(({ name }) => name), ...names].flatMap((name) => waysToWrite(normal(name))),
		() => erasedAddress
	);
	const sentences = texts.flatMap((text) =>
		sentencesOf(text).map((words) => ({ words, folded: folded(words) }))
	);
	const hits = new Map<string, PublicHit>();
	for (const { place, text } of document) {
		const shown = normal(text);
		for (const { from, to, by } of finder.find(shown)) {
			const words = shown.slice(from, to);
			const hit: PublicHit = { what: by === erasedAddress ? 'address' : 'name', place, words };
			hits.set(`${place} ${words}`, hit);
		}
		const small = folded(text);
		for (const sentence of sentences)
			if (small.includes(sentence.folded))
				hits.set(`${place} ${sentence.words}`, { what: 'text', place, words: sentence.words });
	}
	return [...hits.values()];
}

/** The texts of a report that are above TLP:CLEAR: also those of findings and actions. */
export function textsAboveClear({
	chapters,
	findings,
	actions
}: Pick<ReportData, 'chapters' | 'findings' | 'actions'>): string[] {
	return [
		...chapters.flatMap(({ passages }) =>
			passages.filter(({ tlp }) => tlp !== 'clear').map(({ text }) => textOfRichText(text))
		),
		...findings
			.filter(({ tlp }) => tlp !== 'clear')
			.flatMap(({ title, text, cause, recommendation }) => [
				title,
				...[text, cause, recommendation].map(textOfRichText)
			]),
		...actions.filter(({ tlp }) => tlp !== 'clear').map(({ title }) => title)
	];
}

/** All that a paper says, each under its heading: what the PDF is written from. */
export function placesOfPaper(paper: Paper): Place[] {
	let place = paper.title;
	return [
		...[paper.exercise, paper.kind, paper.title, paper.note, paper.book?.version ?? ''].map((text) => ({
			place,
			text
		})),
		...paper.about.map(({ label, text }) => ({ place, text: `${label} ${text}` })),
		...paper.parts.flatMap((part): Place[] => {
			switch (part.is) {
				case 'heading':
					place = part.text;
					return [{ place, text: part.text }];
				case 'text':
					return [{ place, text: textOfRichText(part.text) }];
				case 'paragraph':
					return [{ place, text: part.text }];
				case 'lines':
					return part.lines.map((text) => ({ place, text }));
				case 'table':
					return [part.columns.map(({ title }) => title), ...part.rows].map((row) => ({
						place,
						text: row.join(' ')
					}));
				case 'field':
					return [
						{
							place,
							text: `${part.label} ${typeof part.text === 'string' ? part.text : textOfRichText(part.text)}`
						}
					];
				case 'wide':
					return [];
			}
		})
	];
}

/** All that is in a Word document, wherever it is: text, headers, links, properties. */
export async function placesOfDocx(bytes: Uint8Array): Promise<Place[]> {
	const files = await unpacked(bytes);
	return [...files].flatMap(([name, xml]) => {
		if (name === 'word/document.xml') return placesOfBody(xml);
		if (/\.rels$/.test(name))
			return [...xml.matchAll(/Target="([^"]*)"/g)].map(([, target]) => ({
				place: 'links',
				text: plain(target!)
			}));
		return /\.xml$/.test(name) ? [{ place: name, text: plain(xml.replace(/<[^>]+>/g, ' ')) }] : [];
	});
}

function placesOfBody(xml: string): Place[] {
	let place = '';
	return [...xml.matchAll(/<w:p[ >][\s\S]*?<\/w:p>/g)].map(([paragraph]) => {
		const text = plain(paragraph.replace(/<w:tab\/>|<w:br\/>/g, ' ').replace(/<[^>]+>/g, ''));
		if (/<w:pStyle w:val="Heading\d"\/>/.test(paragraph)) place = text.trim();
		return { place, text };
	});
}

const plain = (xml: string) =>
	xml
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&apos;', "'")
		.replaceAll('&amp;', '&');

/** Only of bytes that we wrote ourselves: it has no limits. */
async function unpacked(bytes: Uint8Array): Promise<Map<string, string>> {
	const zip = await new Promise<ZipFile>((resolve, reject) =>
		fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, opened) =>
			error ? reject(error) : resolve(opened)
		)
	);
	const files = new Map<string, string>();
	return new Promise((resolve, reject) => {
		zip.on('error', reject);
		zip.on('end', () => resolve(files));
		zip.on('entry', (entry: Entry) =>
			zip.openReadStream(entry, (error, stream) => {
				if (error) return reject(error);
				const parts: Buffer[] = [];
				stream.on('error', reject);
				stream.on('data', (part: Buffer) => parts.push(part));
				stream.on('end', () => {
					files.set(entry.fileName, Buffer.concat(parts).toString());
					zip.readEntry();
				});
			})
		);
		zip.readEntry();
	});
}
