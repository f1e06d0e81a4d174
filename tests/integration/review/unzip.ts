import { Buffer } from 'node:buffer';
import yauzl from 'yauzl';

/** All files of a zip, as text. */
export async function unzip(bytes: Uint8Array): Promise<Map<string, string>> {
	const zip = await new Promise<yauzl.ZipFile>((resolve, reject) =>
		yauzl.fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, opened) =>
			error ? reject(error) : resolve(opened)
		)
	);
	const files = new Map<string, string>();
	return new Promise((resolve, reject) => {
		zip.on('error', reject);
		zip.on('end', () => resolve(files));
		zip.on('entry', (entry: yauzl.Entry) =>
			zip.openReadStream(entry, (error, stream) => {
				if (error) return reject(error);
				const parts: Buffer[] = [];
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

/** What is wrong with a text as XML 1.0; null when it is well-formed. Enough for what a program wrote. */
export function xmlProblem(text: string): string | null {
	// eslint-disable-next-line no-control-regex
	if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
		return 'a character that XML cannot hold';
	const open: string[] = [];
	const token =
		/<\?[^>]*\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
	while (token.lastIndex < text.length) {
		const at = token.lastIndex;
		const found = token.exec(text);
		if (!found) return `not markup: ${text.slice(at, at + 60)}`;
		const [, close, name, attributes = '', empty, words = ''] = found;
		if (/&(?!(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(attributes + words)) return `a bare & at ${at}`;
		if (!name) continue;
		if (close) {
			if (open.pop() !== name) return `</${name}> closes another`;
		} else if (!empty) open.push(name);
	}
	return open.length === 0 ? null : `<${open.at(-1)}> stays open`;
}

/** The words of a Word document's part. */
export const wordsOf = (xml: string): string =>
	xml
		.replace(/<w:tab\/>|<\/w:p>|<w:br\/>/g, ' ')
		.replace(/<[^>]+>/g, '')
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&apos;', "'")
		.replaceAll('&amp;', '&');
