import { capabilities, capabilityElements, type Capability } from '#lib/standards/capabilities.ts';
import { countryCodes, countryName, type CountryCode } from '#lib/standards/countries.ts';
import { tlpLevels, type Tlp } from '#lib/standards/tlp.ts';
import {
	actionStates,
	priorities,
	sourceKinds,
	type ActionState,
	type Priority
} from '#lib/improvement/action.ts';
import { lessonStates, type LessonState } from '#lib/improvement/lesson.ts';
import { formatDate, t } from '#lib/text/index.ts';
import type { Option } from '#lib/ui/types.ts';

/** Words and choices of the pages of improvement. */
export const scopeName = (country: CountryCode): string =>
	country === 'EU' ? t('improvement.eu') : countryName(country);
export const stateName = (state: ActionState) => t(`improvement.states.${state}`);
export const lessonStateName = (state: LessonState) => t(`improvement.lesson.states.${state}`);
export const capabilityName = (capability: Capability) => t(`improvement.capabilities.${capability}`);
/** a day is the same in every zone */
export const dayName = (day: string) => formatDate(Date.parse(`${day}T12:00:00Z`), 'UTC');

export const scopeOptions = (countries: readonly CountryCode[]): Option[] =>
	countryCodes
		.filter((country) => countries.includes(country))
		.map((value) => ({ value, label: scopeName(value) }));
export const stateOptions = (): Option[] => actionStates.map((value) => ({ value, label: stateName(value) }));
export const lessonStateOptions = (): Option[] =>
	lessonStates.map((value) => ({ value, label: lessonStateName(value) }));
export const capabilityOptions = (): Option[] =>
	capabilities.map((value) => ({ value, label: capabilityName(value) }));
export const elementOptions = (): Option[] =>
	capabilityElements.map((value) => ({ value, label: t(`improvement.elements.${value}`) }));
export const priorityOptions = (): Option[] =>
	priorities.map((value) => ({ value, label: t(`improvement.priorities.${value}`) }));
export const sourceOptions = (): Option[] =>
	sourceKinds.map((value) => ({ value, label: t(`improvement.sources.${value}`) }));
/** RED is not kept here */
export const labelOptions = (): Option<Tlp>[] =>
	tlpLevels.filter(({ id }) => id !== 'red').map(({ id, label }) => ({ value: id, label }));

export const priorityTone = (priority: Priority) =>
	priority === 'high' ? ('warn' as const) : ('plain' as const);
export const stateTone = (state: ActionState) =>
	state === 'verified' || state === 'closed'
		? ('success' as const)
		: state === 'rejected'
			? ('stop' as const)
			: state === 'proposed'
				? ('accent' as const)
				: ('plain' as const);
