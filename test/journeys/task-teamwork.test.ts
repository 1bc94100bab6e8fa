import { tellUnclaimedTasks } from '../../adapters/postgres/task/tell-unclaimed-tasks';
import { problemOf } from '../support/api-client';
import { anIssuance } from '../support/builders/issuance-body';
import { hasRole } from '../support/builders/role-change';
import { STORY_MS, withProduct } from '../support/with-product';

const HOUR_MS = 3_600_000;
const PEOPLE = ['operator1', 'reviewer1', 'reviewer2', 'window1', 'supervisor', 'dongsheng'] as const;

describe('a task that several people have to do with', () => {
  const { product, driver } = withProduct();

  /** Sessions that nobody used meanwhile are over. */
  function later(ms: number): void {
    product().clock.advance(ms);
    for (const username of PEOPLE) product().signInAgain(username);
  }

  /** A case that the agency has no record of, so that it stands before a reviewer; out: its task. */
  async function taskForReview(): Promise<{ readonly id: string; readonly caseId: string }> {
    const caseId = await driver().submit(anIssuance());
    await driver().untilState(caseId, 'underReview');
    return { id: (await driver().task(caseId)).id, caseId };
  }

  function say(username: string, taskId: string, what: string, body?: unknown) {
    return product().person(username)(
      'POST',
      `/api/v1/tasks/${taskId}/${what}`,
      body === undefined ? {} : { body },
    );
  }

  async function noticesOf(username: string): Promise<string> {
    return (await product().person(username)('GET', '/api/v1/notices?limit=100')).text;
  }

  it(
    'is asked for by a colleague, handed over by its holder, and decided by the colleague; the deadline stays',
    async () => {
      const { id, caseId } = await taskForReview();
      await driver().claim(id, 'reviewer1');
      const [before] = await driver().deadlines(caseId);
      expect((await say('reviewer2', id, 'request-handover')).status).toBe(200);
      expect((await say('reviewer2', id, 'request-handover')).status).toBe(200);
      expect(await noticesOf('reviewer1')).toContain('请求移交任务');
      const handed = await say('reviewer1', id, 'transfer', {
        toUsername: 'reviewer2',
        reason: '由其继续办理',
      });
      expect(handed.body).toMatchObject({ state: 'claimed', claimedBy: { displayName: expect.any(String) } });
      expect(problemOf(await driver().decide(id, 'approve', null, 'reviewer1')).code).toBe('taskNotYours');
      expect((await driver().decide(id, 'approve', null, 'reviewer2')).status).toBe(200);
      await driver().untilState(caseId, 'issued');
      const after = await driver().deadlines(caseId);
      expect(after.find(({ key }) => key === before?.key)?.due_at).toEqual(before?.due_at);
      const remarks = await product().person('reviewer2')('GET', `/api/v1/tasks/${id}/remarks`);
      expect(remarks.body).toMatchObject({
        items: [{ kind: 'handoverRequest' }, { kind: 'transfer', text: '由其继续办理' }],
      });
    },
    STORY_MS,
  );

  it(
    'goes only to somebody who may do it: not to another role, not to the operator, not from somebody else’s hands',
    async () => {
      const { id } = await taskForReview();
      await driver().claim(id, 'reviewer1');
      const transfer = (username: string, toUsername: string) =>
        say(username, id, 'transfer', { toUsername, reason: '转办' });
      expect(problemOf(await transfer('reviewer1', 'window1'))).toMatchObject({
        status: 422,
        code: 'receiverUnsuitable',
        pointers: ['/toUsername'],
      });
      expect(problemOf(await transfer('reviewer2', 'reviewer2')).status).toBe(403);
      expect((await transfer('supervisor', 'reviewer2')).status).toBe(200);
    },
    STORY_MS,
  );

  it(
    'never reaches its operator by a transfer, also after the operator became a reviewer',
    async () => {
      const accepted = await product().person('operator1')('POST', '/api/v1/issuances', {
        body: anIssuance(),
        headers: { 'idempotency-key': 'teamwork-operator-0001' },
      });
      const { id: caseId }: { id: string } = JSON.parse(accepted.text);
      const task = await driver().task(caseId);
      await hasRole(product().foundation, 'operator1', 'reviewer');
      const given = await say('supervisor', task.id, 'transfer', { toUsername: 'operator1', reason: '改派' });
      expect(problemOf(given).code).toBe('receiverUnsuitable');
    },
    STORY_MS,
  );

  it(
    'is urged once, and again only after the cool-down, whose end the refusal names',
    async () => {
      const { id } = await taskForReview();
      expect((await say('supervisor', id, 'urge')).status).toBe(200);
      expect(await noticesOf('reviewer1')).toContain('催办');
      const again = await say('operator1', id, 'urge');
      expect(again.body).toMatchObject({
        status: 409,
        code: 'urgedRecently',
        facts: { possibleFrom: expect.stringMatching(/\+08:00$/) },
      });
      later(4 * HOUR_MS);
      expect((await say('operator1', id, 'urge')).status).toBe(200);
    },
    STORY_MS,
  );

  it(
    'is commented on and copied to people who may see it, who find it among their copies',
    async () => {
      const { id } = await taskForReview();
      expect((await say('reviewer1', id, 'comment', { text: '请核对𠅤先生的车牌' })).status).toBe(200);
      expect((await say('reviewer1', id, 'copy-to', { usernames: ['dongsheng'] })).status).toBe(200);
      expect(problemOf(await say('reviewer1', id, 'copy-to', { usernames: ['dept-housing'] })).code).toBe(
        'receiverUnsuitable',
      );
      const copies = await product().person('dongsheng')('GET', '/api/v1/tasks?queue=copied');
      expect(copies.text).toContain(id);
      const [stored] = await driver().rows<{ text: Buffer }>(
        'select text_cipher as text from task_comment where task_id = $1',
        [id],
      );
      expect(stored?.text.toString('utf8')).not.toContain('车牌');
    },
    STORY_MS,
  );

  it(
    'is claimed and transferred with others at once; each row says what became of it',
    async () => {
      const [first, second] = [await taskForReview(), await taskForReview()];
      await driver().claim(second.id, 'reviewer2');
      const claimed = await product().person('reviewer1')('POST', '/api/v1/tasks/bulk', {
        body: { operation: 'claim', taskIds: [first.id, second.id] },
      });
      expect(claimed.body).toMatchObject({
        rows: [
          { taskId: first.id, ok: true },
          { taskId: second.id, ok: false, code: 'taskNotOpen', detail: expect.stringContaining('认领') },
        ],
      });
      const filtered = await product().person('reviewer1')(
        'GET',
        '/api/v1/tasks?queue=mine&kind=issuanceReview&dueBefore=2026-01-01T00:00:00%2B08:00',
      );
      expect(filtered.body).toMatchObject({ items: [] });
    },
    STORY_MS,
  );

  it(
    'that nobody takes is told to the area after a working day and to the city after two, once each',
    async () => {
      const { id } = await taskForReview();
      const { register, integrity } = product().foundation;
      const tell = async (): Promise<readonly string[]> => {
        while (await tellUnclaimedTasks(register, integrity, product().clock.now()));
        const told = await driver().rows<{ recipient_role: string }>(
          'select recipient_role from notice where natural_key like $1 order by recipient_role',
          [`task/${id}/unclaimed/%`],
        );
        return told.map(({ recipient_role }) => recipient_role);
      };
      expect(await tell()).toEqual([]);
      later(4 * 24 * HOUR_MS);
      expect(await tell()).toEqual(expect.arrayContaining(['bannerAdministrator', 'supervisor']));
      later(6 * 24 * HOUR_MS);
      expect(await tell()).toEqual(['bannerAdministrator', 'cityAdministrator', 'supervisor']);
    },
    STORY_MS,
  );
});
