/** The same of a dragged observation: whoever drops it asks the server, the page does not have it. */
export const observationsType = 'application/x-muster-observations';

/** What a dragged card carries: ids alone, and only for this page. */
export const cardsType = 'application/x-muster-cards';

const carries = (event: DragEvent, type: string) => event.dataTransfer?.types.includes(type) ?? false;
/** Something that can be dropped on a finding. */
export const carriesCards = (event: DragEvent) =>
	carries(event, cardsType) || carries(event, observationsType);

/** The ids of dropped cards; only those that the page knows. */
export const droppedCards = (event: DragEvent, known: ReadonlySet<string>) =>
	dropped(event, cardsType, known);
export const droppedObservations = (event: DragEvent, known: ReadonlySet<string>) =>
	dropped(event, observationsType, known);

function dropped(event: DragEvent, type: string, known: ReadonlySet<string>): string[] {
	try {
		const ids: unknown = JSON.parse(event.dataTransfer?.getData(type) ?? '');
		return Array.isArray(ids)
			? ids.filter((id): id is string => typeof id === 'string' && known.has(id))
			: [];
	} catch {
		return [];
	}
}
