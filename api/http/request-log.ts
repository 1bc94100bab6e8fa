import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { Counter, Histogram } from 'prom-client';
import { principalName } from '../../domain/shared/principal';
import { openRequestState, principalOf, routeOf } from './request-state';

const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/**
 * Gives every request its trace id (answered as `X-Trace-Id`) and writes one line and one measurement when it
 * ends, also when the client went away. The line has the template of the route, never the address, query,
 * headers or body: a verification code or a holder's name must not reach the log (art. 23).
 */
export function requestLog(log: Logger, metrics: Registry): RequestHandler {
  const duration = new Histogram({
    name: 'ecert_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [metrics],
  });
  const aborted = new Counter({
    name: 'ecert_http_requests_aborted_total',
    help: 'Requests whose client went away before the answer was complete.',
    registers: [metrics],
  });
  return (request, response, next) => {
    const { traceId } = openRequestState(request);
    const startedAt = process.hrtime.bigint();
    response.set('X-Trace-Id', traceId);
    response.once('close', () => {
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      const isAborted = !response.writableFinished;
      const route = routeOf(request) ?? 'unmatched';
      const principal = principalOf(request);
      if (isAborted) aborted.inc();
      duration.observe({ method: request.method, route, status: String(response.statusCode) }, seconds);
      log.info(
        {
          traceId,
          method: request.method,
          route,
          status: response.statusCode,
          durationMs: Math.round(seconds * 1e4) / 10,
          address: request.ip,
          ...(principal === null ? {} : { principal: principalName(principal) }),
          ...(isAborted ? { aborted: true } : {}),
        },
        'request',
      );
    });
    next();
  };
}
