import type { ScriptExchange } from '#server/exchange/script-exchange.ts';

/** Scripts as spreadsheets, as `server/services.ts` builds it. */
export function exchangeOf(locals: App.Locals): ScriptExchange {
	return (locals.muster as unknown as { scriptExchange: ScriptExchange }).scriptExchange;
}
