/**
 * What pages read: one file for each page, plain functions of database, exercise and actor. Each returns a shape made
 * for its reader, never rows (PROMISES R20). Pages reach them through `locals.muster.views`.
 */
import * as board from './board.ts';
import * as control from './control.ts';
import * as injects from './injects.ts';
import * as questions from './questions.ts';
import * as shell from './shell.ts';
import * as timelines from './timelines.ts';

export const views = { board, control, injects, questions, shell, timelines };
export type Views = typeof views;
