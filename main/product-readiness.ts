import { randomBytes } from 'node:crypto';
import type { Connection } from '@temporalio/client';
import { durabilityProblems } from '../adapters/postgres/register/register';
import { TASK_QUEUE } from '../adapters/temporal/temporal-conductor';
import { sm2SelfTest } from '../documents/sm/sm2';
import type { Readiness, ReadinessPart, ReadinessPartName } from '../ports/readiness';
import { readCityProgress } from './demonstration/city/city-progress';
import type { Foundation } from './foundation';

const PART_TIMEOUT_MS = 1_800;

/** Asks every part on which issuing depends, side by side, each with a time limit. */
export function productReadiness(
  foundation: Foundation,
  connection: Connection,
  taskQueueName: string = TASK_QUEUE,
): Readiness {
  const { register, files, config } = foundation;
  const { namespace } = config.temporal;
  const checks: Readonly<Record<ReadinessPartName, () => Promise<string | null>>> = {
    async database() {
      await register.public('SELECT 1 AS one', []);
      return null;
    },
    durability: async () => (await durabilityProblems(register)).join('; ') || null,
    async temporal() {
      await connection.withDeadline(Date.now() + PART_TIMEOUT_MS, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return null;
    },
    async worker() {
      const queue = await connection.withDeadline(Date.now() + PART_TIMEOUT_MS, () =>
        connection.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: taskQueueName },
          taskQueueType: 1,
        }),
      );
      return queue.pollers.length > 0 ? null : 'no worker polls the task queue';
    },
    async signing() {
      const { native, fallback } = sm2SelfTest();
      return native || fallback ? null : 'the SM2 self-test failed';
    },
    async fileStore() {
      const probe = randomBytes(8);
      await files.get(probe.toString('hex').padEnd(64, '0'));
      return null;
    },
  };
  return {
    parts: () =>
      Promise.all(Object.entries(checks).map(([name, check]) => judge(name as ReadinessPartName, check))),
    demonstration: async () => (config.demonstration ? readCityProgress(config.dataDir) : null),
  };
}

async function judge(name: ReadinessPartName, check: () => Promise<string | null>): Promise<ReadinessPart> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${PART_TIMEOUT_MS} ms`), PART_TIMEOUT_MS);
  });
  const detail = await Promise.race([check(), late]).catch((fault: unknown) =>
    fault instanceof Error ? fault.message : 'unknown fault',
  );
  clearTimeout(timer);
  return { name, ready: detail === null, detail };
}
