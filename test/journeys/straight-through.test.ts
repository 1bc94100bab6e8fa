import { workflowId } from '../../adapters/temporal/temporal-conductor';
import { readTrustFolder } from '../../adapters/trust/trust-folder';
import { verifyFile } from '../../documents/verification/verify-file';
import { trustFolder } from '../../main/foundation';
import { aFileBody } from '../support/api-client';
import { anIssuance, SAMPLE_NAMES, sampleIssuance } from '../support/builders/issuance-body';
import { eventually, viewOf } from '../support/case-driver';
import { look } from '../support/outside-world';
import { STORY_MS, withProduct } from '../support/with-product';

const MOST_EVENTS = 40;

describe('an issuance that goes straight through', () => {
  const { product, driver } = withProduct();

  for (const name of SAMPLE_NAMES) {
    it(
      `issues the sample ${name}: sealed, verifiable, delivered, reported, in at most ${MOST_EVENTS} events`,
      async () => {
        const body = sampleIssuance(name);
        await driver().layDownRecord(body);
        const sent = viewOf(await driver().send(body, { waitS: 20 }));
        const view = await driver().untilState(sent.id, 'issued');
        expect(view).toMatchObject({
          certificate: { state: 'inForce' },
          waitingFor: null,
          stateReason: null,
        });

        const history = await product()
          .temporal.workflow.getHandle(workflowId('issuance', view.id))
          .fetchHistory();
        expect(history.events?.length).toBeLessThanOrEqual(MOST_EVENTS);

        await expectValidFiles(view.certificateId ?? '', 1);
        const holders = await driver().rows<{ holders: number }>(
          'select count(*)::int as holders from certificate_holder where certificate_version_id = $1',
          [view.certificate?.versionId],
        );
        const deliveries = await eventually(
          'every holder has the certificate',
          () => deliveriesOf(view.certificate?.versionId ?? ''),
          (rows) => rows.length === holders[0]?.holders && rows.every(({ state }) => state === 'delivered'),
        );
        expect(deliveries.map(({ attempts }) => attempts)).toEqual(deliveries.map(() => 1));
        const reports = await eventually(
          'the issue is reported',
          () =>
            driver().rows<{ state: string }>(
              'select state from up_report where certificate_version_id = $1',
              [view.certificate?.versionId],
            ),
          (rows) => rows.every(({ state }) => state === 'reported'),
        );
        expect(reports).toHaveLength(1);
      },
      STORY_MS,
    );
  }

  it(
    'tells the public that it is valid, with a masked face',
    async () => {
      const id = await driver().submitWithRecord(anIssuance('不动产权证书'));
      const { certificate } = await driver().untilState(id, 'issued');
      const path = new URL(certificate?.verificationUrl ?? '').pathname;
      const verdict = await product().anonymous('GET', path, { headers: { accept: 'application/json' } });
      expect(verdict.body).toMatchObject({ verdict: 'valid' });
      expect(verdict.text).not.toContain('阿拉腾其其格');
      expect(verdict.text).not.toContain('150699198503120121');
    },
    STORY_MS,
  );

  it(
    'is notYetInForce when its first day is ahead',
    async () => {
      const body = anIssuance('道路运输证', { validFrom: '2026-12-01', validUntil: '2030-11-30' });
      const id = await driver().submitWithRecord(body);
      const view = await driver().untilState(id, 'issued');
      expect(view.certificate?.state).toBe('notYetInForce');
    },
    STORY_MS,
  );

  it(
    'keeps a history without faces, names or numbers of people',
    async () => {
      const body = anIssuance('不动产权证书');
      const id = await driver().submitWithRecord(body);
      await driver().untilState(id, 'issued');
      const history = await product().temporal.workflow.getHandle(workflowId('issuance', id)).fetchHistory();
      const payloads = (history.events ?? []).map((event) =>
        JSON.stringify(event, (_, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
        ),
      );
      expect(payloads.join('\n')).toContain(id);
      for (const secret of ['阿拉腾其其格', '150699198503120121', String(body.face['不动产单元号'])]) {
        expect(payloads.join('\n')).not.toContain(secret);
      }
    },
    STORY_MS,
  );

  it(
    'shows the portal only files of certificates that are issued',
    async () => {
      const delivered = (await look(product().simulators.portal, 'deliveries')) as {
        readonly items: readonly { readonly fileDigest: string }[];
      };
      const issued = await driver().rows<{ digest: string }>(
        `select f.digest from certificate_file f join certificate_version v on v.id = f.certificate_version_id
         where v.state in ('inForce', 'notYetInForce')`,
      );
      const known = new Set(issued.map(({ digest }) => digest));
      expect(delivered.items.length).toBeGreaterThan(0);
      for (const { fileDigest } of delivered.items) expect(known).toContain(fileDigest);
    },
    STORY_MS,
  );

  /** The report that the verification service seals on request (art. 6) is itself a file that verifies. */
  async function expectSealedReport(file: Uint8Array): Promise<void> {
    const { raw, headers } = aFileBody('证照.ofd', file);
    const answered = await fetch(`${product().origin}/api/v1/public/verify`, {
      method: 'POST',
      headers: { ...headers, accept: 'application/pdf' },
      body: Buffer.from(raw),
    });
    expect(answered.headers.get('content-type')).toBe('application/pdf');
    const trust = await readTrustFolder(trustFolder(product().foundation.config));
    const report = verifyFile(new Uint8Array(await answered.arrayBuffer()), {
      ...trust,
      at: product().clock.now(),
      revocation: 'whenAvailable',
    });
    expect(report).toMatchObject({ kind: 'pdf', overall: 'valid', signatures: [{ outcome: 'valid' }] });
  }

  async function expectValidFiles(certificateId: string, seals: number): Promise<void> {
    const trust = await readTrustFolder(trustFolder(product().foundation.config));
    for (const kind of ['ofd', 'pdf'] as const) {
      const path = `/api/v1/certificates/${certificateId}/files/${kind}?purpose=test`;
      const answered = await fetch(product().origin + path, {
        headers: product().agencyHeaders('GET', path),
      });
      expect(answered.status).toBe(200);
      const file = new Uint8Array(await answered.arrayBuffer());
      const report = verifyFile(file, { ...trust, at: product().clock.now(), revocation: 'whenAvailable' });
      expect(report).toMatchObject({ kind, overall: 'valid' });
      expect(report.signatures).toHaveLength(seals);
      await expectSealedReport(file);
    }
  }

  function deliveriesOf(versionId: string) {
    return driver().rows<{ state: string; attempts: number }>(
      'select state, attempts from delivery where certificate_version_id = $1 order by holder_ordinal',
      [versionId],
    );
  }
});
