import { actionActs, type ActionAct, type ActionActKind } from '#lib/improvement/action.ts';
import { lessonActs, type LessonAct, type LessonActKind } from '#lib/improvement/lesson.ts';
import { AppError } from '#lib/errors.ts';
import { textOf } from '../refusals.ts';

/** What the forms of improvement send, read into what the services take. */
export function actOf(form: FormData): ActionAct {
	const kind = textOf(form, 'act') as ActionActKind;
	if (!actionActs.includes(kind)) throw unknown();
	const note = textOf(form, 'note');
	switch (kind) {
		case 'reject':
			return { act: kind, reason: note };
		case 'defer':
			return { act: kind, reason: note, until: textOf(form, 'until') };
		case 'accept':
		case 'start':
			return { act: kind };
		default:
			return { act: kind, note };
	}
}

export function lessonActOf(form: FormData): LessonAct {
	const kind = textOf(form, 'act') as LessonActKind;
	if (!lessonActs.includes(kind)) throw unknown();
	return kind === 'verify'
		? { act: kind, evidence: textOf(form, 'note'), link: textOf(form, 'link') }
		: { act: kind };
}

const unknown = () => new AppError('invalid', 'This request is not understood.');

const actionFields = [
	'title',
	'text',
	'ownerOrganisation',
	'ownerEmail',
	'capability',
	'element',
	'priority',
	'startOn',
	'dueOn',
	'successMeasure',
	'verificationMethod',
	'tlp'
] as const;
export const newActionFields = [
	...actionFields,
	'country',
	'source',
	'sourceTitle',
	'exercise',
	'finding'
] as const;
export const lessonFields = ['title', 'text', 'capability', 'tlp'] as const;
export const newLessonFields = [...lessonFields, 'country', 'exercise', 'finding'] as const;
export { actionFields };

export const valuesOf = (form: FormData, names: readonly string[]): Record<string, string> =>
	Object.fromEntries(names.map((name) => [name, textOf(form, name)]));
