import type { Knex } from 'knex';

export const SECURITY_EVENT_KINDS = [
  'accountAdded',
  'signedIn',
  'signInFailed',
  'accountLocked',
  'oneTimeCodeWrong',
  'signedOut',
  'faceUnmasked',
  'classifiedSuspected',
  'sealStopped',
  'sealResumed',
  'mandateGranted',
  'mandateEnded',
  'accountDisabled',
  'accountEnabled',
  'roleGranted',
  'roleEnded',
  'passwordReset',
  'passwordChanged',
  'secondFactorEnrolled',
  'secondFactorRemoved',
  'leaveSet',
  'leaveEnded',
  'agencySystemAdded',
  'agencySystemStopped',
  'agencySystemResumed',
  'agencyKeyIssued',
  'agencyKeyRevoked',
  'recordPortSet',
  'webhookSecretRenewed',
] as const;
export type SecurityEventKind = (typeof SECURITY_EVENT_KINDS)[number];

/** Effect: an entry of the security log, append-only. `principal` is a `principalName`, `detail` holds no personal data. */
export async function recordSecurityEvent(
  transaction: Knex.Transaction,
  event: {
    readonly kind: SecurityEventKind;
    readonly principal: string;
    readonly detail: Readonly<Record<string, string | number | null>>;
    readonly occurredAt: Date;
  },
): Promise<void> {
  await transaction.raw(
    'INSERT INTO security_event (kind, principal, detail, occurred_at) VALUES (?, ?, ?::jsonb, ?)',
    [event.kind, event.principal, JSON.stringify(event.detail), event.occurredAt],
  );
}
