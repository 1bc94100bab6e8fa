import express from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { Pool } from 'pg';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createLogger } from '../api/create-logger';
import { requestLog } from '../api/http/request-log';
import { setRoute } from '../api/http/request-state';

/**
 * The reference of `verify-code`: the same Express with the same request log and metrics, helmet, and two limiters, which
 * answers with what one prepared select finds under the code. It judges nothing and counts no verification.
 */
function main(): void {
  const app = express();
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const pool = new Pool({
    connectionString: process.env['DATABASE_URL'],
    max: Number(process.env['DATABASE_POOL_SIZE']),
  });
  const limiter = () =>
    rateLimit({ windowMs: 60_000, limit: 999_999_999, standardHeaders: false, legacyHeaders: false });
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(requestLog(createLogger('info', 'reference'), metrics));
  app.use(helmet());
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).end(await metrics.metrics());
  });
  app.get('/api/v1/public/verify/:code', limiter(), limiter(), async (request, response) => {
    setRoute(request, '/api/v1/public/verify/{code}');
    const { rows } = await pool.query<{ answer: unknown }>({
      name: 'answer_by_code',
      text: 'SELECT answer FROM bench_answer WHERE code = $1',
      values: [request.params['code']],
    });
    const [row] = rows;
    if (row === undefined) response.status(404).end();
    else response.json(row.answer);
  });
  const server = app.listen(Number(process.env['PORT']), '127.0.0.1');
  process.once('SIGTERM', () => {
    server.closeAllConnections();
    server.close(() => void pool.end());
  });
}

main();
