import { Client } from 'pg';
import { settleCertificateDates } from '../../adapters/postgres/certificate/settle-certificate-dates';
import { changeFindings } from '../../checker/invariants/certificate-changes';
import { checkNumbers } from '../../checker/invariants/numbers';
import { checkOrder } from '../../checker/invariants/order';
import { checkIntents, checkSealsOnce } from '../../checker/invariants/seals';
import { CHANGE_KIND_NAMES } from '../../domain/certificate-change/change-kind';
import { problemOf } from '../support/api-client';
import { anIssuance, type IssuanceBody } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { aBusinessLicence, ChangeDriver, changeOf, nextVersion } from '../support/change-driver';
import { clockFindings } from '../support/clock-findings';
import { STORY_MS, withProduct } from '../support/with-product';

const TODAY = { issuedOn: '2026-11-23' } as const;

type UpReport = Readonly<Record<string, unknown>> & { readonly operation_code: string };

describe('every change of a certificate', () => {
  const { product } = withProduct();
  const driver = () => new ChangeDriver(product());
  afterEach(() => product().gates.open());

  function reports(certificateId: string): Promise<readonly UpReport[]> {
    return driver().rows<UpReport>(
      `select u.operation_code from up_report u join certificate_version v on v.id = u.certificate_version_id
       where v.certificate_id = $1 order by u.created_at, u.id`,
      [certificateId],
    );
  }

  /** Opens the next version by a change that needs no person; out: the certificate as it then is. */
  async function followed(certificateId: string, path: string, next: IssuanceBody) {
    await driver().layDownRecord(next);
    const { id } = changeOf(await driver().ask(certificateId, path, next, 20));
    const done = await driver().untilChange(id, 'done');
    return { done, shown: await driver().certificate(certificateId) };
  }

  it.each([
    ['amendments', { face: { 车辆类型: '重型自卸货车' } }, '09'],
    ['renewals', { validUntil: '2031-11-22' }, '02'],
    ['corrections', { face: { 经营范围: '道路大型物件运输' }, correctedElements: ['经营范围'] }, '07'],
    ['reissues', { reissueReason: 'damaged' }, '07'],
  ] as const)(
    '%s: the next version with the same number, the one before superseded at the same instant, reported and delivered',
    async (path, override, code) => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      const { done, shown } = await followed(certificateId, path, nextVersion(body, override));
      expect(done.newVersion).toMatchObject({ version: '002', identifier: shown.identifier });
      expect(shown).toMatchObject({ version: '002', state: 'inForce', number: body.face['道路运输证号'] });
      const rows = await driver().rows(
        `select v.version, v.state, p.version as previous, v.ended_at = n.issued_at as at_once
         from certificate_version v left join certificate_version p on p.id = v.previous_version_id
         left join certificate_version n on n.previous_version_id = v.id
         where v.certificate_id = $1 order by v.version`,
        [certificateId],
      );
      expect(rows).toEqual([
        { version: '001', state: 'superseded', previous: null, at_once: true },
        { version: '002', state: 'inForce', previous: '001', at_once: null },
      ]);
      expect((await reports(certificateId)).map(({ operation_code }) => operation_code)).toEqual([
        '01',
        code,
      ]);
      await eventually(
        'the new version is delivered',
        () =>
          driver().rows<{ state: string }>(
            `select d.state from delivery d join certificate_version v on v.id = d.certificate_version_id
             where v.certificate_id = $1 and v.version = '002'`,
            [certificateId],
          ),
        (deliveries) => deliveries.length === 1 && deliveries[0]?.state === 'delivered',
      );
      const reserved = await driver().rows(
        'select count(*)::int as held from uniqueness_reservation where certificate_id = $1',
        [certificateId],
      );
      expect(reserved).toEqual([{ held: 1 }]);
    },
    STORY_MS,
  );

  it(
    'a certificate that the register numbered keeps its number, and the next issue gets the next one',
    async () => {
      const body = anIssuance('不动产权证书');
      const certificateId = await driver().issued(body);
      const before = await driver().certificate(certificateId);
      const { shown } = await followed(
        certificateId,
        'amendments',
        nextVersion(body, { face: { 用途: '城镇住宅用地/住宅(变更)' } }),
      );
      expect(shown).toMatchObject({ version: '002', number: before.number });
      const another = await driver().certificate(await driver().issued(anIssuance('不动产权证书')));
      expect(sequenceOf(another.number)).toBe(sequenceOf(before.number) + 1);
    },
    STORY_MS,
  );

  it(
    'what makes a certificate the only one of its kind follows an amendment, and the old subject is free again',
    async () => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      const plate = '蒙K·A9911';
      await followed(certificateId, 'amendments', nextVersion(body, { face: { 车辆号牌: plate } }));
      const taken = await driver().submitWithRecord(anIssuance('道路运输证', { face: { 车辆号牌: plate } }));
      expect((await driver().untilState(taken, 'refused')).stateReason?.code).toBe('uniquenessTaken');
      await driver().issued(anIssuance('道路运输证', { face: { 车辆号牌: body.face['车辆号牌'] } }));
    },
    STORY_MS,
  );

  it(
    'suspended and given back, at once, reported, and told to the holder; the public sees both',
    async () => {
      const certificateId = await driver().issued(anIssuance());
      const code = await printedCode(certificateId);
      const suspended = await driver().ask(certificateId, 'suspensions', await driver().decided());
      expect(suspended.status).toBe(201);
      expect(changeOf(suspended).state).toBe('done');
      expect(await driver().certificate(certificateId)).toMatchObject({
        state: 'suspended',
        availableActions: expect.arrayContaining(['resume', 'revoke']),
      });
      expect(await verdict(code)).toMatchObject({ verdict: 'notValid', reason: 'suspended' });
      await driver().change(certificateId, 'resumptions', await driver().decided());
      expect(await verdict(code)).toMatchObject({ verdict: 'valid', reason: 'inForce' });
      expect((await reports(certificateId)).map(({ operation_code }) => operation_code)).toEqual([
        '01',
        '03',
        '06',
      ]);
      const notices = await driver().rows(
        "select count(*)::int as told from notice where natural_key like 'certificateChange/%/holder/1' and link = $1",
        [`/certificates/${certificateId}`],
      );
      expect(notices).toEqual([{ told: 2 }]);
      const clocks = await driver().rows<{ key: string }>(
        'select distinct d.key from deadline d join certificate_change h on h.id = d.case_id where h.certificate_id = $1 and d.closed_at is not null',
        [certificateId],
      );
      expect(clocks).toEqual([{ key: 'STATUS_CHANGE_SYNC' }]);
    },
    STORY_MS,
  );

  it(
    'inspected: a dated endorsement on the version that verification shows; no new version',
    async () => {
      const certificateId = await driver().issued(anIssuance());
      const body = {
        ...(await driver().decided()),
        inspectedOn: '2026-11-20',
        result: 'passed',
        nextDueOn: '2027-11-20',
      };
      expect((await driver().change(certificateId, 'periodic-inspections', body)).state).toBe('done');
      const shown = await driver().certificate(certificateId);
      expect(shown).toMatchObject({
        version: '001',
        state: 'inForce',
        inspections: [{ endorsedOn: '2026-11-20', result: 'passed', nextDueOn: '2027-11-20' }],
      });
      const verification = await verdict(await printedCode(certificateId));
      expect(JSON.stringify(verification)).toContain('2026-11-20 年检合格');
      const permit = await driver().issued(anIssuance('不动产权证书'));
      expect(problemOf(await driver().ask(permit, 'periodic-inspections', body))).toMatchObject({
        status: 409,
        code: 'operationNotForType',
      });
    },
    STORY_MS,
  );

  it.each([
    ['cancellations', 'cancelled', '05'],
    ['rescissions', 'rescinded', '07'],
    ['recalls', 'recalled', '07'],
    ['revocations', 'revoked', '07'],
    ['voidings', 'voided', '07'],
  ] as const)(
    '%s: ended at once with its decision; its old file says until when it was valid; another may be issued',
    async (path, state, code) => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      const printed = await printedCode(certificateId);
      const file = await product().agency(
        'GET',
        `/api/v1/certificates/${certificateId}/files/ofd?purpose=${encodeURIComponent('核对')}`,
      );
      expect(file.status).toBe(200);
      const change = await driver().change(certificateId, path, await driver().decided());
      expect(change.state).toBe('done');
      expect(await driver().certificate(certificateId)).toMatchObject({ state });
      const verification = await verdict(printed);
      expect(verification).toMatchObject({ verdict: 'notValid', reason: state });
      expect(verification.sentence).toMatch(/(有效至|作废于) 2026-11-23 /);
      expect((await reports(certificateId)).map(({ operation_code }) => operation_code)).toEqual([
        '01',
        code,
      ]);
      const [event] = await driver().rows<{ legal_ground: { decision: { number: string } } }>(
        'select legal_ground from event where certificate_id = $1 and kind like $2 and legal_ground is not null',
        [certificateId, 'certificate.%'],
      );
      expect(event?.legal_ground.decision.number).toMatch(/号$/);
      await driver().issued(anIssuance('道路运输证', { face: { 车辆号牌: body.face['车辆号牌'] } }));
    },
    STORY_MS,
  );

  it(
    'needs decision, attachment and legal ground where the table says so, and says what is missing',
    async () => {
      const certificateId = await driver().issued(anIssuance());
      const { decision: _, legalGround: __, ...rest } = await driver().decided({ attachments: [] });
      const refusal = problemOf(await driver().ask(certificateId, 'revocations', rest));
      expect(refusal).toMatchObject({ status: 422, code: 'contentInvalid' });
      expect([...refusal.pointers].sort()).toEqual(['/attachments', '/decision', '/legalGround']);
      const foreign = await driver().decided({ attachments: ['00000000-0000-4000-8000-00000000abcd'] });
      expect(problemOf(await driver().ask(certificateId, 'revocations', foreign)).pointers).toEqual([
        '/attachments/0',
      ]);
      expect(await driver().certificate(certificateId)).toMatchObject({ state: 'inForce' });
    },
    STORY_MS,
  );

  it(
    'keeps the number, leaves no gap between periods, and corrects only what is named',
    async () => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      const refusalOf = async (path: string, override: Parameters<typeof nextVersion>[1]) =>
        problemOf(await driver().ask(certificateId, path, nextVersion(body, override))).pointers;
      expect(await refusalOf('amendments', { face: { 道路运输证号: '150602999999' } })).toEqual([
        '/face/道路运输证号',
      ]);
      expect(await refusalOf('amendments', { validFrom: '2026-12-24' })).toContain('/validFrom');
      expect(await refusalOf('renewals', { validFrom: '2031-01-01', validUntil: '2034-12-31' })).toContain(
        '/validFrom',
      );
      expect(
        await refusalOf('corrections', {
          correctedElements: ['经营范围'],
          face: { 车辆类型: '重型自卸货车' },
        }),
      ).toEqual(expect.arrayContaining(['/correctedElements/0', '/face/车辆类型']));
    },
    STORY_MS,
  );

  it(
    'a second change is refused and told which one holds the certificate since when; withdrawn, the other may begin',
    async () => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      // Without a record of the agency the new version waits for a reviewer.
      const first = await driver().change(
        certificateId,
        'renewals',
        nextVersion(body, { validUntil: '2032-01-01' }),
      );
      expect(first.state).toBe('inProduction');
      expect(await driver().certificate(certificateId)).toMatchObject({
        marks: ['renewalPending'],
        openChange: { id: first.id, operation: 'renew' },
        availableActions: ['suspend', 'cancel', 'rescind', 'recall', 'revoke', 'void'],
      });
      const second = await driver().ask(certificateId, 'amendments', nextVersion(body));
      expect(problemOf(second)).toMatchObject({ status: 409, code: 'changeOpen' });
      expect(JSON.parse(second.text)).toMatchObject({
        facts: { changeId: first.id, operation: 'renew', operationName: '延续' },
      });
      const withdrawn = await product().agency('POST', `/api/v1/certificate-changes/${first.id}/withdraw`, {
        body: { reason: '申请人撤回' },
      });
      expect(withdrawn.status).toBe(200);
      expect(await driver().changeView(first.id)).toMatchObject({
        state: 'withdrawn',
        issuance: { state: 'withdrawn' },
      });
      const { shown } = await followed(certificateId, 'amendments', nextVersion(body));
      expect(shown).toMatchObject({ version: '002', state: 'inForce', marks: [] });
    },
    STORY_MS,
  );

  it(
    'reviewed where the type wants it: by another person than its operator, sent back and resubmitted, then produced',
    async () => {
      const body = aBusinessLicence();
      const issuance = await driver().submitWithRecord(body);
      await driver().review(issuance, 'approve');
      const { certificate } = await driver().untilState(issuance, 'issued');
      const certificateId = certificate?.id ?? '';
      const next = nextVersion(body, { face: { 经营范围: '道路危险货物运输' } });
      await driver().layDownRecord(next);
      const asked = await driver().askAs('operator1', certificateId, 'amendments', next);
      const { id } = changeOf(asked);
      expect(changeOf(asked).state).toBe('underReview');
      const task = await driver().task(id);
      expect(task.kind).toBe('changeReview');
      await driver().review(id, 'sendBack', '请核对经营范围');
      await driver().untilChange(id, 'sentBack');
      const resubmitted = await product().person('operator1')(
        'POST',
        `/api/v1/certificate-changes/${id}/resubmit`,
        { body: next },
      );
      expect(resubmitted.status).toBe(202);
      await driver().review(id, 'approve');
      const done = await driver().untilChange(id, 'done');
      expect(done.newVersion?.version).toBe('002');
      const tasks = await driver().rows(
        'select round, decision from task where case_id = $1 order by round',
        [id],
      );
      expect(tasks).toEqual([
        { round: 1, decision: 'sendBack' },
        { round: 2, decision: 'approve' },
      ]);
    },
    STORY_MS,
  );

  it(
    'a revocation pre-empts a renewal in review, and the file that was being made is never issued',
    async () => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      const renewal = await driver().change(
        certificateId,
        'renewals',
        nextVersion(body, { validUntil: '2032-01-01' }),
      );
      await driver().task(renewal.issuance?.id ?? '');
      const revoked = await driver().change(certificateId, 'revocations', await driver().decided());
      expect(await driver().changeView(renewal.id)).toMatchObject({
        state: 'preempted',
        preemptedBy: revoked.id,
        stateReason: { code: 'preempted', detail: '证照已吊销' },
        issuance: { state: 'withdrawn' },
      });
      expect(await driver().certificate(certificateId)).toMatchObject({ state: 'revoked', marks: [] });
      const open = await driver().rows(
        `select (select count(*)::int from task where case_id in ($1, $2) and state in ('open', 'claimed')) as tasks,
                (select count(*)::int from deadline where case_id in ($1, $2) and closed_at is null) as clocks`,
        [renewal.id, renewal.issuance?.id],
      );
      expect(open).toEqual([{ tasks: 0, clocks: 0 }]);
      await eventually(
        'both workflows are at their end',
        async () => {
          const ids = [`certificateChange/${renewal.id}`, `issuance/${renewal.issuance?.id}`];
          // The outbox may start the renewal's workflow after the revocation has ended it in the register.
          return Promise.all(
            ids.map((id) =>
              product()
                .temporal.workflow.getHandle(id)
                .describe()
                .then(
                  ({ status }) => status.name,
                  () => 'not started',
                ),
            ),
          );
        },
        (states) => states.every((state) => state === 'COMPLETED'),
      );
    },
    STORY_MS,
  );

  it.each(['seal', 'issue'] as const)(
    'an ending pre-empts an amendment held before %s; what was sealed is voided and its version number used up',
    async (gate) => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      const next = nextVersion(body);
      await driver().layDownRecord(next);
      product().gates.close(gate);
      const amendment = await driver().change(certificateId, 'amendments', next);
      await eventually(
        `held at ${gate}`,
        async () => product().gates.hits(gate),
        (hits) => hits > 0,
      );
      await driver().change(certificateId, 'rescissions', await driver().decided());
      product().gates.open();
      await driver().untilChange(amendment.id, 'preempted');
      const rows = await driver().rows(
        'select version, state, issued_at is not null as issued from certificate_version where certificate_id = $1 order by version',
        [certificateId],
      );
      expect(rows).toEqual([
        { version: '001', state: 'rescinded', issued: true },
        { version: '002', state: gate === 'issue' ? 'voided' : 'draft', issued: false },
      ]);
      const { newVersion } = await reinstated(certificateId, nextVersion(body));
      expect(newVersion?.version).toBe(gate === 'issue' ? '003' : '002');
    },
    STORY_MS,
  );

  /** 恢复 by two persons. */
  async function reinstated(certificateId: string, next: IssuanceBody) {
    const body = {
      ...next,
      ...(await reinstatement()),
      ...TODAY,
      face: { ...next.face, 发证日期: TODAY.issuedOn },
    };
    await driver().layDownRecord(body);
    const asked = changeOf(await driver().askAs('operator1', certificateId, 'reinstatements', body));
    expect(asked.state).toBe('underReview');
    await driver().review(asked.id, 'approve');
    return driver().untilChange(asked.id, 'done');
  }

  async function reinstatement() {
    const { decision, attachments } = await driver().decided({});
    return {
      decision: { ...(decision as object), name: '行政复议决定书' },
      attachments,
      legalGround: { law: '中华人民共和国行政复议法', article: '第六十四条' },
    };
  }

  it(
    'revoked, cancelled, and reinstated by two persons: a new version that the decision stands on, the old one readable',
    async () => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      const printed = await printedCode(certificateId);
      await driver().change(certificateId, 'revocations', await driver().decided());
      const outstanding = await product().agency(
        'GET',
        '/api/v1/certificates?list=endedNotCancelled&limit=100',
      );
      expect(outstanding.text).toContain(certificateId);
      const revokedAt = (await driver().certificate(certificateId)).endedAt;
      product().clock.advance(60_000);
      await driver().change(certificateId, 'cancellations', await driver().decided());
      expect(await driver().certificate(certificateId)).toMatchObject({
        state: 'cancelled',
        endedAt: revokedAt,
      });
      expect(
        (await product().agency('GET', '/api/v1/certificates?list=endedNotCancelled&limit=100')).text,
      ).not.toContain(certificateId);
      const byAgency = await driver().ask(certificateId, 'reinstatements', {
        ...nextVersion(body),
        ...(await reinstatement()),
        ...TODAY,
      });
      expect(problemOf(byAgency).status).toBe(403);
      const done = await reinstated(certificateId, nextVersion(body));
      expect(done.newVersion?.version).toBe('002');
      expect(await driver().certificate(certificateId)).toMatchObject({ version: '002', state: 'inForce' });
      expect(await verdict(printed)).toMatchObject({ verdict: 'notValid', reason: 'cancelled' });
      const versions = await product().agency('GET', `/api/v1/certificates/${certificateId}/versions`);
      expect(JSON.parse(versions.text)).toMatchObject({
        items: [
          { version: '002', state: 'inForce' },
          { version: '001', state: 'cancelled', availableActions: [] },
        ],
      });
      const old = await product().agency(
        'GET',
        `/api/v1/certificates/${certificateId}/files/pdf?version=001&purpose=${encodeURIComponent('核对')}`,
      );
      expect(old.status).toBe(200);
      const reason = await driver().rows(
        "select actor->>'kind' as by from event where case_id = $1 and kind in ('certificateChange.receive', 'certificateChange.approve') order by recorded_at, kind",
        [done.id],
      );
      expect(reason).toEqual([{ by: 'person' }, { by: 'person' }]);
    },
    STORY_MS,
  );

  it(
    'transferred out and taken back; only its operators may, and only the place it goes to takes it in',
    async () => {
      const certificateId = await driver().issued(anIssuance());
      const body = { ...(await driver().decided()), destination: '包头市交通运输局' };
      expect(problemOf(await driver().askAs('reviewer1', certificateId, 'transfers-out', body)).status).toBe(
        403,
      );
      await driver().change(certificateId, 'transfers-out', body);
      expect(await driver().certificate(certificateId)).toMatchObject({
        state: 'transferredOut',
        availableActions: ['undoTransferOut'],
      });
      const taken = await driver().ask(certificateId, 'transfers-in', nextVersion(anIssuance()));
      expect(problemOf(taken).status).toBe(404);
      await driver().change(certificateId, 'transfer-out-cancellations', await driver().decided());
      expect(await driver().certificate(certificateId)).toMatchObject({ state: 'inForce', endedAt: null });
    },
    STORY_MS,
  );

  it(
    'all of this leaves a register in which the independent checker finds nothing',
    async () => {
      const register = new Client({ connectionString: product().database.superuserUrl });
      await register.connect();
      try {
        expect(await changeFindings(register)).toEqual([]);
        const context = {
          register,
          filesFolder: '',
          trustAnchors: [],
          revocationLists: [],
          logKeys: new Map(),
          at: product().clock.now(),
          drainedAfterMs: null,
          seenHead: null,
        };
        for (const check of [checkNumbers, checkSealsOnce, checkOrder, checkIntents]) {
          const { invariant, findings } = await check(context);
          expect([invariant, findings]).toEqual([invariant, []]);
        }
      } finally {
        await register.end();
      }
    },
    STORY_MS,
  );

  it(
    'a certificate of another authority that was not sent here cannot be taken in, nor told from one that does not exist',
    async () => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      await transferredHereFromElsewhere(certificateId);
      await driver().rows(
        `update certificate_change set to_authority_id = authority_id where certificate_id = '${certificateId}'`,
      );
      for (const state of ['transferredOut', 'inForce']) {
        await driver().rows(
          `set session_replication_role = replica;
           update certificate_version set state = '${state}', ended_at = null where certificate_id = '${certificateId}'`,
        );
        const refused = await driver().ask(certificateId, 'transfers-in', nextVersion(body));
        expect(problemOf(refused)).toMatchObject({ status: 404, code: 'notFound' });
      }
    },
    STORY_MS,
  );

  it(
    'transferred in from another authority: the certificate passes to it with its number, under a version of its own',
    async () => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      await transferredHereFromElsewhere(certificateId);
      expect((await product().agency('GET', `/api/v1/certificates/${certificateId}`)).status).toBe(404);
      const next = nextVersion(body);
      await driver().layDownRecord(next);
      const { id } = changeOf(await driver().ask(certificateId, 'transfers-in', next, 20));
      const done = await driver().untilChange(id, 'done');
      const shown = await driver().certificate(certificateId);
      expect(shown).toMatchObject({ version: '002', state: 'inForce', number: body.face['道路运输证号'] });
      expect(done.newVersion?.identifier).toBe(shown.identifier);
      expect((await reports(certificateId)).map(({ operation_code }) => operation_code)).toEqual([
        '01',
        '08',
      ]);
      const old = await driver().rows(
        "select state from certificate_version where certificate_id = $1 and version = '001'",
        [certificateId],
      );
      expect(old).toEqual([{ state: 'superseded' }]);
    },
    STORY_MS,
  );

  /** Only one authority of the demonstration may seal, so the other's part is laid down as it would have left it. */
  async function transferredHereFromElsewhere(certificateId: string): Promise<void> {
    await driver().rows(
      `set session_replication_role = replica;
       create temporary table elsewhere as select id from authority where name like '%交通运输%' and area_code = '150622' limit 1;
       create temporary table here as select authority_id from certificate where id = '${certificateId}';
       update certificate set authority_id = (select id from elsewhere) where id = '${certificateId}';
       update certificate_version set authority_id = (select id from elsewhere), state = 'transferredOut', ended_at = now()
         where certificate_id = '${certificateId}';
       insert into certificate_change (id, certificate_id, certificate_version_id, operation, state, authority_id, trade,
         catalog_entry_version_id, agency_system_id, business_number, decided_at, request_cipher, to_authority_id, received_at,
         updated_at, closed_at)
       select gen_random_uuid(), v.certificate_id, v.id, 'transferOut', 'done', v.authority_id, v.trade, v.catalog_entry_version_id,
         (select id from agency_system limit 1), 'T-1', now(), '\\x00', (select authority_id from here), now(), now(), now()
       from certificate_version v where v.certificate_id = '${certificateId}'`,
    );
  }

  it(
    'is idempotent: the same key answers the same change, and settling dates twice moves nothing twice',
    async () => {
      const certificateId = await driver().issued(anIssuance());
      const body = await driver().decided();
      const asked = { body, headers: { 'idempotency-key': 'suspension-once-0001' } };
      const path = `/api/v1/certificates/${certificateId}/suspensions`;
      const first = await product().agency('POST', path, asked);
      const again = await product().agency('POST', path, asked);
      expect([first.status, again.status]).toEqual([201, 200]);
      expect(changeOf(again).id).toBe(changeOf(first).id);
      const { register, cipher, integrity } = product().foundation;
      const page = { register, clock: product().clock, tools: { cipher, integrity }, pageSize: 50 };
      await settleCertificateDates(page);
      expect(await settleCertificateDates(page)).toBe(false);
    },
    STORY_MS,
  );

  it(
    'each of the sixteen acts of the table was done here, and none of them leaves a clock or decides twice',
    async () => {
      const done = await driver().rows<{ operation: string }>(
        "select distinct operation from certificate_change where state = 'done'",
      );
      expect(done.map(({ operation }) => operation).sort()).toEqual([...CHANGE_KIND_NAMES].sort());
      expect(CHANGE_KIND_NAMES).toHaveLength(16);
      expect(await clockFindings((sql) => driver().rows(sql))).toEqual([]);
    },
    STORY_MS,
  );

  async function verdict(code: string): Promise<{ verdict: string; reason: string; sentence: string }> {
    const answered = await product().anonymous('GET', `/api/v1/public/verify/${code}`);
    return JSON.parse(answered.text);
  }

  /** The code that is printed on the newest version, as its case answers it. */
  async function printedCode(certificateId: string): Promise<string> {
    const [row] = await driver().rows<{ issuance_id: string }>(
      'select issuance_id from certificate_version where certificate_id = $1 and issued_at is not null order by version desc limit 1',
      [certificateId],
    );
    const { certificate } = await driver().view(row?.issuance_id ?? '');
    return certificate?.verificationUrl?.split('/').at(-1) ?? '';
  }
});

function sequenceOf(number: string): number {
  return Number(/第(\d+)号/.exec(number)?.[1]);
}
