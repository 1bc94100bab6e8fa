import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { testEngines } from './engines';

export type TestTemporal = {
  readonly address: string;
  readonly namespace: string;
  /** Path of the Temporal CLI, for `TestWorkflowEnvironment` with an executable of type `existing-path`. */
  readonly cli: string;
  readonly connection: Connection;
  readonly client: Client;
  /** For workers; opened at the first call, closed by `close`. */
  nativeConnection(): Promise<NativeConnection>;
  /** A name that no other test uses, on one server for all of them. */
  taskQueue(prefix?: string): string;
  close(): Promise<void>;
};

/** Out: access to the one Temporal server of this test run. `close` in `afterAll`. */
export async function connectTestTemporal(): Promise<TestTemporal> {
  const { temporalAddress: address, temporalNamespace: namespace, temporalCli: cli } = testEngines();
  const connection = await Connection.connect({ address });
  let native: Promise<NativeConnection> | undefined;
  return {
    address,
    namespace,
    cli,
    connection,
    client: new Client({ connection, namespace }),
    nativeConnection() {
      native ??= openNative(address);
      return native;
    },
    taskQueue: (prefix = 'test') => `${prefix}-${randomBytes(6).toString('hex')}`,
    async close() {
      await (await native)?.close();
      await connection.close();
    },
  };
}

async function openNative(address: string): Promise<NativeConnection> {
  // Loaded on demand: the worker's native library costs a second that a test without a worker need not pay.
  const worker = await import('@temporalio/worker');
  return worker.NativeConnection.connect({ address });
}
