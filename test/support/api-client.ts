import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SignatureScheme } from '../../api/agency-signature';
import { signAgencyRequest } from '../../api/agency-signature';
import { ALL_ROUTES } from '../../api/all-routes';
import { problemSchema } from '../../api/contract/problem';
import { createApp } from '../../api/create-app';
import { API_ROOT } from '../../api/http/api-root';
import type { Endpoint } from '../../api/http/endpoint';
import type { SignedInSession } from '../../ports/identity';
import type { FakeWorld } from './fakes/fake-api-ports';
import { AGENCY_SECRET } from './fakes/fake-identity';
import { RECEIVED_AT_MS } from './issuance-bodies';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly text: string;
}

export interface Asking {
  readonly body?: unknown;
  /** Sent as they are instead of `body`. */
  readonly raw?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Signing {
  readonly scheme?: SignatureScheme;
  readonly keyId?: string;
  readonly secret?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
  /** What is signed instead of what is sent. */
  readonly signedBody?: Uint8Array;
  readonly signedTarget?: string;
}

/** Asks a running API; every JSON answer is compared with the contract of its operation. */
export interface ApiClient {
  readonly origin: string;
  anonymous(method: string, path: string, asking?: Asking): Promise<Answered>;
  agency(method: string, path: string, asking?: Asking, signing?: Signing): Promise<Answered>;
  person(
    principal: SignedInSession['principal'],
  ): (method: string, path: string, asking?: Asking) => Promise<Answered>;
  close(): Promise<void>;
}

/** Starts the API over fake ports on a free port. */
export async function startApi(world: FakeWorld): Promise<ApiClient & { readonly server: Server }> {
  const server = createApp(world.ports).listen(0, '127.0.0.1');
  // On a busy machine a client may write into a connection that the server is just closing for its idleness.
  server.keepAliveTimeout = 600_000;
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    server,
    origin,
    anonymous: (method, path, asking = {}) => ask(origin, method, path, asking, {}),
    agency: (method, path, asking = {}, signing = {}) =>
      ask(origin, method, path, asking, { authorization: authorizationOf(method, path, asking, signing) }),
    person: (principal) => {
      const { token, csrfToken } = world.sessions.open(principal);
      const headers = { cookie: `ecert_session=${token}`, 'x-csrf-token': csrfToken };
      return (method, path, asking = {}) => ask(origin, method, path, asking, headers);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The signature of a call as an agency's system writes it. */
export function authorizationOf(method: string, path: string, asking: Asking, signing: Signing): string {
  const {
    scheme = 'ECERT-HMAC-SHA256',
    keyId = 'demo-agency',
    secret = AGENCY_SECRET,
    timestamp = String(RECEIVED_AT_MS / 1000),
    nonce = randomBytes(12).toString('hex'),
  } = signing;
  const signature = signAgencyRequest(
    secret,
    { scheme, timestamp, nonce },
    { method, target: signing.signedTarget ?? path, body: signing.signedBody ?? bytesOf(asking) },
  ).toString('base64');
  return `${scheme} keyId="${keyId}", timestamp="${timestamp}", nonce="${nonce}", signature="${signature}"`;
}

function bytesOf({ body, raw }: Asking): Uint8Array {
  return raw ?? (body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)));
}

/** Sends one call with these headers; the answer is compared with the contract of its operation. */
export async function ask(
  origin: string,
  method: string,
  path: string,
  asking: Asking,
  headers: Readonly<Record<string, string>>,
): Promise<Answered> {
  const bytes = bytesOf(asking);
  const hasBody = asking.body !== undefined || asking.raw !== undefined;
  const response = await fetch(origin + path, {
    method,
    redirect: 'manual',
    headers: { ...(hasBody ? { 'content-type': 'application/json' } : {}), ...headers, ...asking.headers },
    ...(hasBody ? { body: Buffer.from(bytes) } : {}),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const answered: Answered = {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
  compareWithContract(method, path, answered);
  return answered;
}

/** Throws when an answer is not what its operation promises. */
function compareWithContract(method: string, path: string, { status, headers, body }: Answered): void {
  if (!path.startsWith(API_ROOT)) return;
  if (status >= 400) {
    if ((headers.get('content-type') ?? '').startsWith('text/html')) return;
    problemSchema.parse(body);
    return;
  }
  const endpoint = endpointOf(method, path);
  const promised = Object.entries(endpoint?.responses ?? {}).find(([code]) => code === String(status))?.[1];
  if (endpoint === undefined || promised === undefined) {
    throw new Error(`${method} ${path} answered ${status}, which its contract does not promise`);
  }
  if (promised.schema !== undefined && body !== undefined) promised.schema.parse(body);
}

function endpointOf(method: string, path: string): Endpoint | undefined {
  const parts = path.slice(API_ROOT.length).replace(/\?.*$/, '').split('/');
  const matching = ALL_ROUTES.map(({ endpoint }) => endpoint).filter((endpoint) => {
    const template = endpoint.path.split('/');
    return (
      endpoint.method === method.toLowerCase() &&
      template.length === parts.length &&
      template.every((part, index) => part.startsWith('{') || part === parts[index])
    );
  });
  return matching.find(({ path: template }) => !template.includes('{')) ?? matching[0];
}

/** A problem document's code and pointers, for short comparisons. */
export function problemOf({ status, body }: Answered): {
  readonly status: number;
  readonly code: string;
  readonly pointers: readonly string[];
} {
  const problem = problemSchema.parse(body);
  return { status, code: problem.code, pointers: (problem.errors ?? []).map(({ pointer }) => pointer) };
}

/** A multipart body with one file, and fields before it. */
export function aFileBody(
  fileName: string,
  content: Uint8Array,
  partName = 'file',
  fields: Readonly<Record<string, string>> = {},
): { readonly raw: Uint8Array; readonly headers: Readonly<Record<string, string>> } {
  const boundary = randomBytes(12).toString('hex');
  const before = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `${before.join('')}--${boundary}\r\nContent-Disposition: form-data; name="${partName}"; filename="${fileName}"\r\nContent-Type: application/pdf\r\n\r\n`;
  return {
    raw: Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}
