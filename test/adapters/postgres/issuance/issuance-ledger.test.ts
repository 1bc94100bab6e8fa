import { mayReadRequest } from '../../../../adapters/postgres/issuance/issuance-view';
import { PostgresTaskDesk } from '../../../../adapters/postgres/task/task-desk';
import { LedgerLine, type LineCase } from '../../../support/ledger-line';
import { agency, CIPHER, INTEGRITY, person, SYSTEM } from '../../../support/register-rows';

const UNDO_MS = 10_000;

describe('the issuance ledger', () => {
  let line: LedgerLine;
  beforeAll(async () => {
    line = await LedgerLine.open();
  });
  afterAll(() => line.close());

  const caseOf = async (issuanceId: string) =>
    line.register.within(SYSTEM, async (trx) => trx('issuance').where({ id: issuanceId }).first());
  const reviewer = ({ reviewerId, authorityId }: LineCase) =>
    person({
      personId: reviewerId,
      authorityId,
      roles: ['reviewer'],
      scope: { authorityIds: [authorityId] },
    });
  const desk = () =>
    new PostgresTaskDesk({
      ...line.options,
      cipher: CIPHER,
      integrity: INTEGRITY,
      undoMs: UNDO_MS,
      drawDraft: async () => Buffer.alloc(0),
    });
  const underReview = async (): Promise<LineCase & { readonly taskId: string }> => {
    const one = await line.aCase({ reviewPolicy: { kind: 'always' } });
    await line.issuance.admit(one.issuanceId);
    await line.issuance.recordComparison(one.issuanceId, { outcome: 'same', differences: [] });
    const { taskId } = await line.issuance.openReview(one.issuanceId);
    return { ...one, taskId: taskId ?? '' };
  };
  const decided = async (decision: 'approve' | 'sendBack' | 'refuse') => {
    const one = await underReview();
    await desk().claim(reviewer(one), one.taskId);
    const made = await desk().decide(reviewer(one), one.taskId, decision, '材料不符');
    if (!made.ok) throw new Error(made.refusal.code);
    line.clock.advance(UNDO_MS);
    return one;
  };

  it('admit is idempotent', async () => {
    const { issuanceId } = await line.aCase();
    expect(await line.twice(() => line.issuance.admit(issuanceId))).toMatchObject({ state: 'comparing' });
  });

  it('admit that refuses is idempotent: the second of two cases for one vehicle is refused once', async () => {
    const first = await line.aCase();
    await line.issuance.admit(first.issuanceId);
    const second = await line.aCase();
    await line.register.within(SYSTEM, async (trx) => {
      const held = await trx('issuance').where({ id: second.issuanceId }).first();
      await trx('uniqueness_reservation').insert({
        catalog_entry_id: held.catalog_entry_id,
        uniqueness_digest: held.uniqueness_digest,
        issuance_id: first.issuanceId,
        reserved_at: line.clock.now(),
      });
    });
    expect(await line.twice(() => line.issuance.admit(second.issuanceId))).toMatchObject({
      state: 'refused',
    });
    expect((await caseOf(second.issuanceId)).state_reason).toMatchObject({ code: 'uniquenessTaken' });
  });

  it('recordComparison is idempotent, and the first outcome stands', async () => {
    const { issuanceId } = await line.aCase();
    await line.issuance.admit(issuanceId);
    const differences = [{ element: '地址', requested: '甲', recorded: '乙' }];
    await line.twice(() => line.issuance.recordComparison(issuanceId, { outcome: 'different', differences }));
    await line.issuance.recordComparison(issuanceId, { outcome: 'same', differences: [] });
    expect((await caseOf(issuanceId)).comparison_outcome).toBe('different');
  });

  it('openReview is idempotent, with a task or without', async () => {
    for (const [kind, state] of [
      ['none', 'approved'],
      ['always', 'underReview'],
    ] as const) {
      const { issuanceId } = await line.aCase({ reviewPolicy: { kind } });
      await line.issuance.admit(issuanceId);
      await line.issuance.recordComparison(issuanceId, { outcome: 'same', differences: [] });
      const standing = await line.twice(async () => (await line.issuance.openReview(issuanceId)).state);
      expect(standing).toBe(state);
    }
  });

  it.each([
    ['approve', 'approved'],
    ['sendBack', 'sentBack'],
    ['refuse', 'refused'],
  ] as const)('settleReview is idempotent after %s', async (decision, state) => {
    const { issuanceId } = await decided(decision);
    expect(await line.twice(() => line.issuance.settleReview(issuanceId))).toMatchObject({ state });
  });

  it('settles nothing before the decision takes effect', async () => {
    const one = await underReview();
    await desk().claim(reviewer(one), one.taskId);
    await desk().decide(reviewer(one), one.taskId, 'approve', null);
    const before = await line.everything();
    expect(await line.issuance.settleReview(one.issuanceId)).toMatchObject({ state: 'underReview' });
    expect(await line.everything()).toEqual(before);
  });

  it('a wait that is noted is idempotent: for the agency while comparing, for files that do not correspond once prepared', async () => {
    const { issuanceId } = await line.aCase();
    await line.issuance.admit(issuanceId);
    await line.issuance.noteWaiting(issuanceId, 'agencyUnavailable');
    const noted = await line.everything();
    line.clock.advance(1_000);
    await line.issuance.noteWaiting(issuanceId, 'agencyUnavailable');
    expect(await line.everything()).toEqual(noted);
    expect((await caseOf(issuanceId)).waiting_for).toBe('agencyUnavailable');
  });

  it('shows on the case that its sealed files do not correspond, and no longer once they do', async () => {
    const one = await line.aCase();
    await line.approved(one);
    await line.prepare(one.issuanceId);
    await line.redeem(one.issuanceId);
    await line.issuance.noteWaiting(one.issuanceId, 'correspondenceFailed');
    expect(await caseOf(one.issuanceId)).toMatchObject({
      state: 'prepared',
      waiting_for: 'correspondenceFailed',
    });
    await line.sealing.completeSealing(one.issuanceId);
    expect(await caseOf(one.issuanceId)).toMatchObject({ state: 'sealed', waiting_for: null });
  });

  it('keeps the request for its author: whoever begins cases in the authority, or the system that sent it', async () => {
    const one = await line.aCase();
    const row = await caseOf(one.issuanceId);
    const staff = (role: 'operator' | 'reviewer', authorityId: string) =>
      person({
        personId: one.operatorId,
        authorityId,
        roles: [role],
        scope: { authorityIds: [authorityId] },
      });
    const elsewhere = (await line.aCase()).authorityId;
    expect(mayReadRequest(staff('operator', one.authorityId), row)).toBe(true);
    expect(mayReadRequest(staff('reviewer', one.authorityId), row)).toBe(false);
    expect(mayReadRequest(staff('operator', elsewhere), row)).toBe(false);
    const system = agency(one.authorityId);
    expect(mayReadRequest(system, row)).toBe(false);
    const sent = { ...row, agency_system_id: system.agencySystemId };
    expect(mayReadRequest(system, sent)).toBe(true);
    expect(mayReadRequest(staff('operator', one.authorityId), sent)).toBe(false);
  });
});
