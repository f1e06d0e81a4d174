import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, InjectId } from '#lib/exercise/ids.ts';
import { mintId } from '../mint.ts';
import type { Services } from '../services.ts';
import type { DemoAccount } from './people.ts';

/** What everybody who sets the demonstration up works with. */
export interface Setting {
	services: Services;
	exercise: ExerciseId;
	teams: readonly Team[];
	/** by the name that they have in the exercise */
	account: (name: string) => DemoAccount;
	/** the exercise as it is now, and somebody as an actor in it: what the pages' services ask for */
	open: (name: string) => Promise<{ exercise: Exercise; actor: Actor }>;
	/** a command that has to be carried out */
	run: <Name extends CommandName>(by: DemoAccount, name: Name, input: CommandInput<Name>) => Promise<void>;
	/** injects by their reference */
	ids: Map<string, InjectId>;
}

export function createSetting(
	services: Services,
	exercise: ExerciseId,
	teams: readonly Team[],
	people: ReadonlyMap<string, DemoAccount>
): Setting {
	const account = (name: string) => {
		const found = people.get(name);
		if (!found) throw new Error(`The demonstration has nobody called ${name}.`);
		return found;
	};
	return {
		services,
		exercise,
		teams,
		account,
		open: (name) => services.exercises.open(exercise, { id: account(name).accountId }),
		run: (by, name, input) => runIn(services, exercise, by, name, input),
		ids: new Map()
	};
}

/** A command that has to be carried out, in any exercise. */
export async function runIn<Name extends CommandName>(
	services: Services,
	exercise: ExerciseId,
	by: DemoAccount,
	name: Name,
	input: CommandInput<Name>
): Promise<void> {
	const message = { exercise, name, key: mintId<string>(), input };
	const answer = await services.commands.run(message, { accountId: by.accountId, name: by.name });
	if (!answer.ok) throw new Error(`The demonstration could not do ${name}: ${answer.error.message}`);
}
