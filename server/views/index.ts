/**
 * What pages read: one file for each page, plain functions of database, exercise and actor. Each returns a shape made
 * for its reader, never rows (PROMISES R20). Pages reach them through `locals.muster.views`.
 */
import * as aar from './aar.ts';
import * as board from './board.ts';
import * as boardAnswers from './board-answers.ts';
import * as channels from './channels.ts';
import * as conduct from './conduct/index.ts';
import * as control from './control.ts';
import * as dueReports from './due-reports.ts';
import * as evaluation from './evaluation.ts';
import * as exercises from './exercises.ts';
import * as findings from './findings.ts';
import * as hotWash from './hot-wash.ts';
import * as injects from './injects.ts';
import * as messageReach from './message-reach.ts';
import * as papers from '../exchange/paper/export.ts';
import * as people from './people.ts';
import * as plan from './plan.ts';
import * as questions from './questions.ts';
import * as reach from './reach.ts';
import * as record from './record.ts';
import * as replay from './replay.ts';
import * as replayDeliveries from './replay-deliveries.ts';
import * as requests from './requests.ts';
import * as review from './review.ts';
import * as script from './script.ts';
import * as scriptHistory from './script-history.ts';
import * as sharedReports from './shared-reports.ts';
import * as situation from './situation.ts';
import * as shell from './shell.ts';
import * as statistics from './statistics.ts';
import * as table from './table.ts';
import * as teamRoom from './team-room.ts';
import * as timelines from './timelines.ts';

export const views = {
	aar,
	board,
	boardAnswers,
	channels,
	conduct,
	control,
	dueReports,
	evaluation,
	exercises,
	findings,
	hotWash,
	injects,
	messageReach,
	papers,
	people,
	plan,
	questions,
	reach,
	record,
	replay,
	replayDeliveries,
	requests,
	review,
	script,
	scriptHistory,
	sharedReports,
	shell,
	situation,
	statistics,
	table,
	teamRoom,
	timelines
};
