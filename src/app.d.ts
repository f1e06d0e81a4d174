import type { ErrorCode } from '#lib/errors.ts';
import type { ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import type { Services } from '#server/services.ts';
import type { SessionAccount } from '#server/accounts/sessions.ts';

declare global {
	namespace App {
		interface Locals {
			muster: Services;
			/** who is signed in; null: nobody */
			session: { account: SessionAccount; sessionId: string } | null;
			requestId: string;
			/** in whose words it is said what is refused: of the exercise or real room that the address names */
			words: ExerciseKind;
			/** stands in front of the page's title: of a real room */
			titleMark?: string;
		}
		interface Error {
			message: string;
			code?: ErrorCode;
			/** leads to the log */
			requestId?: string;
		}
	}
}

export {};
