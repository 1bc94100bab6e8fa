import { connect } from 'node:net';
import { drain } from '../../api/shutdown';
import type { ApiClient } from '../support/api-client';
import { problemOf, startApi } from '../support/api-client';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { aPerson } from '../support/fakes/fake-identity';

let world: FakeWorld;
let api: Awaited<ReturnType<typeof startApi>>;

beforeEach(async () => {
  world = fakeWorld();
  api = await startApi(world);
});
afterEach(() => api.close());

describe('health', () => {
  it('says which part is not ready', async () => {
    expect((await api.anonymous('GET', '/readyz')).body).toMatchObject({ ready: true });
    world.readiness.parts = [{ name: 'temporal', ready: false, detail: '无法连接' }];
    const answered = await api.anonymous('GET', '/readyz');
    expect(answered.status).toBe(503);
    expect(answered.body).toMatchObject({ ready: false, parts: [{ name: 'temporal', detail: '无法连接' }] });
    expect((await api.anonymous('GET', '/healthz')).status).toBe(200);
    expect((await api.anonymous('GET', '/version')).body).toMatchObject({ version: '0.1.0' });
  });

  it('says how much of the demonstration is laid out, which makes nothing unready', async () => {
    expect((await api.anonymous('GET', '/readyz')).body).not.toHaveProperty('demonstration');
    const counts = { scenarios: { done: 194, total: 194 }, certificates: { done: 400, total: 2224 } };
    world.readiness.demonstration = counts;
    const answered = await api.anonymous('GET', '/readyz');
    expect(answered.status).toBe(200);
    expect(answered.body).toMatchObject({ ready: true, demonstration: counts });
  });

  it('measures requests by route template', async () => {
    await api.agency('GET', '/api/v1/issuances/00000000-0000-4000-8000-000000000009');
    const { text } = await api.anonymous('GET', '/metrics');
    expect(text).toContain('route="/api/v1/issuances/{id}",status="404"');
    expect(text).not.toContain('000000000009');
  });
});

describe('documentation', () => {
  it('comes from our own server under a policy that its pages meet', async () => {
    const page = await api.anonymous('GET', '/docs/');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/<script>|style="|https?:\/\//);
    for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js']) {
      expect([file, (await api.anonymous('GET', `/docs/${file}`)).status]).toEqual([file, 200]);
    }
    expect((await api.anonymous('GET', '/docs/package.json')).status).toBe(404);
    expect((await api.anonymous('GET', '/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
  });
});

describe('refusals', () => {
  it('are Chinese, and English for whoever asks for it', async () => {
    const chinese = await api.anonymous('GET', '/api/v1/me');
    expect(chinese.headers.get('content-type')).toContain('application/problem+json');
    expect(chinese.body).toMatchObject({ detail: '请先登录。' });
    const english = await api.anonymous('GET', '/api/v1/me', { headers: { 'accept-language': 'en-GB' } });
    expect(english.body).toMatchObject({ detail: 'Please sign in.' });
  });

  it('of unknown addresses, undecodable ones and other methods are problems too', async () => {
    expect(problemOf(await api.anonymous('GET', '/nothing'))).toMatchObject({ status: 404 });
    expect((await api.anonymous('GET', '/%ff')).status).toBe(404);
    expect((await api.anonymous('GET', '/api/v1/public/verify/%ff')).status).toBe(404);
    const put = await api.anonymous('PUT', '/api/v1/issuances', { body: {} });
    expect(problemOf(put)).toMatchObject({ status: 405, code: 'methodNotAllowed' });
    expect(put.headers.get('allow')).toBe('POST, GET, HEAD');
  });

  it('carry the trace of the caller', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const answered = await api.anonymous('GET', '/api/v1/me', { headers: { traceparent } });
    expect(answered.body).toMatchObject({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
    expect(answered.headers.get('x-trace-id')).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });
});

describe('a fault', () => {
  it('says nothing but its trace id; the log has the cause', async () => {
    world.certificates.find = async () => {
      throw new Error('relation "certificate" does not exist');
    };
    const path = '/api/v1/certificates/00000000-0000-4000-8000-0000000000c1';
    const answered = await api.person(aPerson('reviewer'))('GET', path);
    expect(problemOf(answered)).toMatchObject({ status: 500, code: 'internalError' });
    expect(answered.text).not.toContain('relation');
    const traceId = answered.headers.get('x-trace-id') ?? 'none';
    expect(world.logLines.find((line) => line.includes('relation'))).toContain(traceId);
  });
});

describe('every answer', () => {
  it('forbids framing, sniffing and active content', async () => {
    const { headers } = await api.anonymous('GET', '/api/v1/me');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});

describe('limits', () => {
  it('count every request below /api/v1 but none for health', async () => {
    const limits = { ...world.ports.settings.limits, requestsPerAddress: 2 };
    const settings = { ...world.ports.settings, limits };
    const strict: ApiClient = await startApi({ ...world, ports: { ...fakeWorld().ports, settings } });
    const statusOf = async (path: string) => (await strict.anonymous('GET', path)).status;
    const me = '/api/v1/me';
    expect([await statusOf(me), await statusOf(me), await statusOf(me)]).toEqual([401, 401, 429]);
    expect(await statusOf('/healthz')).toBe(200);
    await strict.close();
  });

  it('hold sign-ins back', async () => {
    const limits = { ...world.ports.settings.limits, signInsPerAddress: 1 };
    const settings = { ...world.ports.settings, limits };
    const strict: ApiClient = await startApi({ ...world, ports: { ...fakeWorld().ports, settings } });
    const signIn = () =>
      strict.anonymous('POST', '/api/v1/sessions', { body: { username: 'a', password: 'b' } });
    expect([(await signIn()).status, (await signIn()).status]).toEqual([401, 429]);
    await strict.close();
  });

  it('do not hold an office back whose people all sign in from one address', async () => {
    const office = fakeWorld({ people: { operator1: aPerson('operator') } });
    const limits = { ...office.ports.settings.limits, signInsPerAddress: 1 };
    const settings = { ...office.ports.settings, limits };
    const strict: ApiClient = await startApi({ ...office, ports: { ...office.ports, settings } });
    const body = { username: 'operator1', password: 'Demo-2026!' };
    for (let people = 0; people < 3; people += 1) {
      expect((await strict.anonymous('POST', '/api/v1/sessions', { body })).status).toBe(201);
    }
    await strict.close();
  });
});

describe('a client that goes away', () => {
  it('while sending is noted as aborted and disturbs nobody', async () => {
    const port = Number(new URL(api.origin).port);
    const socket = connect(port, '127.0.0.1');
    const { token, csrfToken } = world.sessions.open(aPerson('operator'));
    socket.write(
      `POST /api/v1/issuances HTTP/1.1\r\nHost: x\r\nCookie: ecert_session=${token}\r\nX-CSRF-Token: ${csrfToken}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    );
    await new Promise((resolve) => api.server.once('request', resolve));
    socket.destroy();
    while (!world.logLines.some((line) => line.includes('"aborted":true'))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(world.logLines.some((line) => line.includes('internal error'))).toBe(false);
    expect((await api.anonymous('GET', '/healthz')).status).toBe(200);
  });
});

describe('being asked to stop', () => {
  it('says so in readiness, lets running requests end and takes no new ones', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered: () => void = () => {};
    const running = new Promise<void>((resolve) => {
      entered = resolve;
    });
    world.tasks.list = async () => {
      entered();
      await held;
      return { items: [], nextCursor: null };
    };
    const answer = api.person(aPerson('reviewer'))('GET', '/api/v1/tasks');
    await running;
    const drained = drain(api.server, { draining: world.draining, graceMs: 10_000 });
    await expect(api.anonymous('GET', '/healthz')).rejects.toThrow();
    release();
    expect((await answer).status).toBe(200);
    expect(await drained).toBe('drained');
  });

  it('cuts what does not end within the grace', async () => {
    world.tasks.list = () => new Promise(() => {});
    const answer = api
      .person(aPerson('reviewer'))('GET', '/api/v1/tasks')
      .catch(() => 'cut');
    await new Promise((resolve) => api.server.once('request', resolve));
    expect(await drain(api.server, { draining: world.draining, graceMs: 10 })).toBe('cut');
    expect(await answer).toBe('cut');
  });
});
