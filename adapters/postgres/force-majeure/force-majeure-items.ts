import type { Knex } from 'knex';
import type { ItemSubject } from '../../../domain/force-majeure/affected-item';
import {
  applyItemTransition,
  ITEM_SUBJECTS,
  suitsOperation,
} from '../../../domain/force-majeure/affected-item';
import type { Problem, Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { ItemClosing, ItemMark } from '../../../ports/force-majeure-desk';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { deterministicId } from '../register/deterministic-id';
import type { ForceMajeureAct } from './force-majeure-act';
import { worksFor } from './force-majeure-parties';
import { recordForceMajeure } from './force-majeure-row';

export interface ItemRow {
  readonly id: string;
  readonly event_id: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly catalog_entry_id: string;
  readonly operation: ItemMark['operation'];
  readonly subject_kind: ItemSubject;
  readonly subject_id: string | null;
  readonly reference: string;
  readonly origin: 'collected' | 'marked';
  readonly cause_code: string;
  readonly since: Date;
  readonly state: 'open' | 'done' | 'excepted' | 'released';
  readonly added_at: Date;
  readonly closed_at: Date | null;
  readonly proof_event_id: string | null;
  readonly proof_reference: string | null;
}

interface Place {
  readonly authority_id: string;
  readonly catalog_entry_id: string;
  readonly trade: string;
  readonly operations: readonly string[];
}

interface Subject {
  readonly id: string | null;
  readonly reference: string;
}

/** Where the case of a subject is found within a unit and type, and the number by which people call it. */
const CASES: Readonly<Record<ItemSubject, string | null>> = {
  issuance: `SELECT i.id, i.business_number AS reference FROM issuance i
    WHERE i.id = :id AND i.authority_id = :authority AND i.catalog_entry_id = :entry AND i.closed_at IS NULL`,
  certificateChange: `SELECT g.id, g.business_number AS reference FROM certificate_change g
    JOIN certificate c ON c.id = g.certificate_id
    WHERE g.id = :id AND g.authority_id = :authority AND c.catalog_entry_id = :entry AND g.closed_at IS NULL`,
  delivery: `SELECT d.id, c.number AS reference FROM delivery d JOIN certificate_version v ON v.id = d.certificate_version_id
    JOIN certificate c ON c.id = v.certificate_id
    WHERE d.id = :id AND d.authority_id = :authority AND c.catalog_entry_id = :entry AND d.state IN ('pending', 'wrongPerson')`,
  upReport: `SELECT u.id, c.number AS reference FROM up_report u JOIN certificate_version v ON v.id = u.certificate_version_id
    JOIN certificate c ON c.id = v.certificate_id
    WHERE u.id = :id AND u.authority_id = :authority AND c.catalog_entry_id = :entry AND u.state <> 'reported'`,
  certificateNumber: `SELECT c.id, c.number AS reference FROM certificate c
    WHERE c.number = :reference AND c.authority_id = :authority AND c.catalog_entry_id = :entry ORDER BY c.id LIMIT 1`,
  businessNumber: null,
  incrementDay: null,
};

/** An operator marks what cannot be done (无法办理) with the cause; what is in the event already is refused. Out: the item's id. */
export async function markItem(act: ForceMajeureAct, mark: ItemMark): Promise<Result<string, Refusal>> {
  const place = await placeOf(act, mark);
  if (!place.ok) return place;
  const { transaction, integrity, cipher, row, person, actor, now } = act;
  if (!(await worksFor(transaction, integrity, mark.authorityId, { person, now }))) {
    return refused({ code: 'notPermitted' });
  }
  const subject = await subjectOf(transaction, mark, place.value);
  if (!subject.ok) return subject;
  const id = deterministicId(
    'forceMajeureItem',
    row.id,
    mark.operation,
    mark.subjectKind,
    mark.authorityId,
    place.value.catalog_entry_id,
    subject.value.id ?? subject.value.reference,
  );
  const held = await transaction('force_majeure_item')
    .where({ event_id: row.id, operation: mark.operation, subject_kind: mark.subjectKind })
    .where(
      subject.value.id === null
        ? { reference: subject.value.reference, authority_id: mark.authorityId }
        : { subject_id: subject.value.id },
    )
    .first('id');
  if (held !== undefined) return refused({ code: 'itemAlreadyHeld' });
  await transaction('force_majeure_item').insert({
    id,
    event_id: row.id,
    authority_id: mark.authorityId,
    trade: place.value.trade,
    catalog_entry_id: place.value.catalog_entry_id,
    operation: mark.operation,
    subject_kind: mark.subjectKind,
    subject_id: subject.value.id,
    reference: subject.value.reference,
    origin: 'marked',
    cause_code: 'markedByOperator',
    cause_cipher: cipher.encrypt(mark.cause, cipherPlace('force_majeure_item.cause_cipher', id)),
    since: new Date(mark.since),
    marked_by: person.personId,
    added_at: now,
  });
  const facts = { itemId: id, operation: mark.operation, subjectKind: mark.subjectKind };
  await recordForceMajeure(transaction, row, 'markItem', { now, actor, facts });
  return accepted(id);
}

/** A person of the item's unit closes it: by an event of the register that made it up, or by a reason. */
export async function closeItem(
  act: ForceMajeureAct,
  itemId: string,
  closing: ItemClosing,
): Promise<Result<null, Refusal>> {
  const { transaction, integrity, cipher, row, person, actor, now } = act;
  const item = await transaction<ItemRow>('force_majeure_item')
    .where({ id: itemId, event_id: row.id })
    .forUpdate()
    .first();
  if (item === undefined) return refused({ code: 'notFound' });
  if (!(await worksFor(transaction, integrity, item.authority_id, { person, now }))) {
    return refused({ code: 'notPermitted' });
  }
  const outcome = applyItemTransition(item.state, closing.kind === 'proof' ? 'complete' : 'except');
  if (!outcome.ok) return refused({ code: 'transitionNotAllowed', facts: { state: item.state } });
  if (closing.kind === 'proof' && !(await proves(transaction, closing.proofEventId, item))) {
    const expected = '应为该事项所属单位在无法办理之后记录的业务事件';
    return refused({
      code: 'contentInvalid',
      problems: [{ pointer: '/proofEventId', code: 'notAProof', expected }],
    });
  }
  const reason =
    closing.kind === 'proof'
      ? { proof_event_id: closing.proofEventId }
      : {
          exception_cipher: cipher.encrypt(
            closing.reason,
            cipherPlace('force_majeure_item.exception_cipher', itemId),
          ),
        };
  await transaction('force_majeure_item')
    .where({ id: itemId })
    .update({ state: outcome.value, closed_at: now, closed_by: person.personId, ...reason });
  const facts = { itemId, how: closing.kind };
  await recordForceMajeure(transaction, row, 'closeItem', { now, actor, facts });
  return accepted(null);
}

/** An event of the register that belongs to the item's unit, happened after it could not be done, and is about it. */
async function proves(transaction: Knex.Transaction, proofEventId: string, item: ItemRow): Promise<boolean> {
  const proof = await transaction<{
    case_id: string | null;
    certificate_id: string | null;
    case_kind: string | null;
  }>('event')
    .where({ id: proofEventId, authority_id: item.authority_id } as object)
    .where('recorded_at', '>=', item.since)
    .whereNot('case_kind', 'forceMajeureEvent')
    .first('case_id', 'certificate_id', 'case_kind');
  if (proof === undefined) return false;
  return (
    item.subject_id === null || proof.case_id === item.subject_id || proof.certificate_id === item.subject_id
  );
}

/** The unit and type of a mark, in the scope of the event and with the operation; and its instant. */
async function placeOf(
  { transaction, row, now }: ForceMajeureAct,
  mark: ItemMark,
): Promise<Result<Place, Refusal>> {
  const since = Date.parse(mark.since);
  const problems: Problem[] = [];
  if (since < row.occurred_at.getTime() || since > now.getTime()) {
    problems.push(problem('/since', 'outsideEvent', '无法办理的时间应在事件发生之后、现在之前'));
  }
  const { isMarkable, name } = ITEM_SUBJECTS[mark.subjectKind];
  if (!isMarkable) problems.push(problem('/subjectKind', 'notMarkable', `${name}由系统按日历登记`));
  if (!suitsOperation(mark.subjectKind, mark.operation)) {
    problems.push(problem('/operation', 'doesNotSuit', `${name}不属于该环节`));
  }
  const { rows } = await transaction.raw<{ rows: Place[] }>(
    `SELECT s.authority_id, s.catalog_entry_id, s.trade, s.operations FROM force_majeure_scope s
     JOIN catalog_entry k ON k.id = s.catalog_entry_id
     WHERE s.event_id = ? AND s.authority_id = ? AND k.code = ?`,
    [row.id, mark.authorityId, mark.catalogCode],
  );
  const [place] = rows;
  if (place === undefined || !place.operations.includes(mark.operation)) {
    problems.push(
      problem('/catalogCode', 'outsideScope', '该单位的该类型、该环节不在事件范围内，请先申请扩大范围'),
    );
  }
  return place === undefined || problems.length > 0
    ? refused({ code: 'contentInvalid', problems })
    : accepted(place);
}

async function subjectOf(
  transaction: Knex.Transaction,
  mark: ItemMark,
  place: Place,
): Promise<Result<Subject, Refusal>> {
  const statement = CASES[mark.subjectKind];
  if (statement === null) return accepted({ id: null, reference: mark.reference });
  const bindings = {
    id: mark.subjectId,
    reference: mark.reference,
    authority: place.authority_id,
    entry: place.catalog_entry_id,
  };
  const { rows } = await transaction.raw<{ rows: Subject[] }>(statement, bindings);
  const [subject] = rows;
  if (subject !== undefined) return accepted(subject);
  const pointer = mark.subjectKind === 'certificateNumber' ? '/reference' : '/subjectId';
  const expected = '应为该单位该类型尚未办结的事项，或已登记的证照编号';
  return refused({ code: 'contentInvalid', problems: [problem(pointer, 'subjectUnknown', expected)] });
}

function problem(pointer: string, code: string, expected: string): Problem {
  return { pointer, code, expected };
}
