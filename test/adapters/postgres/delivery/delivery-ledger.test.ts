import { PostgresDeliveryLedger } from '../../../../adapters/postgres/delivery/delivery-ledger';
import { PostgresTimestampLedger } from '../../../../adapters/postgres/sealing/timestamp-ledger';
import { PostgresOutgoingLedger } from '../../../../adapters/postgres/up-report/outgoing-ledger';
import type { PortalAnswer } from '../../../../ports/delivery-channel';
import { LedgerLine, type LineCase } from '../../../support/ledger-line';
import { SYSTEM } from '../../../support/register-rows';

describe('what follows an issue', () => {
  let line: LedgerLine;
  let one: LineCase;
  let deliveryId: string;
  beforeAll(async () => {
    line = await LedgerLine.open();
  });
  beforeEach(async () => {
    one = await line.aCase();
    await line.issued(one);
    deliveryId = (await rowOf('delivery')).id;
  });
  afterAll(() => line.close());

  const rowOf = async (table: string) =>
    line.register.within(SYSTEM, async (trx) => trx(table).where({ authority_id: one.authorityId }).first());
  const delivery = () => new PostgresDeliveryLedger(line.options);
  const outgoing = () => new PostgresOutgoingLedger(line.options);
  const timestamps = () => new PostgresTimestampLedger(line.options);

  it.each<PortalAnswer>([{ kind: 'wrongPerson', reason: '身份不符' }])(
    'the portal’s answer $kind is recorded once: recordAnswer is idempotent',
    async (answer) => {
      await line.twice(() =>
        delivery()
          .recordAnswer(deliveryId, answer)
          .then(({ state }) => state),
      );
      expect((await rowOf('delivery')).state).toBe('wrongPerson');
    },
  );

  it('a holder who is not registered is held for pickup once, however often the portal says so', async () => {
    const hold = () => delivery().recordAnswer(deliveryId, { kind: 'notRegistered' });
    await hold();
    const before = await line.everything();
    await hold();
    const after = await line.everything();
    const unchanged = ['task', 'deadline', 'event', 'event_log_leaf', 'certificate_version'] as const;
    for (const table of unchanged) expect([table, after[table]]).toEqual([table, before[table]]);
    expect((await rowOf('delivery')).state).toBe('awaitingPickup');
  });

  it('a delivery by the portal is recorded once with its proof unaltered: recordAnswer is idempotent', async () => {
    const answer = { kind: 'delivered', receipt: 'P-1', proof: '{"a": 1 ,"proof":true}' } as const;
    await line.twice(() => delivery().recordAnswer(deliveryId, answer));
    const stored = await rowOf('delivery');
    expect(stored).toMatchObject({ state: 'delivered', portal_receipt: 'P-1', proof: answer.proof });
    await delivery().recordAnswer(deliveryId, { kind: 'wrongPerson', reason: '迟到的回答' });
    expect(await rowOf('delivery')).toEqual(stored);
  });

  it('an up-report’s answer is recorded once: recordUpReport is idempotent', async () => {
    const { id } = await rowOf('up_report');
    expect(await outgoing().upReport(id)).toMatchObject({ reportId: id });
    await line.twice(() => outgoing().recordUpReport(id, { kind: 'accepted', receipt: 'R-1' }));
    await outgoing().recordUpReport(id, { kind: 'returned', reason: '迟到的回答' });
    expect(await rowOf('up_report')).toMatchObject({ state: 'reported', receipt: 'R-1', attempts: 1 });
    expect(await outgoing().upReport(id)).toBeNull();
  });

  it('a timestamp is kept once: recordToken is idempotent, and a later fault does not touch it', async () => {
    const due = await timestamps().due(100);
    const [file] = due;
    if (file === undefined) throw new Error('no file waits for a timestamp');
    await line.twice(() => timestamps().recordToken(file.digest, Buffer.from('token')));
    const stamped = await line.everything();
    await timestamps().recordToken(file.digest, Buffer.from('another token'));
    await timestamps().recordFault(file.digest, 'too late');
    expect(await line.everything()).toEqual(stamped);
  });
});
