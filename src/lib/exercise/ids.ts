/**
 * Ids are unguessable strings minted by the server. Brands keep them from being mixed up: a `TeamId` where an
 * `InjectId` is wanted does not compile.
 */
declare const brand: unique symbol;
export type Id<Name extends string> = string & { readonly [brand]: Name };

export type AccountId = Id<'account'>;
export type OrganisationId = Id<'organisation'>;
export type ExerciseId = Id<'exercise'>;
export type TeamId = Id<'team'>;
/** An inject as planners know it. Players never see it: what reaches them has a `DeliveryId`, minted at release. */
export type InjectId = Id<'inject'>;
export type DeliveryId = Id<'delivery'>;
export type QuestionId = Id<'question'>;
/** A file given to an inject. Players never see it: release gives each team an address of its own. */
export type AttachmentId = Id<'attachment'>;
/** The address of an attachment at one delivery, minted at release. */
export type GrantId = Id<'grant'>;
export type CardId = Id<'card'>;
/** What a team keeps and changes while it works: an incident, a task, a request (DOMAIN 5). Each side of an exchange has its own. */
export type RecordId = Id<'record'>;
/** A file that a team keeps: its own address, for those who may read the team's room. */
export type FileId = Id<'file'>;
/** A place where several teams talk: a network, a level, a private exchange. */
export type ChannelId = Id<'channel'>;
/** Something that the simulated media show. */
export type MediaId = Id<'media'>;
/** What was said in a channel. It names nothing in any other channel: what is quoted elsewhere is copied there (R1). */
export type MessageId = Id<'message'>;
/** A file given to a channel: its address for that channel's members alone. */
export type ChannelFileId = Id<'channel-file'>;
/** What somebody asks the help desk. */
export type HelpId = Id<'help'>;
/** What a recipient has of a shared report: an id of their own for each place that it went to. */
export type SharedReportId = Id<'shared report'>;
/** What evaluators prepare about one objective, and one of its critical tasks. Players never see them. */
export type GuideId = Id<'guide'>;
export type GuideTaskId = Id<'guide task'>;
/** What an evaluator noted about a team: it stays the same through every correction. */
export type ObservationId = Id<'observation'>;
/** What the review came to: an id of the review page, the same in every round of comments. */
export type FindingId = Id<'finding'>;
/** A passage of the after-action report: an id of its page, under which facts say where it came from. */
export type PassageId = Id<'passage'>;
/** One entry of a timeline. */
export type EntryId = Id<'entry'>;

/** What an id may look like; everything else is refused before it reaches a query. */
export const idPattern = /^[A-Za-z0-9_-]{8,40}$/;
