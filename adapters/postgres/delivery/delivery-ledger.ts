import type { Knex } from 'knex';
import { isDeliveryClosed, isWithPortal } from '../../../domain/delivery/lifecycle';
import type { Clock } from '../../../ports/clock';
import type { PortalAnswer, PortalDelivery } from '../../../ports/delivery-channel';
import type { DeliveryLedger, DeliveryStanding } from '../../../ports/delivery-ledger';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { tickCaseClocks } from '../case/case-clock';
import { openTask } from '../case/case-tasks';
import { CONDUCTOR, CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import { postNotice } from '../notice/post-notice';
import type { Register } from '../register/register';
import { closeDeadline, openDeadline } from '../sla/deadlines';
import type { DeliveryRow } from './delivery-row';
import { deliverySubject, lockDelivery, moveDelivery } from './delivery-row';
import { recordPortalDelivery, tellHolder } from './record-portal-delivery';

export interface DeliveryLedgerOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
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
/** A receipt that does not come is asked for; the portal answers the same for the same delivery. */
const RECEIPT_RETRY_MS = 3_600_000;
/** After so many daily tries in vain the holder is reminded; the last one is near the end of PENDING_PICKUP. */
const REMINDED_AFTER_TRIES = [1, 3, 7, 12] as const;

/** Step ⑦ on the register (art. 9). */
export class PostgresDeliveryLedger implements DeliveryLedger {
  readonly #options: DeliveryLedgerOptions;

  constructor(options: DeliveryLedgerOptions) {
    this.#options = options;
  }

  settle(deliveryId: string): Promise<DeliveryStanding> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const now = clock.now();
      const row = await lockDelivery(transaction, deliveryId);
      const nextRingInMs = isDeliveryClosed(row.state)
        ? null
        : await tickCaseClocks(transaction, { caseKind: 'delivery', caseId: row.id }, now);
      return standing(row, now, nextRingInMs);
    });
  }

  order(deliveryId: string): Promise<Omit<PortalDelivery, 'ofd'> | null> {
    return this.#options.register.within(CONDUCTOR, async (transaction) => {
      const row = await lockDelivery(transaction, deliveryId);
      if (!isWithPortal(row.state)) return null;
      const { rows } = await transaction.raw<{ rows: OrderRow[] }>(
        `SELECT v.identifier, k.name AS certificate_name, c.number, f.digest,
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
          name: this.#options.cipher.decrypt(
            order.name_cipher,
            cipherPlace('certificate_holder.name_cipher', ...place),
          ),
          codeType: order.code_type,
          code:
            order.code_cipher === null
              ? null
              : this.#options.cipher.decrypt(
                  order.code_cipher,
                  cipherPlace('certificate_holder.code_cipher', ...place),
                ),
        },
        fileDigest: order.digest,
      };
    });
  }

  recordAnswer(deliveryId: string, answer: PortalAnswer): Promise<DeliveryStanding> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const now = clock.now();
      const row = await lockDelivery(transaction, deliveryId);
      if (!isWithPortal(row.state)) return standing(row, now, null);
      return standing(await this.#takeAnswer(transaction, row, answer, now), now, null);
    });
  }

  async recordFault(deliveryId: string, reason: string): Promise<void> {
    const { register, clock } = this.#options;
    await register.within(CONDUCTOR, async (transaction) => {
      const row = await lockDelivery(transaction, deliveryId);
      if (!isWithPortal(row.state)) return;
      await this.#openClocks(transaction, row);
      await transaction('delivery')
        .where({ id: deliveryId })
        .update({
          attempts: transaction.raw('attempts + 1'),
          last_error: reason.slice(0, 500),
          updated_at: clock.now(),
        });
    });
  }

  async #takeAnswer(
    transaction: Knex.Transaction,
    row: DeliveryRow,
    answer: PortalAnswer,
    now: Date,
  ): Promise<DeliveryRow> {
    switch (answer.kind) {
      case 'delivered':
        return recordPortalDelivery(transaction, row, answer, now);
      case 'accepted':
        return this.#awaitReceipt(transaction, row, now);
      case 'notRegistered':
        return this.#holdForPickup(transaction, row, now);
      case 'wrongPerson':
        return this.#rejectPerson(transaction, row, answer.reason, now);
    }
  }

  /**
   * The clocks of a delivery that is not done at once: the office's own limit, and of an administrative licence the law's
   * (行政许可法 44), both from their original starts. What the portal takes at the first try needs no clock: its instant
   * is on record.
   */
  async #openClocks(transaction: Knex.Transaction, row: DeliveryRow): Promise<void> {
    const { isLicence, decidedAt } = await deliverySubject(transaction, row);
    const clocks = [
      { key: 'DELIVERY', startAt: row.created_at },
      ...(isLicence ? [{ key: 'LICENCE_DELIVERY', startAt: decidedAt }] : []),
    ];
    for (const { key, startAt } of clocks) {
      await openDeadline(transaction, this.#options.integrity, {
        caseKind: 'delivery',
        caseId: row.id,
        key,
        round: 1,
        authorityId: row.authority_id,
        trade: row.trade,
        startAt,
      });
    }
  }

  async #awaitReceipt(transaction: Knex.Transaction, row: DeliveryRow, now: Date): Promise<DeliveryRow> {
    const next = { next_attempt_at: new Date(now.getTime() + RECEIPT_RETRY_MS), last_error: null };
    if (row.state === 'awaitingReceipt') return renew(transaction, row, next);
    await this.#openClocks(transaction, row);
    return moveDelivery(transaction, row, {
      operation: 'awaitReceipt',
      now,
      actor: CONDUCTOR_ACTOR,
      facts: {},
      set: next,
    });
  }

  /** 待领取: the office's own hour stops, the reminders and the ten days of PENDING_PICKUP begin (art. 9). */
  async #holdForPickup(transaction: Knex.Transaction, row: DeliveryRow, now: Date): Promise<DeliveryRow> {
    const next = { next_attempt_at: new Date(now.getTime() + PICKUP_RETRY_MS) };
    if (row.state === 'awaitingPickup') return this.#remind(transaction, row, next, now);
    await this.#openClocks(transaction, row);
    const clock = { caseKind: 'delivery', caseId: row.id, round: 1 };
    await closeDeadline(transaction, { ...clock, key: 'DELIVERY', now });
    const { name, number } = await deliverySubject(transaction, row);
    await openTask(transaction, this.#options.integrity, {
      kind: 'pickup',
      caseId: row.id,
      round: 1,
      authorityId: row.authority_id,
      trade: row.trade,
      subject: name,
      reference: number,
      excludedPersonId: null,
      deadlineKey: 'PENDING_PICKUP',
      link: `/deliveries/${row.id}`,
      why: '持证主体未在门户注册，请联系其注册或到窗口领取',
      now,
    });
    return moveDelivery(transaction, row, {
      operation: 'holdForPickup',
      now,
      actor: CONDUCTOR_ACTOR,
      facts: {},
      set: { ...next, last_error: '持证主体未在门户注册' },
    });
  }

  async #remind(
    transaction: Knex.Transaction,
    row: DeliveryRow,
    next: { readonly next_attempt_at: Date },
    now: Date,
  ): Promise<DeliveryRow> {
    // Asked again before its day (a killed worker, somebody's retry): no further day has passed in vain.
    if (row.next_attempt_at !== null && row.next_attempt_at.getTime() > now.getTime()) return row;
    const tries = row.reminders + 1;
    if (REMINDED_AFTER_TRIES.some((after) => after === tries)) {
      await tellHolder(transaction, row, {
        part: `reminder/${tries}`,
        title: '您有电子证照待领取',
        body: '您的电子证照已签发。请在“内蒙古政务服务网”或“蒙速办”实名注册后查收，也可到办理窗口领取。',
        now,
      });
    }
    return renew(transaction, row, { ...next, reminders: tries });
  }

  async #rejectPerson(
    transaction: Knex.Transaction,
    row: DeliveryRow,
    reason: string,
    now: Date,
  ): Promise<DeliveryRow> {
    await this.#openClocks(transaction, row);
    const moved = await moveDelivery(transaction, row, {
      operation: 'rejectPerson',
      now,
      actor: CONDUCTOR_ACTOR,
      facts: {},
      set: { last_error: reason.slice(0, 500), next_attempt_at: null },
    });
    await postNotice(transaction, {
      naturalKey: `delivery/${row.id}/wrongPerson/${row.attempts}`,
      recipient: { role: 'windowClerk', authorityId: row.authority_id },
      title: '送达失败：身份不符',
      body: '门户账号与持证主体身份不符，请核对后重新送达。',
      link: `/deliveries/${row.id}`,
      createdAt: now,
    });
    return moved;
  }
}

async function renew(
  transaction: Knex.Transaction,
  row: DeliveryRow,
  set: Readonly<Record<string, unknown>>,
): Promise<DeliveryRow> {
  const [renewed] = await transaction<DeliveryRow>('delivery')
    .where({ id: row.id })
    .update(set as object)
    .returning('*');
  if (renewed === undefined) throw new Error(`delivery ${row.id} vanished`);
  return renewed;
}

function standing(row: DeliveryRow, now: Date, nextRingInMs: number | null): DeliveryStanding {
  if (isDeliveryClosed(row.state))
    return { state: row.state, isClosed: true, isAttemptDue: false, lookAgainInMs: null };
  const next = row.next_attempt_at;
  const attemptInMs =
    row.state === 'pending' ? 0 : next === null ? null : Math.max(0, next.getTime() - now.getTime());
  return {
    state: row.state,
    isClosed: false,
    isAttemptDue: isWithPortal(row.state) && attemptInMs === 0,
    lookAgainInMs: earlier(attemptInMs, nextRingInMs),
  };
}

function earlier(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}
