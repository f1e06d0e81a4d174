import { registerHooks } from 'node:module';

/*
 * `node --import` this, then `server/main.ts`: the real process with all its services, sockets and signals, without the
 * pages, whose build takes a minute and which no fault test opens.
 */
registerHooks({
	resolve: (specifier, context, next) =>
		next(
			specifier === './site.ts' && context.parentURL?.endsWith('/server/main.ts')
				? new URL('./no-pages.ts', import.meta.url).href
				: specifier,
			context
		)
});
