import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { correctedRequest } from '../../../domain/anomaly/corrected-request';
import type { ChangeRequestBody } from '../../../domain/certificate-change/parse-change-request';
import { parseChangeRequest } from '../../../domain/certificate-change/parse-change-request';
import { parseIssuanceRequest } from '../../../domain/issuance/parse-issuance-request';
import { legalDateAt, shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Problem, Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { AnomalyDecision } from '../../../ports/anomaly-desk';
import type { NewCertificateChange } from '../../../ports/certificate-change-desk';
import { completeTask } from '../case/case-tasks';
import { startCase } from '../case/tell-case';
import { loadRules } from '../catalog/catalog-rules';
import { advanceChange } from '../certificate-change/advance-change';
import { beginChange } from '../certificate-change/begin-change';
import type { ChangeRow } from '../certificate-change/certificate-change-row';
import { changeActor } from '../certificate-change/record-change-received';
import { readRequest } from '../issuance/issuance-ledger';
import type { IssuanceRow } from '../issuance/issuance-row';
import { RolledBack } from '../register/rolled-back';
import type { InvestigatorAct } from './anomaly-acts';
import { conclude } from './anomaly-outcome';
import type { AnomalyRow } from './anomaly-row';
import { lockDisputedVersion } from './disputed-version';

type ChangeDecision = Exclude<AnomalyDecision, { readonly decision: 'uphold' }>;

const MEASURE = { law: '鄂尔多斯市电子证照管理办法(暂行)', article: '第二十条' };

/** How the change that a decision started stands: under way, in force, or it came to nothing. */
export type ChangeStanding = 'open' | 'done' | 'failed';

/**
 * Effect, in one transaction: the correction (or ending) of the certificate is begun at its own authority in the
 * investigator's name, and the case waits for it; it ends only with the new version in force. Refuses, with nothing
 * written, what the change itself refuses: another change holds the certificate, a value does not fit the element.
 */
export async function changeCertificate(
  act: InvestigatorAct,
  decision: ChangeDecision,
): Promise<Result<null, Refusal>> {
  const { work, row, person, certificateName } = act;
  const { transaction, cipher, integrity, now } = work;
  const since = wrongSinceOf(row, decision.wrongSince, now);
  if (!since.ok) return since;
  const change =
    decision.decision === 'correct' ? await correction(act, decision) : await ending(act, decision);
  if (!change.ok) return change;
  const reason = '结论见案件';
  const done = await completeTask(
    transaction,
    { kind: 'anomalyInvestigation', caseId: row.id, reason, now },
    person,
  );
  if (!done.ok) return done;
  const tools = { cipher, integrity };
  const begun = { changeId: randomUUID(), authorityId: await authorityOf(transaction, row), now };
  const received = await beginChange(transaction, tools, person, change.value, begun);
  if (!received.ok) throw new RolledBack(received.refusal);
  const standing = await advanceChange(transaction, tools, received.value, {
    actor: changeActor(person),
    now,
  });
  if (standing.closed_at === null) {
    await startCase(transaction, { kind: 'certificateChange', caseId: begun.changeId, now });
  }
  await conclude(work, row, certificateName, {
    operation: decision.decision,
    reason: decision.reason,
    personId: person.personId,
    set: { change_id: begun.changeId, wrong_since: since.value },
  });
  return accepted(null);
}

/** Who has the certificate now: it may have been transferred since the objection. */
async function authorityOf(transaction: Knex.Transaction, row: AnomalyRow): Promise<string> {
  const certificate = await transaction<{ id: string; authority_id: string }>('certificate')
    .where({ id: row.certificate_id })
    .first('authority_id');
  return certificate?.authority_id ?? row.issuing_authority_id;
}

/** How the change of a case that waits for one stands. Throws when there is none. */
export async function standingOfChange(
  transaction: Knex.Transaction,
  row: AnomalyRow,
): Promise<ChangeStanding> {
  const change = await transaction<ChangeRow>('certificate_change')
    .where({ id: row.change_id ?? '' })
    .first('state');
  if (change === undefined)
    throw new Error(`anomaly case ${row.id} waits for a change that is not in the register`);
  switch (change.state) {
    case 'received':
    case 'underReview':
    case 'sentBack':
    case 'approved':
    case 'inProduction':
      return 'open';
    case 'done':
      return 'done';
    case 'refused':
    case 'withdrawn':
    case 'preempted':
      return 'failed';
  }
}

async function correction(
  { work, row, person }: InvestigatorAct,
  decision: Extract<ChangeDecision, { readonly decision: 'correct' }>,
): Promise<Result<NewCertificateChange, Refusal>> {
  const { transaction, cipher, integrity, now } = work;
  const version = await lockDisputedVersion(transaction, row.certificate_id);
  if (version === null) return refused({ code: 'transitionNotAllowed' });
  const issuance = await transaction<IssuanceRow>('issuance').where({ id: version.issuance_id }).first();
  if (issuance === undefined) throw new Error(`the case of version ${version.id} is not in the register`);
  const request = readRequest(cipher, issuance);
  const rules = await loadRules(
    transaction,
    integrity,
    request.catalogCode,
    version.authority_id,
    legalDateAt(now.getTime()),
  );
  if (!rules.ok) return rules;
  const disputed = await transaction<{ field: string }>('anomaly_case_field')
    .where({ anomaly_case_id: row.id } as object)
    .select('field');
  const decidedAt = shanghaiInstant(now.getTime());
  const body = correctedRequest(request, rules.value.definition, {
    values: decision.corrections,
    disputed: disputed.map(({ field }) => field),
    investigator: { name: person.displayName, id: person.personId },
    decidedAt,
  });
  if (!body.ok) return refused({ code: 'contentInvalid', problems: body.refusal });
  const parsed = parseIssuanceRequest(body.value, rules.value, now.getTime());
  if (!parsed.ok) return refused({ code: 'contentInvalid', problems: parsed.refusal.map(asCorrection) });
  const act = parseChangeRequest(
    'correct',
    {
      ...blankChange(request.businessNumber, decidedAt, decision.reason),
      correctedElements: Object.keys(decision.corrections).flatMap(
        (key) =>
          rules.value.definition.faceSchema.find(({ name, code }) => name === key || code === key)?.name ??
          [],
      ),
    },
    parsed.value.request,
    now.getTime(),
  );
  if (!act.ok) return refused({ code: 'contentInvalid', problems: act.refusal });
  return accepted({
    kind: 'correct',
    certificateId: row.certificate_id,
    request: act.value,
    newVersion: { rules: rules.value, uniquenessKey: parsed.value.uniquenessKey },
  });
}

async function ending(
  { work, row }: InvestigatorAct,
  decision: Extract<ChangeDecision, { readonly decision: 'endCertificate' }>,
): Promise<Result<NewCertificateChange, Refusal>> {
  const { operation, document, legalGround, attachmentIds } = decision;
  const decidedAt = shanghaiInstant(work.now.getTime());
  const act = parseChangeRequest(
    operation,
    {
      ...blankChange(row.number, decidedAt, decision.reason),
      decision: document,
      legalGround,
      attachments: attachmentIds,
    },
    null,
    work.now.getTime(),
  );
  if (!act.ok) return refused({ code: 'contentInvalid', problems: act.refusal.map(asDecision) });
  return accepted({
    kind: operation,
    certificateId: row.certificate_id,
    request: act.value,
    newVersion: null,
  });
}

function blankChange(businessNumber: string, decidedAt: string, reason: string): ChangeRequestBody {
  return {
    businessNumber,
    decidedAt,
    reason,
    legalGround: MEASURE,
    decision: null,
    attachments: [],
    reissueReason: null,
    correctedElements: [],
    inspection: null,
    toAuthorityId: null,
    destination: null,
  };
}

/** Since when the value was wrong: not in the future; null means since it was first issued. */
function wrongSinceOf(row: AnomalyRow, wrongSince: string | null, now: Date): Result<Date | null, Refusal> {
  if (wrongSince === null) return accepted(null);
  const since = new Date(wrongSince);
  if (since.getTime() <= now.getTime()) return accepted(since);
  const expected = `不得晚于当前时刻(案件提出于 ${shanghaiInstant(row.filed_at.getTime())})`;
  return refused({
    code: 'contentInvalid',
    problems: [{ pointer: '/wrongSince', code: 'inTheFuture', expected }],
  });
}

/** The face was put together here: what is wrong with it is wrong with the corrections that were sent. */
function asCorrection(problem: Problem): Problem {
  return { ...problem, pointer: problem.pointer.replace(/^\/face(?=\/|$)/, '/corrections') };
}

function asDecision(problem: Problem): Problem {
  return { ...problem, pointer: problem.pointer.replace(/^\/decision(?=\/|$)/, '/document') };
}
