import type { SurveyGrouping } from '#lib/exercise/survey/results.ts';
import type { SurveyGroup } from '#lib/exercise/survey/schema.ts';
import { countryName, type CountryCode } from '#lib/standards/countries.ts';
import type { Role, TeamLevel } from '#lib/exercise/exercise/schema.ts';
import { t } from '#lib/text/index.ts';

/** `Greece`, `technical level`, `Player`: a group by its name. */
export function groupWord(by: SurveyGrouping, is: string): string {
	switch (by) {
		case 'country':
			return countryName(is as CountryCode);
		case 'level':
			return t('survey.levelOf', { level: t(`team.level.${is as TeamLevel}`) });
		case 'role':
			return t(`exercise.role.${is as Role}`);
	}
}

/** What is kept beside an answer, in words; '' : nothing. */
export const groupWords = ({ country, level, role }: SurveyGroup): string =>
	[
		country && groupWord('country', country),
		level && groupWord('level', level),
		role && groupWord('role', role)
	]
		.filter(Boolean)
		.join(', ');
