import { settleCertificateDates } from '../../adapters/postgres/certificate/settle-certificate-dates';
import { tellExpiring } from '../../adapters/postgres/certificate/tell-expiring';
import { anIssuance } from '../support/builders/issuance-body';
import { aBusinessLicence, ChangeDriver, changeOf, nextVersion } from '../support/change-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const DAY_MS = 86_400_000;

describe('the dates of a certificate', () => {
  const { product } = withProduct();
  const driver = () => new ChangeDriver(product());

  /** What the schedule does at its next turn. */
  async function turn(): Promise<void> {
    const { register, cipher, integrity } = product().foundation;
    const page = { register, clock: product().clock, pageSize: 3 };
    while (await settleCertificateDates({ ...page, tools: { cipher, integrity } }));
    while (await tellExpiring(page));
  }

  /** Days of the register's calendar from today, as a request writes them. */
  function inDays(days: number): string {
    return new Date(product().clock.now().getTime() + days * DAY_MS + 8 * 3_600_000)
      .toISOString()
      .slice(0, 10);
  }

  function days(count: number): void {
    product().clock.advance(count * DAY_MS);
    for (const name of ['operator1', 'reviewer1', 'holder1', 'company1']) product().signInAgain(name);
  }

  function told(certificateId: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return driver().rows(
      `select split_part(n.natural_key, '/', 3) as rung from notice n join certificate_version v on n.natural_key like 'expiring/' || v.id || '/%'
       where v.certificate_id = $1 order by n.created_at`,
      [certificateId],
    );
  }

  it(
    'not yet in force until its first day, which the schedule brings; verification knows at midnight',
    async () => {
      const certificateId = await driver().issued(
        anIssuance('道路运输证', { validFrom: inDays(2), validUntil: inDays(400) }),
      );
      expect(await driver().certificate(certificateId)).toMatchObject({ state: 'notYetInForce' });
      await turn();
      expect(await driver().certificate(certificateId)).toMatchObject({ state: 'notYetInForce' });
      days(2);
      await turn();
      await turn();
      expect(await driver().certificate(certificateId)).toMatchObject({ state: 'inForce' });
      const events = await driver().rows(
        "select count(*)::int as times from event where certificate_id = $1 and kind = 'certificate.takeEffect'",
        [certificateId],
      );
      expect(events).toEqual([{ times: 1 }]);
    },
    STORY_MS,
  );

  it(
    'told 90, 60 and 30 days before, once each, holder and authority; then expired, listed, and free for another',
    async () => {
      const body = anIssuance('道路运输证', { validUntil: inDays(95) });
      const certificateId = await driver().issued(body);
      await turn();
      expect(await told(certificateId)).toEqual([]);
      for (const step of [10, 1, 30, 30]) {
        days(step);
        await turn();
        await turn();
      }
      expect(await told(certificateId)).toEqual([{ rung: '90' }, { rung: '60' }, { rung: '30' }]);
      const authority = await driver().rows<{ told: number }>(
        "select count(*)::int as told from notice where recipient_role = 'operator' and title = '有证照即将到期'",
      );
      expect(authority[0]?.told).toBeGreaterThanOrEqual(3);
      const soon = await product().agency(
        'GET',
        '/api/v1/certificates?list=expiring&withinDays=30&limit=100',
      );
      expect(soon.text).toContain(certificateId);
      days(25);
      await turn();
      const expired = await driver().certificate(certificateId);
      expect(expired).toMatchObject({
        state: 'expired',
        availableActions: expect.arrayContaining(['cancel']),
      });
      expect(expired.endedAt?.slice(11)).toBe('00:00:00+08:00');
      const list = await product().agency('GET', '/api/v1/certificates?list=expiredNotCancelled&limit=100');
      expect(list.text).toContain(certificateId);
      const reports = await driver().rows(
        `select u.operation_code from up_report u join certificate_version v on v.id = u.certificate_version_id
         where v.certificate_id = $1 order by u.created_at`,
        [certificateId],
      );
      expect(reports).toEqual([{ operation_code: '01' }, { operation_code: '04' }]);
      await driver().issued(anIssuance('道路运输证', { face: { 车辆号牌: body.face['车辆号牌'] } }));
    },
    STORY_MS,
  );

  it(
    'kept in force beyond its end while a renewal filed in time is undecided; refused, it expires; approved, it goes on',
    async () => {
      const shown = async (id: string) => driver().certificate(id);
      const bodies = [1, 2].map(() => anIssuance('道路运输证', { validUntil: inDays(5) }));
      const ids: string[] = [];
      for (const body of bodies) ids.push(await driver().issued(body));
      const changes: string[] = [];
      for (const [index, body] of bodies.entries()) {
        const next = nextVersion(body, { validFrom: inDays(6), validUntil: inDays(900) });
        const asked = await driver().ask(ids[index] ?? '', 'renewals', next);
        changes.push(changeOf(asked).issuance?.id ?? '');
      }
      for (const id of changes) await driver().task(id);
      days(7);
      await turn();
      for (const id of ids) {
        expect(await shown(id)).toMatchObject({
          state: 'inForce',
          marks: ['renewalPending'],
          version: '001',
        });
      }
      await driver().review(changes[0] ?? '', 'refuse', '不符合延续条件');
      await driver().untilState(changes[0] ?? '', 'refused');
      await turn();
      expect(await shown(ids[0] ?? '')).toMatchObject({ state: 'expired', marks: [] });
      await driver().review(changes[1] ?? '', 'approve');
      await driver().untilState(changes[1] ?? '', 'issued');
      await turn();
      expect(await shown(ids[1] ?? '')).toMatchObject({ state: 'inForce', version: '002', marks: [] });
    },
    STORY_MS,
  );

  it(
    'renewed early, the new version is in force at once although its first day lies ahead: the right has no gap',
    async () => {
      const body = anIssuance('道路运输证', { validUntil: inDays(20) });
      const certificateId = await driver().issued(body);
      const next = nextVersion(body, { validFrom: inDays(21), validUntil: inDays(900) });
      await driver().layDownRecord(next);
      const { id } = changeOf(await driver().ask(certificateId, 'renewals', next, 20));
      await driver().untilChange(id, 'done');
      const { state } = await driver().certificate(certificateId);
      expect(state).toBe('inForce');
    },
    STORY_MS,
  );

  it(
    'expiry ends an amendment under way; a change asked for after the last day finds the certificate expired',
    async () => {
      const body = anIssuance('道路运输证', { validUntil: inDays(3) });
      const certificateId = await driver().issued(body);
      const amendment = await driver().change(certificateId, 'amendments', nextVersion(body));
      days(4);
      const late = await driver().ask(
        certificateId,
        'renewals',
        nextVersion(body, { validUntil: inDays(900) }),
      );
      expect(late.status).toBe(409);
      expect(await driver().certificate(certificateId)).toMatchObject({ state: 'expired' });
      expect(await driver().changeView(amendment.id)).toMatchObject({
        state: 'preempted',
        preemptedBy: null,
        stateReason: { detail: '证照有效期已届满' },
      });
    },
    STORY_MS,
  );

  it(
    'when what a certificate rests on ends, its office has one task to look at it; nothing ends by itself',
    async () => {
      const licence = aBusinessLicence({ validFrom: inDays(-1), validUntil: inDays(700) });
      const issuance = await driver().submitWithRecord(licence);
      await driver().review(issuance, 'approve');
      const { certificate } = await driver().untilState(issuance, 'issued');
      const mine = await driver().issued(
        anIssuance('道路运输证', {
          validUntil: inDays(600),
          face: { 经营许可证号: licence.face['许可证号'] },
        }),
      );
      const other = await driver().issued(anIssuance('道路运输证', { validUntil: inDays(600) }));
      await driver().change(certificate?.id ?? '', 'revocations', await driver().decided());
      const task = await driver().task(mine, 'operator1');
      expect(task.kind).toBe('dependentCertificate');
      expect(await driver().certificate(mine)).toMatchObject({ state: 'inForce' });
      const tasks = await driver().rows(
        "select case_id from task where kind = 'dependentCertificate' and case_id = any($1::uuid[])",
        [[mine, other]],
      );
      expect(tasks).toEqual([{ case_id: mine }]);
      const reported = await product().agency('POST', '/api/v1/holder-reports', {
        body: { kind: 'dissolved', code: '91150602MA0DEM013X' },
        headers: { 'idempotency-key': 'holder-report-0001' },
      });
      expect(reported.status).toBe(201);
      await driver().task(other, 'operator1');
      const keep = () =>
        product().person('operator1')('POST', `/api/v1/certificates/${other}/dependency-conclusions`, {
          body: { reason: '经核实，主体仍然存续' },
        });
      expect((await keep()).status).toBe(204);
      expect((await keep()).status).toBe(409);
      await driver().change(mine, 'cancellations', await driver().decided());
      const left = await driver().rows(
        "select state from task where kind = 'dependentCertificate' and case_id = $1",
        [mine],
      );
      expect(left).toEqual([{ state: 'closed' }]);
    },
    STORY_MS,
  );
});
