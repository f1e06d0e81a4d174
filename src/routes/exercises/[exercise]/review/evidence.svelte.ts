import { invalidate } from '$app/navigation';
import { AppError } from '#lib/errors.ts';
import type { FindingId } from '#lib/exercise/ids.ts';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import { capabilityNamed } from '#lib/standards/capabilities.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { t } from '#lib/text/index.ts';
import { notifyFailure } from '#lib/ui/sending.svelte.ts';
import type { ReviewView } from '#server/views/review.ts';
import type { ReviewDesk } from './desk.svelte.ts';

/**
 * Which observations are evidence of which finding. It is not on the review page, which players may read: it comes with
 * the page's data, to whoever may know of it, and changes by commands.
 */
export class EvidenceDesk {
	readonly #live: LiveExercise;
	readonly #review: () => ReviewView;
	/** what was done last, for readers of the screen */
	said = $state('');

	constructor(live: LiveExercise, review: () => ReviewView) {
		this.#live = live;
		this.#review = review;
	}

	readonly #byId = $derived.by(
		() => new Map(this.#review().observations.map((one) => [one.id as string, one]))
	);
	readonly known: ReadonlySet<string> = $derived.by(() => new Set(this.#byId.keys()));
	/** puts anything into findings at all */
	readonly mayCite: boolean = $derived.by(() => this.#review().observations.some(({ cites }) => cites));

	of(finding: FindingId) {
		return this.#review()
			.evidence.filter((one) => one.finding === finding)
			.flatMap(({ observation }) => this.#byId.get(observation) ?? []);
	}
	/** It rests on observations that this reader may not read. */
	restsOnMore(finding: FindingId): boolean {
		return this.#review().restsOnMore.includes(finding);
	}
	/** The findings that use an observation. */
	using(observation: string): FindingId[] {
		return this.#review()
			.evidence.filter((one) => one.observation === observation)
			.map(({ finding }) => finding);
	}

	/** `until`: the finding is new, and until then the server may not have it yet. */
	cite(finding: FindingId, observations: readonly string[], on = true, until = 0): Promise<boolean> {
		return this.#do(async () => {
			for (const id of observations) {
				const one = this.#byId.get(id);
				if (!one) continue;
				const input = { finding, team: one.team.id, observation: one.id, on };
				for (;;)
					try {
						await this.#live.send('finding.cite', input);
						break;
					} catch (problem) {
						const isEarly = problem instanceof AppError && problem.code === 'not-found';
						if (!isEarly || Date.now() > until) throw problem;
						await new Promise((resolve) => setTimeout(resolve, 200));
					}
			}
			if (observations.length > 0) this.said = t(on ? 'finding.saidCited' : 'finding.saidUncited');
		});
	}

	/** A new finding that rests on these observations. Its title is left open: an evaluator's words are no finding. */
	async begin(desk: ReviewDesk, observations: readonly string[], tlp: Tlp): Promise<void> {
		const first = this.#byId.get(observations[0] ?? '');
		if (!first) return;
		const id = desk.add(
			{ kind: first.sort, title: '', capability: capabilityNamed(first.capability), tlp },
			[]
		) as FindingId;
		await desk.stored();
		await this.cite(id, observations, true, Date.now() + 10_000);
	}

	mergeFindings(finding: FindingId, into: FindingId, title: string): Promise<boolean> {
		return this.#do(async () => {
			await this.#live.send('finding.merge', { finding, into });
			this.said = t('finding.saidMerged', { title: title || t('review.finding.untitled') });
		});
	}

	/** Throws what is to be shown. */
	async circulate(input: {
		finding: FindingId;
		countries: ReviewView['countries'];
		deadline: number;
		fingerprint: string;
	}): Promise<void> {
		await this.#live.send('finding.circulate', input);
		await invalidate('exercise:hot-wash');
		this.said = t('finding.saidCirculated');
	}

	async #do(act: () => Promise<void>): Promise<boolean> {
		try {
			await act();
			return true;
		} catch (problem) {
			notifyFailure(problem);
			return false;
		} finally {
			await invalidate('exercise:hot-wash');
		}
	}
}
