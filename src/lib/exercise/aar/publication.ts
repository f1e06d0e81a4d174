import type { CountryCode } from '#lib/standards/countries.ts';
import type { ExerciseKind } from '../exercise/schema.ts';
import { signStanding, type SignOffRound } from './fold.ts';

export interface MissingSignOff {
	country: CountryCode;
	why: 'not-asked' | 'waiting' | 'objected' | 'only-silence';
}

export interface Publication {
	/** who has not agreed: said on the title page */
	missing: MissingSignOff[];
	mayPublish: boolean;
}

/**
 * What is missing before a public version goes out. Of an exercise it may go out without, and says so on its title page.
 * Of something real it needs the explicit consent of every state that is affected: silence is never consent there.
 *
 * @param affected the states whose teams, findings or texts it is about
 * @param signOffs what was said to exactly this content; null: nobody was asked
 * @param now wall time, ms
 */
export function missingForPublication({
	kind,
	affected,
	signOffs,
	now
}: {
	kind: ExerciseKind;
	affected: readonly CountryCode[];
	signOffs: SignOffRound | null;
	now: number;
}): Publication {
	const missing = [...new Set(affected)].sort().flatMap((country): MissingSignOff[] => {
		if (!signOffs?.said.has(country)) return [{ country, why: 'not-asked' }];
		const standing = signStanding(signOffs, country, now);
		if (standing === 'agreed') return [];
		if (standing === 'silent') return kind === 'real' ? [{ country, why: 'only-silence' }] : [];
		return [{ country, why: standing === 'objected' ? 'objected' : 'waiting' }];
	});
	return { missing, mayPublish: kind === 'exercise' || missing.length === 0 };
}
