import { pipeline } from 'node:stream/promises';
import { Router, type NextFunction, type Request, type Response } from 'express';
import type * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { documentName, parseDocumentName, type Right } from '#lib/exercise/documents.ts';
import type { Refusal } from '#lib/errors.ts';
import {
	idPattern,
	type AccountId,
	type ChannelId,
	type ExerciseId,
	type TeamId
} from '#lib/exercise/ids.ts';
import { scriptCarries } from '#lib/exercise/inject/attachments.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { Identity } from '../documents/gate.ts';
import { cleanFileName, servedType } from './kinds.ts';
import type { FileBehind, Files } from './files.ts';

export interface FileRoutesDependencies {
	origin: string;
	files: Files;
	identify: (cookies: string | undefined) => Promise<Identity | null>;
	rightTo: (name: string, account: AccountId) => Promise<{ right: Right }>;
	/** a page as it is now */
	read: (name: string) => Promise<Y.Doc>;
	/** the exercise and the cell of a file of an approved inject, for whoever may read its text on the console */
	onConsole: (
		account: AccountId,
		at: { exercise: string; inject: string; attachment: string }
	) => Promise<{ exercise: ExerciseId; cell: CellId }>;
	/** what somebody may do in a channel, as it is now */
	channelFor: (exercise: ExerciseId, channel: ChannelId, account: AccountId) => Promise<ChannelDoor>;
	/** the team that keeps a file, if this person may give it one now; throws what may be said to whoever may not */
	mayKeep: (
		exercise: string,
		team: string,
		account: AccountId
	) => Promise<{ exercise: ExerciseId; team: TeamId }>;
	/** from here on the request may take as long as an upload (request-clock.ts) */
	takeUpload: (request: Request, response: Response) => void;
	/** at once, on this node */
	uploadsPerAccount: number;
	/** what was thrown, in the words of the exercise or real room that an address names */
	inWords: (request: Pick<Request, 'headers' | 'params'>, error: unknown) => Promise<unknown>;
}

export interface ChannelDoor {
	/** reads what was said after this fact; null: nothing */
	since: number | null;
	/** may speak; or why not; null: the channel is not theirs */
	speaks: true | Refusal | null;
}

/** Files come as they are, not in a form: 20 MB are allowed at this address alone (http.ts). */
export const takesFile = (path: string) =>
	/^\/api\/(scripts|channels|teams)\/[^/]+\/[^/]+\/files$/.test(path);

/**
 * Planners put files into a cell and read them there; exercise control reads those of approved injects beside their text;
 * teams read what a release gave them, under addresses of their own; members of a channel read what was sent in it; teams keep files of their own.
 * Every request asks for the right of this moment, and what is not open does not exist.
 */
export function createFileRoutes(dependencies: FileRoutesDependencies): Router {
	const {
		origin,
		files,
		identify,
		rightTo,
		read,
		onConsole,
		channelFor,
		mayKeep,
		takeUpload,
		uploadsPerAccount,
		inWords
	} = dependencies;
	const handled = (act: (request: Request, response: Response) => Promise<void>) => handledIn(inWords, act);
	const router = Router();
	const underWay = new Map<AccountId, number>();

	router.post(
		'/api/scripts/:exercise/:cell/files',
		handled(async (request, response) => {
			requireUpload(request);
			const { exercise, cell, identity } = await script(request, 'write');
			await oneOfFew(identity.accountId, async () => {
				takeUpload(request, response);
				const added = await files.add({ exercise, cell, by: identity.accountId }, request, {
					...given(request),
					// it may have taken minutes
					stillMay: async () => void (await script(request, 'write'))
				});
				answerAdded(response, added);
			});
		})
	);

	router.post(
		'/api/teams/:exercise/:team/files',
		handled(async (request, response) => {
			requireUpload(request);
			const identity = await who(request);
			const keeper = () => mayKeep(textOf(request, 'exercise'), textOf(request, 'team'), identity.accountId);
			const to = await keeper();
			await oneOfFew(identity.accountId, async () => {
				takeUpload(request, response);
				const added = await files.addOfTeam({ ...to, by: identity.accountId }, request, {
					...given(request),
					stillMay: async () => void (await keeper())
				});
				answerAdded(response, added);
			});
		})
	);

	router.get(
		'/api/scripts/:exercise/:cell/files/:attachment',
		handled(async (request, response) => {
			const { exercise, cell, name, identity } = await script(request, 'read');
			const id = textOf(request, 'attachment');
			const found = idPattern.test(id) ? await files.ofCell(exercise, cell, id) : null;
			if (!found) throw nothing();
			// who moderates a country reads its script and not the central one: of the central files those that it carries
			if (found.cell !== cell) {
				const central = documentName({ exercise, kind: 'script', cell: found.cell });
				const { right } = await rightTo(central, identity.accountId);
				if (right === 'none' && !scriptCarries(await read(name), id)) throw nothing();
			}
			await deliver(found, response);
		})
	);

	router.post(
		'/api/channels/:exercise/:channel/files',
		handled(async (request, response) => {
			requireUpload(request);
			const identity = await who(request);
			const exercise = textOf(request, 'exercise') as ExerciseId;
			const channel = textOf(request, 'channel') as ChannelId;
			if (!idPattern.test(exercise) || !idPattern.test(channel)) throw nothing();
			const { speaks } = await channelFor(exercise, channel, identity.accountId);
			if (speaks === null) throw nothing();
			if (speaks !== true) throw new AppError(speaks.code, speaks.message);
			await oneOfFew(identity.accountId, async () => {
				takeUpload(request, response);
				const added = await files.addToChannel({ exercise, channel, by: identity.accountId }, request, {
					...given(request),
					stillMay: async () => {
						const door = await channelFor(exercise, channel, identity.accountId);
						if (door.speaks !== true) throw nothing();
					}
				});
				answerAdded(response, added);
			});
		})
	);

	router.get(
		'/files/channel/:file',
		handled(async (request, response) => {
			const identity = await who(request);
			const id = textOf(request, 'file');
			const found = idPattern.test(id) ? await files.ofChannel(id) : null;
			if (!found) throw nothing();
			const { since } = await channelFor(found.exercise, found.channel, identity.accountId);
			const isOpen =
				found.sentWith === null
					? found.uploadedBy === identity.accountId && since !== null
					: since !== null && since < found.sentWith;
			if (!isOpen) throw nothing();
			await deliver(found, response);
		})
	);

	router.get(
		'/api/exercises/:exercise/injects/:inject/files/:attachment',
		handled(async (request, response) => {
			const identity = await who(request);
			const [exercise, inject, attachment] = ['exercise', 'inject', 'attachment'].map((name) =>
				textOf(request, name)
			) as [string, string, string];
			if (![exercise, inject, attachment].every((id) => idPattern.test(id))) throw nothing();
			const at = await onConsole(identity.accountId, { exercise, inject, attachment });
			const found = await files.ofCell(at.exercise, at.cell, attachment);
			if (!found) throw nothing();
			await deliver(found, response);
		})
	);

	router.get(
		'/files/:address',
		handled(async (request, response) => {
			const identity = await who(request);
			const id = textOf(request, 'address');
			const found = idPattern.test(id) ? await files.ofTeam(id) : null;
			if (!found) throw nothing();
			const audience = { to: 'team' as const, team: found.team as TeamId };
			const timeline = documentName({ exercise: found.exercise, kind: 'timeline', audience, segment: 0 });
			const { right } = await rightTo(timeline, identity.accountId);
			if (right === 'none') throw nothing();
			await deliver(found, response);
		})
	);

	return router;

	/** Another site cannot send this type without asking first, and a browser names its origin on POST. */
	function requireUpload(request: Request): void {
		if (request.headers.origin !== undefined && request.headers.origin !== origin)
			throw new AppError('forbidden', 'This page may not act here.');
		if (request.headers['content-type'] !== 'application/octet-stream')
			throw new AppError('invalid', 'Send the file as it is, as application/octet-stream.');
	}

	/** Each upload may hold a connection for minutes, so one person has only so many. */
	async function oneOfFew(account: AccountId, upload: () => Promise<void>): Promise<void> {
		const others = underWay.get(account) ?? 0;
		if (others >= uploadsPerAccount)
			throw new AppError(
				'slow-down',
				`You are sending ${others} files already. Wait until one of them is there.`
			);
		underWay.set(account, others + 1);
		try {
			await upload();
		} finally {
			const left = underWay.get(account)! - 1;
			if (left > 0) underWay.set(account, left);
			else underWay.delete(account);
		}
	}

	async function who(request: Request): Promise<Identity> {
		const identity = await identify(request.headers.cookie);
		if (!identity) throw new AppError('unauthenticated', 'Sign in again.');
		return identity;
	}

	/** The cell that an address names, if the caller may do that with its script. */
	async function script(request: Request, wanted: 'read' | 'write') {
		const identity = await who(request);
		const name = `exercise/${textOf(request, 'exercise')}/script/${textOf(request, 'cell')}`;
		const ref = parseDocumentName(name);
		if (ref?.kind !== 'script') throw nothing();
		const { right } = await rightTo(name, identity.accountId);
		if (right !== 'write' && (wanted === 'write' || right === 'none')) throw nothing();
		return { exercise: ref.exercise, cell: ref.cell, name, identity };
	}

	async function deliver(file: FileBehind, response: Response): Promise<void> {
		const stream = await files.store.open(file.sha256);
		if (!stream) throw new Error(`the bytes of ${file.sha256} are not in the store`);
		response.setHeader('content-type', servedType(file.mediaType));
		response.setHeader('content-length', file.bytes);
		response.setHeader('content-disposition', disposition(file.name));
		response.setHeader('x-content-type-options', 'nosniff');
		response.setHeader('content-security-policy', "sandbox; default-src 'none'");
		response.setHeader('cross-origin-resource-policy', 'same-origin');
		response.setHeader('cache-control', 'private, no-store');
		// a reader who goes away is no fault of ours
		await pipeline(stream, response).catch((error: unknown) => {
			if (!response.destroyed || !response.headersSent) throw error;
		});
	}
}

const given = (request: Request) => ({
	name: nameOf(request),
	bytes: Number(request.headers['content-length'] ?? 0)
});

function answerAdded(response: Response, added: unknown): void {
	response.setHeader('cache-control', 'no-store');
	response.status(201).json(added);
}

const nothing = () => new AppError('not-found', 'There is nothing here, or it is not open to you.');

function textOf(request: Request, name: string): string {
	const value = request.params[name];
	return typeof value === 'string' ? value : '';
}

/** Percent-encoded, because a header holds no other letters. */
function nameOf(request: Request): string {
	const given = request.headers['x-file-name'];
	try {
		return decodeURIComponent(typeof given === 'string' ? given.slice(0, 4000) : '');
	} catch {
		throw new AppError('invalid', 'The name of the file is not understood.');
	}
}

/** RFC 6266: a name for old readers, and the real one as RFC 5987 writes it. Never shown in the browser. */
export function disposition(name: string): string {
	const clean = cleanFileName(name);
	const plain = clean.replace(/[^\x20-\x7e]|["\\%]/g, '_');
	const encoded = encodeURIComponent(clean).replace(
		/['()*]/g,
		(sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
	);
	return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function handledIn(
	inWords: FileRoutesDependencies['inWords'],
	act: (request: Request, response: Response) => Promise<void>
) {
	return (request: Request, response: Response, next: NextFunction) => {
		// by the time that something is thrown the router may have gone on
		const asked = { headers: request.headers, params: request.params };
		act(request, response).catch(async (error: unknown) => {
			// what was refused before it was read is let in and dropped: a browser hears nothing before it has sent all
			request.resume();
			// who has gone away, or was too slow, is no fault of ours
			if (response.headersSent || request.socket.destroyed) response.destroy();
			else next(await inWords(asked, error));
		});
	};
}
