import { countOpen, type CommentsView, type CommentView } from '#lib/exercise/inject/comments.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import { ask } from '../../import/client.ts';

/** What was said about the injects of a cell. Call `refresh` when the topic `script` has changed. */
export class ScriptComments {
	readonly #url: string;
	all = $state.raw<readonly CommentView[]>([]);
	/** whom one may mention */
	people = $state.raw<CommentsView['people']>([]);
	state = $state<'loading' | 'ready' | 'failed'>('loading');
	readonly counts = $derived(countOpen(this.all));
	readonly open = $derived(this.all.filter(({ resolved }) => resolved === null));
	readonly mentioningMe = $derived(this.open.filter(({ mentionsMe }) => mentionsMe));
	#refreshing: Promise<void> | null = null;
	#stale = false;

	constructor(exercise: ExerciseId, cell: CellId) {
		this.#url = `/api/scripts/${exercise}/${cell}/comments`;
		void this.refresh();
	}

	/** Several rings in a row are one reading. */
	refresh(): Promise<void> {
		this.#stale = true;
		this.#refreshing ??= this.#read().finally(() => (this.#refreshing = null));
		return this.#refreshing;
	}

	async #read(): Promise<void> {
		while (this.#stale) {
			this.#stale = false;
			const response = await fetch(this.#url).catch(() => null);
			if (!response?.ok) {
				if (this.state === 'loading') this.state = 'failed';
				return;
			}
			const { comments, people } = (await response.json()) as CommentsView;
			this.all = comments;
			this.people = people;
			this.state = 'ready';
		}
	}

	of(inject: string): readonly CommentView[] {
		return this.all.filter((comment) => comment.inject === inject);
	}

	async add(inject: string, text: string, mentions: readonly string[]): Promise<void> {
		await ask(this.#url, { inject, text, mentions });
		await this.refresh();
	}

	async resolve(id: string, resolved: boolean): Promise<void> {
		try {
			await ask(`${this.#url}/${id}`, { resolved });
		} finally {
			await this.refresh();
		}
	}
}
