import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import type { ValuesInWords } from '../../../domain/anomaly/recorded-values';
import { agree, faceInWords, recordedValues } from '../../../domain/anomaly/recorded-values';
import type { Face } from '../../../domain/catalog/face-schema';
import { legalDateAt, shanghaiInstant } from '../../../domain/shared/legal-date';
import type { AgencyRecords } from '../../../ports/agency-records';
import type { Comparison, FieldComparison, RecordOutcome } from '../../../ports/anomaly-desk';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { loadPinnedRules } from '../catalog/catalog-rules';
import { readRequest } from '../issuance/issuance-ledger';
import type { IssuanceRow } from '../issuance/issuance-row';
import { postNotice } from '../notice/post-notice';
import { liveObjections } from './anomaly-reply';
import type { AnomalyRow, ObjectionRow } from './anomaly-row';
import { readClaimsOf } from './anomaly-row';
import type { DisputedVersion } from './disputed-version';
import { disputedVersion } from './disputed-version';

/** What an earlier answer of the agency said, as the case keeps it. */
interface StoredRecord {
  readonly values: ValuesInWords;
  readonly answeredAt: string;
}

/** What is to be compared, as the register has it. */
export interface ComparisonMaterial {
  readonly version: DisputedVersion;
  readonly objections: readonly ObjectionRow[];
  readonly fields: readonly string[];
  readonly issuance: IssuanceRow;
  /** Where the agency's own record is asked for; null: no system is connected for this type and authority. */
  readonly recordUrl: string | null;
  readonly rules: Awaited<ReturnType<typeof loadPinnedRules>>;
}

export interface AskedRecord {
  readonly outcome: RecordOutcome;
  /** Null unless a record was found. */
  readonly values: ValuesInWords | null;
}

/** In: a case. Out: everything that its comparison needs but the agency's answer; runs as the product. */
export async function comparisonMaterial(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  row: AnomalyRow,
): Promise<ComparisonMaterial> {
  const version = await disputedVersion(transaction, row.certificate_version_id);
  const issuance = await transaction<IssuanceRow>('issuance').where({ id: version.issuance_id }).first();
  if (issuance === undefined) throw new Error(`the case of version ${version.id} is not in the register`);
  const rules = await loadPinnedRules(transaction, integrity, issuance);
  const fields = await transaction<{ field: string }>('anomaly_case_field')
    .where({ anomaly_case_id: row.id } as object)
    .select('field');
  const disputed = new Set(fields.map(({ field }) => field));
  return {
    version,
    objections: await liveObjections(transaction, row.id),
    fields: version.definition.faceSchema.flatMap(({ name }) => (disputed.has(name) ? [name] : [])),
    issuance,
    rules,
    recordUrl: rules.entitlement.comparison.kind === 'api' ? await recordUrlOf(transaction, issuance) : null,
  };
}

/**
 * The agency's own record of the business, asked for now (art. 20: 核查数据的准确性). A system that is down is an answer too:
 * the investigator is told and may ask again; nothing waits for it. Throws nothing.
 */
export async function askAgency(
  agencyRecords: AgencyRecords,
  cipher: PersonalDataCipher,
  material: ComparisonMaterial,
): Promise<AskedRecord> {
  const { recordUrl, issuance, rules, version } = material;
  if (recordUrl === null) return { outcome: 'notConnected', values: null };
  try {
    const answer = await agencyRecords.fetch(recordUrl, issuance.business_number);
    if (answer.kind === 'notFound') return { outcome: 'notFound', values: null };
    const issuer = {
      certificateName: rules.definition.name,
      authorityName: rules.authority.name,
      authorityCode: rules.authority.creditCode,
      number: version.number,
      registerNumbers: rules.definition.numberedBy.by === 'register',
    };
    const values = recordedValues(version.definition, readRequest(cipher, issuance), issuer, answer.record);
    return { outcome: 'found', values };
  } catch {
    return { outcome: 'unavailable', values: null };
  }
}

/** Effect: how the question ended stands in the case; what an earlier answer said is kept while the agency is down. */
export async function keepRecord(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  row: AnomalyRow,
  asked: AskedRecord,
  now: Date,
): Promise<void> {
  const kept: StoredRecord | null =
    asked.values === null ? null : { values: asked.values, answeredAt: shanghaiInstant(now.getTime()) };
  await transaction('anomaly_case')
    .where({ id: row.id })
    .update({
      record_outcome: asked.outcome,
      record_asked_at: now,
      ...(asked.outcome === 'unavailable'
        ? {}
        : {
            record_cipher:
              kept === null
                ? null
                : cipher.encrypt(JSON.stringify(kept), cipherPlace('anomaly_case.record_cipher', row.id)),
          }),
    });
}

/** Effect: whoever looks after the connections knows that an agency did not answer an investigator; once a day and case. */
export async function tellUnavailable(
  transaction: Knex.Transaction,
  row: AnomalyRow,
  now: Date,
): Promise<void> {
  await postNotice(transaction, {
    naturalKey: `anomalyCase/${row.id}/recordUnavailable/${legalDateAt(now.getTime())}`,
    recipient: { role: 'systemAdministrator', authorityId: null },
    title: alarmTitle('agencyRecordUnavailable'),
    body: `案件 ${row.number} 核查时，发证单位的业务系统没有回答，请检查连接。`,
    link: null,
    createdAt: now,
  });
}

/** The three values of each disputed element side by side, with what the objectors wrote beside them. */
export function compared(
  cipher: PersonalDataCipher,
  row: AnomalyRow,
  material: ComparisonMaterial,
  asked: AskedRecord,
  now: Date,
): Omit<Comparison, 'view'> {
  const { version, objections, fields } = material;
  const face: Face = JSON.parse(
    cipher.decrypt(version.face_cipher, cipherPlace('certificate_version.face_cipher', version.id)),
  );
  const registered = faceInWords(version.definition, face);
  const earlier = asked.outcome === 'unavailable' ? storedRecord(cipher, row) : null;
  const recorded = asked.values ?? earlier?.values ?? {};
  const written = objections.map((objection) => ({ objection, ...readClaimsOf(cipher, objection) }));
  return {
    record: {
      outcome: asked.outcome,
      answeredAt: asked.values === null ? (earlier?.answeredAt ?? null) : shanghaiInstant(now.getTime()),
      askedAt: shanghaiInstant(now.getTime()),
    },
    fields: fields.map(
      (field): FieldComparison => ({
        field,
        registered: registered[field] ?? null,
        claims: written.flatMap(({ objection, claims }) =>
          claims
            .filter((claim) => claim.field === field)
            .map(({ ground, claimedValue }) => ({ objectionId: objection.id, ground, value: claimedValue })),
        ),
        recorded: recorded[field] ?? null,
        agrees: agree(registered[field] ?? null, recorded[field] ?? null),
      }),
    ),
    explanations: written.flatMap(({ objection, explanations }) =>
      explanations.map((explanation) => ({
        objectionId: objection.id,
        explanation,
        contact:
          objection.contact_cipher === null
            ? null
            : cipher.decrypt(
                objection.contact_cipher,
                cipherPlace('anomaly_objection.contact_cipher', objection.id),
              ),
      })),
    ),
  };
}

function storedRecord(cipher: PersonalDataCipher, row: AnomalyRow): StoredRecord | null {
  if (row.record_cipher === null) return null;
  return JSON.parse(cipher.decrypt(row.record_cipher, cipherPlace('anomaly_case.record_cipher', row.id)));
}

async function recordUrlOf(transaction: Knex.Transaction, issuance: IssuanceRow): Promise<string | null> {
  const agency = await transaction<{ record_url: string | null }>('agency_system')
    .where(
      (issuance.agency_system_id === null
        ? { authority_id: issuance.authority_id }
        : { id: issuance.agency_system_id }) as object,
    )
    .whereNotNull('record_url')
    .orderBy('id')
    .first('record_url');
  return agency?.record_url ?? null;
}
