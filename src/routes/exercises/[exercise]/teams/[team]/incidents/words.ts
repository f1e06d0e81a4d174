import { isCriterion } from '#lib/exercise/incident/criteria.ts';
import {
	assessed,
	type AssessmentSubject,
	type Incident,
	type IncidentState
} from '#lib/exercise/incident/schema.ts';
import { worstImpact } from '#lib/standards/incidents.ts';
import { t, type TextKey } from '#lib/text/index.ts';

/** A criterion in words; one that another list gave its id stays as it is. */
export const criterionWords = (id: string) => (isCriterion(id) ? t(`incident.criterion.${id}`) : id);

/** `availability/ddos`: class and type in words. */
export function rsitWords(type: string): string {
	const [group, name] = type.split('/');
	return t('incident.rsitOf', {
		group: t(`incident.rsit.${group}` as TextKey),
		type: t(`incident.rsitType.${name}` as TextKey)
	});
}

/** What was assessed last: `yes`, `no`, `not known`; null: nobody has assessed it. */
export const answerOf = (incident: Pick<Incident, 'assessments'>, of: AssessmentSubject) =>
	assessed(incident, of)?.answer ?? null;

export const worstOf = ({ content }: Pick<Incident, 'content'>) =>
	worstImpact(content.impacts.map(({ severity }) => severity));

/** A reason is asked where who reads it later would not know why. */
export const reasonFor = (to: IncidentState): 'required' | 'optional' =>
	to === 'not-an-incident' || to === 'duplicate' || to === 'transferred' ? 'required' : 'optional';
