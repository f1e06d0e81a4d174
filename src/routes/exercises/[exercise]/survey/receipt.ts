/*
 * What changes an answer without a name: a random word that only the browser has, which knows it of this person in this
 * exercise. It goes with an answer and is gone when the browser forgets it.
 */
const keyOf = (exercise: string, account: string) => `muster/survey/${exercise}/${account}`;

/** '' : this browser keeps none. */
export function readReceipt(exercise: string, account: string): string {
	try {
		return localStorage.getItem(keyOf(exercise, account)) ?? '';
	} catch {
		return '';
	}
}

/** Kept before the answer is sent: one that was stored, while its confirmation was lost, can be sent again. */
export function keepReceipt(exercise: string, account: string): string {
	const known = readReceipt(exercise, account);
	if (known !== '') return known;
	const bytes = crypto.getRandomValues(new Uint8Array(18));
	const receipt = btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_');
	try {
		localStorage.setItem(keyOf(exercise, account), receipt);
		return receipt;
	} catch {
		// a browser that keeps nothing: the answer stays as it is
		return '';
	}
}
