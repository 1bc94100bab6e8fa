import { DONGSHENG_BUREAU } from '../../main/demonstration/demonstration-units';
import { problemOf } from '../support/api-client';
import { aPaper, freshKey, IncrementDriver, tableOf, uploadOf } from '../support/increment-driver';
import { csvUtf8 } from '../support/increment-files';
import { STORY_MS, withProduct } from '../support/with-product';

const DAY = '2026-09-30';

describe('rows of an increment', () => {
  const { product } = withProduct({ startAt: new Date(`${DAY}T10:00:00+08:00`) });
  let known: IncrementDriver | null = null;
  const driver = (): IncrementDriver => {
    known ??= new IncrementDriver(product());
    return known;
  };

  beforeAll(async () => {
    await driver().owesIncrements(DONGSHENG_BUREAU, '2026-11-01');
    await driver().schedules();
  });

  async function day() {
    const { days } = await driver().month(DAY.slice(0, 7));
    return days.find(({ date }) => date === DAY);
  }

  it(
    'rejects a row with its column and reason, keeps the others, and takes the mended row of the error file in as the same row',
    async () => {
      const sent = [aPaper(DAY, 1), aPaper(DAY, 2, { 发证日期: '30/9/2026' }), aPaper(DAY, 3)];
      const upload = uploadOf(await driver().sendFile('operator1', '当日增量.csv', csvUtf8(tableOf(sent))));
      expect(upload).toMatchObject({
        state: 'partlyRejected',
        acceptedCount: 2,
        rejectedCount: 1,
        availableActions: ['retry'],
      });
      const rejected = (await driver().uploadRows(upload.id)).filter(({ state }) => state === 'rejected');
      expect(rejected).toEqual([
        {
          rowNumber: 3,
          state: 'rejected',
          record: null,
          problems: [
            {
              column: '发证日期',
              code: 'dateIllFormed',
              expected: expect.stringContaining('应为年月日齐全的日期'),
            },
          ],
        },
      ]);

      const again = uploadOf(
        await driver().as('operator1')('POST', `/api/v1/increments/${upload.id}/retry`, {
          headers: { 'idempotency-key': freshKey() },
        }),
      );
      expect(again).toMatchObject({ retryOfId: upload.id, acceptedCount: 0, rejectedCount: 1 });

      const errors = await driver().as('operator1')(
        'GET',
        `/api/v1/increments/${upload.id}/errors.csv?purpose=${encodeURIComponent('补正退回行')}`,
      );
      expect(errors.text).toContain('30/9/2026');
      const mended = errors.text.replace('30/9/2026', '2026/9/30').replace(/^\uFEFF/, '');
      const retried = uploadOf(
        await driver().sendFile('operator1', '补正.csv', Buffer.from(mended), { retryOf: upload.id }),
      );
      expect(retried).toMatchObject({ retryOfId: upload.id, acceptedCount: 1, rejectedCount: 0 });
      const after = await driver().read(`/increments/${upload.id}`);
      expect(after).toMatchObject({ mendedCount: 1, availableActions: [] });
      expect(await day()).toMatchObject({ state: 'delivered', inTimeCount: 3 });
      const [read] = await driver().rows(
        `select count(*)::int as reads from read_audit where resource_kind = 'incrementUpload' and resource_id = $1`,
        [upload.id],
      );
      expect(read).toEqual({ reads: 1 });
    },
    STORY_MS,
  );

  it(
    'keeps nothing of a row with a secrecy mark but that it was refused, and takes increments only from whom they are due',
    async () => {
      const secret = '密级：机密 西山弹药库运输专线';
      const upload = uploadOf(await driver().sendRows([aPaper(DAY, 5, { 备注: secret })]));
      expect(upload).toMatchObject({ state: 'rejected', rejectedCount: 1, availableActions: [] });
      const [row] = await driver().uploadRows(upload.id);
      expect(row?.problems).toMatchObject([{ column: '备注', code: 'classifiedSuspected' }]);
      const [kept] = await driver().rows(
        `select cells_cipher, (select count(*)::int from notice where title = '疑似涉密内容被拒收') as told
         from increment_row where increment_upload_id = $1`,
        [upload.id],
      );
      expect(kept).toEqual({ cells_cipher: null, told: 1 });
      const marked = await driver().sendRows([{ ...aPaper(DAY, 6), '机密★10年': 'x' }]);
      expect(problemOf(marked).code).toBe('classifiedSuspected');

      const body = { catalogCode: '11100000000013338W009', rows: [aPaper(DAY, 6)] };
      const synchronous = await driver().as('operator1')('POST', '/api/v1/increments', {
        headers: { 'idempotency-key': freshKey() },
        body,
      });
      expect(problemOf(synchronous).code).toBe('notInIncrementMode');
      for (const username of ['reviewer1', 'city']) {
        expect((await driver().reportZero(username, DAY)).status).toBe(403);
      }
    },
    STORY_MS,
  );

  it(
    'does nothing twice: not for the same key, not for the same rows under another, not for two at once',
    async () => {
      const collected = async () => (await day())?.inTimeCount ?? 0;
      const already = await collected();
      const [key, rows] = [freshKey(), [aPaper(DAY, 11)]];
      const first = uploadOf(await driver().sendRows(rows, { key }));
      const before = await driver().counts();
      expect(uploadOf(await driver().sendRows(rows, { key }), 200).id).toBe(first.id);
      expect({ ...(await driver().counts()), agency_nonce: 0 }).toEqual({ ...before, agency_nonce: 0 });
      const other = await driver().sendRows([aPaper(DAY, 19)], { key });
      expect(problemOf(other).code).toBe('idempotencyKeyReused');

      const repeated = uploadOf(await driver().sendRows(rows));
      expect(repeated).toMatchObject({ state: 'rejected', acceptedCount: 0, rejectedCount: 1 });
      const [row] = await driver().uploadRows(repeated.id);
      expect(row?.problems).toMatchObject([{ column: '证照编号', code: 'alreadyIngested' }]);
      expect((await collected()) - already).toBe(1);

      const atOnce = await Promise.all([1, 2, 3].map(() => driver().sendRows([aPaper(DAY, 12)])));
      const counts = atOnce.map((answered) => uploadOf(answered).acceptedCount).sort();
      expect(counts).toEqual([0, 0, 1]);
      expect((await collected()) - already).toBe(2);
    },
    STORY_MS,
  );
});
