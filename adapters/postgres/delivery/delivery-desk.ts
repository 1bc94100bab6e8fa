import type { Knex } from 'knex';
import { birthDateOf, parseCitizenNumber } from '../../../domain/certificate/citizen-number';
import type { CounterReceiver, DeliveredHolder } from '../../../domain/delivery/counter-pickup';
import { checkPickup, RECEIVER_KIND_NAMES } from '../../../domain/delivery/counter-pickup';
import { applyDeliveryTransition } from '../../../domain/delivery/lifecycle';
import { legalDateAt, shanghaiInstant } from '../../../domain/shared/legal-date';
import type { PersonPrincipal, Principal, Role, SystemPrincipal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { PortalReceipt, PortalReceipts } from '../../../ports/delivery-channel';
import type { DeliveryDesk, DeliveryExemption } from '../../../ports/delivery-desk';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { tellCase } from '../case/tell-case';
import { issueOfficialPaper, recordPaperReceipt } from '../official-paper/official-papers';
import { hasRoleAt } from '../organisation/resolve-scope';
import type { Register } from '../register/register';
import type { DeliveryRow } from './delivery-row';
import { deliverySubject, lockDelivery, moveDelivery } from './delivery-row';
import { meetDeliveryClocks, recordPortalDelivery } from './record-portal-delivery';

/** Acts of people are judged under their own scope first and then written by the product, which owns papers and clocks. */
const DELIVERY_DESK: SystemPrincipal = { kind: 'system', component: 'deliveryDesk' };

export interface DeliveryDeskOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
  readonly receipts: PortalReceipts;
}

interface HolderRow {
  readonly certificate_version_id: string;
  readonly ordinal: number;
  readonly kind: DeliveredHolder['kind'];
  readonly name_cipher: Buffer;
  readonly code_type: string | null;
  readonly code_cipher: Buffer | null;
  readonly code_lookup: Buffer | null;
}

/** What people and the portal do about a delivery, on the register. */
export class PostgresDeliveryDesk implements DeliveryDesk {
  readonly #options: DeliveryDeskOptions;

  constructor(options: DeliveryDeskOptions) {
    this.#options = options;
  }

  async pickUp(
    principal: Principal,
    deliveryId: string,
    receiver: CounterReceiver,
  ): Promise<Result<{ readonly paperId: string; readonly paperNumber: string }, Refusal>> {
    return this.#act(principal, deliveryId, 'windowClerk', async (transaction, row, person, now) => {
      if (row.state === 'pickedUp') return accepted(await this.#paper(transaction, row, receiver, now));
      if (!applyDeliveryTransition(row.state, 'pickUp').ok) return refused({ code: 'transitionNotAllowed' });
      const holder = await this.#holder(transaction, row);
      const checked = checkPickup(receiver, holder, legalDateAt(now.getTime()));
      if (!checked.ok) return refused({ code: 'pickupRefused', problems: [checked.refusal] });
      const unknown = await unknownAttachment(transaction, row, receiver.authorisationAttachmentId);
      if (unknown !== null) return refused(unknown);
      const paper = await this.#paper(transaction, row, receiver, now);
      await recordPaperReceipt(transaction, {
        paperId: paper.paperId,
        receivedBy: `counter:${person.personId}`,
        how: 'signedAtCounter',
        now,
      });
      await moveDelivery(transaction, row, {
        operation: 'pickUp',
        now,
        actor: { kind: 'person', id: person.personId },
        facts: { receiver: receiver.kind, paperNumber: paper.paperNumber },
        set: {
          pickup_cipher: this.#options.cipher.encrypt(
            JSON.stringify({ ...receiver, checkedBy: person.personId, at: shanghaiInstant(now.getTime()) }),
            cipherPlace('delivery.pickup_cipher', row.id),
          ),
          picked_up_at: now,
          next_attempt_at: null,
        },
      });
      await this.#close(transaction, row, 'pickUp', now);
      return accepted(paper);
    });
  }

  async takeReceipt(deliveryId: string, receipt: PortalReceipt): Promise<Result<null, Refusal>> {
    const { register, clock, receipts } = this.#options;
    return register.within(DELIVERY_DESK, async (transaction) => {
      const found = await transaction<DeliveryRow>('delivery').where({ id: deliveryId }).first();
      if (found === undefined) return refused<Refusal>({ code: 'notFound' });
      const file = await transaction<{ digest: string; certificate_version_id: string; file_kind: string }>(
        'certificate_file',
      )
        .where({ certificate_version_id: found.certificate_version_id, file_kind: 'ofd' })
        .first('digest');
      const answer = receipts.read(receipt, { deliveryId, fileDigest: file?.digest ?? '' });
      if (answer === null) return refused<Refusal>({ code: 'receiptNotProven' });
      const row = await lockDelivery(transaction, deliveryId);
      if (row.state === 'delivered') return accepted(null);
      if (!applyDeliveryTransition(row.state, 'deliver').ok) {
        return refused<Refusal>({ code: 'transitionNotAllowed' });
      }
      const now = clock.now();
      await recordPortalDelivery(transaction, row, answer, now);
      await tellCase(transaction, { kind: 'delivery', caseId: row.id, change: 'receipt', now });
      return accepted(null);
    });
  }

  async exempt(
    principal: Principal,
    deliveryId: string,
    exemption: DeliveryExemption,
  ): Promise<Result<null, Refusal>> {
    return this.#act(principal, deliveryId, 'reviewer', async (transaction, row, person, now) => {
      if (row.state === 'exempted') return accepted(null);
      if (!applyDeliveryTransition(row.state, 'exempt').ok) return refused({ code: 'transitionNotAllowed' });
      await moveDelivery(transaction, row, {
        operation: 'exempt',
        now,
        actor: { kind: 'person', id: person.personId },
        facts: { legalBasis: exemption.legalBasis, documentNumber: exemption.documentNumber },
        set: {
          exemption: JSON.stringify({ ...exemption, decidedBy: person.personId }),
          next_attempt_at: null,
        },
      });
      await this.#close(transaction, row, 'exempt', now);
      return accepted(null);
    });
  }

  /** The principal sees the delivery in his own scope and has the role at its very authority; then the product writes. */
  async #act<Done>(
    principal: Principal,
    deliveryId: string,
    role: Role,
    work: (
      transaction: Knex.Transaction,
      row: DeliveryRow,
      person: PersonPrincipal,
      now: Date,
    ) => Promise<Result<Done, Refusal>>,
  ): Promise<Result<Done, Refusal>> {
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const { register, integrity, clock } = this.#options;
    const now = clock.now();
    const seen = await register.within(principal, (transaction) =>
      transaction<DeliveryRow>('delivery').where({ id: deliveryId }).first('id', 'authority_id'),
    );
    if (seen === undefined) return refused({ code: 'notFound' });
    return register.within(DELIVERY_DESK, async (transaction) => {
      const wanted = { personId: principal.personId, role, authorityId: seen.authority_id, now };
      if (!(await hasRoleAt(transaction, integrity, wanted)))
        return refused<Refusal>({ code: 'roleMissing' });
      return work(transaction, await lockDelivery(transaction, deliveryId), principal, now);
    });
  }

  async #holder(transaction: Knex.Transaction, row: DeliveryRow): Promise<DeliveredHolder> {
    const { cipher } = this.#options;
    const holder = await holderRow(transaction, row);
    const place = [row.certificate_version_id, row.holder_ordinal] as const;
    const code =
      holder.code_cipher === null
        ? null
        : cipher.decrypt(holder.code_cipher, cipherPlace('certificate_holder.code_cipher', ...place));
    const citizen = code === null ? null : parseCitizenNumber(code);
    return {
      kind: holder.kind,
      name: cipher.decrypt(holder.name_cipher, cipherPlace('certificate_holder.name_cipher', ...place)),
      code,
      bornOn: citizen?.ok === true ? birthDateOf(citizen.value) : null,
    };
  }

  /** 送达回证 of the hand-over at the counter. */
  async #paper(
    transaction: Knex.Transaction,
    row: DeliveryRow,
    receiver: CounterReceiver,
    now: Date,
  ): Promise<{ readonly paperId: string; readonly paperNumber: string }> {
    const holder = await holderRow(transaction, row);
    const { name, number } = await deliverySubject(transaction, row);
    const addressee = await this.#holder(transaction, row);
    const paper = await issueOfficialPaper(transaction, this.#options.cipher, {
      kind: 'deliveryReceipt',
      authorityId: row.authority_id,
      trade: row.trade,
      caseKind: 'delivery',
      caseId: row.id,
      part: 'counter',
      addressee: { name: addressee.name, holderLookup: holder.code_lookup },
      paragraphs: [
        `送达文书：${name}（${number}）。`,
        `受送达人：${addressee.name}。`,
        `领取人：${receiver.name}（${RECEIVER_KIND_NAMES[receiver.kind]}）。`,
        `送达方式：窗口领取；送达时间：${shanghaiInstant(now.getTime())}。`,
        '窗口领取为补充方式；持证主体在政务服务门户注册后，仍可通过门户查收电子证照。',
      ],
      now,
    });
    return { paperId: paper.id, paperNumber: paper.number };
  }

  async #close(transaction: Knex.Transaction, row: DeliveryRow, change: string, now: Date): Promise<void> {
    await meetDeliveryClocks(transaction, row, now);
    await tellCase(transaction, {
      kind: 'delivery',
      caseId: row.id,
      change: `${change}/${row.attempts}`,
      now,
    });
  }
}

async function holderRow(transaction: Knex.Transaction, row: DeliveryRow): Promise<HolderRow> {
  const holder = await transaction<HolderRow>('certificate_holder')
    .where({ certificate_version_id: row.certificate_version_id, ordinal: row.holder_ordinal })
    .first();
  if (holder === undefined) throw new Error(`delivery ${row.id} is to nobody`);
  return holder;
}

async function unknownAttachment(
  transaction: Knex.Transaction,
  row: DeliveryRow,
  attachmentId: string | null,
): Promise<Refusal | null> {
  if (attachmentId === null) return null;
  const attachment = await transaction('attachment')
    .where({ id: attachmentId, authority_id: row.authority_id })
    .first('id');
  if (attachment !== undefined) return null;
  return {
    code: 'pickupRefused',
    problems: [
      {
        pointer: '/receiver/authorisationAttachmentId',
        code: 'attachmentUnknown',
        expected: '本单位已上传的附件编号',
      },
    ],
  };
}
