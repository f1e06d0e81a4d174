import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { idPattern, type ChannelId, type ExerciseId, type TeamId } from './ids.ts';
import { readsChannelFrom } from './channel/access.ts';
import type { ChannelMembers } from './channel/schema.ts';
import type { Actor, CellId, ExerciseSettings, Team } from './exercise/schema.ts';
import {
	evaluatesTeam,
	facilitatesTeam,
	hasRole,
	isControl,
	isDirector,
	isFacilitator,
	moderatesCountry,
	plansAnywhere,
	plansIn,
	playsIn,
	readsEvaluation,
	readsTeam
} from './exercise/access.ts';

/**
 * Every Yjs document of an exercise, its name, and who may open it. One document, one audience (DESIGN, idea 2):
 * whoever can open a document can read all of it, so this file is where secrecy is decided. The default is nobody.
 */
export type DocumentRef = { exercise: ExerciseId } & (
	| { kind: 'script'; cell: CellId }
	| { kind: 'scenario' }
	| { kind: 'timeline'; audience: Audience; segment: number }
	| { kind: 'worksheet'; team: TeamId; page: WorksheetPage }
	| { kind: 'evaluation' }
	| { kind: 'review' }
	/** the after-action report in drafting, and what a country writes for it */
	| { kind: 'report' }
	| { kind: 'contribution'; country: CountryCode }
);

/** Whom a timeline is for. `evaluation`: what evaluators note about a team, which the team never reads. Channels: everyone in the exercise (also as the public of simulated media), the moderators of one country, or the members of a channel. */
export type Audience =
	| { to: 'control' }
	| { to: 'team'; team: TeamId }
	| { to: 'evaluation'; team: TeamId }
	| { to: 'channel'; channel: Channel };
export type Channel = OpenChannel | CountryCode | ChannelId;
/** Everybody who takes part reads these: announcements and the clock; what the simulated media show. */
export const openChannels = ['everyone', 'media'] as const;
export type OpenChannel = (typeof openChannels)[number];

/** What a team writes together. Reports come one after the other: `report-1`, `report-2` …; each case of NIS2 has a page. */
export type WorksheetPage = 'notes' | `report-${number}` | `notification-${number}`;

export type Right = 'none' | 'read' | 'write';

const exercisePart = 'exercise';
const ownChannels = new Set<string>([...openChannels, ...countryCodes]);
const cells = new Set<string>(['central', ...countryCodes]);
const pagePattern = /^(notes|(report|notification)-[1-9][0-9]{0,3})$/;

/** The name of a timeline without its segment: what the server appends to. */
export function timelineName(exercise: ExerciseId, audience: Audience): string {
	const base = `${exercisePart}/${exercise}/timeline`;
	if (audience.to === 'control') return `${base}/control`;
	if (audience.to === 'team' || audience.to === 'evaluation')
		return `${base}/${audience.to}/${audience.team}`;
	return `${base}/channel/${audience.channel}`;
}

export function documentName(ref: DocumentRef): string {
	const base = `${exercisePart}/${ref.exercise}`;
	switch (ref.kind) {
		case 'script':
			return `${base}/script/${ref.cell}`;
		case 'timeline':
			return `${timelineName(ref.exercise, ref.audience)}/${ref.segment}`;
		case 'worksheet':
			return `${base}/worksheet/${ref.team}/${ref.page}`;
		case 'contribution':
			return `${base}/contribution/${ref.country}`;
		default:
			return `${base}/${ref.kind}`;
	}
}

/** Matches exactly one kind, or null: a name that is not made by `documentName` does not exist. */
export function parseDocumentName(name: string): DocumentRef | null {
	const parts = name.split('/');
	const [head, id, kind, ...rest] = parts;
	if (head !== exercisePart || !id || !idPattern.test(id)) return null;
	const exercise = id as ExerciseId;
	switch (kind) {
		case 'scenario':
		case 'evaluation':
		case 'review':
		case 'report':
			return rest.length === 0 ? { exercise, kind } : null;
		case 'contribution':
			return rest.length === 1 && countryCodes.some((code) => code === rest[0])
				? { exercise, kind, country: rest[0] as CountryCode }
				: null;
		case 'script':
			return rest.length === 1 && cells.has(rest[0]!) ? { exercise, kind, cell: rest[0] as CellId } : null;
		case 'worksheet':
			return rest.length === 2 && idPattern.test(rest[0]!) && pagePattern.test(rest[1]!)
				? { exercise, kind, team: rest[0] as TeamId, page: rest[1] as WorksheetPage }
				: null;
		case 'timeline': {
			const last = rest.at(-1) ?? '';
			if (!/^(0|[1-9][0-9]{0,5})$/.test(last)) return null;
			const segment = Number(last);
			if (rest.length === 2 && rest[0] === 'control')
				return { exercise, kind, audience: { to: 'control' }, segment };
			if (rest.length === 3 && (rest[0] === 'team' || rest[0] === 'evaluation') && idPattern.test(rest[1]!))
				return { exercise, kind, audience: { to: rest[0], team: rest[1] as TeamId }, segment };
			if (
				rest.length === 3 &&
				rest[0] === 'channel' &&
				(ownChannels.has(rest[1]!) || idPattern.test(rest[1]!))
			)
				return { exercise, kind, audience: { to: 'channel', channel: rest[1] as Channel }, segment };
			return null;
		}
		default:
			return null;
	}
}

/** What the decision needs to know about the exercise: the team and the channel in the document's name, if they exist. */
export interface DocumentContext {
	settings: ExerciseSettings;
	team?: Pick<Team, 'id' | 'country'>;
	channel?: ChannelMembers;
}

/** The channel with members whose timeline it is; null: none's. */
export function channelIn(ref: DocumentRef): ChannelId | null {
	if (ref.kind !== 'timeline' || ref.audience.to !== 'channel') return null;
	const { channel } = ref.audience;
	return ownChannels.has(channel) ? null : (channel as ChannelId);
}

/** The team whose document it is; null: none's. */
export function teamIn(ref: DocumentRef): TeamId | null {
	if (ref.kind === 'worksheet') return ref.team;
	return ref.kind === 'timeline' && 'team' in ref.audience ? ref.audience.team : null;
}

/** Who may read, who may write. Timelines are read-only to every browser: only the server writes them (DESIGN, idea 4). */
export function documentRight(ref: DocumentRef, actor: Actor, context: DocumentContext): Right {
	switch (ref.kind) {
		case 'script':
			if (isControl(actor) || plansIn(actor, ref.cell)) return 'write';
			// national cells write variants of what the central one writes; nobody reads another country's
			if (ref.cell === 'central' && plansAnywhere(actor)) return 'read';
			if (ref.cell !== 'central' && moderatesCountry(actor, ref.cell)) return 'read';
			return context.settings.evaluatorsReadScript && hasRole(actor, 'evaluator') ? 'read' : 'none';
		case 'scenario':
			if (isControl(actor) || hasRole(actor, 'planner')) return 'write';
			return hasRole(actor, 'evaluator') ? 'read' : 'none';
		case 'timeline':
			return mayReadTimeline(ref, actor, context) ? 'read' : 'none';
		case 'worksheet':
			if (!context.team || context.team.id !== ref.team) return 'none';
			if (playsIn(actor, ref.team)) return 'write';
			return readsTeam(actor, context.team) ? 'read' : 'none';
		case 'evaluation':
			return isControl(actor) || hasRole(actor, 'evaluator') ? 'write' : 'none';
		case 'review':
			if (isFacilitator(actor) || isDirector(actor)) return 'write';
			if (isControl(actor) || hasRole(actor, 'evaluator')) return 'read';
			return context.settings.reviewOpen && actor.memberships.length > 0 ? 'read' : 'none';
		// never opened to players: it holds what countries handed over, under their labels
		case 'report':
			if (isFacilitator(actor) || isDirector(actor)) return 'write';
			return isControl(actor) || hasRole(actor, 'evaluator') ? 'read' : 'none';
		// until it is handed over, and then as a frozen copy, nobody reads a country's draft: not even exercise control
		case 'contribution':
			return moderatesCountry(actor, ref.country) || plansIn(actor, ref.country) ? 'write' : 'none';
	}
}

function mayReadTimeline(
	ref: Extract<DocumentRef, { kind: 'timeline' }>,
	actor: Actor,
	context: DocumentContext
): boolean {
	const { audience } = ref;
	// it tells of every team, and of injects that are not released: evaluators read the timelines of their teams
	if (audience.to === 'control') return isControl(actor);
	if (channelIn(ref) !== null) {
		const from = context.channel ? readsChannelFrom(context.channel, actor) : null;
		return from !== null && ref.segment >= from;
	}
	if (audience.to === 'channel')
		return openChannels.some((open) => open === audience.channel)
			? actor.memberships.length > 0
			: isControl(actor) || moderatesCountry(actor, audience.channel as CountryCode);
	if (context.team?.id !== audience.team) return false;
	return audience.to === 'evaluation'
		? readsEvaluation(actor, audience.team)
		: readsTeam(actor, context.team);
}

/**
 * Whether others see that this person is here. Evaluators and exercise control are invisible to players (DOMAIN 4.2):
 * in a team's pages only the team itself, and those who facilitate it, show; in the review, which may be opened to
 * everybody, those who write it.
 */
export function showsPresence(ref: DocumentRef, actor: Actor): boolean {
	if (ref.kind === 'timeline') return false;
	// who only reads the central script for the own cell's variants is not at work in it
	if (ref.kind === 'script' && ref.cell === 'central' && plansAnywhere(actor))
		return isControl(actor) || plansIn(actor, 'central');
	if (ref.kind === 'worksheet') return playsIn(actor, ref.team) || facilitatesTeam(actor, ref.team);
	if (ref.kind === 'evaluation') return evaluatesAny(actor) || isControl(actor);
	if (ref.kind === 'review' || ref.kind === 'report') return isFacilitator(actor) || isDirector(actor);
	return true;
}

const evaluatesAny = (actor: Actor) =>
	actor.memberships.some((m) => m.teamId && evaluatesTeam(actor, m.teamId));

/** Offline copies exist only for what a team itself writes (PROMISES R14). */
export function mayKeepOffline(ref: DocumentRef): boolean {
	return ref.kind === 'worksheet';
}
