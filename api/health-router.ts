import { Router } from 'express';
import type { ApiPorts } from './api-ports';
import { setRoute } from './http/request-state';

/**
 * For whoever runs the system: `/healthz` (the process answers), `/readyz` (which part is not ready),
 * `/metrics` (Prometheus) and `/version`.
 */
export function healthRouter({
  readiness,
  draining,
  metrics,
  settings,
}: Pick<ApiPorts, 'readiness' | 'draining' | 'metrics' | 'settings'>): Router {
  const router = Router();
  router.get('/healthz', (request, response) => {
    setRoute(request, '/healthz');
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (request, response) => {
    setRoute(request, '/readyz');
    const parts = await readiness.parts();
    const ready = !draining.aborted && parts.every((part) => part.ready);
    response.status(ready ? 200 : 503).set('Cache-Control', 'no-store');
    const demonstration = (await readiness.demonstration?.()) ?? null;
    response.json({
      ready,
      draining: draining.aborted,
      parts,
      ...(demonstration === null ? {} : { demonstration }),
    });
  });
  router.get('/metrics', async (request, response) => {
    setRoute(request, '/metrics');
    response.set('Content-Type', metrics.contentType).set('Cache-Control', 'no-store');
    response.end(await metrics.metrics());
  });
  router.get('/version', (request, response) => {
    setRoute(request, '/version');
    response.set('Cache-Control', 'no-store').json(settings.version);
  });
  return router;
}
