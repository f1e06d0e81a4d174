import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Database } from './database/open.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { createAccounts } from './accounts/accounts.ts';
import type { Bell } from './bell/bell.ts';
import { createBellOf } from './bell/create.ts';
import type { UpdateLog } from './documents/group-commit.ts';
import { createHealth } from './conduct/health.ts';
import { createComments } from './comments/comments.ts';
import { createScriptExchange } from './exchange/script-exchange.ts';
import { createInterchange } from './exchange/interchange.ts';
import { createTransfer } from './exchange/transfer.ts';
import { createCountryErasure } from './erasure/country.ts';
import { createErasure } from './erasure/erasure.ts';
import { createExercises } from './exercises/exercises.ts';
import { createTerms } from './exercises/terms.ts';
import { createReadiness } from './readiness/readiness.ts';
import { createFiles } from './files/files.ts';
import { createImprovement } from './improvement/improvement.ts';
import { createMail } from './mail/mail.ts';
import { createNotices } from './notices/notices.ts';
import { createRealtime } from './realtime.ts';
import { createReplay } from './replay/replay.ts';
import { createLibrary } from './library/library.ts';
import { createLooked } from './looked/looked.ts';
import { createSurvey } from './survey/survey.ts';
import { views } from './views/index.ts';

export type Services = ReturnType<typeof createServices>;

/** The composition root: everything is built here and handed on; nothing else knows how parts are put together. */
export function createServices(given: {
	config: Config;
	database: Database;
	log: Log;
	bell?: Bell;
	/** given only to measure what durability costs */
	updates?: UpdateLog;
}) {
	const { config, database, log } = given;
	const bell = given.bell ?? createBellOf(config, database, log);
	const mail = createMail({ config, database, log });
	const accounts = createAccounts({ database, origin: config.origin, ring: bell.ring, mail });
	const exercises = createExercises({ database, ring: bell.ring });
	const terms = createTerms({ database, ring: bell.ring });
	const files = createFiles({ config, database, log });
	const identify = async (cookies: string | undefined) => {
		const found = await accounts.sessions.identifyHeader(cookies);
		return (
			found && {
				accountId: found.account.id as AccountId,
				name: found.account.name,
				sessionId: found.sessionId
			}
		);
	};
	const realtime = createRealtime({
		database,
		origin: config.origin,
		exercises,
		bell,
		mail,
		identify,
		identifyAll: (cookies) => accounts.sessions.identifyHeaders(cookies),
		sessionLives: (sessionId) => accounts.sessions.lives(sessionId),
		...(given.updates && { updates: given.updates }),
		log
	});
	const { documents, commands, schedule } = realtime;
	const erasure = createErasure({ database, documents, mail, ring: bell.ring, log });
	const countryErasure = createCountryErasure({ database, documents, ring: bell.ring, log });
	const health = createHealth({ database, realtime, mail });
	const notices = createNotices({ database, mail, log });
	const scriptExchange = createScriptExchange({ database, documents, files });
	const readiness = createReadiness({ database, documents, exercises, commands, mail, ring: bell.ring });
	const library = createLibrary({ database, documents });
	const improvement = createImprovement({ database, documents, exercises, mail, log });
	const transfer = createTransfer({ database, documents, files: files.store });
	const interchange = createInterchange({ database, commands });
	const comments = createComments({ database, ring: bell.ring });
	const looked = createLooked({ database });
	const replay = createReplay({ database, documents });
	const survey = createSurvey({ database, ring: bell.ring });
	return {
		config,
		database,
		log,
		bell,
		mail,
		files,
		identify,
		accounts,
		exercises,
		terms,
		erasure,
		countryErasure,
		documents,
		commands,
		schedule,
		realtime,
		health,
		notices,
		scriptExchange,
		library,
		improvement,
		readiness,
		transfer,
		comments,
		looked,
		replay,
		survey,
		interchange,
		views
	};
}
