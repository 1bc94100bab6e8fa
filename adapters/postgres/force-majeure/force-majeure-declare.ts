import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { declarationTimeProblems } from '../../../domain/force-majeure/declaration';
import type { PersonPrincipal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { ForceMajeureDeclaration } from '../../../ports/force-majeure-desk';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { openTask } from '../case/case-tasks';
import { startCase } from '../case/tell-case';
import { eventActor } from '../evidence/event-actor';
import { openDeadline } from '../sla/deadlines';
import type { ForceMajeureParts } from './force-majeure-act';
import { worksFor } from './force-majeure-parties';
import { caseOf, enterReport, taskOf } from './force-majeure-report';
import type { DeclarationContent, ForceMajeureRow } from './force-majeure-row';
import { nextForceMajeureNumber, recordForceMajeure } from './force-majeure-row';
import type { ScopePair } from './force-majeure-scope';
import { includePairs, pairsOf, tradeOf } from './force-majeure-scope';

interface Declaring extends ForceMajeureParts {
  readonly transaction: Knex.Transaction;
  readonly person: PersonPrincipal;
  readonly declaration: ForceMajeureDeclaration;
  readonly now: Date;
}

/**
 * Declares an event: instants in order, pairs of unit and type that exist, and every unit one that the person works for;
 * the city enters one afterwards that a unit reported by telephone. Effect: event, scope, the clock of the report (from
 * the moment of knowing, day and night) and its task, or at once the report with its receipt. Out: the event's id.
 */
export async function declareEvent(declaring: Declaring): Promise<Result<string, Refusal>> {
  const { transaction, declaration, now } = declaring;
  const { telephoneReport } = declaration;
  const problems = declarationTimeProblems(
    { ...declaration, calledAt: telephoneReport?.calledAt ?? null },
    now.getTime(),
  );
  if (problems.length > 0) return refused({ code: 'contentInvalid', problems });
  const pairs = await pairsOf(transaction, declaration.scope, now);
  if (!pairs.ok) return refused({ code: 'contentInvalid', problems: pairs.refusal });
  const authorityId = await declaringAuthority(declaring);
  if (authorityId === null) return refused({ code: 'notPermitted' });
  const row = await storeEvent(declaring, authorityId, pairs.value);
  await startCase(transaction, { kind: 'forceMajeureEvent', caseId: row.id, now });
  return accepted(row.id);
}

/** The person's own unit, or the unit that telephoned; null when the person does not work for every unit named. */
async function declaringAuthority({
  transaction,
  integrity,
  person,
  declaration,
  now,
}: Declaring): Promise<string | null> {
  const { authorityIds } = declaration.scope;
  const isCity = person.roles.includes('cityAdministrator');
  if (isCity && declaration.telephoneReport !== null) return authorityIds[0] ?? null;
  for (const authorityId of authorityIds) {
    if (!(await worksFor(transaction, integrity, authorityId, { person, now }))) return null;
  }
  const own = person.authorityId;
  const isOwnUnit = own !== null && (await worksFor(transaction, integrity, own, { person, now }));
  return isOwnUnit ? own : (authorityIds[0] ?? null);
}

async function storeEvent(
  declaring: Declaring,
  authorityId: string,
  pairs: readonly ScopePair[],
): Promise<ForceMajeureRow> {
  const { transaction, integrity, cipher, person, declaration, now } = declaring;
  const { telephoneReport, ground, emergencyMeasures, evidence } = declaration;
  const id = randomUUID();
  const content: DeclarationContent = { ground, emergencyMeasures, evidence, telephoneReport };
  const occurredAt = new Date(declaration.occurredAt);
  const [row] = await transaction<ForceMajeureRow>('force_majeure_event')
    .insert({
      id,
      number: await nextForceMajeureNumber(transaction, 'event', now),
      state: 'declared',
      authority_id: authorityId,
      trade: tradeOf(pairs),
      cause: declaration.cause,
      occurred_at: occurredAt,
      known_at: new Date(declaration.knownAt),
      entered_afterwards: telephoneReport !== null,
      content_cipher: cipher.encrypt(
        JSON.stringify(content),
        cipherPlace('force_majeure_event.content_cipher', id),
      ),
      declared_by: person.personId,
      declared_at: now,
      began_at: occurredAt,
      updated_at: now,
    })
    .returning('*');
  if (row === undefined) throw new Error('the event that was just written is not visible to its writer');
  const { operations } = declaration.scope;
  await includePairs(transaction, row, pairs, {
    operations,
    by: person.personId,
    at: now,
    isExtension: false,
  });
  const actor = eventActor(principalName(person));
  await recordForceMajeure(
    transaction,
    row,
    'declare',
    { now, actor },
    { number: row.number, cause: row.cause, pairs: pairs.length, operations: operations.join(',') },
  );
  const clock = { ...caseOf(row), key: 'FORCE_MAJEURE_REPORT', round: 1, startAt: row.known_at };
  await openDeadline(transaction, integrity, clock);
  if (telephoneReport !== null) {
    return enterReport({ ...declaring, row, actor }, new Date(telephoneReport.calledAt));
  }
  await openTask(transaction, integrity, {
    ...taskOf(row),
    kind: 'forceMajeureReport',
    round: 1,
    excludedPersonId: null,
    deadlineKey: 'FORCE_MAJEURE_REPORT',
    why: '请按时限报告市电子证照管理部门',
    now,
  });
  return row;
}
