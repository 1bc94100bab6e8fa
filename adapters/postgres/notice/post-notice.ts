import type { Knex } from 'knex';
import type { Role } from '../../../domain/shared/principal';

/**
 * To one person, to everybody with a role (of one authority, or anywhere; with `trade` also to those who have the role for
 * this trade in every area), or to a holder by the digest of his code.
 */
export type NoticeRecipient =
  | { readonly personId: string }
  | { readonly role: Role; readonly authorityId?: string | null; readonly trade?: string }
  | { readonly holderLookup: Uint8Array };

export interface NewNotice {
  /** What the notice is about; a second notice of the same key is not written. */
  readonly naturalKey: string;
  readonly recipient: NoticeRecipient;
  readonly title: string;
  readonly body: string;
  readonly link?: string | null;
  readonly createdAt: Date;
}

/**
 * Effect: the notice stands in the application once the transaction commits, whoever writes it: who tells somebody need
 * not be able to read what others were told, so no column is named in the conflict (that would ask the reader's policy).
 * Idempotent by its natural key; out: whether it was new.
 */
export async function postNotice(transaction: Knex.Transaction, notice: NewNotice): Promise<boolean> {
  const { recipient } = notice;
  const { rowCount } = await transaction.raw<{ rowCount: number }>(
    `INSERT INTO notice (natural_key, recipient_person_id, recipient_role, recipient_authority_id,
                         recipient_trade, recipient_holder_lookup, title, body, link, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    [
      notice.naturalKey,
      'personId' in recipient ? recipient.personId : null,
      'role' in recipient ? recipient.role : null,
      'role' in recipient ? (recipient.authorityId ?? null) : null,
      'role' in recipient ? (recipient.trade ?? null) : null,
      'holderLookup' in recipient ? Buffer.from(recipient.holderLookup) : null,
      notice.title,
      notice.body,
      notice.link ?? null,
      notice.createdAt,
    ],
  );
  return rowCount > 0;
}
