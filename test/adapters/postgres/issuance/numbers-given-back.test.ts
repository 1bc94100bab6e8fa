import type { Knex } from 'knex';
import { cipherPlace } from '../../../../adapters/cipher/encrypted-columns';
import { PostgresIssuanceLedger } from '../../../../adapters/postgres/issuance/issuance-ledger';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import {
  addCertificate,
  addPerson,
  addWorld,
  type CertificateIds,
  CIPHER,
  INTEGRITY,
  NOON,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

/** A case whose production was stopped after it had its number, and which was then sent again. */
async function aStoppedAndResubmittedCase(
  transaction: Knex.Transaction,
  state: 'underReview' | 'received',
): Promise<CertificateIds> {
  const world = await addWorld(transaction);
  const ids = await addCertificate(transaction, world, undefined, { state: 'draft', issued_at: null });
  await transaction('issuance').where({ id: ids.issuanceId }).update({ state, closed_at: null, revision: 2 });
  const series = { authority_id: world.authorityId, catalog_entry_id: world.entryId };
  await transaction('certificate_number').insert({
    ...series,
    number: ids.number,
    certificate_id: ids.certificateId,
  });
  await transaction('number_record').insert({
    ...series,
    year: 2026,
    sequence: 1,
    number: ids.number,
    issuance_id: ids.issuanceId,
    state: 'reserved',
    recorded_at: NOON,
  });
  const reviewer = await addPerson(transaction);
  await transaction('task').insert({
    kind: 'issuanceReview',
    case_kind: 'issuance',
    case_id: ids.issuanceId,
    round: 2,
    subject: '道路运输证',
    reference: 'T-1',
    authority_id: world.authorityId,
    trade: world.trade,
    queue_role: 'reviewer',
    state: 'decided',
    decision: 'refuse',
    decision_reason: '不符合条件',
    decided_by: reviewer,
    decided_at: NOON,
    takes_effect_at: NOON,
    opened_at: NOON,
  });
  return ids;
}

describe('the number of a case that ends without a certificate', () => {
  let database: TestDatabase;
  let register: Register;
  let ledger: PostgresIssuanceLedger;

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 2 });
    ledger = new PostgresIssuanceLedger({
      register,
      cipher: CIPHER,
      integrity: INTEGRITY,
      clock: new TestClock(),
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  const recordOf = (issuanceId: string): Promise<unknown> =>
    register.within(SYSTEM, (transaction) =>
      transaction('number_record').where({ issuance_id: issuanceId }).first('state', 'gap_reason'),
    );

  it('becomes an explained gap when a reviewer refuses the case, and may be given to another', async () => {
    const { issuanceId, number } = await register.within(SYSTEM, (transaction) =>
      aStoppedAndResubmittedCase(transaction, 'underReview'),
    );
    expect((await ledger.settleReview(issuanceId)).state).toBe('refused');
    expect(await recordOf(issuanceId)).toEqual({ state: 'gap', gap_reason: '不予签发：不符合条件' });
    const taken = await register.within(SYSTEM, (transaction) =>
      transaction('certificate_number')
        .where({ number } as object)
        .first(),
    );
    expect(taken).toBeUndefined();
  });

  it('becomes an explained gap when the rules no longer allow the case', async () => {
    const { issuanceId } = await register.within(SYSTEM, async (transaction) => {
      const ids = await aStoppedAndResubmittedCase(transaction, 'received');
      await transaction('issuance')
        .where({ id: ids.issuanceId })
        .update({
          request_cipher: CIPHER.encrypt(
            JSON.stringify({ catalogCode: 'NONE' }),
            cipherPlace('issuance.request_cipher', ids.issuanceId),
          ),
        });
      return ids;
    });
    expect((await ledger.admit(issuanceId)).state).toBe('refused');
    expect(await recordOf(issuanceId)).toEqual({
      state: 'gap',
      gap_reason: expect.stringMatching(/^未予受理：/),
    });
  });
});
