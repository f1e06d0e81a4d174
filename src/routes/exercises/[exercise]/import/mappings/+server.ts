import { z } from 'zod';
import { savedMappingSchema } from '#lib/exercise/inject/spreadsheet/saved-mapping.ts';
import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import { readJson } from '../body.ts';
import type { RequestHandler } from './$types.js';

const schema = z.discriminatedUnion('act', [
	z.object({ act: z.literal('list'), cell: z.string().max(20) }),
	z.object({
		act: z.literal('save'),
		cell: z.string().max(20),
		name: z.string().max(400),
		mapping: savedMappingSchema
	}),
	z.object({ act: z.literal('remove'), cell: z.string().max(20), id: z.string().max(40) })
]);

/** One's own kept mappings: whoever may import somewhere here keeps, lists and deletes them. */
export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const { transfer, scriptExchange } = event.locals.muster;
		const asked = await readJson(event.request, schema);
		scriptExchange.requireImport(exercise, actor, asked.cell);
		if (asked.act === 'save') return transfer.mappings.save(actor.accountId, asked.name, asked.mapping);
		if (asked.act === 'remove') return transfer.mappings.remove(actor.accountId, asked.id);
		return transfer.mappings.list(actor.accountId);
	});
