import { answer } from '../../../../exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** The approved version of one inject, and which there are; `?version=` another one than the last. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		const { cell, inject } = event.params;
		const version = Number(event.url.searchParams.get('version') ?? NaN);
		return views.script.approvedInject(
			database,
			exercise,
			actor,
			cell,
			inject,
			Number.isSafeInteger(version) ? version : null
		);
	});
