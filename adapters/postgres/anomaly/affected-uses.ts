import type { Knex } from 'knex';
import { versionsWithSameValue } from '../../../domain/anomaly/same-value';
import { legalDateAt, shanghaiInstant } from '../../../domain/shared/legal-date';
import type { AffectedUse, AffectedUses } from '../../../ports/anomaly-desk';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { enqueue } from '../case/outbox';
import { postNotice } from '../notice/post-notice';
import type { AnomalyRow, AnomalyWork } from './anomaly-row';
import { noteAnomaly } from './anomaly-row';
import type { VersionInLine } from './disputed-version';
import { lineOfVersions } from './disputed-version';

interface UserRow {
  readonly principal_kind: string;
  readonly principal_id: string;
  readonly authority_id: string | null;
  readonly authority_name: string | null;
  readonly uses: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly purposes: readonly string[];
  readonly told_at: Date | null;
}

/**
 * A use is a face read or file download by a relying party, an agency or a person whose fields include a disputed one. What
 * holders read of their own is no use, nor what the product itself reads.
 */
const USERS = `
SELECT r.principal_kind, r.principal_id, (array_agg(r.authority_id ORDER BY r.read_at DESC))[1] AS authority_id,
       (array_agg(a.name ORDER BY r.read_at DESC))[1] AS authority_name, count(*)::int AS uses,
       min(r.read_at) AS first_at, max(r.read_at) AS last_at, array_agg(DISTINCT r.purpose) AS purposes,
       max(t.told_at) AS told_at
FROM read_audit r
LEFT JOIN authority a ON a.id = r.authority_id
LEFT JOIN anomaly_told_user t ON t.anomaly_case_id = :caseId AND t.principal_id = r.principal_id
WHERE r.certificate_version_id = ANY (:versions::uuid[]) AND r.resource_kind = 'certificate'
  AND r.principal_kind IN ('relyingParty','agency','person') AND r.fields && :fields::text[] AND r.read_at >= :since
GROUP BY r.principal_kind, r.principal_id
ORDER BY min(r.read_at), r.principal_id`;

interface Usage {
  readonly since: Date;
  readonly users: readonly UserRow[];
  readonly anonymousVerifications: number;
}

/** Everyone who used a disputed field since it was wrong, and how often it was verified anonymously; runs as the product. */
export async function affectedUses(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  row: AnomalyRow,
): Promise<AffectedUses> {
  const { since, users, anonymousVerifications } = await usage(transaction, cipher, row);
  return { since: shanghaiInstant(since.getTime()), users: users.map(useView), anonymousVerifications };
}

/** So many are told in one transaction: a certificate that a whole bank has read must not hold its case for seconds. */
const TOLD_AT_ONCE = 200;

/**
 * Effect: those who used a disputed field while it was wrong have a notice, agencies a webhook where they have asked to be
 * called; each is on record as told, the first two hundred of those who are not yet. Idempotent: nobody is told twice about
 * a case. Out: how many are left to be told.
 */
export async function tellUsers(
  work: AnomalyWork,
  row: AnomalyRow,
  certificate: { readonly name: string; readonly number: string },
): Promise<number> {
  const { transaction, cipher, now } = work;
  const { users, anonymousVerifications } = await usage(transaction, cipher, row);
  const untold = users.filter(({ told_at: toldAt }) => toldAt === null);
  const page = untold.slice(0, TOLD_AT_ONCE);
  for (const user of page) {
    const toldBy = await tellUser(work, row, certificate, user);
    await transaction('anomaly_told_user')
      .insert({
        anomaly_case_id: row.id,
        principal_kind: user.principal_kind,
        principal_id: user.principal_id,
        authority_id: row.authority_id,
        trade: row.trade,
        uses: user.uses,
        told_by: toldBy,
        told_at: now,
      })
      .onConflict(['anomaly_case_id', 'principal_id'])
      .ignore();
  }
  await noteAnomaly(work, row, {
    operation: 'tellUsers',
    actor: { kind: 'system', id: 'conductor' },
    facts: { told: page.length, anonymousVerifications },
  });
  return untold.length - page.length;
}

async function usage(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  row: AnomalyRow,
): Promise<Usage> {
  const fields = (
    await transaction<{ field: string }>('anomaly_case_field')
      .where({ anomaly_case_id: row.id } as object)
      .select('field')
  ).map(({ field }) => field);
  const versions = await carryingVersions(transaction, cipher, row, fields);
  const ids = versions.map(({ id }) => id);
  const since = row.wrong_since ?? versions.at(-1)?.issued_at ?? row.filed_at;
  const { rows: users } = await transaction.raw<{ rows: UserRow[] }>(USERS, {
    caseId: row.id,
    versions: ids,
    fields,
    since,
  });
  const { rows: counted } = await transaction.raw<{ rows: { verifications: number }[] }>(
    `SELECT coalesce(sum(verifications), 0)::int AS verifications FROM verification_count
     WHERE certificate_version_id = ANY (?::uuid[]) AND counted_on >= ?::date`,
    [ids, legalDateAt(since.getTime())],
  );
  return { since, users, anonymousVerifications: counted[0]?.verifications ?? 0 };
}

/** The disputed version and those before it that said the same. */
async function carryingVersions(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  row: AnomalyRow,
  fields: readonly string[],
): Promise<readonly VersionInLine[]> {
  const line = await lineOfVersions(transaction, cipher, row.certificate_version_id);
  return line.slice(
    0,
    versionsWithSameValue(
      line.map(({ face }) => face),
      fields,
    ),
  );
}

async function tellUser(
  { transaction, now }: AnomalyWork,
  row: AnomalyRow,
  certificate: { readonly name: string; readonly number: string },
  user: UserRow,
): Promise<'notice' | 'webhook'> {
  const [, id = ''] = user.principal_id.split(':', 2);
  const naturalKey = `anomalyCase/${row.id}/user/${user.principal_id}`;
  if (user.principal_kind === 'agency') {
    const callbackUrl = await callbackOf(transaction, id);
    if (callbackUrl !== null) {
      await enqueue(transaction, {
        dedupeKey: `webhook/${naturalKey}`,
        topic: 'webhook',
        payload: {
          agencySystemId: id,
          url: callbackUrl,
          type: 'anomalyCase.usedDataWereWrong',
          data: { caseNumber: row.number, certificateId: row.certificate_id, conclusion: row.conclusion },
        },
        availableAt: now,
      });
      return 'webhook';
    }
  }
  await postNotice(transaction, {
    naturalKey,
    recipient:
      user.principal_kind === 'agency'
        ? { role: 'operator', authorityId: user.authority_id ?? row.authority_id }
        : { personId: id },
    title: '您使用过的证照信息有误',
    body: `您(贵单位)查阅或下载过的${certificate.name}(编号 ${certificate.number})经核查信息有误，${
      row.conclusion === 'corrected' ? '已经更正，请使用新版本' : '该证照已依法终止'
    }。案号 ${row.number}。`,
    link: `/certificates/${row.certificate_id}`,
    createdAt: now,
  });
  return 'notice';
}

/** Where an agency's system asked to be called last; hosts are checked when it is called. */
async function callbackOf(transaction: Knex.Transaction, agencySystemId: string): Promise<string | null> {
  const issuance = await transaction<{ callback_url: string | null }>('issuance')
    .where({ agency_system_id: agencySystemId } as object)
    .whereNotNull('callback_url')
    .orderBy('received_at', 'desc')
    .first('callback_url');
  return issuance?.callback_url ?? null;
}

function useView(row: UserRow): AffectedUse {
  return {
    principalKind: row.principal_kind,
    principalId: row.principal_id,
    authorityName: row.authority_name,
    uses: row.uses,
    firstAt: shanghaiInstant(row.first_at.getTime()),
    lastAt: shanghaiInstant(row.last_at.getTime()),
    purposes: row.purposes,
    toldAt: row.told_at === null ? null : shanghaiInstant(row.told_at.getTime()),
  };
}
