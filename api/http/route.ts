import type { Principal } from '../../domain/shared/principal';
import type { ApiPorts } from '../api-ports';
import type { Outcome } from './answer';
import type { Endpoint, ParsedBody, ParsedParams, ParsedQuery } from './endpoint';
import type { UploadedFile } from './read-file-part';

/** What a handler is given beside its parsed parts; headers were checked against the contract. */
export interface Call<Who> {
  readonly ports: ApiPorts;
  readonly principal: Who;
  readonly traceId: string;
  readonly nowMs: number;
  readonly method: string;
  /** Path below the root, without the query. */
  readonly path: string;
  readonly idempotencyKey: string;
  readonly ifMatch: number;
  readonly waitMs: number;
  readonly usePurpose: string | null;
  /** Of the cookie with which the caller signed in; null for agencies and the public. */
  readonly sessionToken: string | null;
  readonly rawBody: Uint8Array;
  readonly file: UploadedFile;
  /** Whether the reader is a browser that wants a page. */
  readonly wantsHtml: boolean;
  /** The caller asked for a PDF before JSON. */
  readonly wantsPdf: boolean;
}

export interface Input<E extends Endpoint> {
  readonly params: ParsedParams<E>;
  readonly query: ParsedQuery<E>;
  readonly body: ParsedBody<E>;
}

/** What was parsed, before a route takes it as its own types. */
export interface UntypedInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** An endpoint with its handler, types closed over; `run` must get what the endpoint's own schemas parsed. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly run: (input: UntypedInput, call: Call<Principal | null>) => Promise<Outcome>;
}

/** A route for whoever has signed in or signed. */
export function route<E extends Endpoint>(
  endpoint: E,
  handle: (input: Input<E>, call: Call<Principal>) => Promise<Outcome>,
): Route {
  return {
    endpoint,
    run: (input, call) => {
      const { principal } = call;
      if (principal === null) throw new Error(`${endpoint.operationId} reached without a principal`);
      return handle(input as Input<E>, { ...call, principal });
    },
  };
}

/** A route for everybody. */
export function publicRoute<E extends Endpoint>(
  endpoint: E,
  handle: (input: Input<E>, call: Call<null>) => Promise<Outcome>,
): Route {
  return { endpoint, run: (input, call) => handle(input as Input<E>, { ...call, principal: null }) };
}
