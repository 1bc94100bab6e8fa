import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { ObjectorKind } from '../../../domain/anomaly/lifecycle';
import type { Claim } from '../../../domain/anomaly/objection';
import { fieldObjectedTooOften, readClaims, whereToJoin } from '../../../domain/anomaly/objection';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { NewObjection } from '../../../ports/anomaly-desk';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { startCase, tellCase } from '../case/tell-case';
import { eventActor } from '../evidence/event-actor';
import { openDeadline } from '../sla/deadlines';
import { loadSlaPolicy } from '../sla/sla-policies';
import type { AnomalyRow, AnomalyWork } from './anomaly-row';
import { noteAnomaly, sealClaims } from './anomaly-row';
import { openAcceptance } from './anomaly-tasks';
import type { DisputedVersion } from './disputed-version';
import { lockDisputedVersion, whoEntered } from './disputed-version';
import { refreshInvestigationMark } from './investigation-mark';
import { attachEvidence, evidenceProblem } from './objection-evidence';

const MS_PER_DAY = 86_400_000;

/** Who objects, as the case keeps it. */
interface Objector {
  readonly kind: ObjectorKind;
  readonly principal: string;
  readonly personId: string | null;
  readonly holderLookup: Buffer | null;
  readonly isGovernment: boolean;
}

export interface Filed {
  readonly caseId: string;
  readonly joined: boolean;
}

/**
 * Files an objection: opens a case or joins the open one about the same field (art. 20). Effect, in the caller's
 * transaction: the objection, the mark 核查中 on the certificate, the task of acceptance with its clock, the workflow's
 * start. Refuses before anything is written. Runs as the product.
 */
export async function fileObjection(
  work: AnomalyWork,
  principal: Principal,
  certificateId: string,
  objection: NewObjection,
): Promise<Result<Filed, Refusal>> {
  const { transaction } = work;
  const version = await lockDisputedVersion(transaction, certificateId);
  if (version === null) return refused({ code: 'notFound' });
  const claims = readClaims(version.definition.faceSchema, objection.claims);
  if (!claims.ok) return refused({ code: 'contentInvalid', problems: claims.refusal });
  const objector = await objectorOf(transaction, principal, version);
  if (objector === null) return refused({ code: 'notPermitted' });
  const problem = await evidenceProblem(transaction, principal, objection.attachmentIds);
  if (problem !== null) return refused({ code: 'contentInvalid', problems: [problem] });
  const fields = claims.value.map(({ field }) => field);
  const place = whereToJoin(fields, await openDisputes(transaction, certificateId));
  if (place.kind === 'spansCases') return refused({ code: 'disputeSpansCases' });
  const tooOften = await objectedTooOften(work, objector, certificateId, fields);
  if (tooOften !== null) return refused(tooOften);
  if (place.kind === 'join') {
    const already = await transaction('anomaly_objection')
      .where({ anomaly_case_id: place.caseId, principal: objector.principal })
      .whereNull('withdrawn_at')
      .first('id');
    if (already !== undefined) return refused({ code: 'alreadyObjected', facts: { caseId: place.caseId } });
  }
  const row =
    place.kind === 'join' ? await theCase(transaction, place.caseId) : await openCase(work, version, fields);
  const objectionId = await addObjection(work, row, objector, objection, claims.value);
  await noteAnomaly(work, row, {
    operation: place.kind === 'join' ? 'join' : 'file',
    actor: eventActor(objector.principal),
    facts: { objectionId, fields: fields.join('、'), objectorKind: objector.kind },
  });
  if (place.kind === 'join') await joinCase(work, row, objectionId, fields);
  return accepted({ caseId: row.id, joined: place.kind === 'join' });
}

async function openCase(
  work: AnomalyWork,
  version: DisputedVersion,
  fields: readonly string[],
): Promise<AnomalyRow> {
  const { transaction, now } = work;
  const [row] = await transaction<AnomalyRow>('anomaly_case')
    .insert({
      id: randomUUID(),
      number: await nextCaseNumber(transaction, now),
      state: 'filed',
      authority_id: version.authority_id,
      issuing_authority_id: version.authority_id,
      trade: version.trade,
      certificate_id: version.certificate_id,
      certificate_version_id: version.id,
      operator_id: await whoEntered(transaction, work.cipher, version.id, fields),
      filed_at: now,
      updated_at: now,
    })
    .returning('*');
  if (row === undefined) throw new Error('an anomaly case was not written');
  await addFields(transaction, row, fields);
  await refreshInvestigationMark(transaction, row.certificate_id);
  await openAcceptance(work, row, {
    certificateName: version.definition.name,
    why: '有人对证照数据提出异议，请受理',
  });
  await startCase(transaction, { kind: 'anomalyCase', caseId: row.id, now });
  return row;
}

async function joinCase(
  { transaction, now }: AnomalyWork,
  row: AnomalyRow,
  objectionId: string,
  fields: readonly string[],
): Promise<void> {
  await addFields(transaction, row, fields);
  await transaction('anomaly_case').where({ id: row.id }).update({ updated_at: now });
  await tellCase(transaction, { kind: 'anomalyCase', caseId: row.id, change: `join/${objectionId}`, now });
}

async function addFields(
  transaction: Knex.Transaction,
  row: AnomalyRow,
  fields: readonly string[],
): Promise<void> {
  await transaction('anomaly_case_field')
    .insert(fields.map((field) => ({ anomaly_case_id: row.id, certificate_id: row.certificate_id, field })))
    .onConflict(['anomaly_case_id', 'field'])
    .ignore();
}

async function addObjection(
  work: AnomalyWork,
  row: AnomalyRow,
  objector: Objector,
  objection: NewObjection,
  claims: readonly Claim[],
): Promise<string> {
  const { transaction, cipher, integrity, now } = work;
  const id = randomUUID();
  const last = await transaction<{ ordinal: number }>('anomaly_objection')
    .where({ anomaly_case_id: row.id } as object)
    .max<{ max: number | null }>('ordinal')
    .first();
  await transaction('anomaly_objection').insert({
    id,
    anomaly_case_id: row.id,
    ordinal: (last?.max ?? 0) + 1,
    authority_id: row.authority_id,
    trade: row.trade,
    objector_kind: objector.kind,
    principal: objector.principal,
    person_id: objector.personId,
    holder_lookup: objector.holderLookup,
    is_government: objector.isGovernment,
    certificate_id: row.certificate_id,
    fields: claims.map(({ field }) => field),
    claims_cipher: sealClaims(cipher, id, { claims, explanations: [objection.explanation] }),
    contact_cipher:
      objection.contact === null
        ? null
        : cipher.encrypt(objection.contact, cipherPlace('anomaly_objection.contact_cipher', id)),
    attachment_ids: [...objection.attachmentIds],
    filed_at: now,
  });
  await attachEvidence(transaction, objection.attachmentIds, row.authority_id);
  if (objector.isGovernment) {
    await openDeadline(transaction, integrity, {
      caseKind: 'anomalyCase',
      caseId: row.id,
      key: 'ANOMALY_TOTAL',
      round: 1,
      authorityId: row.authority_id,
      trade: row.trade,
      startAt: now,
    });
  }
  return id;
}

/** Null: such a principal files no objection (an agency's system corrects its own certificates by changes). */
async function objectorOf(
  transaction: Knex.Transaction,
  principal: Principal,
  version: DisputedVersion,
): Promise<Objector | null> {
  const named = { principal: principalName(principal), holderLookup: null, isGovernment: false };
  switch (principal.kind) {
    case 'agency':
      return null;
    case 'system':
      return { ...named, kind: 'system', personId: null };
    case 'holder':
      return {
        ...named,
        kind: 'holder',
        personId: principal.personId,
        holderLookup: Buffer.from(principal.holderLookup, 'hex'),
      };
    case 'person':
      return {
        ...named,
        kind: 'staff',
        personId: principal.personId,
        isGovernment: principal.authorityId !== null && principal.authorityId !== version.authority_id,
      };
    case 'relyingParty':
      return {
        ...named,
        kind: 'relyingParty',
        personId: principal.personId,
        isGovernment: await isGovernmentUnit(transaction, principal.authorityId),
      };
  }
}

async function isGovernmentUnit(transaction: Knex.Transaction, authorityId: string | null): Promise<boolean> {
  if (authorityId === null) return false;
  const unit = await transaction<{ kind: string }>('authority')
    .where({ id: authorityId } as object)
    .whereIn('kind', ['administrativeOrgan', 'publicInstitution'])
    .first('kind');
  return unit !== undefined;
}

async function openDisputes(
  transaction: Knex.Transaction,
  certificateId: string,
): Promise<readonly { readonly caseId: string; readonly fields: readonly string[] }[]> {
  const { rows } = await transaction.raw<{ rows: { caseId: string; fields: readonly string[] }[] }>(
    `SELECT f.anomaly_case_id AS "caseId", array_agg(f.field) AS fields FROM anomaly_case_field f
     JOIN anomaly_case c ON c.id = f.anomaly_case_id
     WHERE f.certificate_id = ? AND f.is_disputed GROUP BY f.anomaly_case_id, c.filed_at ORDER BY c.filed_at`,
    [certificateId],
  );
  return rows;
}

/** Repeats without end keep the office from work and the certificate under its mark. */
async function objectedTooOften(
  { transaction, integrity, now }: AnomalyWork,
  objector: Objector,
  certificateId: string,
  fields: readonly string[],
): Promise<Refusal | null> {
  const { value } = await loadSlaPolicy(transaction, integrity, 'ANOMALY_REPEAT');
  const { rows } = await transaction.raw<{ rows: { field: string; upheld: number }[] }>(
    `SELECT field, count(*)::int AS upheld FROM anomaly_objection o JOIN anomaly_case c ON c.id = o.anomaly_case_id
     CROSS JOIN unnest(o.fields) AS field
     WHERE o.certificate_id = ? AND o.principal = ? AND o.withdrawn_at IS NULL
       AND c.conclusion = 'upheld' AND c.decided_at > ? GROUP BY field`,
    [certificateId, objector.principal, new Date(now.getTime() - value * MS_PER_DAY)],
  );
  const field = fieldObjectedTooOften(fields, Object.fromEntries(rows.map((row) => [row.field, row.upheld])));
  return field === null ? null : { code: 'objectedTooOften', facts: { field, days: value } };
}

async function nextCaseNumber(transaction: Knex.Transaction, now: Date): Promise<string> {
  const year = Number(legalDateAt(now.getTime()).slice(0, 4));
  const { rows } = await transaction.raw<{ rows: { last_number: number }[] }>(
    `INSERT INTO anomaly_case_counter (year, last_number) VALUES (?, 1)
     ON CONFLICT (year) DO UPDATE SET last_number = anomaly_case_counter.last_number + 1 RETURNING last_number`,
    [year],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a counter answered nothing');
  return `异核〔${year}〕${row.last_number}号`;
}

async function theCase(transaction: Knex.Transaction, caseId: string): Promise<AnomalyRow> {
  const row = await transaction<AnomalyRow>('anomaly_case').where({ id: caseId }).forUpdate().first();
  if (row === undefined) throw new Error(`anomaly case ${caseId} is not in the register`);
  return row;
}
