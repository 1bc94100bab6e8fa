import type { Request, RequestHandler, Response } from 'express';
import { Router } from 'express';
import type { z } from 'zod';
import { findClassifiedMark } from '../../domain/catalog/classified-mark';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import type { ApiPorts } from '../api-ports';
import { mayCall, proveAgency, readClaim } from '../authenticate';
import { sendRefusal } from '../problem';
import { sessionToken } from '../session-cookie';
import type { Answer } from './answer';
import { API_ROOT } from './api-root';
import type { Endpoint, EndpointHeader } from './endpoint';
import { isJsonMediaType, parseJsonBody } from './parse-json-body';
import { JSON_LIMIT_BYTES, MULTIPART_LIMIT_BYTES, readBody } from './read-body';
import type { UploadedFile } from './read-file-part';
import { readFilePart } from './read-file-part';
import { idempotencyKey, ifMatchRevision, usePurpose, waitMs } from './request-headers';
import { setPrincipal, setRoute, traceIdOf } from './request-state';
import type { Call, Route, UntypedInput } from './route';
import { parameterName, shapeProblems } from './shape-problems';
import { findUnstorableText, unstorableText } from './unstorable-text';

const NO_FILE: UploadedFile = { bytes: new Uint8Array(), fileName: '', mediaType: '' };

/**
 * Mounts routes below /api/v1. Each request is judged in the same order, cheapest and safest first: who claims
 * to call, how large the body is, whether the signature is right, whether the role may call at all, JSON,
 * secrecy marks, shape; only then the route's handler runs. A known path with another method answers 405.
 */
export function mountRoutes(routes: readonly Route[], ports: ApiPorts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  for (const route of routes) {
    router[route.endpoint.method](expressPath(route.endpoint), handlerOf(route, ports));
  }
  for (const [path, methods] of methodsByPath(routes)) {
    router.all(path, (request, response) => {
      setRoute(request, 'methodNotAllowed');
      response.set('Allow', methods.join(', '));
      sendRefusal(response, { code: 'methodNotAllowed' }, traceIdOf(request));
    });
  }
  return router;
}

function handlerOf(route: Route, ports: ApiPorts): RequestHandler {
  return async (request, response) => {
    setRoute(request, `${API_ROOT}${route.endpoint.path}`);
    const outcome = await conduct(route, request, ports);
    if (outcome.ok) sendAnswer(response, outcome.value);
    else sendRefusal(response, outcome.refusal, traceIdOf(request));
  };
}

async function conduct(route: Route, request: Request, ports: ApiPorts): Promise<Result<Answer, Refusal>> {
  const { endpoint } = route;
  const received = await receive(endpoint, request, ports);
  if (!received.ok) return received;
  const { principal, rawBody } = received.value;
  setPrincipal(request, principal);
  if (principal !== null && !mayCall(endpoint.access, principal)) return refused({ code: 'notPermitted' });
  const headers = readHeaders(endpoint, request);
  if (!headers.ok) return headers;
  const content = await readContent(endpoint, request, rawBody);
  if (!content.ok) return content;
  const marked = await refuseMarked(endpoint, content.value, principal, ports);
  if (marked !== null) return refused(marked);
  const input = parseInput(endpoint, request, content.value);
  if (!input.ok) return input;
  return route.run(input.value, {
    ports,
    principal,
    traceId: traceIdOf(request),
    nowMs: ports.clock.now().getTime(),
    method: request.method,
    path: `${request.baseUrl}${request.path}`,
    ...headers.value,
    sessionToken: sessionToken(request.headers.cookie),
    rawBody,
    file: content.value.file,
    wantsHtml: request.accepts(['application/json', 'text/html']) === 'text/html',
    wantsPdf: request.accepts(['application/json', 'application/pdf']) === 'application/pdf',
  });
}

interface Received {
  readonly principal: Principal | null;
  readonly rawBody: Uint8Array;
}

/** Reads claim and body; a body is read only for somebody who claims to be somebody, unless the endpoint is public. */
async function receive(
  endpoint: Endpoint,
  request: Request,
  ports: ApiPorts,
): Promise<Result<Received, Refusal>> {
  const takesFile =
    endpoint.body?.kind === 'file' || (endpoint.body?.kind === 'jsonOrFile' && isMultipart(request));
  const limitBytes = takesFile ? MULTIPART_LIMIT_BYTES : JSON_LIMIT_BYTES;
  if (endpoint.access.kind === 'public') {
    const body = await readBody(request, limitBytes);
    return body.ok ? accepted({ principal: null, rawBody: body.value }) : body;
  }
  const claim = await readClaim(request, ports);
  if (!claim.ok) {
    request.resume();
    return claim;
  }
  const body = await readBody(request, limitBytes);
  if (!body.ok) return body;
  if (claim.value.kind === 'proved') {
    const { principal, missing } = claim.value;
    if (missing.length === 0 || endpoint.duringSetUp === true) {
      return accepted({ principal, rawBody: body.value });
    }
    return refused({ code: 'accountSetUpRequired', facts: { missing: missing.join(',') } });
  }
  const proved = await proveAgency(request, claim.value.signature, body.value, ports);
  return proved.ok ? accepted({ principal: proved.value, rawBody: body.value }) : proved;
}

type HeaderValues = Pick<Call<null>, 'idempotencyKey' | 'ifMatch' | 'waitMs' | 'usePurpose'>;

function readHeaders(endpoint: Endpoint, request: Request): Result<HeaderValues, Refusal> {
  const wants = (header: EndpointHeader) => endpoint.headers?.includes(header) === true;
  const key = wants('Idempotency-Key') ? idempotencyKey(request.get('Idempotency-Key')) : accepted('');
  if (!key.ok) return key;
  const revision = wants('If-Match') ? ifMatchRevision(request.get('If-Match')) : accepted(0);
  if (!revision.ok) return revision;
  const { purpose: parameter } = request.query;
  const purpose = wants('Use-Purpose')
    ? usePurpose(request.get('Use-Purpose'), typeof parameter === 'string' ? parameter : undefined)
    : accepted(null);
  if (!purpose.ok) return purpose;
  return accepted({
    idempotencyKey: key.value,
    ifMatch: revision.value,
    waitMs: wants('Prefer') ? waitMs(request.get('Prefer')) : 0,
    usePurpose: purpose.value,
  });
}

interface Content {
  readonly json: unknown;
  readonly file: UploadedFile;
}

async function readContent(
  { body }: Endpoint,
  request: Request,
  rawBody: Uint8Array,
): Promise<Result<Content, Refusal>> {
  if (body === undefined) return accepted({ json: undefined, file: NO_FILE });
  if (body.kind === 'file' || (body.kind === 'jsonOrFile' && isMultipart(request))) {
    const file = await readFilePart(request, rawBody);
    return file.ok ? accepted({ json: undefined, file: file.value }) : file;
  }
  if (!isJsonMediaType(request.headers['content-type'])) return refused({ code: 'mediaTypeUnsupported' });
  const json = parseJsonBody(rawBody);
  return json.ok ? accepted({ json: json.value, file: NO_FILE }) : json;
}

/** Art. 3: what bears a secrecy mark goes no further; only that and where is recorded. */
async function refuseMarked(
  { body }: Endpoint,
  { json, file }: Content,
  principal: Principal | null,
  ports: ApiPorts,
): Promise<Refusal | null> {
  if (principal === null || body === undefined) return null;
  // Where rows are judged one by one a marked row is refused, and the others are not lost with it.
  const isScreened = body.kind !== 'json' || body.screened;
  if (body.kind === 'jsonOrFile' && file === NO_FILE) return null;
  const mark = isScreened ? (findClassifiedMark(json) ?? markedFileName(file)) : null;
  if (mark === null) return null;
  await ports.issuances.recordClassifiedSuspicion(principal, mark.pointer);
  const problem = { pointer: mark.pointer, code: 'classifiedSuspected', expected: '不得含有密级标志' };
  return { code: 'classifiedSuspected', problems: [problem] };
}

function markedFileName({ fileName }: UploadedFile): { readonly pointer: string } | null {
  return findClassifiedMark(fileName) === null ? null : { pointer: '/file/fileName' };
}

function parseInput(
  endpoint: Endpoint,
  request: Request,
  { json, file }: Content,
): Result<UntypedInput, Refusal> {
  const params = endpoint.params?.safeParse(request.params);
  if (params?.success === false) return refused({ code: 'notFound' });
  const unstorable = findUnstorableText(request.query);
  if (unstorable !== null) return refused(unstorableText(unstorable.slice(1)));
  const query = endpoint.query?.safeParse(request.query, { reportInput: true });
  if (query?.success === false) {
    return refused({ code: 'malformedRequest', problems: shapeProblems(query.error, parameterName) });
  }
  const body = parseBody(endpoint, json, file);
  return body.ok ? accepted({ params: params?.data, query: query?.data, body: body.value }) : body;
}

function parseBody({ body }: Endpoint, json: unknown, file: UploadedFile): Result<unknown, Refusal> {
  if (body === undefined || body.kind === 'file') return accepted(undefined);
  if (body.kind === 'json') return shaped(body.schema, json);
  const sent = file === NO_FILE ? 'json' : 'form';
  const fields = file.fields ?? {};
  const unstorable = findUnstorableText(fields);
  if (unstorable !== null) return refused(unstorableText(unstorable));
  const content = sent === 'json' ? shaped(body.schema, json) : shaped(body.form, fields);
  return content.ok ? accepted({ sent, content: content.value }) : content;
}

function shaped(schema: z.ZodType, value: unknown): Result<unknown, Refusal> {
  const parsed = schema.safeParse(value, { reportInput: true });
  return parsed.success
    ? accepted(parsed.data)
    : refused({ code: 'malformedRequest', problems: shapeProblems(parsed.error) });
}

function isMultipart(request: Request): boolean {
  return /^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '');
}

function sendAnswer(response: Response, answer: Answer): void {
  if (response.destroyed) return;
  response.set('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(answer.headers)) response.set(name, value);
  switch (answer.kind) {
    case 'json':
      response.status(answer.status).set('Content-Type', 'application/json; charset=utf-8');
      response.end(JSON.stringify(answer.body));
      return;
    case 'bytes':
      response.status(answer.status).set('Content-Type', answer.mediaType);
      response.set('Content-Length', String(answer.bytes.length));
      response.end(answer.bytes);
      return;
    case 'html':
      response.status(answer.status).set('Content-Type', 'text/html; charset=utf-8').end(answer.html);
      return;
    case 'empty':
      response.status(204).end();
      return;
  }
}

function expressPath({ path }: Endpoint): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, readonly string[]>();
  for (const { endpoint } of routes) {
    const path = expressPath(endpoint);
    const added = endpoint.method === 'get' ? ['GET', 'HEAD'] : [endpoint.method.toUpperCase()];
    methods.set(path, [...(methods.get(path) ?? []), ...added]);
  }
  return methods;
}
