import { LedgerLine, type LineCase, redeemed } from '../../../support/ledger-line';
import { SYSTEM } from '../../../support/register-rows';

describe('the sealing ledger', () => {
  let line: LedgerLine;
  beforeAll(async () => {
    line = await LedgerLine.open();
  });
  afterAll(() => line.close());

  const prepared = async (): Promise<LineCase> => {
    const one = await line.aCase();
    await line.approved(one);
    await line.prepare(one.issuanceId);
    return one;
  };
  const count = async (table: string, where: Readonly<Record<string, unknown>>): Promise<number> =>
    line.register.within(SYSTEM, async (trx) => {
      const rows: readonly unknown[] = await trx(table).where(where);
      return rows.length;
    });
  const usesOf = async ({ mandateId }: LineCase): Promise<number> =>
    line.register.within(SYSTEM, async (trx) => {
      const row = await trx('seal_use_mandate').where({ id: mandateId }).first('used');
      return Number(row.used);
    });

  it('redeem is idempotent: one signature and one use per file, one use of the mandate', async () => {
    const one = await prepared();
    const open = await line.sealing.openIntents(one.issuanceId);
    const results = open.map(redeemed);
    await line.twice(() => line.sealing.redeem(one.issuanceId, results));
    expect(await count('seal_use', { seal_id: one.sealId })).toBe(2);
    expect(await usesOf(one)).toBe(1);
    const others = results.map((result) => ({ ...result, signature: Buffer.alloc(64) }));
    await line.sealing.redeem(one.issuanceId, others);
    const { files } = await line.sealing.whatWasSealed(one.issuanceId);
    const kept = files.flatMap(({ seals }) => seals.map(({ signature }) => signature.toString()));
    expect(kept.toSorted()).toEqual(results.map(({ signature }) => signature.toString()).toSorted());
  });

  it('redeem by two workers at the same moment seals once', async () => {
    const one = await prepared();
    const results = (await line.sealing.openIntents(one.issuanceId)).map(redeemed);
    await Promise.all([
      line.sealing.redeem(one.issuanceId, results),
      line.sealing.redeem(one.issuanceId, results),
    ]);
    expect(await count('seal_use', { seal_id: one.sealId })).toBe(2);
    expect(await usesOf(one)).toBe(1);
  });

  it('redeem of a case that was taken back meanwhile voids the intents, and again voids nothing', async () => {
    const one = await prepared();
    const results = (await line.sealing.openIntents(one.issuanceId)).map(redeemed);
    await line.register.within(SYSTEM, (trx) =>
      trx('issuance')
        .where({ id: one.issuanceId })
        .update({ state: 'withdrawn', closed_at: line.clock.now() }),
    );
    const voided = () => line.sealing.redeem(one.issuanceId, results);
    expect(await line.twice(voided)).toMatchObject({ state: 'withdrawn' });
    expect(await count('sealing_intent', { issuance_id: one.issuanceId, state: 'voided' })).toBe(2);
    expect(await usesOf(one)).toBe(0);
  });

  it('a key that refuses whenever it is asked is one wait with one clock, until it has signed', async () => {
    const one = await prepared();
    const clocks = () =>
      line.register.within(SYSTEM, async (trx) => {
        const rows: readonly { round: number; state: string; start_at: Date }[] = await trx('deadline')
          .where({ case_kind: 'issuance', case_id: one.issuanceId, key: 'AWAITING_SEAL' })
          .select('round', 'state', 'start_at');
        return rows;
      });
    await line.production.awaitSeal(one.issuanceId, 'sealQuotaUsed');
    const begun = await clocks();
    expect(begun).toHaveLength(1);
    for (let asked = 0; asked < 2; asked += 1) {
      await line.prepare(one.issuanceId);
      await line.production.awaitSeal(one.issuanceId, 'sealQuotaUsed');
    }
    expect(await clocks()).toEqual(begun);
    await line.prepare(one.issuanceId);
    await line.redeem(one.issuanceId);
    expect(await clocks()).toEqual(begun.map((clock) => ({ ...clock, state: 'met' })));
  });

  it('completeSealing is idempotent', async () => {
    const one = await prepared();
    await line.redeem(one.issuanceId);
    expect(await line.twice(() => line.sealing.completeSealing(one.issuanceId))).toMatchObject({
      state: 'sealed',
    });
  });

  it('completes nothing while an intent is open', async () => {
    const one = await prepared();
    const before = await line.everything();
    expect(await line.sealing.completeSealing(one.issuanceId)).toMatchObject({ state: 'prepared' });
    expect(await line.everything()).toEqual(before);
  });

  it('issue is idempotent: one event, one up-report, one delivery per holder, one outbox row each', async () => {
    const one = await prepared();
    await line.redeem(one.issuanceId);
    await line.sealing.completeSealing(one.issuanceId);
    expect(await line.twice(() => line.sealing.issue(one.issuanceId))).toMatchObject({ state: 'issued' });
    expect(await count('up_report', { authority_id: one.authorityId })).toBe(1);
    expect(await count('delivery', { authority_id: one.authorityId })).toBe(1);
  });

  it('issue by two workers at the same moment issues once', async () => {
    const one = await prepared();
    await line.redeem(one.issuanceId);
    await line.sealing.completeSealing(one.issuanceId);
    await Promise.all([line.sealing.issue(one.issuanceId), line.sealing.issue(one.issuanceId)]);
    expect(await count('event', { case_id: one.issuanceId, kind: 'issuance.issue' })).toBe(1);
    expect(await count('delivery', { authority_id: one.authorityId })).toBe(1);
  });
});
