import { Client, Connection } from '@temporalio/client';
import { openCases } from '../adapters/postgres/case/open-cases';
import { openRegister } from '../adapters/postgres/register/register';
import { TASK_QUEUE, TemporalConductor } from '../adapters/temporal/temporal-conductor';
import type { ConductedKind } from '../ports/conductor';
import { CONDUCTED_KINDS } from '../ports/conductor';
import { describeProblems, parseConfig, parseServiceConfig } from './config';
import { withRunningStack } from './connections';
import { rememberTemporal } from './engines/start-temporal';
import { temporalNamespaceId } from './engines/temporal-server';

const PAGE = 200;
const NAMES: Readonly<Record<ConductedKind, string>> = {
  issuance: '签发',
  delivery: '送达',
  anomalyCase: '异常核查',
  certificateChange: '证照变动',
  forceMajeureEvent: '不可抗力',
};

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
  const counts = new Map<ConductedKind, number>();
  for await (const page of openCases(register, PAGE)) {
    await Promise.all(page.map(({ kind, id }) => conductor.startAgain(kind, id)));
    for (const { kind } of page) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const namespaceId = await temporalNamespaceId(config.temporal.address, config.temporal.namespace);
  if (namespaceId !== undefined) rememberTemporal(config.dataDir, namespaceId);
  const told = CONDUCTED_KINDS.map((kind) => `${NAMES[kind]} ${counts.get(kind) ?? 0} 件`);
  console.log(`已从登记库恢复：${told.join('，')}。`);
  await Promise.all([connection.close(), register.destroy()]);
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exit(1);
});
