/** What a form of the account page came to. */
export interface FormAnswer {
	done?: boolean;
	message?: string;
	fields?: Record<string, string>;
}

/** The sentence that belongs to no field. */
export const unnamedOf = (form: FormAnswer | null) =>
	form?.message && Object.keys(form.fields ?? {}).length === 0 ? form.message : null;
