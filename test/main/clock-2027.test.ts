import { anIssuance } from '../support/builders/issuance-body';
import { STORY_MS, withProduct } from '../support/with-product';

/** No calendar of 2028 has been published, nor any of 2027 that this product carries. */
const IN_2027 = new Date('2027-03-01T10:00:00+08:00');

function aLaterIssuance() {
  return anIssuance('道路运输证', {
    decidedAt: '2027-03-01T09:30:00+08:00',
    decision: {
      name: '准予行政许可决定书',
      number: '鄂东审交许〔2027〕12号',
      date: '2027-03-01',
      organ: '东胜区行政审批和政务服务局',
    },
    validFrom: '2027-03-01',
    validUntil: '2031-02-28',
    issuedOn: '2027-03-01',
    face: { 初领日期: '2027-03-01', 发证日期: '2027-03-01' },
  });
}

describe('the product with its clock at 2027-03-01, whose working days nobody has published', () => {
  const { driver } = withProduct({ startAt: IN_2027 });

  it(
    'issues straight through',
    async () => {
      const id = await driver().submitWithRecord(aLaterIssuance());
      const issued = await driver().untilState(id, 'issued');
      expect(issued.certificate?.state).toBe('inForce');
    },
    STORY_MS,
  );

  it(
    'opens a review whose limit in working days awaits the calendar and says why, and issues when approved',
    async () => {
      const id = await driver().submit(aLaterIssuance());
      const task = await driver().task(id);
      expect(task.dueAt).toBeNull();
      const review = (await driver().deadlines(id)).find(({ key }) => key === 'ISSUANCE_REVIEW');
      expect(review).toMatchObject({ state: 'awaitingCalendar', due_at: null });
      expect(JSON.stringify(review?.explanation)).toMatch(/2027/);
      await driver().review(id, 'approve');
      await driver().untilState(id, 'issued');
      const closed = (await driver().deadlines(id)).find(({ key }) => key === 'ISSUANCE_REVIEW');
      expect(closed?.state).toBe('closed');
    },
    STORY_MS,
  );

  it(
    'lets a case be withdrawn, refused or sealed after a wait while its limits await the calendar',
    async () => {
      const withdrawn = await driver().submit(aLaterIssuance());
      await driver().untilState(withdrawn, 'underReview');
      expect((await driver().withdraw(withdrawn)).status).toBe(200);

      const refused = await driver().submit(aLaterIssuance());
      await driver().review(refused, 'refuse', '不符合条件');
      await driver().untilState(refused, 'refused');

      await driver().changeSeal('approval', 'stop');
      const waiting = await driver().submitWithRecord(aLaterIssuance());
      await driver().untilState(waiting, 'awaitingSeal');
      await driver().changeSeal('approval', 'resume');
      await driver().untilState(waiting, 'issued');
      for (const id of [withdrawn, refused, waiting]) {
        const states = (await driver().deadlines(id)).map(({ state }) => state);
        expect(states).not.toContain('awaitingCalendar');
        expect(states).not.toContain('running');
      }
    },
    STORY_MS,
  );
});
