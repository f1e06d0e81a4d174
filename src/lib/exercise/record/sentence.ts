import { countryName } from '#lib/standards/countries.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import { isRelaxing, type Fact } from '../facts.ts';
import type { CardId, DeliveryId, TeamId } from '../ids.ts';
import { deliveredTo } from '../inject/delivered.ts';
import { textOfRichText } from '../rich-text.ts';
import type { ExerciseState } from '../exercise/schema.ts';
import type { ReportRhythm } from '../report/due.ts';
import type { HotWashColumn } from '../review/schema.ts';
import type { RsitClass } from '#lib/standards/incidents.ts';
import { methaneValues, type Methane, type MethaneFieldName } from '../team/methane.ts';
import type { Decision, LogKind } from '../team/schema.ts';
import { isChannelFact } from '../channel/facts.ts';
import { definitionOf, isWorkingFact, recordKindOf, type WorkingFact } from '../working/kinds.ts';
import { isEvaluationFact } from '../evaluation/schema.ts';
import { isFindingFact } from '../finding/schema.ts';
import { isAarFact } from '../aar/schema.ts';
import { evaluationWords, type EvaluationText } from './evaluation-words.ts';
import { findingWords, type FindingText } from './finding-words.ts';
import { aarWords, type AarText } from './aar-words.ts';
import { channelWords, type ChannelSentence } from './channel-words.ts';
import { readsTeamFacts, type RecordScope } from './scope.ts';

type SentenceName =
	| 'acknowledged'
	| 'advanced'
	| 'announced'
	| 'answered'
	| 'approved'
	| 'arrived'
	| 'arrivedFrom'
	| 'asked'
	| 'card'
	| 'cardGone'
	| 'cardWithdrawn'
	| 'decided'
	| 'decisionImplemented'
	| 'decisionReviewed'
	| 'decisionRevoked'
	| 'decisionSuperseded'
	| 'ended'
	| 'held'
	| 'mediaCommented'
	| 'mediaCounted'
	| 'mediaPublished'
	| 'mediaWithdrawn'
	| 'heldLate'
	| 'holdLifted'
	| 'holdLiftedDue'
	| 'jumped'
	| 'logged'
	| 'methane'
	| 'paused'
	| 'rate'
	| 'reportApproved'
	| 'reportOpened'
	| 'responded'
	| 'resumed'
	| 'returned'
	| 'seen'
	| 'skipped'
	| 'started'
	| 'stopEnded'
	| 'stopLifted'
	| 'stopped'
	| 'submitted'
	| 'voteTaken'
	| 'voted';
type PartName =
	| 'answer'
	| 'assumptions'
	| 'cons'
	| 'consulted'
	| 'decision'
	| 'dissent'
	| 'files'
	| 'facts'
	| 'option'
	| 'pros'
	| 'question'
	| 'reason'
	| 'review'
	| 'teams';
type RecordText =
	| 'correction'
	| 'late'
	| 'named'
	| 'teamsAndMore'
	| 'titled'
	| `state.${ExerciseState}`
	| `log.${LogKind}`
	| `released.${ReleaseTrigger}`
	| `part.${PartName}`
	| `sentence.${SentenceName}`;
type ReleaseTrigger = Extract<Fact, { kind: 'inject-released' }>['trigger'];

/** Every text that a sentence is made of, by its name in the interface's texts: a missing one does not compile there. */
export type SentenceText =
	| `review.record.${RecordText}`
	| `review.column.${HotWashColumn}`
	| `working.sentence.${WorkingFact['kind']}`
	| `channel.sentence.${ChannelSentence}`
	| 'channel.sentence.control'
	| 'working.control'
	| `methane.field.${MethaneFieldName}`
	| `incident.rsit.${RsitClass}`
	| 'methane.major'
	| 'methane.notMajor'
	| 'reports.record.shared'
	| 'reports.record.received'
	| 'reports.record.receivedRelaxed'
	| 'reports.record.relaxed'
	| 'reports.record.rhythm'
	| 'statistics.record.shared'
	| 'statistics.record.kept'
	| 'real.record.affected'
	| 'real.record.takenBack'
	| `real.record.relabelled.${'exercise' | 'real'}`
	| 'variant.record.nobody'
	| 'recall.record.recalled'
	| 'recall.record.fromYou'
	| 'condition.record.marked'
	| `table.record.${'asked' | 'cleared' | 'extended' | 'notMet' | 'partly'}`
	| `console.record.${ConductText}`
	| EvaluationText
	| FindingText
	| AarText;

type ConductText =
	| 'adapted'
	| 'adaptedVariant'
	| 'announcedTo'
	| 'answeredAs'
	| 'askedOf'
	| 'catchUpHeld'
	| 'catchUpRate'
	| 'catchUpResumed'
	| 'claimed'
	| 'claimedFrom'
	| 'dismissed'
	| 'helpAnswered'
	| 'helpAsked'
	| 'helpAskedOf'
	| 'helpClosed'
	| 'missed'
	| 'prompted'
	| 'returned'
	| 'returnedBy'
	| 'returnedLeft';

/** The words of the reader's language; handed in, so that the domain speaks none. */
export type Say = (text: SentenceText, params?: Record<string, string | number>) => string;

/** What a sentence needs beside the fact itself. */
export interface RecordContext {
	say: Say;
	teamName: (team: TeamId) => string;
	/** the inject behind a delivery */
	injectOf: (delivery: DeliveryId) => { title: string; reference: string } | undefined;
	/** a card that was taken off the board says nothing any more */
	isWithdrawn: (card: CardId) => boolean;
	/** exercise time as on every screen: `D1 10:42` */
	time: (exerciseAt: number) => string;
	duration: (ms: number) => string;
}

/** One fact in words: what happened as a sentence, and what was said or written, if anything. */
export interface FactWords {
	sentence: string;
	detail: string;
}

/** A list of teams in a sentence stays readable; the whole list stands in the detail. */
const namedTeams = 6;
/** of a decision in its sentence; the whole stands in the detail */
const shortened = 160;

/** In the words of DOMAIN 12, for whoever reads with this scope: players read nothing of planning. */
export function factWords(fact: Fact, scope: RecordScope, context: RecordContext): FactWords {
	const { say, teamName, time, duration } = context;
	const only = (sentence: string, detail = ''): FactWords => ({ sentence, detail });
	const named = (reference: string, title: string) =>
		scope.staff && reference
			? say('review.record.named', { reference, title })
			: say('review.record.titled', { title });
	const team = 'team' in fact ? teamName(fact.team) : '';

	if (isWorkingFact(fact)) {
		const { title, text } = definitionOf(recordKindOf(fact)).words(fact);
		const who = fact.byControl ? say('working.control') : team;
		return only(say(`working.sentence.${fact.kind}`, { team: who, title }), text);
	}
	if (isChannelFact(fact)) return channelWords(fact, context);
	if (isEvaluationFact(fact)) return evaluationWords(fact, context);
	if (isFindingFact(fact)) return findingWords(fact, context);
	if (isAarFact(fact)) return aarWords(fact, context);
	switch (fact.kind) {
		case 'exercise-advanced':
			return only(
				say('review.record.sentence.advanced', {
					from: say(`review.record.state.${fact.from}`),
					to: say(`review.record.state.${fact.to}`)
				}),
				fact.reason
			);
		case 'exercise-started':
			return only(say('review.record.sentence.started'));
		case 'clock-paused':
			return only(say('review.record.sentence.paused'), fact.reason);
		case 'clock-resumed':
			return only(say('review.record.sentence.resumed', { rate: fact.segment.rate }));
		case 'clock-rate-set':
			return only(say('review.record.sentence.rate', { rate: fact.rate }));
		case 'clock-jumped':
			return only(
				say('review.record.sentence.jumped', { from: time(fact.from), to: time(fact.to) }),
				fact.reason
			);
		case 'exercise-stopped':
			return only(say('review.record.sentence.stopped'), fact.reason);
		case 'stop-lifted':
			return only(
				say(fact.to === 'ended' ? 'review.record.sentence.stopEnded' : 'review.record.sentence.stopLifted')
			);
		case 'exercise-ended':
			return only(say('review.record.sentence.ended'));
		case 'announcement-made':
			return only(announcedWords(fact, scope, context), fact.text);
		case 'figures-shared':
			return only(
				say(fact.shared ? 'statistics.record.shared' : 'statistics.record.kept', {
					country: countryName(fact.country)
				})
			);
		case 'affected-named':
			return only(say('real.record.affected', { country: countryName(fact.country) }), fact.reason);
		case 'affected-taken-back':
			return only(say('real.record.takenBack', { country: countryName(fact.country) }), fact.reason);
		case 'records-relabelled':
			return only(
				say(`real.record.relabelled.${fact.from}`, { team, count: fact.objects, name: fact.confirmed })
			);
		case 'catch-up-held':
			return only(say('console.record.catchUpHeld'));
		case 'catch-up-resumed':
			return only(say('console.record.catchUpResumed'));
		case 'catch-up-rate-set':
			return only(say('console.record.catchUpRate', { count: fact.perMinute }));
		case 'work-claimed':
			return only(
				fact.from
					? say('console.record.claimedFrom', { what: fact.label, name: fact.from.name })
					: say('console.record.claimed', { what: fact.label })
			);
		case 'work-returned': {
			const params = { what: fact.label, name: fact.from.name };
			if (fact.why === 'left') return only(say('console.record.returnedLeft', params));
			return only(
				say(fact.why === 'by-others' ? 'console.record.returnedBy' : 'console.record.returned', params)
			);
		}
		case 'help-asked':
			return only(
				fact.teams.length > 0
					? say('console.record.helpAskedOf', { teams: fact.teams.join(', ') })
					: say('console.record.helpAsked'),
				fact.text
			);
		case 'help-answered':
			return only(
				say('console.record.helpAnswered', { name: fact.askedBy }),
				lines([
					[say('review.record.part.question'), fact.asked],
					[say('review.record.part.answer'), fact.answer]
				])
			);
		case 'help-closed':
			return only(say('console.record.helpClosed', { name: fact.askedBy }));

		case 'inject-submitted':
			return only(say('review.record.sentence.submitted', { inject: named(fact.reference, fact.title) }));
		case 'inject-returned':
			return only(
				say('review.record.sentence.returned', { inject: named(fact.reference, fact.title) }),
				fact.reason
			);
		case 'inject-approved': {
			const inject = named(fact.content.reference, fact.content.title);
			return only(say('review.record.sentence.approved', { inject, version: fact.version }));
		}
		case 'inject-adapted':
			return only(
				say(fact.of ? 'console.record.adaptedVariant' : 'console.record.adapted', {
					inject: named(fact.reference, fact.title)
				})
			);
		case 'inject-held': {
			const inject = named(fact.reference, fact.title);
			return fact.late
				? only(say('review.record.sentence.heldLate', { inject, due: time(fact.late.dueAt) }), fact.reason)
				: only(say('review.record.sentence.held', { inject }), fact.reason);
		}
		case 'inject-hold-lifted': {
			const inject = named(fact.reference, fact.title);
			return fact.dueAt === null
				? only(say('review.record.sentence.holdLifted', { inject }))
				: only(say('review.record.sentence.holdLiftedDue', { inject, due: time(fact.dueAt) }));
		}
		case 'inject-skipped':
			return only(
				say('review.record.sentence.skipped', { inject: named(fact.reference, fact.title) }),
				fact.reason
			);
		case 'inject-released':
			return releasedWords(fact, scope, context, named);

		case 'inject-recalled':
			return recalledWords(fact, scope, context, named);

		case 'delivery-seen': {
			const found = context.injectOf(fact.delivery);
			const inject = named(found?.reference ?? '', found?.title ?? '');
			return only(say('review.record.sentence.seen', { team, inject }));
		}
		case 'delivery-acknowledged': {
			const inject = named(context.injectOf(fact.delivery)?.reference ?? '', fact.title);
			return only(
				say('review.record.sentence.acknowledged', { team, inject, after: duration(fact.afterMs) })
			);
		}
		case 'delivery-responded': {
			const inject = named(context.injectOf(fact.delivery)?.reference ?? '', fact.title);
			return only(
				say('review.record.sentence.responded', { team, inject, after: duration(fact.afterMs) }),
				fact.text
			);
		}
		case 'action-marked':
			return only(
				say(
					fact.seen === 'no'
						? 'table.record.notMet'
						: fact.seen === 'partly'
							? 'table.record.partly'
							: 'condition.record.marked',
					{ team, inject: named(fact.reference, fact.title) }
				),
				fact.text
			);
		case 'table-asked':
			return only(say('table.record.asked', { team, time: duration(fact.seconds * 1000) }), fact.question);
		case 'table-extended':
			return only(say('table.record.extended', { team, time: duration(fact.seconds * 1000) }), fact.question);
		case 'table-cleared':
			return only(say('table.record.cleared', { team }), fact.question);
		case 'log-added': {
			const what = say(`review.record.log.${fact.log}`);
			const notes = [
				...(fact.correctionOf ? [say('review.record.correction')] : []),
				...(fact.late ? [say('review.record.late')] : [])
			];
			const sentence = fact.methane
				? say('review.record.sentence.methane', { team, headline: clip(fact.text) })
				: say('review.record.sentence.logged', { team, what });
			return only(
				[sentence, ...notes].join(' '),
				lines([
					...(fact.methane ? methaneLines(fact.methane, say) : [['', fact.text] as const]),
					[say('review.record.part.files'), (fact.files ?? []).map(({ name }) => name).join(', ')]
				])
			);
		}
		case 'decision-recorded': {
			const chosen = clip(fact.decision.chosen);
			return only(
				say('review.record.sentence.decided', { team, number: fact.number, chosen }),
				decisionText(fact.decision, say, time)
			);
		}
		case 'decision-moved': {
			const { number, to, by = 0 } = fact;
			const chosen = clip(fact.chosen);
			return only(
				to === 'superseded'
					? say('review.record.sentence.decisionSuperseded', { team, number, chosen, by })
					: to === 'implemented'
						? say('review.record.sentence.decisionImplemented', { team, number, chosen })
						: to === 'reviewed'
							? say('review.record.sentence.decisionReviewed', { team, number, chosen })
							: say('review.record.sentence.decisionRevoked', { team, number, chosen }),
				fact.reason
			);
		}
		case 'team-prompted':
			return only(say('console.record.prompted', { team }), fact.text);
		case 'suggestion-dismissed':
			return only(
				say('console.record.dismissed', { team, inject: named(fact.reference, fact.title) }),
				lines([
					[say('console.record.missed'), fact.missed.text],
					[say('review.record.part.reason'), fact.note]
				])
			);
		case 'question-asked':
			return only(
				fact.to
					? say('console.record.askedOf', { team, body: fact.to })
					: say('review.record.sentence.asked', { team }),
				fact.text
			);
		case 'question-answered':
			return only(
				fact.as
					? say('console.record.answeredAs', { team, body: fact.as })
					: say('review.record.sentence.answered', { team }),
				lines([
					[say('review.record.part.question'), fact.asked],
					[say('review.record.part.answer'), fact.answer]
				])
			);
		case 'report-opened':
			return only(say('review.record.sentence.reportOpened', { team, number: fact.number }));
		case 'report-approved':
			return only(
				say('review.record.sentence.reportApproved', {
					team,
					number: fact.number,
					title: fact.title,
					asOf: time(fact.asOf)
				}),
				textOfRichText(fact.text)
			);
		case 'report-shared': {
			const { number, title } = fact;
			// whom else it went to is the sender's business
			if (!readsTeamFacts(scope, fact.team))
				return only(
					say(isRelaxing(fact) ? 'reports.record.receivedRelaxed' : 'reports.record.received', {
						team,
						number,
						title,
						tlp: tlpLabel(fact.tlp)
					})
				);
			const to = [
				...fact.copies.map((copy) => teamName(copy.team)),
				...fact.channels.map(({ name }) => name)
			];
			return only(
				say(isRelaxing(fact) ? 'reports.record.relaxed' : 'reports.record.shared', {
					tlp: tlpLabel(fact.tlp),
					team,
					number,
					title,
					to: to.join(', '),
					people: fact.people,
					countries: fact.countries.length
				})
			);
		}
		case 'report-rhythm-set':
			return only(say('reports.record.rhythm'), rhythmWords(fact.rhythm, duration));

		case 'media-published': {
			const { outlet, title, text } = fact;
			return only(say('review.record.sentence.mediaPublished', { outlet, title: title || clip(text) }), text);
		}
		case 'media-commented':
			return only(say('review.record.sentence.mediaCommented', { outlet: fact.outlet }), fact.text);
		case 'media-counted':
			return only(say('review.record.sentence.mediaCounted', { ...fact.counters }));
		case 'media-withdrawn':
			return only(
				say('review.record.sentence.mediaWithdrawn', { outlet: fact.outlet, title: fact.title }),
				fact.reason
			);

		case 'card-added': {
			const column = say(`review.column.${fact.column}`);
			const gone = context.isWithdrawn(fact.card);
			return only(
				say(gone ? 'review.record.sentence.cardGone' : 'review.record.sentence.card', { team, column }),
				gone ? '' : fact.text
			);
		}
		case 'card-withdrawn':
			return only(say('review.record.sentence.cardWithdrawn', { team }));
		case 'card-voted':
			return only(
				say(fact.on ? 'review.record.sentence.voted' : 'review.record.sentence.voteTaken', { team })
			);
	}
}

/** Whom an announcement went to is told to whoever runs the exercise; a team reads that it was announced. */
function announcedWords(
	{ to }: Extract<Fact, { kind: 'announcement-made' }>,
	scope: RecordScope,
	{ say, teamName }: RecordContext
): string {
	if (!to || !scope.staff) return say('review.record.sentence.announced');
	const names = to.teams.filter((team) => readsTeamFacts(scope, team)).map(teamName);
	return say('console.record.announcedTo', {
		teams:
			names.length <= namedTeams
				? names.join(', ')
				: say('review.record.teamsAndMore', {
						teams: names.slice(0, namedTeams).join(', '),
						count: names.length - namedTeams
					})
	});
}
const rhythmWords = (rhythm: ReportRhythm, duration: (ms: number) => string) =>
	Object.entries(rhythm)
		.map(([level, minutes]) => `${level}: ${minutes === null ? '–' : duration(minutes * 60_000)}`)
		.join('\n');

function releasedWords(
	fact: Extract<Fact, { kind: 'inject-released' }>,
	scope: RecordScope,
	{ say, teamName }: RecordContext,
	named: (reference: string, title: string) => string
): FactWords {
	const own = fact.deliveries.filter((delivery) => readsTeamFacts(scope, delivery.team));
	if (!scope.staff) {
		// in the language in which their team read it
		const { title, from, body } = own[0] ? deliveredTo(fact, own[0]) : fact.delivered;
		const inject = named('', title);
		return {
			sentence: from
				? say('review.record.sentence.arrivedFrom', { inject, from })
				: say('review.record.sentence.arrived', { inject }),
			detail: textOfRichText(body)
		};
	}
	const inject = named(fact.content.reference, fact.delivered.title);
	const body = textOfRichText(fact.delivered.body);
	// other teams are named to whoever reads them, or plans for them; else the sentence speaks of the reader's own
	const names = (own.length > 0 ? own : fact.deliveries).map((delivery) => teamName(delivery.team));
	const teams = names.length === 0 ? say('variant.record.nobody') : teamsText(names, say);
	return {
		sentence: say(`review.record.released.${fact.trigger}`, { inject, teams }),
		detail: withTeams(names, body, say)
	};
}

function recalledWords(
	fact: Extract<Fact, { kind: 'inject-recalled' }>,
	scope: RecordScope,
	{ say, teamName }: RecordContext,
	named: (reference: string, title: string) => string
): FactWords {
	const own = fact.deliveries.filter((delivery) => readsTeamFacts(scope, delivery.team));
	if (!scope.staff)
		return {
			sentence: say('recall.record.fromYou', { inject: named('', own[0]?.title ?? fact.title) }),
			detail: fact.reason
		};
	const names = (own.length > 0 ? own : fact.deliveries).map((delivery) => teamName(delivery.team));
	const inject = named(fact.reference, fact.title);
	return {
		sentence: say('recall.record.recalled', { inject, teams: teamsText(names, say) }),
		detail: withTeams(names, fact.reason, say)
	};
}

const teamsText = (names: readonly string[], say: Say): string =>
	names.length <= namedTeams
		? names.join(', ')
		: say('review.record.teamsAndMore', {
				teams: names.slice(0, namedTeams).join(', '),
				count: names.length - namedTeams
			});

/** The whole list where the sentence names only the first. */
const withTeams = (names: readonly string[], text: string, say: Say): string =>
	names.length <= namedTeams
		? text
		: lines([
				[say('review.record.part.teams'), names.join(', ')],
				['', text]
			]);

/** A decision as it was taken: what was known, what was weighed, what was chosen and why. */
export function decisionText(decision: Decision, say: Say, time: (exerciseAt: number) => string): string {
	const options = decision.options.map(({ text, pros, cons }) => {
		const weighed = [
			...(pros ? [`${say('review.record.part.pros')}: ${pros}`] : []),
			...(cons ? [`${say('review.record.part.cons')}: ${cons}`] : [])
		];
		return weighed.length > 0 ? `${text} (${weighed.join('; ')})` : text;
	});
	return lines([
		[say('review.record.part.question'), decision.question],
		[say('review.record.part.decision'), decision.chosen],
		[say('review.record.part.reason'), decision.reason],
		[say('review.record.part.facts'), decision.factsKnown],
		[say('review.record.part.assumptions'), decision.assumptions],
		...options.map((option, i): [string, string] => [
			say('review.record.part.option', { number: i + 1 }),
			option
		]),
		[say('review.record.part.consulted'), decision.consulted],
		[say('review.record.part.dissent'), decision.dissent],
		[say('review.record.part.review'), decision.reviewAt ? time(decision.reviewAt) : '']
	]);
}

/** Field by field, in the order of its letters; what was left empty is left out. */
export function methaneLines(report: Methane, say: Say): [label: string, text: string][] {
	return methaneValues(report).map(({ name, value }): [string, string] => {
		const text =
			typeof value === 'boolean'
				? say(value ? 'methane.major' : 'methane.notMajor')
				: name === 'cyber.type'
					? say(`incident.rsit.${value as RsitClass}`)
					: value;
		return [say(`methane.field.${name}`), text];
	});
}

function lines(parts: readonly (readonly [label: string, text: string])[]): string {
	return parts
		.filter(([, text]) => text.trim() !== '')
		.map(([label, text]) => (label ? `${label}: ${text}` : text))
		.join('\n');
}

function clip(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length <= shortened ? line : `${line.slice(0, shortened - 1).trimEnd()}…`;
}
