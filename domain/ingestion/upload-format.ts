/** What a file of increments can be. */
export const INCREMENT_FILE_FORMATS = ['csvUtf8', 'csvGb18030', 'xlsx'] as const;
export type IncrementFileFormat = (typeof INCREMENT_FILE_FORMATS)[number];

/** How increments arrive: rows of a JSON body, a file, or the word that there were none. */
export const INCREMENT_FORMATS = ['json', ...INCREMENT_FILE_FORMATS, 'zeroReport'] as const;
export type IncrementFormat = (typeof INCREMENT_FORMATS)[number];

export const INCREMENT_ROW_STATES = ['accepted', 'rejected', 'mended'] as const;
export type IncrementRowState = (typeof INCREMENT_ROW_STATES)[number];

export const DUTY_ENDS = ['synchronous', 'exemptionExpired', 'entitlementEnded'] as const;
export type DutyEnd = (typeof DUTY_ENDS)[number];
