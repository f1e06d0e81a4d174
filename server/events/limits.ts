/** Limits of the event socket (PROMISES). */
export const eventLimits = {
	/** the largest command that is no file: a bulk approval of 600 injects goes by HTTP */
	messageBytes: 64 * 1024,
	perSecond: 20,
	burst: 60,
	/** changes that come together are told together */
	gatherMs: 250,
	presenceEveryMs: 2000,
	/** rights and sessions are looked at again without a ring */
	rightsEveryMs: 4000
} as const;
