import type { Knex } from 'knex';
import { sm3 } from '../../documents/sm/sm3';
import type { DeliveryOperation, DeliveryState } from '../../domain/delivery/lifecycle';
import { applyDeliveryTransition } from '../../domain/delivery/lifecycle';
import type { Clock } from '../../ports/clock';
import type { PortalAnswer, PortalDelivery } from '../../ports/delivery-channel';
import type { DeliveryLedger, DeliveryStanding } from '../../ports/delivery-ledger';
import type { PersonalDataCipher } from '../../ports/personal-data-cipher';
import { cipherPlace } from '../cipher/encrypted-columns';
import { deterministicId } from './deterministic-id';
import { CONDUCTOR, CONDUCTOR_ACTOR } from './issuance-row';
import { enqueue } from './outbox';
import { postNotice } from './post-notice';
import { recordEvent } from './record-event';
import type { Register } from './register';

interface DeliveryRow {
  readonly id: string;
  readonly certificate_version_id: string;
  readonly holder_ordinal: number;
  readonly authority_id: string;
  readonly trade: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly next_attempt_at: Date | null;
}

interface OrderRow {
  readonly identifier: string;
  readonly certificate_name: string;
  readonly number: string;
  readonly digest: string;
  readonly kind: string;
  readonly name_cipher: Buffer;
  readonly code_type: string | null;
  readonly code_cipher: Buffer | null;
}

/** While a holder is not registered with the portal, it is asked again once a day. */
const PICKUP_RETRY_MS = 24 * 3_600_000;

/** Step ⑦ on the register (art. 9). */
export class PostgresDeliveryLedger implements DeliveryLedger {
  readonly #register: Register;
  readonly #cipher: PersonalDataCipher;
  readonly #clock: Clock;

  constructor(options: {
    readonly register: Register;
    readonly cipher: PersonalDataCipher;
    readonly clock: Clock;
  }) {
    this.#register = options.register;
    this.#cipher = options.cipher;
    this.#clock = options.clock;
  }

  whereItStands(deliveryId: string): Promise<DeliveryStanding> {
    return this.#register.within(CONDUCTOR, async (transaction) =>
      standing(await lockDelivery(transaction, deliveryId), this.#clock.now()),
    );
  }

  order(deliveryId: string): Promise<Omit<PortalDelivery, 'ofd'> | null> {
    return this.#register.within(CONDUCTOR, async (transaction) => {
      const row = await lockDelivery(transaction, deliveryId);
      if (row.state !== 'pending' && row.state !== 'awaitingPickup') return null;
      const { rows } = await transaction.raw<{ rows: OrderRow[] }>(
        `SELECT v.identifier, k.definition->>'name' AS certificate_name, c.number, f.digest,
                h.kind, h.name_cipher, h.code_type, h.code_cipher
         FROM certificate_version v
         JOIN certificate c ON c.id = v.certificate_id
         JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
         JOIN certificate_file f ON f.certificate_version_id = v.id AND f.file_kind = 'ofd'
         JOIN certificate_holder h ON h.certificate_version_id = v.id AND h.ordinal = ?
         WHERE v.id = ?`,
        [row.holder_ordinal, row.certificate_version_id],
      );
      const [order] = rows;
      if (order === undefined) throw new Error(`delivery ${deliveryId} has no sealed file`);
      const place = [row.certificate_version_id, row.holder_ordinal] as const;
      return {
        deliveryId,
        certificateIdentifier: order.identifier,
        certificateName: order.certificate_name,
        number: order.number,
        holder: {
          kind: order.kind,
          name: this.#cipher.decrypt(
            order.name_cipher,
            cipherPlace('certificate_holder.name_cipher', ...place),
          ),
          codeType: order.code_type,
          code:
            order.code_cipher === null
              ? null
              : this.#cipher.decrypt(
                  order.code_cipher,
                  cipherPlace('certificate_holder.code_cipher', ...place),
                ),
        },
        fileDigest: order.digest,
      };
    });
  }

  recordAnswer(deliveryId: string, answer: PortalAnswer): Promise<DeliveryStanding> {
    const now = this.#clock.now();
    return this.#register.within(CONDUCTOR, async (transaction) => {
      const row = await lockDelivery(transaction, deliveryId);
      if (row.state !== 'pending' && row.state !== 'awaitingPickup') return standing(row, now);
      switch (answer.kind) {
        case 'delivered':
          return standing(await this.#deliver(transaction, row, answer, now), now);
        case 'notRegistered':
          return standing(await this.#holdForPickup(transaction, row, now), now);
        case 'wrongPerson':
          return standing(await this.#rejectPerson(transaction, row, answer.reason, now), now);
      }
    });
  }

  async recordFault(deliveryId: string, reason: string): Promise<void> {
    await this.#register.within(CONDUCTOR, (transaction) =>
      transaction('delivery')
        .where({ id: deliveryId })
        .whereIn('state', ['pending', 'awaitingPickup'])
        .update({
          attempts: transaction.raw('attempts + 1'),
          last_error: reason.slice(0, 500),
          updated_at: this.#clock.now(),
        }),
    );
  }

  async #deliver(
    transaction: Knex.Transaction,
    row: DeliveryRow,
    answer: Extract<PortalAnswer, { kind: 'delivered' }>,
    now: Date,
  ): Promise<DeliveryRow> {
    const proofDigest = Buffer.from(sm3(Buffer.from(answer.proof, 'utf8'))).toString('hex');
    const moved = await move(transaction, row, 'deliver', now, {
      portal_receipt: answer.receipt,
      proof: JSON.stringify(answer.proof),
      proof_digest: proofDigest,
      delivered_at: now,
      last_error: null,
      next_attempt_at: null,
    });
    const holder = await transaction<{ code_lookup: Buffer | null }>('certificate_holder')
      .where({ certificate_version_id: row.certificate_version_id, ordinal: row.holder_ordinal } as object)
      .first('code_lookup');
    if (holder?.code_lookup != null) {
      await postNotice(transaction, {
        naturalKey: `delivery/${row.id}/delivered`,
        recipient: { holderLookup: holder.code_lookup },
        title: '您有新的电子证照',
        body: '您的电子证照已签发并送达，可在“我的证照”中查看。',
        link: `/certificates`,
        createdAt: now,
      });
      await enqueue(transaction, {
        dedupeKey: `mail/delivery/${row.id}/delivered`,
        topic: 'mail',
        payload: {
          recipient: { kind: 'holder', holderLookup: holder.code_lookup.toString('hex') },
          subject: '您有新的电子证照',
          text: '您的电子证照已签发并送达，请登录“内蒙古政务服务网”或“蒙速办”查看。邮件仅作提醒，不附证照文件。',
        },
        availableAt: now,
      });
    }
    await note(transaction, row, 'deliver', now, { receipt: answer.receipt, proofDigest });
    return moved;
  }

  async #holdForPickup(transaction: Knex.Transaction, row: DeliveryRow, now: Date): Promise<DeliveryRow> {
    const next = { next_attempt_at: new Date(now.getTime() + PICKUP_RETRY_MS) };
    if (row.state === 'awaitingPickup') {
      const [renewed] = await transaction<DeliveryRow>('delivery')
        .where({ id: row.id })
        .update(next)
        .returning('*');
      if (renewed === undefined) throw new Error(`delivery ${row.id} vanished`);
      return renewed;
    }
    const moved = await move(transaction, row, 'holdForPickup', now, {
      ...next,
      last_error: '持证主体未在门户注册',
    });
    await note(transaction, row, 'holdForPickup', now, {});
    return moved;
  }

  async #rejectPerson(
    transaction: Knex.Transaction,
    row: DeliveryRow,
    reason: string,
    now: Date,
  ): Promise<DeliveryRow> {
    const moved = await move(transaction, row, 'rejectPerson', now, {
      last_error: reason.slice(0, 500),
      next_attempt_at: null,
    });
    await postNotice(transaction, {
      naturalKey: `delivery/${row.id}/wrongPerson/${row.attempts}`,
      recipient: { role: 'windowClerk', authorityId: row.authority_id },
      title: '送达失败：身份不符',
      body: '门户账号与持证主体身份不符，请核对后重新送达。',
      link: `/deliveries/${row.id}`,
      createdAt: now,
    });
    await note(transaction, row, 'rejectPerson', now, {});
    return moved;
  }
}

function standing(row: DeliveryRow, now: Date): DeliveryStanding {
  const next = row.next_attempt_at;
  return {
    state: row.state,
    nextAttemptInMs: next === null ? null : Math.max(0, next.getTime() - now.getTime()),
  };
}

async function lockDelivery(transaction: Knex.Transaction, deliveryId: string): Promise<DeliveryRow> {
  const row = await transaction<DeliveryRow>('delivery').where({ id: deliveryId }).forUpdate().first();
  if (row === undefined) throw new Error(`delivery ${deliveryId} is not in the register`);
  return row;
}

async function move(
  transaction: Knex.Transaction,
  row: DeliveryRow,
  operation: DeliveryOperation,
  now: Date,
  set: Readonly<Record<string, unknown>>,
): Promise<DeliveryRow> {
  const outcome = applyDeliveryTransition(row.state, operation);
  if (!outcome.ok) throw new Error(`delivery ${row.id}: ${operation} is not possible in ${row.state}`);
  const [moved] = await transaction<DeliveryRow>('delivery')
    .where({ id: row.id })
    .update({
      ...set,
      state: outcome.value,
      attempts: transaction.raw('attempts + 1'),
      updated_at: now,
    } as object)
    .returning('*');
  if (moved === undefined) throw new Error(`delivery ${row.id} vanished`);
  return moved;
}

async function note(
  transaction: Knex.Transaction,
  row: DeliveryRow,
  operation: DeliveryOperation,
  now: Date,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordEvent(transaction, {
    id: deterministicId('event', 'delivery', row.id, operation, row.attempts),
    kind: `delivery.${operation}`,
    caseKind: 'delivery',
    caseId: row.id,
    certificateVersionId: row.certificate_version_id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor: CONDUCTOR_ACTOR,
    facts,
    occurredAt: now,
    recordedAt: now,
  });
}
