import { OutsideSystemFault } from '../../../adapters/http/send-request';
import { createHttpUpReportChannel } from '../../../adapters/up-report/http-up-report-channel';
import type { UpReportItem } from '../../../ports/up-report-channel';
import type { RunningSimulator } from '../../../simulators/protocol/simulator-server';
import { startUpReportServer } from '../../../simulators/up-report/up-report-server';
import { look, outsideClock, outsideKey, tell, temporaryFolder } from '../../support/outside-world';

const catalogCode = '11100000000019713D013';

function itemOf(overrides: Partial<UpReportItem> = {}): UpReportItem {
  return {
    reportId: 'report-1',
    operationCode: '01',
    identifier: `1.2.156.3005.2.${catalogCode}.111506000000000000.1506.001.A`,
    catalogCode,
    certificateName: '道路运输证',
    number: '150602000123',
    issuingAuthorityCode: '111506000000000000',
    state: '01',
    issuedOn: '2026-11-23',
    validFrom: '2026-11-23',
    validUntil: null,
    fileDigest: 'ab'.repeat(32),
    ...overrides,
  };
}

describe('up-reporting to the region', () => {
  const folder = temporaryFolder();
  let server: RunningSimulator;
  const send = (overrides: Partial<UpReportItem> = {}) =>
    createHttpUpReportChannel({
      baseUrl: server.baseUrl,
      key: outsideKey,
      clock: outsideClock,
      timeoutMs: 400,
    }).send(itemOf(overrides));

  beforeAll(async () => {
    server = await startUpReportServer({
      host: '127.0.0.1',
      port: 0,
      folder: folder.path,
      key: outsideKey,
      now: () => outsideClock.now(),
    });
  });
  afterEach(() => tell(server, 'faults', { mode: 'none' }));
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });

  it('is idempotent: the same report gives the same receipt and is kept once', async () => {
    const answers = [await send(), await send()];
    expect(answers[0]).toMatchObject({ kind: 'accepted' });
    expect(answers[1]).toEqual(answers[0]);
    expect(((await look(server, 'reports')) as { items: unknown[] }).items).toHaveLength(1);
  });

  it('refuses another content under a known report id', async () => {
    await send({ reportId: 'report-2' });
    await expect(send({ reportId: 'report-2', state: '04' })).rejects.toThrow('409');
  });

  it('quarantines a report whose identifier names another type, and one with a gap', async () => {
    expect(await send({ reportId: 'r3', catalogCode: '11100000MB03271699001' })).toMatchObject({
      kind: 'quarantined',
    });
    expect(await send({ reportId: 'r4', number: '' })).toEqual({
      kind: 'quarantined',
      reason: '缺少必填项：number',
    });
  });

  it('returns a report as it is told to, and accepts it after mending', async () => {
    await tell(server, `answers/${catalogCode}`, { kind: 'returned', reason: '证照名称与国家目录不一致' });
    expect(await send({ reportId: 'r5' })).toEqual({ kind: 'returned', reason: '证照名称与国家目录不一致' });
    await tell(server, `answers/${catalogCode}`, { kind: 'accepted' });
    expect(await send({ reportId: 'r5', certificateName: '道路运输证（更正）' })).toMatchObject({
      kind: 'accepted',
    });
  });

  it.each(['down', 'hang', 'error500', 'cutHalfWay', 'garbage'] as const)(
    'throws when the platform is %s',
    async (mode) => {
      await tell(server, 'faults', { mode });
      await expect(send({ reportId: `fault-${mode}` })).rejects.toThrow(OutsideSystemFault);
    },
  );
});
