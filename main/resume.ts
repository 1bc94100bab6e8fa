import { Client, Connection } from '@temporalio/client';
import { openCases } from '../adapters/postgres/open-cases';
import { openRegister } from '../adapters/postgres/register';
import { TASK_QUEUE, TemporalConductor } from '../adapters/temporal/temporal-conductor';
import { describeProblems, parseConfig, parseServiceConfig } from './config';
import { withRunningStack } from './connections';
import { rememberTemporal } from './engines/start-temporal';
import { temporalNamespaceId } from './engines/temporal-server';

const PAGE = 200;

/** Starts every open workflow again from the register; safe beside running ones, and may be broken off and repeated. */
async function main(): Promise<void> {
  const tool = parseConfig(process.env, 'tool');
  if (!tool.ok) throw new Error(describeProblems(tool.refusal));
  const parsed = parseServiceConfig(withRunningStack(process.env, tool.value.dataDir));
  if (!parsed.ok) throw new Error(describeProblems(parsed.refusal));
  const config = parsed.value;
  const register = await openRegister(config.database.appUrl, {
    poolMax: 2,
    applicationName: 'ecert-resume',
  });
  const connection = await Connection.connect({ address: config.temporal.address });
  const conductor = new TemporalConductor({
    client: new Client({ connection, namespace: config.temporal.namespace }),
    taskQueue: TASK_QUEUE,
  });
  const counts = { issuance: 0, delivery: 0 };
  for await (const page of openCases(register, PAGE)) {
    await Promise.all(page.map(({ kind, id }) => conductor.startAgain(kind, id)));
    for (const { kind } of page) counts[kind] += 1;
  }
  const namespaceId = await temporalNamespaceId(config.temporal.address, config.temporal.namespace);
  if (namespaceId !== undefined) rememberTemporal(config.dataDir, namespaceId);
  console.log(`已从登记库恢复：签发 ${counts.issuance} 件，送达 ${counts.delivery} 件。`);
  await Promise.all([connection.close(), register.destroy()]);
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exit(1);
});
