import { randomBytes } from 'node:crypto';
import { aFileBody, problemOf } from '../support/api-client';
import { aKeyHeader } from '../support/builders/idempotency';
import { anIssuance } from '../support/builders/issuance-body';
import { viewOf } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

/** Written by the refusal of anything at all, or by time; none of them is of a case. */
const BESIDE_CASES = new Set(['agency_nonce', 'event_log_head', 'event_log_link', 'event_log_pending']);

describe('requests that must leave nothing or exactly one case', () => {
  const { product, driver } = withProduct();

  async function countsOfCases(): Promise<Readonly<Record<string, number>>> {
    const counts = await driver().counts();
    return Object.fromEntries(Object.entries(counts).filter(([table]) => !BESIDE_CASES.has(table)));
  }

  const holderOf = (change: object) => ({
    holders: [{ ...(anIssuance()['holders'] as readonly object[])[0], ...change }],
  });
  const MALFORMED: readonly (readonly [string, object, string])[] = [
    [
      'a wrong check character',
      anIssuance('道路运输证', holderOf({ code: '91150602MA0DEM0131' })),
      '/holders/0/code',
    ],
    [
      'a credit code too short',
      anIssuance('道路运输证', holderOf({ code: '91150602MA' })),
      '/holders/0/code',
    ],
    ['an unknown code type', anIssuance('道路运输证', holderOf({ codeType: '000' })), '/holders/0/codeType'],
    [
      'a code type of persons',
      anIssuance('道路运输证', holderOf({ codeType: '111' })),
      '/holders/0/codeType',
    ],
    ['no code', anIssuance('道路运输证', holderOf({ code: null, codeType: null })), '/holders/0/code'],
    ['an unknown kind of holder', anIssuance('道路运输证', holderOf({ kind: 'robot' })), '/holders/0/kind'],
    [
      'a share where none is registered',
      anIssuance('道路运输证', holderOf({ share: '1/2' })),
      '/holders/0/share',
    ],
    ['no holder', anIssuance('道路运输证', { holders: [] }), '/holders'],
    ['holders that are no list', anIssuance('道路运输证', { holders: {} }), '/holders'],
    ['a missing element', anIssuance('道路运输证', { face: { 车辆号牌: undefined } }), '/face/车辆号牌'],
    ['an unknown element', anIssuance('道路运输证', { face: { 颜色: '红' } }), '/face/颜色'],
    ['an element of the wrong type', anIssuance('道路运输证', { face: { 车辆号牌: 42 } }), '/face/车辆号牌'],
    ['an ill-formed element', anIssuance('道路运输证', { face: { 车辆号牌: 'ABC' } }), '/face/车辆号牌'],
    [
      'a date that does not exist',
      anIssuance('道路运输证', { face: { 初领日期: '2026-02-30' } }),
      '/face/初领日期',
    ],
    [
      'a face against its holder',
      anIssuance('道路运输证', { face: { 业户名称: '别家公司' } }),
      '/face/业户名称',
    ],
    ['a control character', anIssuance('道路运输证', { face: { 地址: '东胜\u0007区' } }), '/face/地址'],
    [
      'a missing number',
      anIssuance('道路运输证', { face: { 道路运输证号: undefined } }),
      '/face/道路运输证号',
    ],
    ['a first day that does not exist', anIssuance('道路运输证', { validFrom: '2026-02-29' }), '/validFrom'],
    ['a date in another form', anIssuance('道路运输证', { issuedOn: '2026年11月20日' }), '/issuedOn'],
    ['an end before the beginning', anIssuance('道路运输证', { validUntil: '2026-11-19' }), '/validUntil'],
    ['no end where there is a term', anIssuance('道路运输证', { validUntil: null }), '/validUntil'],
    [
      'a decision in the future',
      anIssuance('道路运输证', { decidedAt: '2027-01-01T00:00:00+08:00' }),
      '/decidedAt',
    ],
    [
      'an instant without a zone',
      anIssuance('道路运输证', { decidedAt: '2026-11-20T09:30:00' }),
      '/decidedAt',
    ],
    ['no decision for a licence', anIssuance('道路运输证', { decision: null }), '/decision'],
    ['a number as business number', anIssuance('道路运输证', { businessNumber: 123 }), '/businessNumber'],
    [
      'a number where the register numbers',
      anIssuance('不动产权证书', { face: { 编号: '1' } }),
      '/face/编号',
    ],
    ['an unknown type', anIssuance('道路运输证', { catalogCode: '99999999999999999X999' }), '/catalogCode'],
    ['a type of others', anIssuance('道路运输证', { catalogCode: '00000000000000000X003' }), '/catalogCode'],
    ['an unknown attachment', anIssuance('道路运输证', { attachments: ['not-an-id'] }), '/attachments/0'],
    ['an unknown member', anIssuance('道路运输证', { colour: 'red' }), '/colour'],
  ];

  it(
    `are refused with the right pointer and leave no row in any table: ${MALFORMED.length} malformed ones and one of 5 MB`,
    async () => {
      const before = await countsOfCases();
      for (const [what, body, pointer] of MALFORMED) {
        const answered = await driver().send(body);
        expect([what, answered.status >= 400 && answered.status < 500]).toEqual([what, true]);
        expect([what, problemOf(answered).pointers]).toEqual([what, expect.arrayContaining([pointer])]);
      }
      const tooLarge = anIssuance('道路运输证', { face: { 备注: '长'.repeat(1_700_000) } });
      expect((await driver().send(tooLarge)).status).toBe(413);
      expect(await countsOfCases()).toEqual(before);
    },
    STORY_MS,
  );

  it(
    'marked as secret leave nothing but the notice to the security administrator',
    async () => {
      const before = await countsOfCases();
      const answered = await driver().send(anIssuance('道路运输证', { face: { 备注: '机密★10年' } }));
      expect(problemOf(answered)).toMatchObject({ status: 422, code: 'classifiedSuspected' });
      const after = await countsOfCases();
      expect(after).toEqual({
        ...before,
        notice: (before['notice'] ?? 0) + 1,
        refused_request: (before['refused_request'] ?? 0) + 1,
      });
      const text = JSON.stringify(
        await driver().rows(
          'select n.title, n.body, r.principal, r.pointer from notice n, refused_request r',
        ),
      );
      expect(text).not.toContain('机密★10年');
    },
    STORY_MS,
  );

  it(
    'with the same key and body are one case, also when they come at once; with another body they are refused',
    async () => {
      const body = anIssuance();
      await driver().layDownRecord(body);
      const key = randomBytes(12).toString('hex');
      const answers = await Promise.all(Array.from({ length: 6 }, () => driver().send(body, { key })));
      const accepted = answers.filter(({ status }) => status < 300);
      expect(accepted.length).toBeGreaterThan(0);
      for (const { status } of answers) expect([200, 201, 202, 409]).toContain(status);
      expect(new Set(accepted.map((answered) => viewOf(answered).id)).size).toBe(1);
      const [first] = accepted;
      const id = first === undefined ? '' : viewOf(first).id;
      const issued = await driver().untilState(id, 'issued');
      const again = await driver().send(body, { key });
      expect(again.status).toBe(200);
      expect(viewOf(again).certificateId).toBe(issued.certificateId);
      const other = await driver().send({ ...body, businessNumber: 'other' }, { key });
      expect(problemOf(other)).toMatchObject({ status: 422, code: 'idempotencyKeyReused' });
    },
    STORY_MS,
  );

  it(
    'for a subject that has a live certificate, or a number that another bears, end refused with the reason',
    async () => {
      const body = anIssuance();
      await driver().untilState(await driver().submitWithRecord(body), 'issued');
      const sameSubject = anIssuance('道路运输证', { face: { 车辆号牌: body.face['车辆号牌'] } });
      const taken = await driver().untilState(await driver().submitWithRecord(sameSubject), 'refused');
      expect(taken.stateReason?.code).toBe('uniquenessTaken');
      const sameNumber = anIssuance('道路运输证', { face: { 道路运输证号: body.face['道路运输证号'] } });
      const numbered = await driver().untilState(await driver().submitWithRecord(sameNumber), 'refused');
      expect(numbered.stateReason?.code).toBe('numberTaken');
    },
    STORY_MS,
  );

  it(
    'signed wrongly, too early, too late or with a used nonce are not let in',
    async () => {
      const body = anIssuance();
      const nonce = randomBytes(12).toString('hex');
      const ask = (signing: object) =>
        product().agency(
          'POST',
          '/api/v1/issuances',
          { body, headers: { 'idempotency-key': nonce } },
          signing,
        );
      const late = String(Math.floor(product().clock.now().getTime() / 1000) - 301);
      for (const signing of [{ secret: 'wrong' }, { timestamp: late }, { signedBody: Buffer.from('{}') }]) {
        expect((await ask(signing)).status).toBe(401);
      }
      expect((await ask({ nonce })).status).toBe(202);
      expect((await ask({ nonce })).status).toBe(401);
    },
    STORY_MS,
  );
});

describe('a form that an operator fills in', () => {
  const { product, driver } = withProduct();

  it(
    'is kept as a draft with an attachment, submitted, compared and issued; the next one is copied from it',
    async () => {
      const operator = product().person('operator1');
      const body = anIssuance();
      await driver().layDownRecord(body);
      const { catalogCode, ...rest } = body;
      const scan = aFileBody('申请表.pdf', Buffer.from('%PDF-1.7\n'));
      const attached = await operator('POST', '/api/v1/attachments', {
        raw: scan.raw,
        headers: { ...scan.headers, 'idempotency-key': 'attachment-0001' },
      });
      expect([attached.status, attached.text]).toEqual([201, expect.any(String)]);
      const attachment: { id: string } = JSON.parse(attached.text);
      const created = await operator('POST', '/api/v1/issuance-drafts', {
        body: { catalogCode, body: { ...rest, attachments: [attachment.id] } },
        headers: aKeyHeader(),
      });
      expect(created.status).toBe(201);
      const draft: { id: string } = JSON.parse(created.text);
      const submitted = await operator('POST', `/api/v1/issuance-drafts/${draft.id}/submit`, {
        headers: { 'idempotency-key': 'submit-draft-0001' },
      });
      const { id } = viewOf(submitted);
      const issued = await driver().untilState(id, 'issued');
      expect(issued.origin).toBe('form');
      expect((await operator('GET', `/api/v1/issuance-drafts/${draft.id}`)).status).toBe(404);
      const copied = await operator('POST', '/api/v1/issuance-drafts/copy-from-last', {
        body: { catalogCode },
        headers: aKeyHeader(),
      });
      expect([copied.status, copied.text]).toEqual([201, expect.stringContaining('重型半挂牵引车')]);
      expect(copied.text).not.toContain(attachment.id);
    },
    STORY_MS,
  );
});
