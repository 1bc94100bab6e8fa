import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFaultSwitch, type Fault, readFault } from './fault-switch';

export interface SimulatorRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly target: string;
  /** Decoded segments of the path. */
  readonly segments: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array;
}

export interface SimulatorAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Given for a body that is bytes and not JSON, such as application/timestamp-reply. */
  readonly contentType?: string;
}

export interface SimulatorRoutes {
  /** At most so many octets of a body are read; more is answered 413. */
  readonly maxBodyBytes: number;
  /** The protocol itself, subject to faults. */
  handle(request: SimulatorRequest): Promise<SimulatorAnswer>;
  /** `/control/…` beyond the faults; null when there is no such control. */
  control(request: SimulatorRequest): Promise<SimulatorAnswer | null>;
}

export interface RunningSimulator {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

const MAX_CONTROL_BYTES = 64 * 1024;

/**
 * In: what the outside system does, and where it listens (port 0: a free one). Out: the running server. Beside
 * the protocol it answers `GET /readyz` and `GET|PUT /control/faults`; these work during every fault.
 */
export async function startSimulator(
  routes: SimulatorRoutes,
  listen: { readonly host: string; readonly port: number },
): Promise<RunningSimulator> {
  const faults = createFaultSwitch();
  const server = createServer((incoming, response) => {
    answer(routes, faults, incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return { baseUrl: `http://${listen.host}:${portOf(server)}`, stop: () => stop(server) };
}

/** A problem (RFC 9457) as every simulator answers it. */
export function simulatorProblem(status: number, code: string, detail: string): SimulatorAnswer {
  return { status, body: { type: 'about:blank', title: code, status, code, detail } };
}

/** The JSON value of a body, or undefined when it is none. */
export function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** The text of a named member of a JSON object; null when it is absent, empty or no text. */
export function textMember(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === 'string' && member !== '' ? member : null;
}

/** A named member of a JSON object; undefined when the value is none or lacks it. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}

async function answer(
  routes: SimulatorRoutes,
  faults: ReturnType<typeof createFaultSwitch>,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = incoming.url ?? '/';
  const segments = pathSegments(target);
  if (segments === null) return send(response, simulatorProblem(400, 'malformedPath', '路径编码不正确'));
  if (segments[0] === 'readyz') return send(response, { status: 200, body: { ready: true } });
  const isControl = segments[0] === 'control';
  const body = await readBody(incoming, isControl ? MAX_CONTROL_BYTES : routes.maxBodyBytes);
  if (body === null) return send(response, simulatorProblem(413, 'bodyTooLarge', '请求正文过大'));
  const request = { method: incoming.method ?? 'GET', target, segments, headers: incoming.headers, body };
  if (isControl) return send(response, await controlAnswer(routes, faults, request));
  const fault = faults.take();
  return sendFaulty(response, fault, () => routes.handle(request));
}

async function controlAnswer(
  routes: SimulatorRoutes,
  faults: ReturnType<typeof createFaultSwitch>,
  request: SimulatorRequest,
): Promise<SimulatorAnswer> {
  if (request.segments[1] === 'faults' && request.segments.length === 2) {
    if (request.method === 'GET') return { status: 200, body: faults.current() };
    const fault = readFault(readJson(request.body));
    if (request.method !== 'PUT' || fault === null) {
      return simulatorProblem(400, 'malformedFault', '应为 {mode, delayMs?, remaining?}');
    }
    faults.set(fault);
    return { status: 200, body: fault };
  }
  return (await routes.control(request)) ?? simulatorProblem(404, 'notFound', '没有这个控制项');
}

/** What was asked for still happens behind `slow` and `cutHalfWay`: the caller must cope with not knowing. */
async function sendFaulty(
  response: ServerResponse,
  fault: Fault,
  handle: () => Promise<SimulatorAnswer>,
): Promise<void> {
  switch (fault.mode) {
    case 'none':
      return send(response, await handle());
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      return send(response, await handle());
    case 'down':
      response.destroy();
      return;
    case 'hang':
      return;
    case 'error500':
      return send(response, simulatorProblem(500, 'internalError', '系统内部错误'));
    case 'cutHalfWay': {
      const answered = await handle();
      const bytes = encode(answered);
      response.writeHead(200, {
        'content-type': answered.contentType ?? 'application/json',
        'content-length': bytes.length,
      });
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
      return;
    }
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>系统维护中</html>');
      return;
  }
}

function send(response: ServerResponse, answered: SimulatorAnswer): void {
  const { status, contentType } = answered;
  const bytes = encode(answered);
  response.writeHead(status, {
    'content-type': contentType ?? (status >= 400 ? 'application/problem+json' : 'application/json'),
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}

function encode({ body, contentType }: SimulatorAnswer): Uint8Array {
  return contentType !== undefined && body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
}

async function readBody(incoming: IncomingMessage, limit: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size <= limit) chunks.push(bytes);
  }
  return size > limit ? null : Buffer.concat(chunks);
}

function pathSegments(target: string): readonly string[] | null {
  const [path = ''] = target.split('?', 1);
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => decodeURIComponent(segment));
  } catch {
    return null;
  }
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulator listens on no port');
  return address.port;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((fault) => (fault === undefined ? resolve() : reject(fault)));
    server.closeAllConnections();
  });
}
