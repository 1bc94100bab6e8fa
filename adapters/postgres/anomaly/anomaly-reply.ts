import type { Knex } from 'knex';
import { replyParagraphs } from '../../../domain/anomaly/reply-text';
import { PAPER_KINDS } from '../../../domain/official-paper/paper-kind';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted } from '../../../domain/shared/result';
import type { ReplyView } from '../../../ports/anomaly-desk';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { completeTask } from '../case/case-tasks';
import { tellCase } from '../case/tell-case';
import type { PaperContent } from '../official-paper/official-papers';
import { issueOfficialPaper, recordPaperReceipt } from '../official-paper/official-papers';
import { openDeadline } from '../sla/deadlines';
import type { InvestigatorAct } from './anomaly-acts';
import { closeClock, tellObjectors } from './anomaly-outcome';
import type { AnomalyRow, AnomalyWork, ObjectionRow } from './anomaly-row';
import { moveAnomaly, noteAnomaly, objectionsOf } from './anomaly-row';

interface Draft {
  readonly kind: 'anomalyReply' | 'anomalyRefusal';
  readonly paragraphs: readonly string[];
}

/**
 * Effect: every objector has a numbered 告知书, a notice and a mail that carries nothing personal; the clock of the reply
 * ends and the days begin within which an objector who cannot be reached has to be found. The product, where it objected
 * itself, needs no paper.
 */
export async function giveReply({ work, row, person }: InvestigatorAct): Promise<Result<null, Refusal>> {
  const { transaction, cipher, integrity, now } = work;
  const done = await completeTask(
    transaction,
    { kind: 'anomalyReply', caseId: row.id, reason: null, now },
    person,
  );
  if (!done.ok) return done;
  for (const objection of await liveObjections(transaction, row.id)) {
    const { kind, paragraphs } = await draftOf(work, row, objection);
    const paper = await issueOfficialPaper(transaction, cipher, {
      kind,
      authorityId: row.authority_id,
      trade: row.trade,
      caseKind: 'anomalyCase',
      caseId: row.id,
      part: objection.id,
      addressee: await addresseeOf(transaction, objection),
      paragraphs,
      now,
    });
    const isInternal = objection.objector_kind === 'system';
    await transaction('anomaly_objection')
      .where({ id: objection.id })
      .update({
        reply_paper_id: paper.id,
        replied_at: now,
        ...(isInternal ? { received_at: now, received_how: 'internal' } : {}),
      });
  }
  await tellObjectors(work, row, {
    key: 'replied',
    title: '异常核查告知书',
    body: '您提出的异议已有处理结果，请查看告知书。',
  });
  await closeClock(work, row, 'ANOMALY_REPLY');
  await closeClock(work, row, 'ANOMALY_TOTAL');
  await openDeadline(transaction, integrity, {
    caseKind: 'anomalyCase',
    caseId: row.id,
    key: 'ANOMALY_UNREACHABLE',
    round: 1,
    authorityId: row.authority_id,
    trade: row.trade,
    startAt: now,
  });
  await moveAnomaly(work, row, {
    operation: 'reply',
    actor: { kind: 'person', id: person.personId },
    set: { replied_at: now },
  });
  return accepted(null);
}

/** What the office sees: the papers that were given, or what they will say. */
export async function repliesForOffice(work: AnomalyWork, row: AnomalyRow): Promise<readonly ReplyView[]> {
  const objections = (await liveObjections(work.transaction, row.id)).filter(
    (objection) => objection.reply_paper_id !== null || row.conclusion !== null,
  );
  const views: ReplyView[] = [];
  for (const objection of objections) views.push(await replyView(work, row, objection));
  return views;
}

/**
 * What an objector gets: his own paper, once it was given. Effect: the first opening is on record as the receipt, and the
 * case looks whether all have theirs. Idempotent.
 */
export async function openOwnReply(
  work: AnomalyWork,
  row: AnomalyRow,
  objection: ObjectionRow,
): Promise<readonly ReplyView[]> {
  const { transaction, now } = work;
  if (objection.reply_paper_id === null) return [];
  if (objection.received_at === null) {
    await transaction('anomaly_objection')
      .where({ id: objection.id })
      .update({ received_at: now, received_how: 'opened' });
    await recordPaperReceipt(transaction, {
      paperId: objection.reply_paper_id,
      receivedBy: objection.principal,
      how: 'openedInApplication',
      now,
    });
    await noteAnomaly(work, row, {
      operation: 'openReply',
      actor: { kind: objection.objector_kind, id: objection.person_id },
      facts: { objectionId: objection.id },
    });
    await tellCase(transaction, {
      kind: 'anomalyCase',
      caseId: row.id,
      change: `received/${objection.id}`,
      now,
    });
  }
  return [await replyView(work, row, { ...objection, received_at: objection.received_at ?? now })];
}

/** The objections that were not withdrawn. */
export async function liveObjections(
  transaction: Knex.Transaction,
  caseId: string,
): Promise<readonly ObjectionRow[]> {
  return (await objectionsOf(transaction, caseId)).filter(
    ({ withdrawn_at: withdrawnAt }) => withdrawnAt === null,
  );
}

async function replyView(work: AnomalyWork, row: AnomalyRow, objection: ObjectionRow): Promise<ReplyView> {
  const { transaction, cipher } = work;
  const receivedAt = objection.received_at === null ? null : shanghaiInstant(objection.received_at.getTime());
  if (objection.reply_paper_id === null) {
    const { kind, paragraphs } = await draftOf(work, row, objection);
    return {
      objectionId: objection.id,
      number: null,
      title: PAPER_KINDS[kind],
      paragraphs,
      repliedAt: null,
      receivedAt,
    };
  }
  const paper = await transaction<{ id: string; number: string; content_cipher: Buffer }>('official_paper')
    .where({ id: objection.reply_paper_id } as object)
    .first('id', 'number', 'content_cipher');
  if (paper === undefined) throw new Error(`the paper of objection ${objection.id} is not in the register`);
  const content: PaperContent = JSON.parse(
    cipher.decrypt(paper.content_cipher, cipherPlace('official_paper.content_cipher', paper.id)),
  );
  return {
    objectionId: objection.id,
    number: paper.number,
    title: content.title,
    paragraphs: content.paragraphs,
    repliedAt: objection.replied_at === null ? null : shanghaiInstant(objection.replied_at.getTime()),
    receivedAt,
  };
}

async function draftOf(
  { transaction, cipher }: AnomalyWork,
  row: AnomalyRow,
  objection: ObjectionRow,
): Promise<Draft> {
  if (row.conclusion === null || row.reason_cipher === null) {
    throw new Error(`anomaly case ${row.id} has no conclusion to tell`);
  }
  const certificate = await certificateNames(transaction, row);
  const paragraphs = replyParagraphs({
    certificateName: certificate.name,
    certificateNumber: certificate.number,
    fields: objection.fields,
    conclusion: row.conclusion,
    reason: cipher.decrypt(row.reason_cipher, cipherPlace('anomaly_case.reason_cipher', row.id)),
    newIdentifier: row.conclusion === 'corrected' ? await newestIdentifier(transaction, row) : null,
    handOverReference: row.hand_over?.reference ?? null,
  });
  return { kind: row.conclusion === 'inadmissible' ? 'anomalyRefusal' : 'anomalyReply', paragraphs };
}

/** How people call the certificate of a case. */
export async function certificateNames(
  transaction: Knex.Transaction,
  row: Pick<AnomalyRow, 'certificate_version_id'>,
): Promise<{ readonly name: string; readonly number: string }> {
  const { rows } = await transaction.raw<{ rows: { name: string; number: string }[] }>(
    `SELECT k.name AS name, c.number FROM certificate_version v
     JOIN certificate c ON c.id = v.certificate_id JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
     WHERE v.id = ?`,
    [row.certificate_version_id],
  );
  const [names] = rows;
  if (names === undefined) throw new Error(`version ${row.certificate_version_id} is not in the register`);
  return names;
}

async function newestIdentifier(transaction: Knex.Transaction, row: AnomalyRow): Promise<string | null> {
  const version = await transaction<{ identifier: string }>('certificate_version')
    .where({ certificate_id: row.certificate_id } as object)
    .whereNotNull('issued_at')
    .orderBy('version', 'desc')
    .first('identifier');
  return version?.identifier ?? null;
}

async function addresseeOf(transaction: Knex.Transaction, objection: ObjectionRow) {
  if (objection.person_id === null) return { name: '本系统数据比对' };
  const person = await transaction<{ display_name: string }>('person')
    .where({ id: objection.person_id } as object)
    .first('display_name');
  return {
    name: person?.display_name ?? '',
    personId: objection.person_id,
    holderLookup: objection.holder_lookup,
  };
}
