import { Router, json, type NextFunction, type Request, type Response } from 'express';
import type * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { parseDocumentName } from '#lib/exercise/documents.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { commandMessage } from '#lib/protocol/wire.ts';
import { eq } from 'drizzle-orm';
import type { Commands } from '../commands/run.ts';
import type { Database } from '../database/open.ts';
import { document } from '../database/schema.ts';
import type { Documents } from '../documents/documents.ts';
import type { Identity } from '../documents/gate.ts';

export interface ApiDependencies {
	origin: string;
	database: Database;
	documents: Documents;
	commands: Commands;
	identify: (request: Request) => Promise<Identity | null>;
	colourOf: (accountId: string) => string;
}

/** The HTTP side of real time: commands for integrations, what one may do with a document, and full segments. */
export function createApi(dependencies: ApiDependencies): Router {
	const { documents, commands, database } = dependencies;
	const router = Router();

	router.post(
		'/api/commands/:name',
		json({ limit: '256kb' }),
		handled(async (request, response) => {
			// a form of another site cannot send JSON, and a browser always names its origin on POST
			const origin = request.headers.origin;
			if (origin !== undefined && origin !== dependencies.origin)
				throw new AppError('forbidden', 'This page may not act here.');
			const identity = await who(request);
			const message = commandMessage.safeParse({ ...(request.body as object), name: request.params['name'] });
			if (!message.success)
				throw new AppError(
					'invalid',
					'Send {exercise, key, input} as JSON; key is a new random string for each act.'
				);
			const answer = await commands.run(message.data, identity);
			response.status(answer.ok ? 200 : AppError.from(answer.error).status).json(answer);
		})
	);

	router.get(
		'/api/documents/*name',
		handled(async (request, response) => {
			const name = pathOf(request);
			const identity = await who(request);
			const { right } = await documents.rightTo(name, identity.accountId);
			const [row] =
				right === 'none' ? [] : await database.db.select().from(document).where(eq(document.name, name));
			if (!row) throw nothing();
			response.setHeader('cache-control', 'no-store');
			response.json({
				right,
				epoch: row.epoch,
				closed: row.closedAt !== null,
				user: { name: identity.name, colour: dependencies.colourOf(identity.accountId) }
			});
		})
	);

	router.get(
		'/api/segments/*name',
		handled(async (request, response) => {
			const name = pathOf(request);
			const identity = await who(request);
			if (parseDocumentName(name)?.kind !== 'timeline') throw nothing();
			const { right } = await documents.rightTo(name, identity.accountId);
			const [row] =
				right === 'none' ? [] : await database.db.select().from(document).where(eq(document.name, name));
			if (!row?.closedAt) throw nothing();
			const doc: Y.Doc = await documents.read(name);
			// a full segment never changes again; only this reader's browser keeps it
			response.setHeader('cache-control', 'private, max-age=31536000, immutable');
			response.json([...timelineEntries(doc).values()]);
		})
	);

	return router;

	async function who(request: Request): Promise<Identity> {
		const identity = await dependencies.identify(request);
		if (!identity) throw new AppError('unauthenticated', 'Sign in again.');
		return identity;
	}
}

const nothing = () => new AppError('not-found', 'There is nothing here, or it is not open to you.');

function pathOf(request: Request): string {
	const parts = request.params['name'] as unknown as string[] | string;
	return Array.isArray(parts) ? parts.join('/') : parts;
}

function handled(act: (request: Request, response: Response) => Promise<void>) {
	return (request: Request, response: Response, next: NextFunction) => {
		act(request, response).catch((error: unknown) => {
			if (error instanceof AppError)
				response.status(error.status).json({ ok: false, error: error.toRefusal() });
			else next(error);
		});
	};
}
