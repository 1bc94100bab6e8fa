import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import express from 'express';
import helmet from 'helmet';
import { ALL_ROUTES } from './all-routes';
import type { ApiPorts } from './api-ports';
import { documentationRouter } from './documentation-router';
import { healthRouter } from './health-router';
import { API_ROOT } from './http/api-root';
import { mountRoutes } from './http/mount-routes';
import { RequestAborted } from './http/read-body';
import { requestLog } from './http/request-log';
import { traceIdOf } from './http/request-state';
import { sendFault, sendRefusal } from './problem';
import { concurrencyLimit, trafficLimiters } from './traffic-limits';

/**
 * The HTTP API over its ports: nothing is listened to and nothing is constructed here. `extensions` are mounted
 * last before the answer 404, such as the console's files.
 */
export function createApp(ports: ApiPorts, extensions: readonly RequestHandler[] = []): Express {
  const app = express();
  const { settings } = ports;
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set(
    'trust proxy',
    typeof settings.trustProxy === 'number' ? settings.trustProxy : [...settings.trustProxy],
  );
  app.use(requestLog(ports.log, ports.metrics));
  app.use(securityHeaders(settings.publicUrl));
  app.use(closeWhileDraining(ports.draining));
  app.use(healthRouter(ports));
  app.use(documentationRouter());
  mountLimits(app, ports);
  app.use(API_ROOT, mountRoutes(ALL_ROUTES, ports));
  for (const extension of extensions) app.use(extension);
  app.use((request, response) => {
    request.resume();
    sendRefusal(response, { code: 'notFound' }, traceIdOf(request));
  });
  app.use(lastResort(ports));
  return app;
}

/** Strict by default; pages that need a style bring their own policy. TLS is promised only where there is TLS. */
function securityHeaders(publicUrl: string): RequestHandler {
  const isHttps = publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginEmbedderPolicy: true,
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
  });
}

/** A process that is to stop asks its clients to take their next request elsewhere. */
function closeWhileDraining(draining: AbortSignal): RequestHandler {
  return (_request, response, next) => {
    if (draining.aborted) response.set('Connection', 'close');
    next();
  };
}

function mountLimits(app: Express, { settings }: ApiPorts): void {
  const limits = trafficLimiters(settings.limits);
  app.use(API_ROOT, limits.everything);
  app.post(`${API_ROOT}/sessions`, limits.signIns);
  app.get(`${API_ROOT}/public/verify/:code`, limits.verifications, limits.verificationsOfCode);
  app.post(
    `${API_ROOT}/public/verify`,
    limits.verifications,
    concurrencyLimit(settings.limits.concurrentFileVerifications),
  );
}

/** Express knows an error handler by its four parameters. A fault says nothing but its trace id. */
function lastResort({ log }: ApiPorts): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const traceId = traceIdOf(request);
    if (error instanceof RequestAborted) {
      response.destroy();
      return;
    }
    if (isUndecodableAddress(error)) {
      sendRefusal(response, { code: 'notFound' }, traceId);
      return;
    }
    log.error({ traceId, err: error }, 'internal error');
    sendFault(response, traceId);
  };
}

/** Express throws for a path such as /%ff before any route has seen it. */
function isUndecodableAddress(error: unknown): boolean {
  return error instanceof URIError;
}
