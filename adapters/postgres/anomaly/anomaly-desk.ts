import { randomUUID } from 'node:crypto';
import type { AnomalyState } from '../../../domain/anomaly/lifecycle';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { AgencyRecords } from '../../../ports/agency-records';
import type {
  AffectedUses,
  AnomalyCaseView,
  AnomalyDecision,
  AnomalyDesk,
  Comparison,
  HandOver,
  NewObjection,
  ReplyView,
} from '../../../ports/anomaly-desk';
import type { ReadPurpose } from '../../../ports/certificate-register';
import type { FileStore } from '../../../ports/file-store';
import type { Idempotency } from '../../../ports/idempotency';
import type { Page, PageRequest } from '../../../ports/page';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { recordRead } from '../evidence/read-audit';
import { createOnce } from '../register/idempotency-keys';
import { pageOf, readCursor } from '../register/list-page';
import { affectedUses } from './affected-uses';
import {
  acceptCase,
  handOverCase,
  refuseAdmission,
  sendBackForEvidence,
  transferCase,
  upholdCase,
} from './anomaly-acts';
import { changeCertificate } from './anomaly-change';
import { askAgency, compared, comparisonMaterial, keepRecord, tellUnavailable } from './anomaly-comparison';
import { fileObjection } from './anomaly-filing';
import type { AnomalyGateOptions } from './anomaly-gate';
import { AnomalyGate } from './anomaly-gate';
import { supplyEvidence, withdrawObjection } from './anomaly-objector-acts';
import { giveReply, liveObjections, openOwnReply, repliesForOffice } from './anomaly-reply';
import type { AnomalyRow } from './anomaly-row';
import { ANOMALY_DESK, noteAnomaly } from './anomaly-row';
import { anomalyViews, isOfOffice } from './anomaly-view';
import { namedCertificate } from './disputed-version';

export interface AnomalyDeskOptions extends AnomalyGateOptions {
  readonly fileStore: FileStore;
  readonly agencyRecords: AgencyRecords;
}

type Acted = Promise<Result<null, Refusal>>;

/**
 * Anomaly cases on the register. Whether a principal may see a case is asked of the row policies, as himself; the act then
 * runs as the product in one transaction, because a case reaches beyond one scope: the certificate of another authority, the
 * users who are told.
 */
export class PostgresAnomalyDesk implements AnomalyDesk {
  readonly #options: AnomalyDeskOptions;
  readonly #gate: AnomalyGate;

  constructor(options: AnomalyDeskOptions) {
    this.#options = options;
    this.#gate = new AnomalyGate(options);
  }

  async file(
    principal: Principal,
    objection: NewObjection,
    idempotency: Idempotency,
  ): ReturnType<AnomalyDesk['file']> {
    const { register, cipher } = this.#options;
    const certificateId = await namedCertificate(register, cipher, principal, objection.certificate);
    if (certificateId === null) return refused({ code: 'notFound' });
    return this.#gate.work(async (work) => {
      let joined = false;
      const key = { resourceKind: 'anomalyCase', now: work.now };
      const name = principalName(principal);
      const once = await createOnce(work.transaction, name, idempotency, key, async () => {
        const filed = await fileObjection(work, principal, certificateId, objection);
        if (!filed.ok) return filed;
        joined = filed.value.joined;
        return accepted(filed.value.caseId);
      });
      if (!once.ok) return once;
      return accepted({ caseId: once.value.resourceId, joined, replayed: once.value.replayed });
    });
  }

  async find(principal: Principal, caseId: string): Promise<AnomalyCaseView | null> {
    if (!(await this.#gate.sees(principal, caseId))) return null;
    const views = await this.#views(principal, [caseId], this.#options.cipher);
    return views[0] ?? null;
  }

  async list(
    principal: Principal,
    filter: { readonly state: AnomalyState | null; readonly certificateId: string | null },
    page: PageRequest,
  ): Promise<Page<AnomalyCaseView>> {
    const after = readCursor(page.cursor);
    const rows = await this.#options.register.within(principal, (transaction) => {
      const query = transaction<AnomalyRow>('anomaly_case')
        .select('id', 'filed_at')
        .orderBy([
          { column: 'filed_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(page.limit + 1);
      if (filter.state !== null) query.where('state', filter.state);
      if (filter.certificateId !== null) query.where('certificate_id', filter.certificateId);
      if (after !== null) query.whereRaw('(filed_at, id) < (?, ?::uuid)', [after.at, after.id]);
      return query;
    });
    const ids = pageOf(
      rows,
      page.limit,
      (row) => ({ at: row.filed_at, id: row.id }),
      (row) => row.id,
    );
    return { ...ids, items: await this.#views(principal, ids.items, null) };
  }

  accept(principal: Principal, caseId: string): Acted {
    return this.#gate.investigate(principal, caseId, 'accept', acceptCase);
  }

  refuseAdmission(principal: Principal, caseId: string, reason: string): Acted {
    return this.#gate.investigate(principal, caseId, 'refuseAdmission', (act) =>
      refuseAdmission(act, reason),
    );
  }

  sendBack(principal: Principal, caseId: string, reason: string): Acted {
    return this.#gate.investigate(principal, caseId, 'sendBack', (act) => sendBackForEvidence(act, reason));
  }

  transfer(principal: Principal, caseId: string, toAuthorityId: string, reason: string): Acted {
    return this.#gate.investigate(principal, caseId, 'transfer', (act) =>
      transferCase(act, toAuthorityId, reason),
    );
  }

  handOver(principal: Principal, caseId: string, handOver: HandOver): Acted {
    return this.#gate.investigate(principal, caseId, 'handOver', (act) => handOverCase(act, handOver));
  }

  decide(principal: Principal, caseId: string, decision: AnomalyDecision): Acted {
    return this.#gate.investigate(principal, caseId, decision.decision, (act) =>
      decision.decision === 'uphold' ? upholdCase(act, decision.reason) : changeCertificate(act, decision),
    );
  }

  reply(principal: Principal, caseId: string): Acted {
    return this.#gate.investigate(principal, caseId, 'reply', giveReply);
  }

  recordAttempt(
    principal: Principal,
    caseId: string,
    attempt: Parameters<AnomalyDesk['recordAttempt']>[2],
  ): Acted {
    return this.#gate.investigate(principal, caseId, null, async ({ work, row, person }) => {
      const { transaction, cipher, now } = work;
      if (row.state !== 'awaitingReceipt') return refused({ code: 'transitionNotAllowed' });
      const objection = (await liveObjections(transaction, row.id)).find(
        ({ id }) => id === attempt.objectionId,
      );
      if (objection === undefined) return refused({ code: 'notFound' });
      const id = randomUUID();
      await transaction('anomaly_contact_attempt').insert({
        id,
        anomaly_objection_id: objection.id,
        authority_id: row.authority_id,
        trade: row.trade,
        channel: attempt.channel,
        note_cipher: cipher.encrypt(attempt.note, cipherPlace('anomaly_contact_attempt.note_cipher', id)),
        attempted_by: person.personId,
        attempted_at: now,
      });
      await noteAnomaly(work, row, {
        operation: 'attemptContact',
        actor: { kind: 'person', id: person.personId },
        facts: { objectionId: objection.id, channel: attempt.channel },
      });
      return accepted(null);
    });
  }

  withdraw(principal: Principal, caseId: string, reason: string): Acted {
    return this.#gate.object(principal, caseId, 'withdraw', (act) => withdrawObjection(act, reason));
  }

  supplyEvidence(
    principal: Principal,
    caseId: string,
    evidence: Parameters<AnomalyDesk['supplyEvidence']>[2],
  ): Acted {
    return this.#gate.object(principal, caseId, 'supplyEvidence', (act) => supplyEvidence(act, evidence));
  }

  async comparison(
    principal: Principal,
    caseId: string,
    read: ReadPurpose,
  ): Promise<Result<Comparison, Refusal>> {
    const { cipher, integrity, agencyRecords } = this.#options;
    const opened = await this.#gate.asOffice(principal, caseId, async ({ transaction }, row) =>
      accepted({ row, material: await comparisonMaterial(transaction, integrity, row) }),
    );
    if (!opened.ok) return opened;
    const { row, material } = opened.value;
    // Between two transactions, because an agency may take seconds to answer and no row is locked meanwhile.
    const asked = await askAgency(agencyRecords, cipher, material);
    return this.#gate.work(async ({ transaction, now }) => {
      await keepRecord(transaction, cipher, row, asked, now);
      if (asked.outcome === 'unavailable') await tellUnavailable(transaction, row, now);
      await recordRead(transaction, {
        principal,
        purpose: read.purpose,
        traceId: read.traceId,
        resourceKind: 'anomalyCase',
        resourceId: row.id,
        certificateVersionId: row.certificate_version_id,
        fields: material.fields,
        unmasked: true,
        readAt: now,
      });
      const [view] = await anomalyViews(transaction, principal, [row.id], cipher);
      if (view === undefined) throw new Error(`anomaly case ${row.id} vanished`);
      return accepted({ view, ...compared(cipher, row, material, asked, now) });
    });
  }

  affectedUses(principal: Principal, caseId: string): Promise<Result<AffectedUses, Refusal>> {
    return this.#gate.asOffice(principal, caseId, async ({ transaction, cipher }, row) =>
      accepted(await affectedUses(transaction, cipher, row)),
    );
  }

  async replies(principal: Principal, caseId: string): Promise<Result<readonly ReplyView[], Refusal>> {
    if (!(await this.#gate.sees(principal, caseId))) return refused({ code: 'notFound' });
    return this.#gate.locked(caseId, async (work, row) => {
      const own = (await liveObjections(work.transaction, caseId)).find(
        (objection) => objection.principal === principalName(principal),
      );
      const replies = own === undefined ? [] : await openOwnReply(work, row, own);
      return accepted(
        isOfOffice(principal, row.authority_id, row.trade) ? await repliesForOffice(work, row) : replies,
      );
    });
  }

  async evidence(
    principal: Principal,
    caseId: string,
    attachmentId: string,
    read: ReadPurpose,
  ): ReturnType<AnomalyDesk['evidence']> {
    if (!(await this.#gate.sees(principal, caseId))) return refused({ code: 'notFound' });
    const { cipher, fileStore } = this.#options;
    const found = await this.#gate.locked(caseId, async ({ transaction, now }, row) => {
      const ofOffice = isOfOffice(principal, row.authority_id, row.trade);
      const shown = (await liveObjections(transaction, caseId)).some(
        (objection) =>
          objection.attachment_ids.includes(attachmentId) &&
          (ofOffice || objection.principal === principalName(principal)),
      );
      const file = shown
        ? await transaction<{ id: string; digest: string; file_name_cipher: Buffer; media_type: string }>(
            'attachment',
          )
            .where({ id: attachmentId } as object)
            .first()
        : undefined;
      if (file === undefined) return refused<Refusal>({ code: 'notFound' });
      await recordRead(transaction, {
        principal,
        purpose: read.purpose,
        traceId: read.traceId,
        resourceKind: 'attachment',
        resourceId: attachmentId,
        certificateVersionId: row.certificate_version_id,
        fields: [],
        unmasked: true,
        readAt: now,
      });
      return accepted(file);
    });
    if (!found.ok) return found;
    const { digest, file_name_cipher: name, media_type: mediaType } = found.value;
    const bytes = await fileStore.get(digest);
    if (bytes === null) throw new Error(`the file ${digest} of an objection is not in the store`);
    return accepted({
      bytes,
      mediaType,
      fileName: cipher.decrypt(name, cipherPlace('attachment.file_name_cipher', attachmentId)),
    });
  }

  #views(
    principal: Principal,
    ids: readonly string[],
    cipher: PersonalDataCipher | null,
  ): Promise<readonly AnomalyCaseView[]> {
    return this.#options.register.within(ANOMALY_DESK, (transaction) =>
      anomalyViews(transaction, principal, ids, cipher),
    );
  }
}
