import type { StorylineColour } from '#lib/exercise/scenario/schema.ts';

/** Marks beside a storyline's name, 3:1 against the paper in both themes. */
const colours: Record<StorylineColour, string> = {
	blue: 'light-dark(#2563eb, #7aa2ff)',
	teal: 'light-dark(#0f766e, #4fc8b3)',
	green: 'light-dark(#15803d, #6fd08c)',
	olive: 'light-dark(#64750f, #b7c95a)',
	brown: 'light-dark(#92540f, #d79b5b)',
	red: 'light-dark(#c2272d, #ff8f8f)',
	pink: 'light-dark(#be185d, #f58ab9)',
	violet: 'light-dark(#7c3aed, #b79bff)'
};

export const storylineColour = (colour: StorylineColour): string => colours[colour];
