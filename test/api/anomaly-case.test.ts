import { type ApiClient, problemOf, startApi } from '../support/api-client';
import { FakeAnomalyDesk } from '../support/fakes/fake-anomaly-desk';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { aPerson } from '../support/fakes/fake-identity';
import { ANOMALY_CASE_ID, CERTIFICATE_ID } from '../support/fakes/fake-ids';

const ROOT = '/api/v1/anomaly-cases';
const NOBODYS = '00000000-0000-4000-8000-000000000099';
const CLAIM = { field: '坐落', ground: 'accuracy', claimedValue: '天骄路 2 号' };

let api: ApiClient;
let desk: FakeAnomalyDesk;

beforeAll(async () => {
  desk = new FakeAnomalyDesk();
  const world = fakeWorld();
  api = await startApi({ ...world, ports: { ...world.ports, anomalies: desk } });
});
afterAll(() => api.close());

function file(body: object) {
  return api.person(aPerson('operator'))('POST', ROOT, {
    body: { claims: [CLAIM], explanation: '门牌已变更', ...body },
    headers: { 'idempotency-key': 'anomaly-key-000001' },
  });
}

describe('filing an objection', () => {
  it.each([
    [{ certificateId: CERTIFICATE_ID }, { by: 'id', id: CERTIFICATE_ID }],
    [{ identifier: '1.2.156.3005.2.x' }, { by: 'identifier', identifier: '1.2.156.3005.2.x' }],
    [{ verificationCode: 'abc' }, { by: 'verificationCode', code: 'abc' }],
  ])('names the certificate in one way: %j', async (body, named) => {
    const answered = await file(body);
    expect([answered.status, answered.headers.get('location')]).toEqual([201, `${ROOT}/${ANOMALY_CASE_ID}`]);
    expect(desk.filed?.certificate).toEqual(named);
  });

  it.each([
    {},
    { certificateId: CERTIFICATE_ID, identifier: 'x' },
    { certificateId: CERTIFICATE_ID, claims: [] },
  ])('is refused as %j', async (body) => {
    expect((await file(body)).status).toBe(400);
  });

  it('bears no secrecy mark', async () => {
    const answered = await file({ certificateId: CERTIFICATE_ID, explanation: '绝密★长期' });
    expect(problemOf(answered).code).toBe('classifiedSuspected');
  });
});

describe('a case', () => {
  const investigator = () => api.person(aPerson('investigator'));

  it.each(['', '/comparison', '/affected-uses', '/replies'])(
    'is read at %s as the contract says',
    async (part) => {
      expect((await investigator()('GET', `${ROOT}/${ANOMALY_CASE_ID}${part}`)).status).toBe(200);
      expect((await investigator()('GET', `${ROOT}/${NOBODYS}${part}`)).status).toBe(404);
    },
  );

  it('hands evidence out as a file that no browser runs', async () => {
    const answered = await investigator()('GET', `${ROOT}/${ANOMALY_CASE_ID}/evidence/${CERTIFICATE_ID}`);
    expect(answered.headers.get('content-type')).toBe('application/octet-stream');
    expect(answered.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answered.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''/);
  });

  it('is decided in one of three ways, each with what it needs', async () => {
    const decide = (body: object) => investigator()('POST', `${ROOT}/${ANOMALY_CASE_ID}/decide`, { body });
    expect((await decide({ decision: 'uphold', reason: '无误' })).status).toBe(200);
    expect((await decide({ decision: 'correct', reason: '有误', corrections: { 坐落: 'x' } })).status).toBe(
      200,
    );
    expect((await decide({ decision: 'correct', reason: '有误' })).status).toBe(400);
    expect((await decide({ decision: 'endCertificate', reason: '有误', operation: 'suspend' })).status).toBe(
      400,
    );
    expect((await decide({ decision: 'uphold', reason: ' ' })).status).toBe(400);
  });

  it('is not acted on by others than investigators', async () => {
    for (const act of [
      'accept',
      'send-back',
      'decide',
      'transfer',
      'hand-over',
      'reply',
      'contact-attempts',
    ]) {
      const answered = await api.person(aPerson('reviewer'))('POST', `${ROOT}/${ANOMALY_CASE_ID}/${act}`, {
        body: {},
      });
      expect([act, answered.status]).toEqual([act, 403]);
    }
  });
});
