import type { z } from 'zod';
import { AppError } from '#lib/errors.ts';

/** PROMISES, limits: JSON and forms 256 KB. A selection with thousands of rows left out stays below it. */
const jsonBytes = 256 * 1024;

/** The JSON of a request, checked. */
export async function readJson<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
	const bytes = await readBytes(request, jsonBytes);
	let value: unknown;
	try {
		value = JSON.parse(new TextDecoder().decode(bytes));
	} catch (cause) {
		throw new AppError('invalid', 'This request is not understood.', { cause });
	}
	const checked = schema.safeParse(value);
	if (!checked.success)
		throw new AppError('invalid', 'This request is not understood.', { cause: checked.error });
	return checked.data;
}

/** The file of a form. The server has refused larger requests before they are read (`httpLimits.uploadBytes`). */
export async function readUpload(request: Request): Promise<{ bytes: Uint8Array; fileName: string }> {
	let file: FormDataEntryValue | null;
	try {
		file = (await request.formData()).get('file');
	} catch (cause) {
		throw new AppError('invalid', 'This request is not understood.', { cause });
	}
	if (!(file instanceof Blob)) throw new AppError('invalid', 'Choose a file.');
	return { bytes: new Uint8Array(await file.arrayBuffer()), fileName: file.name };
}

async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
	const tooLarge = () => new AppError('too-large', `This is larger than ${limit / 1024} KB.`);
	if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
	if (!request.body) return new Uint8Array();
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
		length += chunk.length;
		if (length > limit) throw tooLarge();
		chunks.push(chunk);
	}
	const bytes = new Uint8Array(length);
	let at = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, at);
		at += chunk.length;
	}
	return bytes;
}
