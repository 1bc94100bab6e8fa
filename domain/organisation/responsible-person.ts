/** How an appointment of a responsible person stands: filed by the unit's bureau, or taken to the city's files (art. 22). */
export const RESPONSIBLE_PERSON_STATES = ['submitted', 'filed'] as const;
export type ResponsiblePersonState = (typeof RESPONSIBLE_PERSON_STATES)[number];

export const RESPONSIBLE_PERSON_STATE_NAMES = {
  submitted: '已提交备案',
  filed: '已备案',
} as const satisfies Record<ResponsiblePersonState, string>;
