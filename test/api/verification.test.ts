import { createHash } from 'node:crypto';
import type { ApiClient } from '../support/api-client';
import { aFileBody, problemOf, startApi } from '../support/api-client';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { VERIFICATION_CODE } from '../support/fakes/fake-ids';

let world: FakeWorld;
let api: ApiClient;

beforeEach(async () => {
  world = fakeWorld();
  api = await startApi(world);
});
afterEach(() => api.close());

const PATH = `/api/v1/public/verify/${VERIFICATION_CODE}`;
const BROWSER = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

describe('verifying by code', () => {
  it('answers what is valid, when, on what basis, masked', async () => {
    const answered = await api.anonymous('GET', PATH);
    expect(answered.body).toMatchObject({
      verdict: 'valid',
      reason: 'inForce',
      at: '2026-11-23T10:00:00+08:00',
      certificate: { stateName: '有效', maskedHolders: [{ name: '阿*******' }] },
      file: null,
    });
    expect(answered.text).not.toContain('certificateVersionId');
    expect(answered.headers.get('cache-control')).toBe('no-store');
    expect(world.verifications.counted).toBe(1);
  });

  it('reaches each verdict anew', async () => {
    await api.anonymous('GET', PATH);
    world.verifications.certificate = { ...world.verifications.certificate, state: 'revoked' };
    expect((await api.anonymous('GET', PATH)).body).toMatchObject({ verdict: 'notValid', reason: 'revoked' });
  });

  it('keeps the code out of the log', async () => {
    await api.anonymous('GET', PATH);
    expect(world.logLines.join()).toContain('"route":"/api/v1/public/verify/{code}"');
    expect(world.logLines.join()).not.toContain(VERIFICATION_CODE);
  });

  it('of an unknown or ill-formed code finds nothing', async () => {
    for (const code of ['z'.repeat(32), 'short']) {
      const answered = await api.anonymous('GET', `/api/v1/public/verify/${code}`);
      expect(problemOf(answered)).toMatchObject({ status: 404, code: 'notFound' });
    }
  });
});

describe('the page for a browser', () => {
  it.each([
    ['inForce', [], '✔ 有效'],
    ['cancelled', [], '✘ 无效'],
    ['inForce', ['statusInDoubt'], '? 无法确认'],
  ] as const)('of a certificate %s %j says %s', async (state, marks, sentence) => {
    world.verifications.certificate = { ...world.verifications.certificate, state, marks };
    const page = await api.anonymous('GET', PATH, BROWSER);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain(`<h1>${sentence}</h1>`);
    if (marks.length > 0) expect(page.text).toContain('⚠ <strong>状态存疑</strong>');
  });

  it('escapes whatever a certificate says and allows no script', async () => {
    const page = await api.anonymous('GET', PATH, BROWSER);
    expect(page.text).toContain('东胜区&lt;b&gt;****');
    expect(page.text).not.toContain('<script');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    const style = /<style>([\s\S]*)<\/style>/.exec(page.text)?.[1] ?? '';
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  });

  it('of an unknown or ill-formed code cannot tell', async () => {
    for (const code of ['z'.repeat(32), 'short']) {
      const page = await api.anonymous('GET', `/api/v1/public/verify/${code}`, BROWSER);
      expect(page.status).toBe(404);
      expect(page.text).toContain('? 无法确认');
    }
  });
});

describe('verifying a file', () => {
  const content = Buffer.from('the sealed file');
  const post = () => api.anonymous('POST', '/api/v1/public/verify', aFileBody('证照.ofd', content));
  const digest = createHash('sm3').update(content).digest('hex');

  it('combines what the file says with what the register says', async () => {
    world.verifications.knownDigest = digest;
    expect((await post()).body).toMatchObject({
      verdict: 'valid',
      file: { digest, format: 'ofd' },
      checks: [{ name: '签章' }, { name: '登记簿中的当前状态', outcome: 'passed' }],
    });
    world.verifications.certificate = { ...world.verifications.certificate, state: 'voided' };
    expect((await post()).body).toMatchObject({ verdict: 'notValid', reason: 'voided' });
  });

  it('judges a file of ours with the timestamps beside it and the time at which the register recorded it', async () => {
    world.verifications.timestamps = [Buffer.from('token')];
    await post();
    expect(world.fileVerifier.evidence).toMatchObject({ timestamps: [], recordedBy: null });
    world.verifications.knownDigest = digest;
    await post();
    expect(world.fileVerifier.evidence).toMatchObject({
      timestamps: [Buffer.from('token')],
      recordedBy: new Date(world.verifications.certificate.issuedAt),
    });
  });

  it('cannot tell about a sound file that the register does not know', async () => {
    expect((await post()).body).toMatchObject({
      verdict: 'cannotTell',
      reason: 'notInRegister',
      certificate: null,
    });
  });

  it('gives the sealed report to who asks for a PDF', async () => {
    const { raw, headers } = aFileBody('证照.ofd', content);
    const asking = { raw, headers: { ...headers, accept: 'application/pdf' } };
    const answered = await api.anonymous('POST', '/api/v1/public/verify', asking);
    expect(answered.headers.get('content-type')).toBe('application/pdf');
    expect(answered.text).toMatch(/^%PDF/);
  });

  it('refuses what is neither OFD nor PDF', async () => {
    world.fileVerifier.verdict = { kind: 'notReadable' };
    expect(problemOf(await post())).toMatchObject({ status: 422, code: 'fileNotReadable' });
  });

  it('refuses a body that breaks off and one that is no form', async () => {
    const { raw, headers } = aFileBody('a.ofd', content);
    const cut = await api.anonymous('POST', '/api/v1/public/verify', { raw: raw.subarray(0, -20), headers });
    expect(problemOf(cut)).toMatchObject({ status: 400, pointers: ['/file'] });
    const json = await api.anonymous('POST', '/api/v1/public/verify', { body: {} });
    expect(problemOf(json)).toMatchObject({ status: 415, code: 'mediaTypeUnsupported' });
  });
});

describe('files that are verified at the same moment', () => {
  it('are as many as allowed; one more is asked to come back, and may once the first is done', async () => {
    const limited = fakeWorld();
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered: () => void = () => {};
    const running = new Promise<void>((resolve) => {
      entered = resolve;
    });
    limited.fileVerifier.verify = async () => {
      entered();
      await held;
      return { kind: 'notReadable' };
    };
    const limits = { ...limited.ports.settings.limits, concurrentFileVerifications: 1 };
    const settings = { ...limited.ports.settings, limits };
    const strict = await startApi({ ...limited, ports: { ...limited.ports, settings } });
    const send = () =>
      strict.anonymous('POST', '/api/v1/public/verify', aFileBody('a.ofd', Buffer.from('x')));
    const first = send();
    await running;
    const second = await send();
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '2']);
    release();
    expect((await first).status).toBe(422);
    expect((await send()).status).toBe(422);
    await strict.close();
  });
});

describe('limits of the public', () => {
  it('count per address and per code, and say when to come back', async () => {
    const limited = fakeWorld();
    const limits = {
      ...limited.ports.settings.limits,
      verificationsPerCode: 2,
      verificationsPerAddress: 4,
    };
    const strict = await startApi({
      ...limited,
      ports: { ...limited.ports, settings: { ...limited.ports.settings, limits } },
    });
    const statusOf = async (path: string) => (await strict.anonymous('GET', path)).status;
    const other = `/api/v1/public/verify/${'y'.repeat(32)}`;
    expect([await statusOf(PATH), await statusOf(PATH), await statusOf(PATH)]).toEqual([200, 200, 429]);
    expect([await statusOf(other), await statusOf(other)]).toEqual([404, 429]);
    const answered = await strict.anonymous('GET', other);
    expect(problemOf(answered)).toMatchObject({ status: 429, code: 'tooManyRequests' });
    expect(Number(answered.headers.get('retry-after'))).toBeGreaterThan(0);
    await strict.close();
  });
});
