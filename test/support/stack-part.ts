import { appendFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

/**
 * A process for the tests of the stack: ready at once, tells its environment, and notes in a file of the data
 * folder in which order the processes were asked to stop.
 */
const port = Number(process.env['WORKER_HEALTH_PORT'] ?? process.env['PORT']);
const name = process.env['PROCESS_NAME'] ?? '';
const folder = join(process.env['DATA_DIR'] ?? '', 'stopped');

const server = createServer((request, response) => {
  if (request.url === '/readyz') response.writeHead(200).end('ready');
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(process.env));
});
server.listen(port, '127.0.0.1');

process.once('SIGTERM', () => {
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, 'order'), `${name}\n`);
  server.close();
  server.closeAllConnections();
});
