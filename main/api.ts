import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createApp } from '../api/create-app';
import { createLogger } from '../api/create-logger';
import { drain } from '../api/shutdown';
import { apiPorts } from './api-ports';
import { openCertificateProducer } from './certificate-drawing';
import { describeProblems, parseServiceConfig } from './config';
import { openFoundation } from './foundation';

const GRACE_MS = 30_000;

async function main(): Promise<void> {
  const parsed = parseServiceConfig(process.env);
  if (!parsed.ok) throw new Error(describeProblems(parsed.refusal));
  const config = parsed.value;
  const log = createLogger(config.logLevel, process.env['PROCESS_NAME'] ?? 'api');
  const [foundation, producer, connection] = await Promise.all([
    openFoundation(config, log),
    openCertificateProducer(config),
    // Lazily: the API takes requests in while Temporal is away; the outbox starts their workflows later.
    Promise.resolve(Connection.lazy({ address: config.temporal.address })),
  ]);
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const draining = new AbortController();
  const { ports, close } = apiPorts({
    foundation,
    producer,
    connection,
    client: new Client({ connection, namespace: config.temporal.namespace }),
    log,
    metrics,
    draining: draining.signal,
    version: { version: productVersion(), commit: process.env['SOURCE_COMMIT'] ?? null },
  });
  const server = createServer(createApp(ports));
  // Above what a proxy in front keeps idle, so that it never writes into a connection that is being closed.
  server.keepAliveTimeout = 65_000;
  server.listen(config.http.port, config.http.host);
  const stop = (): void => {
    void drain(server, { draining, graceMs: GRACE_MS }).then(async () => {
      await close();
      await connection.close();
      await foundation.close();
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function productVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(join(__dirname, '..', 'package.json'), 'utf8'),
  );
  return manifest.version;
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exit(1);
});
