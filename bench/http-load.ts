import { connect, type Socket } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** The path of the next request. */
  readonly nextPath: () => string;
}

/**
 * Asks over connections that are kept alive, one request at a time on each, for so long. Out: answers per second. Throws for
 * an answer that is not 200. On bare sockets, since the client must cost little beside the server that is measured.
 */
export async function answersPerSecond(load: Load): Promise<number> {
  const startedAtMs = performance.now();
  const untilMs = startedAtMs + load.durationMs;
  const counts = await Promise.all(
    Array.from({ length: load.connections }, () => askUntil(load.port, load.nextPath, untilMs)),
  );
  const answers = counts.reduce((sum, count) => sum + count, 0);
  return (answers / (performance.now() - startedAtMs)) * 1000;
}

function askUntil(port: number, nextPath: () => string, untilMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let answers = 0;
    let received = Buffer.alloc(0);
    const askNext = (): void => {
      if (performance.now() >= untilMs) {
        socket.destroy();
        resolve(answers);
      } else ask(socket, nextPath());
    };
    socket.once('connect', askNext);
    socket.on('error', reject);
    socket.on('data', (part) => {
      received = received.length === 0 ? part : Buffer.concat([received, part]);
      const length = answerLength(received);
      if (length === null || received.length < length) return;
      if (received.subarray(9, 12).toString('latin1') !== '200') {
        socket.destroy();
        reject(new Error(`answered ${received.subarray(0, 400).toString('utf8')}`));
        return;
      }
      received = Buffer.alloc(0);
      answers += 1;
      askNext();
    });
  });
}

function ask(socket: Socket, path: string): void {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n`);
}

/** Head and body together; null while the head is incomplete. Both servers tell the length of their answers. */
function answerLength(received: Buffer): number | null {
  const end = received.indexOf(END_OF_HEAD);
  if (end < 0) return null;
  const told = /\r\ncontent-length: *(\d+)/i.exec(received.subarray(0, end).toString('latin1'))?.[1];
  if (told === undefined) throw new Error('an answer without its length');
  return end + END_OF_HEAD.length + Number(told);
}
