import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { TrafficLimits } from './api-ports';
import { traceIdOf } from './http/request-state';
import { sendRefusal } from './problem';

const WINDOW_MS = 60_000;

/**
 * Refuses more than `limit` requests a minute under one key, with `Retry-After` and a problem document; where asked for, what
 * succeeds is taken off the count again.
 */
function limiter(
  limit: number,
  keyOf: (request: Request) => string,
  skipSuccessfulRequests = false,
): RequestHandler {
  return rateLimit({
    skipSuccessfulRequests,
    windowMs: WINDOW_MS,
    limit,
    keyGenerator: keyOf,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (request, response) => {
      request.resume();
      response.set('Retry-After', String(WINDOW_MS / 1000));
      sendRefusal(response, { code: 'tooManyRequests' }, traceIdOf(request));
    },
  });
}

/** One address counts by its /56 when it is IPv6, since a household has that many. */
function addressOf({ ip = '' }: Request): string {
  return ip.includes(':') && !ip.startsWith('::ffff:') ? ipKeyGenerator(ip) : ip;
}

export interface Limiters {
  readonly everything: RequestHandler;
  readonly verifications: RequestHandler;
  readonly verificationsOfCode: RequestHandler;
  readonly signIns: RequestHandler;
}

/** The limiters of one process; they count before anything is parsed. */
export function trafficLimiters(limits: TrafficLimits): Limiters {
  return {
    everything: exceptVerifications(limiter(limits.requestsPerAddress, addressOf)),
    verifications: limiter(limits.verificationsPerAddress, addressOf),
    verificationsOfCode: limiter(limits.verificationsPerCode, (request) => request.path),
    // A whole office signs in from one address when it opens; guessing is what fails.
    signIns: limiter(limits.signInsPerAddress, addressOf, true),
  };
}

/** Verifications have a stricter limit of their own; counting each of them twice would only cost time. */
function exceptVerifications(limit: RequestHandler): RequestHandler {
  return (request, response, next) =>
    /^\/public\/verify(?:\/[^/]+)?$/.test(request.path) ? next() : limit(request, response, next);
}

/** Lets at most `maximum` requests in at the same moment; the others are asked to come back. */
export function concurrencyLimit(maximum: number): RequestHandler {
  let running = 0;
  return (request, response, next) => {
    if (running >= maximum) {
      request.resume();
      response.set('Retry-After', '2');
      sendRefusal(response, { code: 'tooManyRequests' }, traceIdOf(request));
      return;
    }
    running += 1;
    response.once('close', () => {
      running -= 1;
    });
    next();
  };
}
