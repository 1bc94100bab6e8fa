import { PostgresTaskDesk } from '../../../../adapters/postgres/task/task-desk';
import type { PersonPrincipal } from '../../../../domain/shared/principal';
import { LedgerLine, type LineCase } from '../../../support/ledger-line';
import { addPerson, assignRole, CIPHER, INTEGRITY, person, SYSTEM } from '../../../support/register-rows';

const UNDO_MS = 10_000;

describe('the task desk', () => {
  let line: LedgerLine;
  let one: LineCase;
  let taskId: string;
  let reviewer: PersonPrincipal;
  let colleague: PersonPrincipal;
  beforeAll(async () => {
    line = await LedgerLine.open();
  });
  beforeEach(async () => {
    one = await line.aCase({ reviewPolicy: { kind: 'always' } });
    await line.issuance.admit(one.issuanceId);
    await line.issuance.recordComparison(one.issuanceId, { outcome: 'same', differences: [] });
    taskId = (await line.issuance.openReview(one.issuanceId)).taskId ?? '';
    const { authorityId } = one;
    const staff = (personId: string) =>
      person({ personId, authorityId, roles: ['reviewer'], scope: { authorityIds: [authorityId] } });
    reviewer = staff(one.reviewerId);
    colleague = await line.register.within(SYSTEM, async (trx) => {
      const id = await addPerson(trx, { authority_id: authorityId });
      await assignRole(trx, id, 'reviewer', { authority_id: authorityId });
      return staff(id);
    });
  });
  afterAll(() => line.close());

  const desk = () =>
    new PostgresTaskDesk({
      ...line.options,
      cipher: CIPHER,
      integrity: INTEGRITY,
      undoMs: UNDO_MS,
      drawDraft: async () => Buffer.alloc(0),
    });
  const told = async (): Promise<number> =>
    line.register.within(SYSTEM, async (trx) => {
      const rows: readonly unknown[] = await trx('outbox').whereRaw('dedupe_key LIKE ?', [
        `signalWorkflow/issuance/${one.issuanceId}/decided/%`,
      ]);
      return rows.length;
    });

  it('claim is idempotent for whoever holds the task', async () => {
    expect(await line.twice(() => desk().claim(reviewer, taskId))).toMatchObject({ ok: true });
  });

  it('gives a task to one of two who claim it at the same moment', async () => {
    const answers = await Promise.all([desk().claim(reviewer, taskId), desk().claim(colleague, taskId)]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: 'taskNotOpen' } });
  });

  it('takes one decision of two that come at the same moment, and tells the workflow once', async () => {
    await desk().claim(reviewer, taskId);
    const answers = await Promise.all([
      desk().decide(reviewer, taskId, 'approve', null),
      desk().decide(reviewer, taskId, 'refuse', '不符'),
    ]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await told()).toBe(1);
  });

  it('decide is idempotent: the same decision sent again changes nothing, another is refused', async () => {
    await desk().claim(reviewer, taskId);
    expect(await line.twice(() => desk().decide(reviewer, taskId, 'approve', null))).toMatchObject({
      ok: true,
    });
    expect(await desk().decide(reviewer, taskId, 'refuse', '不符')).toMatchObject({
      refusal: { code: 'taskNotOpen' },
    });
  });

  it('takes a decision back until it takes effect, and not a moment longer', async () => {
    await desk().claim(reviewer, taskId);
    await desk().decide(reviewer, taskId, 'approve', null);
    expect(await desk().undo(reviewer, taskId)).toMatchObject({ ok: true });
    line.clock.advance(1_000);
    await desk().decide(reviewer, taskId, 'approve', null);
    line.clock.advance(UNDO_MS);
    expect(await desk().undo(reviewer, taskId)).toMatchObject({ refusal: { code: 'taskUndoExpired' } });
    expect(await line.issuance.settleReview(one.issuanceId)).toMatchObject({ state: 'approved' });
  });

  it('lets no operator review his own case, also with the role', async () => {
    await line.register.within(SYSTEM, (trx) =>
      assignRole(trx, one.operatorId, 'reviewer', { authority_id: one.authorityId }),
    );
    const operator = { ...reviewer, personId: one.operatorId };
    expect(await desk().claim(operator, taskId)).toMatchObject({ refusal: { code: 'operatorMayNotReview' } });
  });
});
