/** Numbers of headings, as they stand in front of them: the same in every kind of file. */
export class HeadingNumbers {
	readonly #at = [0, 0, 0];

	/** `2.1  Participants` */
	next(level: 1 | 2 | 3, text: string): string {
		this.#at[level - 1]!++;
		this.#at.fill(0, level);
		return `${this.#at.slice(0, level).join('.')}  ${text}`;
	}
}
