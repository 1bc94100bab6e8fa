/** What a committed transaction may want done outside of the register. */
export const OUTBOX_TOPICS = ['startWorkflow', 'signalWorkflow', 'mail', 'webhook', 'upReport'] as const;
export type OutboxTopic = (typeof OUTBOX_TOPICS)[number];
