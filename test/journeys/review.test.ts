import { problemOf } from '../support/api-client';
import { anIssuance, type IssuanceBody } from '../support/builders/issuance-body';
import { hasRole } from '../support/builders/role-change';
import { viewOf } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const OTHER_VEHICLE = '重型普通货车';

/** The record of the agency, differing from the request in one element. */
function differing(body: IssuanceBody): IssuanceBody {
  return { ...body, face: { ...body.face, 车辆类型: OTHER_VEHICLE } };
}

describe('a case that people review', () => {
  const { product, driver } = withProduct();

  /** A case whose record differs, so that it stands before a reviewer. */
  async function underReview(body = anIssuance()): Promise<string> {
    const id = await driver().submitWithRecord(body, differing(body));
    await driver().untilState(id, 'underReview');
    return id;
  }

  it(
    'shows the reviewer both values where the record differs, draws the draft, and is issued when approved',
    async () => {
      const id = await underReview();
      const task = await driver().task(id);
      const reviewer = product().person('reviewer1');
      const material = await reviewer('GET', `/api/v1/tasks/${task.id}/material`);
      expect(material.body).toMatchObject({
        comparison: {
          outcome: 'different',
          differences: [{ element: '车辆类型', requested: '重型半挂牵引车', recorded: OTHER_VEHICLE }],
        },
      });
      const draft = await reviewer('GET', `/api/v1/tasks/${task.id}/draft-page`);
      expect(draft.headers.get('content-type')).toBe('image/png');
      await driver().review(id, 'approve');
      expect((await driver().untilState(id, 'issued')).certificate?.state).toBe('inForce');
      expect(await driver().deadlines(id)).toEqual(
        expect.arrayContaining([expect.objectContaining({ key: 'ISSUANCE_REVIEW', state: 'met' })]),
      );
    },
    STORY_MS,
  );

  it(
    'goes to a reviewer when the agency has no record of it',
    async () => {
      const id = await driver().submit(anIssuance());
      const view = await driver().untilState(id, 'underReview');
      expect(view.stateReason?.code).toBe('agencyRecordNotFound');
    },
    STORY_MS,
  );

  it(
    'sent back, amended and resubmitted, is compared again and issued; the first decision stays on record',
    async () => {
      const body = anIssuance();
      const id = await underReview(body);
      await driver().review(id, 'sendBack', '车辆类型与行驶证不符');
      const back = await driver().untilState(id, 'sentBack');
      expect(back.stateReason).toEqual({ code: 'sendBack', detail: '车辆类型与行驶证不符' });
      expect(back.availableActions).toEqual(expect.arrayContaining(['resubmit', 'withdraw']));
      expect((await driver().resubmit(id, differing(body))).status).toBe(202);
      const issued = await driver().untilState(id, 'issued');
      expect(issued.revision).toBe(2);
      const tasks = await driver().rows('select round, decision from task where case_id = $1', [id]);
      expect(tasks).toEqual([{ round: 1, decision: 'sendBack' }]);
    },
    STORY_MS,
  );

  it(
    'refused with a reason, frees its subject for another case and lets no clock run on',
    async () => {
      const body = anIssuance();
      const id = await underReview(body);
      await driver().review(id, 'refuse', '许可已被撤回');
      const refusedCase = await driver().untilState(id, 'refused');
      expect(refusedCase.stateReason).toEqual({ code: 'refuse', detail: '许可已被撤回' });
      expect(refusedCase.availableActions).toEqual([]);
      expect((await driver().deadlines(id)).filter(({ state }) => state === 'running')).toEqual([]);
      const again = await driver().submitWithRecord({ ...body, businessNumber: `${body.businessNumber}-2` });
      await driver().untilState(again, 'issued');
    },
    STORY_MS,
  );

  it(
    'asks for a reason when it is refused or sent back',
    async () => {
      const task = await driver().task(await underReview());
      await driver().claim(task.id);
      for (const decision of ['refuse', 'sendBack'] as const) {
        expect(problemOf(await driver().decide(task.id, decision, ' ')).status).toBeGreaterThanOrEqual(400);
      }
    },
    STORY_MS,
  );

  it(
    'is claimed by one reviewer only, and the other is told by whom',
    async () => {
      const task = await driver().task(await underReview());
      const [first, second] = await Promise.all([
        driver().claim(task.id, 'reviewer1'),
        driver().claim(task.id, 'reviewer2'),
      ]);
      expect([first.status, second.status].sort()).toEqual([200, 409]);
      const lost = first.status === 409 ? first : second;
      expect(problemOf(lost).code).toBe('taskNotOpen');
      expect(lost.text).toMatch(/陈晓燕|朝鲁/);
    },
    STORY_MS,
  );

  it(
    'is never reviewed by its operator, also after the operator became a reviewer',
    async () => {
      const operator = product().person('operator1');
      const accepted = await operator('POST', '/api/v1/issuances', {
        body: anIssuance(),
        headers: { 'idempotency-key': 'operator-form-0001' },
      });
      const { id } = viewOf(accepted);
      const task = await driver().task(id, 'reviewer1');
      await hasRole(product().foundation, 'operator1', 'reviewer');
      product().signInAgain('operator1');
      const promoted = product().person('operator1');
      const mine = await promoted('GET', '/api/v1/tasks?queue=unclaimed&limit=100');
      expect(mine.text).not.toContain(task.id);
      expect(problemOf(await driver().claim(task.id, 'operator1'))).toMatchObject({
        status: 403,
        code: 'operatorMayNotReview',
      });
      await driver().review(id, 'approve', null, 'reviewer1');
      await driver().untilState(id, 'issued');
    },
    STORY_MS,
  );

  it(
    'entered later (补录) waits for a second person even where the record agrees',
    async () => {
      const body = anIssuance('道路运输证', {
        backEntryReason: '系统启用前签发的纸质证照',
        decidedAt: '2026-03-02T09:30:00+08:00',
        validFrom: '2026-03-02',
        validUntil: '2030-03-01',
        issuedOn: '2026-03-02',
        face: { 初领日期: '2026-03-02', 发证日期: '2026-03-02' },
      });
      await driver().layDownRecord(body);
      const accepted = await product().person('window1')('POST', '/api/v1/issuances', {
        body,
        headers: { 'idempotency-key': 'back-entry-0001' },
      });
      const { id } = viewOf(accepted);
      const task = await driver().task(id);
      expect(task.kind).toBe('backEntryConfirmation');
      await driver().review(id, 'approve');
      expect(await driver().untilState(id, 'issued')).toMatchObject({ origin: 'backEntry' });
    },
    STORY_MS,
  );
});

describe('a decision that can be taken back', () => {
  const { product, driver } = withProduct({ undoMs: 300_000 });

  it(
    'holds the case until the period is over; taken back, another decision takes its place',
    async () => {
      const body = anIssuance();
      const id = await driver().submitWithRecord(body, differing(body));
      const { id: taskId } = await driver().review(id, 'refuse', '误操作');
      const decided = await driver().task(id, 'reviewer1', 'done');
      expect(decided.availableActions).toEqual(['undo', 'comment', 'copyTo']);
      const reviewer = product().person('reviewer1');
      expect((await reviewer('DELETE', `/api/v1/tasks/${taskId}/decision`)).status).toBe(200);
      expect((await driver().view(id)).state).toBe('underReview');
      expect((await driver().decide(taskId, 'approve')).status).toBe(200);
      product().clock.advance(300_000);
      expect(problemOf(await reviewer('DELETE', `/api/v1/tasks/${taskId}/decision`))).toMatchObject({
        code: 'taskUndoExpired',
      });
      await product().conductor.tell('issuance', id);
      await driver().untilState(id, 'issued');
    },
    STORY_MS,
  );
});

describe('a decision whose period runs out by itself', () => {
  const { driver } = withProduct({ undoMs: 1_500 });

  it(
    'takes effect without anybody telling the case again',
    async () => {
      const body = anIssuance();
      const id = await driver().submitWithRecord(body, differing(body));
      await driver().review(id, 'approve');
      expect((await driver().view(id)).state).toBe('underReview');
      await driver().untilState(id, 'issued');
    },
    STORY_MS,
  );
});
