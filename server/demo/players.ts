import type { ExercisePulse } from '#lib/protocol/wire.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Services } from '../services.ts';
import { answerForBodies } from './bodies.ts';
import { ChannelTalk } from './channel-talk.ts';
import type { Demonstration } from './fill.ts';
import { moderate } from './moderators.ts';
import { demoTeams } from './scenario.ts';
import { simulateNotifications } from './notifying.ts';
import { Stage } from './stage.ts';
import { TeamPlayer } from './team-player.ts';
import { hotWashCards } from './words.ts';

export interface Simulation {
	/** what should not have happened, as sentences; empty when all is well */
	readonly problems: readonly string[];
	stop(): Promise<void>;
}

/**
 * Simulated teams at work: they acknowledge, answer, log, decide, ask and write situation reports with human delays;
 * moderators answer what players ask, and mark what their teams have done. An account in which somebody is signed in is left to that person. Play stops at
 * ENDEX; then each team puts a few cards on its hot wash board.
 */
export function simulateTeams(
	services: Services,
	{ exerciseId, accounts }: Pick<Demonstration, 'exerciseId' | 'accounts'>,
	seed = 2026
): Simulation {
	const hotWash: NodeJS.Timeout[] = [];
	let players: TeamPlayer[] = [];
	let stopped = false;

	const onState = (state: ExercisePulse['state']) => {
		if (state === 'ended' && !stopped) debrief();
	};
	const stage = new Stage(services, exerciseId, seed, onState);
	void begin().catch((error: unknown) => stage.failed(error));

	async function begin(): Promise<void> {
		const exercise = await services.exercises.load(exerciseId);
		const teams = await services.exercises.teams(exerciseId);
		await stage.ready;
		if (!exercise || stopped) return;
		players = teams.flatMap((team) => {
			const plan = demoTeams.find((one) => one.name === team.name);
			const members = accounts.filter((account) => account.role === 'player' && account.scope === team.name);
			return plan && members.length > 0
				? [new TeamPlayer(stage, team, plan, members, exercise.startsAt)]
				: [];
		});
		for (const player of players) player.begin();
		simulateNotifications(stage, teams, accounts, exercise.startsAt);
		const cell = accounts.find((account) => account.role === 'simcell');
		await new ChannelTalk(stage, accounts, teams, exercise.startsAt).begin();
		for (const moderator of accounts.filter((account) => account.role === 'moderator'))
			moderate(stage, moderator, moderator.scope as CountryCode);
		if (cell) answerForBodies(stage, cell);
	}

	/** In the minute after ENDEX, by the wall's clock: the exercise's stands still. */
	function debrief(): void {
		for (const player of players.filter(({ plays }) => plays))
			for (const member of player.members)
				for (let card = 0; card < 2; card++) {
					const [column, text] = stage.chance.pick(hotWashCards);
					const anonymous = stage.chance.happens(0.3);
					const timer = setTimeout(
						() => {
							stage
								.act(member, 'hotWash.add', { team: player.team.id, column, text, anonymous })
								.catch((error: unknown) => stage.failed(error));
						},
						stage.chance.between(5000, 60_000)
					);
					timer.unref();
					hotWash.push(timer);
				}
	}

	return {
		problems: stage.problems,
		async stop() {
			stopped = true;
			for (const timer of hotWash) clearTimeout(timer);
			await stage.stop();
		}
	};
}
