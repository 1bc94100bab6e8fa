import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { sm2Engine } from './sm2';
import { subjectPublicKeyInfo, userDigest } from './sm2-curve';
import { privateScalar, sm2SignatureParts } from './sm2-signature-form';

/** A message to sign with a PKCS#8 key. */
export interface Sm2SigningJob {
  readonly privateKeyPkcs8: Uint8Array;
  readonly message: Uint8Array;
}

/** A signature (DER) to verify under an uncompressed point of 65 octets. */
export interface Sm2VerificationJob {
  readonly publicPoint: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Threads for batches of SM2 operations, so that the event loop stays free. */
export interface Sm2WorkerPool {
  /** Signatures in DER, in the order of the jobs. Rejects as a whole when one key is unusable. */
  sign(jobs: readonly Sm2SigningJob[]): Promise<Uint8Array[]>;
  /** Verdicts in the order of the jobs; a malformed signature or point is false. */
  verify(jobs: readonly Sm2VerificationJob[]): Promise<boolean[]>;
  /** Ends the threads; batches under way are rejected. */
  close(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly results?: readonly unknown[];
  readonly fault?: string;
}

interface Waiting {
  readonly worker: Worker;
  resolve(results: readonly unknown[]): void;
  reject(error: Error): void;
}

/** Jobs per message to a thread: large enough to hide the hand-over, small enough to spread a batch evenly. */
const PAGE = 32;

function signingTask(job: Sm2SigningJob): object {
  const point = sm2Engine().importPrivateKey(job.privateKeyPkcs8).publicPoint;
  const scalar = privateScalar(job.privateKeyPkcs8);
  return {
    operation: 'sign',
    pkcs8: job.privateKeyPkcs8,
    scalar,
    point,
    za: userDigest(point),
    message: job.message,
  };
}

function verificationTask(job: Sm2VerificationJob): object | undefined {
  const parts = sm2SignatureParts(job.signature);
  if (parts === undefined || job.publicPoint.length !== 65 || job.publicPoint[0] !== 4) return undefined;
  return {
    operation: 'verify',
    spki: subjectPublicKeyInfo(job.publicPoint),
    point: job.publicPoint,
    za: userDigest(job.publicPoint),
    message: job.message,
    signature: job.signature,
    parts,
  };
}

/** Starts `threads` workers (at least one). They do not keep the process alive by themselves. */
export function createSm2WorkerPool(options: { readonly threads: number }): Sm2WorkerPool {
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let closed = false;

  const fail = (worker: Worker, error: Error): void => {
    for (const [id, entry] of waiting) {
      if (entry.worker !== worker) continue;
      waiting.delete(id);
      entry.reject(error);
    }
  };
  const start = (): Worker => {
    const worker = new Worker(join(__dirname, 'sm2-worker.cjs'), { execArgv: [] });
    worker.unref();
    worker.on('message', (answer: Answer) => {
      const entry = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.results === undefined) entry?.reject(new Error(answer.fault ?? 'worker fault'));
      else entry?.resolve(answer.results);
      if (waiting.size === 0) for (const each of workers) each.unref();
    });
    worker.on('error', (error: Error) => fail(worker, error));
    worker.on('exit', () => {
      fail(worker, new Error('SM2 worker ended'));
      const at = workers.indexOf(worker);
      if (!closed && at >= 0) workers[at] = start();
    });
    return worker;
  };
  const workers: Worker[] = [];
  for (let index = 0; index < Math.max(1, options.threads); index += 1) workers.push(start());

  const run = async (tasks: readonly object[]): Promise<unknown[]> => {
    if (closed) throw new Error('SM2 worker pool is closed');
    const pages: Promise<readonly unknown[]>[] = [];
    for (let from = 0; from < tasks.length; from += PAGE) {
      const id = nextId;
      nextId += 1;
      const worker = workers[id % workers.length];
      if (worker === undefined) throw new Error('SM2 worker pool is empty');
      pages.push(
        new Promise((resolve, reject) => {
          waiting.set(id, { worker, resolve, reject });
          worker.ref();
          worker.postMessage({ id, engine: sm2Engine().name, jobs: tasks.slice(from, from + PAGE) });
        }),
      );
    }
    return (await Promise.all(pages)).flat();
  };

  return {
    async sign(jobs) {
      const tasks = signingTasks(jobs);
      const results = await run(tasks);
      return results.map((value) => {
        if (!(value instanceof Uint8Array)) throw new Error('SM2 worker answered no signature');
        return value;
      });
    },
    async verify(jobs) {
      const tasks = jobs.map(verificationTask);
      const results = await run(tasks.filter((task) => task !== undefined));
      let at = 0;
      return tasks.map((task) => {
        if (task === undefined) return false;
        at += 1;
        return results[at - 1] === true;
      });
    },
    async close() {
      closed = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** Keys repeat within a batch: each is imported once. */
function signingTasks(jobs: readonly Sm2SigningJob[]): object[] {
  const templates = new Map<string, object>();
  return jobs.map((job) => {
    const name = Buffer.from(job.privateKeyPkcs8).toString('latin1');
    const template = templates.get(name) ?? signingTask(job);
    templates.set(name, template);
    return { ...template, message: job.message };
  });
}
