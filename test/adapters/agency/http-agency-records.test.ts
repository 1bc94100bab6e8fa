import { createHttpAgencyRecords } from '../../../adapters/agency/http-agency-records';
import { OutsideSystemFault } from '../../../adapters/http/send-request';
import { startAgencyRecordServer } from '../../../simulators/agency-records/agency-record-server';
import type { RunningSimulator } from '../../../simulators/protocol/simulator-server';
import { outsideClock, outsideKey, tell, temporaryFolder } from '../../support/outside-world';

const businessNumber = '150602-2026-000123/补';
const record = { businessNumber, catalogCode: '11100000000019713D013', face: { 车辆号牌: '蒙K·T0123' } };

describe('records of the agency over HTTP', () => {
  const folder = temporaryFolder();
  let server: RunningSimulator;
  const records = createHttpAgencyRecords({
    keyFor: async () => outsideKey,
    clock: outsideClock,
    timeoutMs: 400,
    maxRecordBytes: 2000,
  });
  const start = () =>
    startAgencyRecordServer({
      host: '127.0.0.1',
      port: 0,
      folder: folder.path,
      key: outsideKey,
      now: () => outsideClock.now(),
    });
  const put = (number: string, body: string): Promise<Response> =>
    fetch(`${server.baseUrl}/records/${encodeURIComponent(number)}`, { method: 'PUT', body });
  const fetchRecord = (number = businessNumber) => records.fetch(`${server.baseUrl}/records`, number);

  beforeAll(async () => {
    server = await start();
    expect((await put(businessNumber, JSON.stringify(record))).status).toBe(201);
  });
  afterEach(() => tell(server, 'faults', { mode: 'none' }));
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });

  it('gives the record that the agency laid down, also after a restart of its server', async () => {
    expect(await fetchRecord()).toEqual({ kind: 'found', record });
    await server.stop();
    server = await start();
    expect(await fetchRecord()).toEqual({ kind: 'found', record });
  });

  it('says notFound for an unknown business number and a fault for a wrong address', async () => {
    expect(await fetchRecord('150602-2026-999999')).toEqual({ kind: 'notFound' });
    await expect(records.fetch(`${server.baseUrl}/elsewhere`, businessNumber)).rejects.toThrow(
      OutsideSystemFault,
    );
  });

  it('refuses a record whose business number is not the one of its address, or that is no JSON', async () => {
    expect((await put('other', JSON.stringify(record))).status).toBe(400);
    expect((await put(businessNumber, '{"businessNumber"')).status).toBe(400);
    expect((await put(businessNumber, JSON.stringify({ businessNumber }))).status).toBe(400);
    expect((await put(businessNumber, 'x'.repeat(1024 * 1024 + 1))).status).toBe(413);
  });

  it('shows no record to whoever does not sign', async () => {
    const unsigned = await fetch(`${server.baseUrl}/records/${encodeURIComponent(businessNumber)}`);
    expect(unsigned.status).toBe(401);
    const stranger = createHttpAgencyRecords({
      keyFor: async () => ({ ...outsideKey, secret: 'guessed' }),
      clock: outsideClock,
    });
    await expect(stranger.fetch(`${server.baseUrl}/records`, businessNumber)).rejects.toThrow('answered 401');
  });

  it.each(['down', 'hang', 'error500', 'cutHalfWay', 'garbage'] as const)(
    'throws, and never says notFound, when the agency is %s',
    async (mode) => {
      await tell(server, 'faults', { mode });
      await expect(fetchRecord()).rejects.toThrow(OutsideSystemFault);
    },
  );

  it('waits for a slow agency within its time limit and gives up after it', async () => {
    await tell(server, 'faults', { mode: 'slow', delayMs: 50 });
    expect(await fetchRecord()).toEqual({ kind: 'found', record });
    await tell(server, 'faults', { mode: 'slow', delayMs: 2000 });
    await expect(fetchRecord()).rejects.toThrow('no answer in time');
  });

  it('is well again after the faults it was told to have', async () => {
    await tell(server, 'faults', { mode: 'down', remaining: 1 });
    await expect(fetchRecord()).rejects.toThrow(OutsideSystemFault);
    expect(await fetchRecord()).toEqual({ kind: 'found', record });
  });

  it('refuses an answer larger than its limit', async () => {
    const large = { ...record, businessNumber: 'large', face: { 备注: '长'.repeat(2000) } };
    expect((await put('large', JSON.stringify(large))).status).toBe(201);
    await expect(fetchRecord('large')).rejects.toThrow('larger than');
  });
});
