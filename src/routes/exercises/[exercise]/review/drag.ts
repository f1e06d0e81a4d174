/** What a dragged card carries: ids alone, and only for this page. */
export const cardsType = 'application/x-muster-cards';

export const carriesCards = (event: DragEvent) => event.dataTransfer?.types.includes(cardsType) ?? false;

/** The ids of dropped cards; only those that the page knows. */
export function droppedCards(event: DragEvent, known: ReadonlySet<string>): string[] {
	try {
		const ids: unknown = JSON.parse(event.dataTransfer?.getData(cardsType) ?? '');
		return Array.isArray(ids)
			? ids.filter((id): id is string => typeof id === 'string' && known.has(id))
			: [];
	} catch {
		return [];
	}
}
