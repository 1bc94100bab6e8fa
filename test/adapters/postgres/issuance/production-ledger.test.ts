import { cipherPlace } from '../../../../adapters/cipher/encrypted-columns';
import { LedgerLine } from '../../../support/ledger-line';
import { CIPHER, SYSTEM } from '../../../support/register-rows';

describe('the production ledger', () => {
  let line: LedgerLine;
  beforeAll(async () => {
    line = await LedgerLine.open();
  });
  afterAll(() => line.close());

  const ordered = async (issuanceId: string) => {
    const answer = await line.production.order(issuanceId);
    if (answer.kind !== 'order') throw new Error(`the case is ${answer.standing.state}`);
    return answer;
  };
  const nextSeal = async (issuanceId: string) => {
    const { next } = await ordered(issuanceId);
    if (next.kind !== 'seal') throw new Error(`the next seal: ${next.kind}`);
    return next.seal;
  };
  const rowsOf = async (table: string, where: Readonly<Record<string, unknown>>) =>
    line.register.within(SYSTEM, async (trx) => trx(table).where(where));

  it('order is idempotent: one number, one identifier, one code, one instant', async () => {
    const one = await line.aCase();
    await line.approved(one);
    const first = await line.twice(async () => (await ordered(one.issuanceId)).order);
    expect(first.number).toMatch(/^1506020000\d\d$/);
    expect(await rowsOf('certificate', { created_by_issuance_id: one.issuanceId })).toHaveLength(1);
  });

  it('order of a number from the register is idempotent: the counter moves once', async () => {
    const one = await line.aCase({ numberedBy: { by: 'agency', element: '道路运输证号' } });
    await line.approved(one);
    const numbers = [await ordered(one.issuanceId), await ordered(one.issuanceId)].map(
      ({ order }) => order.number,
    );
    expect(new Set(numbers).size).toBe(1);
    expect(await rowsOf('certificate_number', { authority_id: one.authorityId })).toHaveLength(1);
  });

  it('order takes the number that a resubmission changed, and gives the old one back', async () => {
    const one = await line.aCase();
    await line.approved(one);
    const before = (await ordered(one.issuanceId)).order;
    await line.production.stopProduction(one.issuanceId, 'glyphMissing', '缺字');
    await line.register.within(SYSTEM, async (trx) => {
      const place = cipherPlace('issuance.request_cipher', one.issuanceId);
      const row = await trx('issuance').where({ id: one.issuanceId }).first();
      const request = JSON.parse(CIPHER.decrypt(row.request_cipher, place));
      const face = { ...request.face, 道路运输证号: '150602999999' };
      await trx('issuance')
        .where({ id: one.issuanceId })
        .update({
          state: 'received',
          revision: 2,
          comparison_outcome: null,
          request_cipher: CIPHER.encrypt(JSON.stringify({ ...request, face }), place),
        });
    });
    await line.approved(one);
    const after = await line.twice(async () => (await ordered(one.issuanceId)).order);
    expect(after.certificateId).toBe(before.certificateId);
    expect([before.number, after.number]).toEqual([expect.not.stringMatching('999999'), '150602999999']);
    const taken = await rowsOf('certificate_number', { authority_id: one.authorityId });
    expect(taken.map(({ number }) => number)).toEqual(['150602999999']);
  });

  it('recordIntents is idempotent: a second preparation after a kill adds nothing', async () => {
    const one = await line.aCase();
    await line.approved(one);
    const seal = await nextSeal(one.issuanceId);
    const intents = [line.intent('ofd'), line.intent('pdf')];
    expect(
      await line.twice(() => line.production.recordIntents(one.issuanceId, seal, intents)),
    ).toMatchObject({ state: 'prepared' });
    const later = [line.intent('ofd'), line.intent('pdf')];
    await line.production.recordIntents(one.issuanceId, seal, later);
    const open = await rowsOf('sealing_intent', { issuance_id: one.issuanceId, state: 'open' });
    expect(open.map(({ id }) => id).toSorted()).toEqual(intents.map(({ id }) => id).toSorted());
  });

  it('awaitSeal is idempotent, and the wait begins once', async () => {
    const one = await line.aCase();
    await line.approved(one);
    await ordered(one.issuanceId);
    const wait = async () => (await line.production.awaitSeal(one.issuanceId, 'sealStopped')).state;
    expect(await line.twice(wait)).toBe('awaitingSeal');
  });

  it('stopProduction is idempotent', async () => {
    const one = await line.aCase();
    await line.approved(one);
    await ordered(one.issuanceId);
    const stop = () => line.production.stopProduction(one.issuanceId, 'glyphMissing', '缺字');
    expect(await line.twice(stop)).toMatchObject({ state: 'sentBack' });
  });
});
