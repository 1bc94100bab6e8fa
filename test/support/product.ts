import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client as TemporalClient } from '@temporalio/client';
import { Registry } from 'prom-client';
import { createApp } from '../../api/create-app';
import { apiPorts } from '../../main/api-ports';
import { openCertificateProducer } from '../../main/certificate-drawing';
import { DEMONSTRATION_PASSWORD } from '../../main/demonstration/demonstration-accounts';
import { SEEDER } from '../../main/demonstration/demonstration-deps';
import { AGENCY_KEY_ID, seedAgency } from '../../main/demonstration/seed-agency';
import type { Foundation } from '../../main/foundation';
import { openFoundation } from '../../main/foundation';
import { openSecrets } from '../../main/secrets';
import type { WorkerActivities } from '../../main/worker-activities';
import { startAgencyRecordServer } from '../../simulators/agency-records/agency-record-server';
import { startPortalServer } from '../../simulators/portal/portal-server';
import type { RunningSimulator } from '../../simulators/protocol/simulator-server';
import { startUpReportServer } from '../../simulators/up-report/up-report-server';
import { ActivityGates } from './activity-gates';
import { type Answered, type Asking, ask, authorizationOf, type Signing } from './api-client';
import {
  DEMONSTRATION_DAY,
  demonstrationDeps,
  demonstrationTemplate,
  SILENT,
  testConfig,
} from './demonstration-template';
import { MovableClock } from './movable-clock';
import { type ProductWorker, silenceTemporal, startProductWorker } from './product-worker';
import { createTestDatabase, type TestDatabase } from './test-database';
import { connectTestTemporal } from './test-temporal';

const KEEP_ALIVE_MS = 600_000;

export interface ProductOptions {
  readonly startAt?: Date;
  /** How long a decision can be taken back; 0 unless a test is about it. */
  readonly undoMs?: number;
  /** Stands between the conductor and the activities, within the gates. */
  readonly around?: (activities: WorkerActivities) => WorkerActivities;
  /** Puts into the data folder what the product is to find there; out: what its environment says beside the usual. */
  readonly furnish?: (folder: string) => Promise<Readonly<Record<string, string>>>;
}

type Calling = (method: string, path: string, asking?: Asking) => Promise<Answered>;

/** The whole product in this process: API, worker, relay, and the outside world of the demonstration. */
export interface Product {
  readonly origin: string;
  readonly clock: MovableClock;
  readonly foundation: Foundation;
  readonly database: TestDatabase;
  readonly gates: ActivityGates;
  readonly temporal: TemporalClient;
  readonly simulators: Readonly<Record<'agency' | 'portal' | 'upReport', RunningSimulator>>;
  /** Signed with the key of the demonstration agency, at the product's time. */
  agency(method: string, path: string, asking?: Asking, signing?: Signing): Promise<Answered>;
  /** The headers of a call without a body that {@link agency} would send, for answers that are files. */
  agencyHeaders(method: string, path: string): Readonly<Record<string, string>>;
  /** Signed in with a demonstration account; one session per account. */
  person(username: string): Calling;
  /** Forgets the session, so that the next call signs in anew. */
  signInAgain(username: string): void;
  anonymous: Calling;
  conductor: ProductWorker['conductor'];
  stop(): Promise<void>;
}

/** Starts the product over its own copy of the demonstration city. Call `stop` in `afterAll`. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  silenceTemporal();
  const startAt = options.startAt ?? DEMONSTRATION_DAY;
  const clock = new MovableClock(startAt);
  const template = await demonstrationTemplate(startAt);
  const folder = mkdtempSync(join(tmpdir(), 'ecert-product-'));
  cpSync(template.folder, folder, { recursive: true });
  const database = await createTestDatabase({ from: { template: template.database } });
  const simulators = await startSimulators(folder, clock);
  const more = (await options.furnish?.(folder)) ?? {};
  const foundation = await openProductFoundation(folder, database, simulators, clock, more);
  const [producer, temporal] = await Promise.all([
    openCertificateProducer(foundation.config),
    connectTestTemporal(),
  ]);
  const taskQueue = temporal.taskQueue('product');
  const gates = new ActivityGates();
  const worker = await startProductWorker({
    foundation,
    producer,
    client: temporal.client,
    nativeConnection: await temporal.nativeConnection(),
    taskQueue,
    around: (activities) => gates.around(options.around?.(activities) ?? activities),
  });
  const draining = new AbortController();
  const api = apiPorts({
    foundation,
    producer,
    connection: temporal.connection,
    client: temporal.client,
    log: SILENT,
    metrics: new Registry(),
    draining: draining.signal,
    version: { version: 'test', commit: null },
    taskQueue,
    undoMs: options.undoMs ?? 0,
  });
  const server = createServer(createApp(api.ports)).listen(0, '127.0.0.1');
  // On a busy machine a client may write into a connection that the server is just closing for its idleness.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  return {
    ...callers(`http://127.0.0.1:${port}`, foundation, clock),
    clock,
    foundation,
    database,
    gates,
    temporal: temporal.client,
    simulators,
    conductor: worker.conductor,
    async stop() {
      draining.abort();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      gates.open();
      await worker.stop();
      await api.close();
      await Promise.all(Object.values(simulators).map((simulator) => simulator.stop()));
      await Promise.all([temporal.close(), foundation.close()]);
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openProductFoundation(
  folder: string,
  database: TestDatabase,
  simulators: Product['simulators'],
  clock: MovableClock,
  more: Readonly<Record<string, string>>,
): Promise<Foundation> {
  const config = testConfig(folder, database.appUrl, {
    ...more,
    PORTAL_URL: simulators.portal.baseUrl,
    AGENCY_RECORDS_URL: simulators.agency.baseUrl,
    UP_REPORT_URL: simulators.upReport.baseUrl,
  });
  const foundation = { ...(await openFoundation(config, SILENT)), clock };
  const deps = demonstrationDeps(foundation, clock, simulators.agency.baseUrl);
  await foundation.register.within(SEEDER, (transaction) => seedAgency(transaction, deps));
  return foundation;
}

async function startSimulators(folder: string, clock: MovableClock): Promise<Product['simulators']> {
  const secrets = join(folder, 'secrets');
  const secret = (name: string): string => readFileSync(join(secrets, name), 'utf8').trim();
  const common = (name: string) => ({
    host: '127.0.0.1',
    port: 0,
    folder: join(folder, 'simulators', name),
    key: { keyId: 'ecert', secret: secret(`outside-${name}`) },
    now: () => clock.now(),
  });
  const [agency, portal, upReport] = await Promise.all([
    startAgencyRecordServer(common('agency-records')),
    startPortalServer({
      ...common('portal'),
      proofKeyPkcs8: Buffer.from(secret('portal-proof-key'), 'base64'),
    }),
    startUpReportServer(common('up-report')),
  ]);
  return { agency, portal, upReport };
}

function callers(
  origin: string,
  { config }: Foundation,
  clock: MovableClock,
): Pick<Product, 'origin' | 'agency' | 'agencyHeaders' | 'person' | 'signInAgain' | 'anonymous'> {
  const agencySecret = openSecrets(config.secretsDir, false).text('demo-agency');
  const sessions = new Map<string, Promise<Readonly<Record<string, string>>>>();
  const anonymous: Calling = (method, path, asking = {}) => ask(origin, method, path, asking, {});
  const signIn = async (username: string): Promise<Readonly<Record<string, string>>> => {
    const answered = await anonymous('POST', '/api/v1/sessions', {
      body: { username, password: DEMONSTRATION_PASSWORD },
    });
    if (answered.status !== 201) throw new Error(`${username} cannot sign in: ${answered.text}`);
    const { csrfToken }: { csrfToken: string } = JSON.parse(answered.text);
    const cookie = answered.headers.getSetCookie().map((line) => line.split(';')[0]);
    return { cookie: cookie.join('; '), 'x-csrf-token': csrfToken };
  };
  const signing = (): Signing => ({
    keyId: AGENCY_KEY_ID,
    secret: agencySecret,
    timestamp: String(Math.floor(clock.now().getTime() / 1000)),
  });
  return {
    origin,
    anonymous,
    agencyHeaders: (method, path) => ({ authorization: authorizationOf(method, path, {}, signing()) }),
    signInAgain: (username) => {
      sessions.delete(username);
    },
    person:
      (username) =>
      async (method, path, asking = {}) => {
        const session = sessions.get(username) ?? signIn(username);
        sessions.set(username, session);
        return ask(origin, method, path, asking, await session);
      },
    agency: (method, path, asking = {}, override = {}) =>
      ask(origin, method, path, asking, {
        authorization: authorizationOf(method, path, asking, { ...signing(), ...override }),
      }),
  };
}
