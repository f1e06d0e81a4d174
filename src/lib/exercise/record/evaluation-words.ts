import type { ObservationKind, Rating, SeenAnswer } from '#lib/standards/evaluation.ts';
import type { EvaluationFact, Evidence, GuideRef, ObservationContent } from '../evaluation/schema.ts';
import type { FactWords, RecordContext } from './sentence.ts';

/** The texts that evaluators' facts are told in. */
export type EvaluationText =
	| `evaluation.record.${'observed' | 'corrected' | 'withdrawn' | 'rated' | 'action' | 'about' | 'evidence' | 'written'}`
	| `evaluation.kind.${ObservationKind}`
	| `evaluation.rating.${Rating}.name`
	| `evaluation.seen.${SeenAnswer}`;

/** What an evaluator noted, in words: only for those who may know of it (scope.ts). */
export function evaluationWords(
	fact: EvaluationFact,
	{ say, teamName, time }: Pick<RecordContext, 'say' | 'teamName' | 'time'>
): FactWords {
	const team = teamName(fact.team);
	const at = (evidence: Evidence) =>
		evidence.exerciseAt === null ? evidence.words : `${time(evidence.exerciseAt)} ${evidence.words}`;
	const about = (ref: GuideRef | null) =>
		ref === null ? '' : say('evaluation.record.about', { objective: ref.objective, words: ref.words });
	const rated = (rating: Rating | null) => (rating === null ? '' : say(`evaluation.rating.${rating}.name`));
	const written =
		'noted' in fact && fact.noted?.exerciseAt != null
			? say('evaluation.record.written', { time: time(fact.noted.exerciseAt) })
			: '';
	const whole = (content: ObservationContent) =>
		lines([
			content.text,
			content.rating === null ? '' : `${content.rating}: ${rated(content.rating)}`,
			about(content.about),
			...content.evidence.map((one) => say('evaluation.record.evidence', { words: at(one) })),
			written
		]);
	switch (fact.kind) {
		case 'observation-recorded':
			return {
				sentence: say('evaluation.record.observed', {
					team,
					kind: say(`evaluation.kind.${fact.content.sort}`)
				}),
				detail: whole(fact.content)
			};
		case 'observation-corrected':
			return {
				sentence: say('evaluation.record.corrected', {
					team,
					kind: say(`evaluation.kind.${fact.content.sort}`)
				}),
				detail: whole(fact.content)
			};
		case 'observation-withdrawn':
			return { sentence: say('evaluation.record.withdrawn', { team }), detail: fact.reason };
		case 'rating-given':
			return {
				sentence: say('evaluation.record.rated', {
					team,
					rating: `${fact.rating} (${rated(fact.rating)})`,
					words: fact.about.words
				}),
				detail: lines([fact.reason, written])
			};
		case 'action-observed':
			return {
				sentence: say('evaluation.record.action', {
					team,
					title: fact.title,
					seen: say(`evaluation.seen.${fact.seen}`)
				}),
				detail: lines([fact.text, written])
			};
	}
}

const lines = (parts: readonly string[]) => parts.filter((part) => part.trim() !== '').join('\n');
