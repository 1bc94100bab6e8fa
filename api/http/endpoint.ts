import type { z } from 'zod';
import type { Role } from '../../domain/shared/principal';

/** Who may call an endpoint at all; which rows they see is decided below the ports. */
export type Access =
  | { readonly kind: 'public' }
  | {
      readonly kind: 'signedIn';
      readonly agencies: boolean;
      /** Any of these roles; `every`: whoever has signed in. */
      readonly roles: readonly Role[] | 'every';
    };

/** Request headers that endpoints ask for beside the shape of their body. */
export const ENDPOINT_HEADERS = ['Idempotency-Key', 'If-Match', 'Prefer', 'Use-Purpose'] as const;
export type EndpointHeader = (typeof ENDPOINT_HEADERS)[number];

export interface EndpointResponse {
  readonly description: string;
  /** JSON bodies; absent for files, pages and 204. */
  readonly schema?: z.ZodType;
  /** Other than application/json. */
  readonly mediaTypes?: readonly string[];
}

export type RequestBody =
  | {
      readonly kind: 'json';
      readonly schema: z.ZodType;
      /** Texts of strangers may bear a secrecy mark, which is looked for before the shape is judged (art. 3). */
      readonly screened: boolean;
    }
  | { readonly kind: 'file' }
  /** JSON, or a file with the form's fields beside it; either is answered by the same operation. */
  | { readonly kind: 'jsonOrFile'; readonly schema: z.ZodType; readonly form: z.ZodObject };

/**
 * The contract of one operation: what is parsed, who may ask, what is answered. The router, the OpenAPI document
 * and the tests of responses all read this and nothing else.
 */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below /api/v1, parameters in braces. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  /** One Chinese line. */
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** May be called before the person has set a password of his own and enrolled a second factor. */
  readonly duringSetUp?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: RequestBody;
  readonly headers?: readonly EndpointHeader[];
  readonly responses: Readonly<Partial<Record<200 | 201 | 202 | 204, EndpointResponse>>>;
}

/** Checks an endpoint against its type while its schemas keep their own types. */
export function endpoint<const E extends Endpoint>(definition: E): E {
  return definition;
}

/** What an endpoint's schema gives after parsing; `undefined` where the endpoint has none. */
export type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
export type ParsedParams<E extends Endpoint> = Parsed<E['params']>;
export type ParsedQuery<E extends Endpoint> = Parsed<E['query']>;
export type ParsedBody<E extends Endpoint> = E['body'] extends {
  readonly kind: 'json';
  readonly schema: infer Schema;
}
  ? Parsed<Schema>
  : E['body'] extends {
        readonly kind: 'jsonOrFile';
        readonly schema: infer Schema;
        readonly form: infer Form;
      }
    ?
        | { readonly sent: 'json'; readonly content: Parsed<Schema> }
        | { readonly sent: 'form'; readonly content: Parsed<Form> }
    : undefined;
