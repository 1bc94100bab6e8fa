import type { Response } from 'express';
import type { Problem, Refusal } from '../domain/shared/refusals';
import { REFUSALS } from '../domain/shared/refusals';
import { languageOf } from './http/language';

/** A problem document (RFC 9457) with this product's extensions. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly Problem[];
  readonly facts?: Refusal['facts'];
  readonly traceId: string;
}

const INTERNAL_ERROR = {
  zh: '系统内部错误，请稍后重试；如仍不成功，请将追踪号告知系统管理员。',
  en: 'internal error',
} as const;

/** Describes a refusal in the reader's language; what is expected at each place is always Chinese. */
export function describeRefusal(refusal: Refusal, language: 'zh' | 'en', traceId: string): ProblemDocument {
  const description = REFUSALS[refusal.code];
  return {
    type: `urn:ecert:problem:${refusal.code}`,
    title: description.en,
    status: description.status,
    code: refusal.code,
    detail: description[language],
    ...(refusal.problems === undefined ? {} : { errors: refusal.problems }),
    ...(refusal.facts === undefined ? {} : { facts: refusal.facts }),
    traceId,
  };
}

/** Describes a fault: nothing of its cause leaves the server, the trace id finds it in the log. */
export function describeFault(language: 'zh' | 'en', traceId: string): ProblemDocument {
  return {
    type: 'urn:ecert:problem:internalError',
    title: INTERNAL_ERROR.en,
    status: 500,
    code: 'internalError',
    detail: INTERNAL_ERROR[language],
    traceId,
  };
}

/** Sends a refusal; the only way in which the API says no. */
export function sendRefusal(response: Response, refusal: Refusal, traceId: string): void {
  send(response, describeRefusal(refusal, languageOf(response.req), traceId));
}

/** Sends 500 without any cause. */
export function sendFault(response: Response, traceId: string): void {
  send(response, describeFault(languageOf(response.req), traceId));
}

function send(response: Response, problem: ProblemDocument): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.status(problem.status);
  response.set('Content-Type', 'application/problem+json; charset=utf-8');
  response.set('Cache-Control', 'no-store');
  response.set('Content-Language', languageOf(response.req) === 'zh' ? 'zh-CN' : 'en');
  if (problem.status === 401) {
    response.set('WWW-Authenticate', 'ECERT-HMAC-SHA256 realm="ecert", ECERT-HMAC-SM3 realm="ecert"');
  }
  response.end(JSON.stringify(problem));
}
