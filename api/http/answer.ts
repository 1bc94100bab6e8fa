import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';

export type Headers = Readonly<Record<string, string>>;

/** What a route answers when it does not refuse. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: 200 | 201 | 202;
      readonly body: unknown;
      readonly headers: Headers;
    }
  | {
      readonly kind: 'bytes';
      readonly status: 200;
      readonly bytes: Uint8Array;
      readonly mediaType: string;
      readonly headers: Headers;
    }
  | {
      readonly kind: 'html';
      readonly status: 200 | 404;
      readonly html: string;
      readonly headers: Headers;
    }
  | { readonly kind: 'empty'; readonly headers: Headers };

export type Outcome = Result<Answer, Refusal>;

/** 200 with a JSON body. */
export function ok(body: unknown, headers: Headers = {}): Outcome {
  return { ok: true, value: { kind: 'json', status: 200, body, headers } };
}

/** 201 with a JSON body and where the new resource is. */
export function created(body: unknown, location: string, headers: Headers = {}): Outcome {
  return { ok: true, value: { kind: 'json', status: 201, body, headers: { location, ...headers } } };
}

/** 202 with a JSON body: the work goes on. */
export function pending(body: unknown, location: string, headers: Headers = {}): Outcome {
  return { ok: true, value: { kind: 'json', status: 202, body, headers: { location, ...headers } } };
}

/** 204. */
export function empty(headers: Headers = {}): Outcome {
  return { ok: true, value: { kind: 'empty', headers } };
}

/** 200 with bytes of a media type. */
export function bytes(content: Uint8Array, mediaType: string, headers: Headers = {}): Outcome {
  return { ok: true, value: { kind: 'bytes', status: 200, bytes: content, mediaType, headers } };
}

/** Refuses with a code of the catalogue. */
export function refuse(code: Refusal['code'], problems?: Refusal['problems']): Outcome {
  return { ok: false, refusal: problems === undefined ? { code } : { code, problems } };
}
