import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { seedReferenceData } from '../../adapters/postgres/register/seed-reference-data';
import { defaultFontPaths, loadFontChain } from '../../documents/fonts/font-chain';
import { generateSm2KeyPair } from '../../documents/sm/sm2';
import type { ServiceConfig } from '../../main/config';
import { describeProblems, parseServiceConfig } from '../../main/config';
import type { DemonstrationDeps } from '../../main/demonstration/demonstration-deps';
import { seedDemonstration } from '../../main/demonstration/seed';
import { roleUrls, runFormatted, withClient } from '../../main/engines/database-roles';
import type { Foundation } from '../../main/foundation';
import { openFoundation, trustFolder } from '../../main/foundation';
import { demonstrationKeys } from '../../main/key-stores';
import { openSecrets } from '../../main/secrets';
import type { Clock } from '../../ports/clock';
import { testEngines } from './engines';

/** A Monday; nothing in the journeys depends on the machine's date. */
export const DEMONSTRATION_DAY = new Date('2026-11-23T10:00:00+08:00');
export const SILENT = pino({ level: 'silent' });

export interface DemonstrationTemplate {
  /** To be cloned; nobody may stay connected to it. */
  readonly database: string;
  /** Secrets, keys and trust, to be copied. */
  readonly folder: string;
}

/**
 * Out: the demonstration city, laid out once per test run and first instant, whichever test file comes first; the
 * others wait for it. In: the product's clock at that moment.
 */
export async function demonstrationTemplate(startAt = DEMONSTRATION_DAY): Promise<DemonstrationTemplate> {
  const engines = testEngines();
  const name = `ecert_demonstration_${startAt.getTime()}`;
  const template = { database: name, folder: join(engines.folder, name) };
  const laidOut = join(template.folder, 'laid-out');
  await withClient(engines.superuserUrl, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    if (existsSync(laidOut)) return;
    await runFormatted(client, 'drop database if exists %I with (force)', [name]);
    rmSync(template.folder, { recursive: true, force: true });
    await runFormatted(client, 'create database %I template %I owner ecert_migrator', [
      name,
      engines.templateDatabase,
    ]);
    await layOut(template, startAt);
    writeFileSync(laidOut, '');
  });
  return template;
}

/** The configuration of a product of the tests over a folder and a database. */
export function testConfig(
  dataDir: string,
  appUrl: string,
  more: Readonly<Record<string, string>> = {},
): ServiceConfig {
  const { temporalAddress, temporalNamespace } = testEngines();
  const parsed = parseServiceConfig({
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    DATABASE_URL: appUrl,
    DATABASE_POOL_SIZE: '8',
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: temporalNamespace,
    PUBLIC_URL: 'http://verify.ecert.example',
    LOG_LEVEL: 'fatal',
    ...more,
  });
  if (!parsed.ok) throw new Error(describeProblems(parsed.refusal));
  return parsed.value;
}

/** What the laying out of demonstration rows needs of a product that is open. */
export function demonstrationDeps(
  foundation: Foundation,
  clock: Clock,
  agencyRecordsUrl: string | null,
): DemonstrationDeps {
  const { config, register, cipher, integrity } = foundation;
  return {
    register,
    cipher,
    integrity,
    clock,
    keyStore: demonstrationKeys(foundation),
    fonts: () => loadFontChain(defaultFontPaths()),
    agencySecret: openSecrets(config.secretsDir, true).text('demo-agency'),
    agencyRecordsSecret: openSecrets(config.secretsDir, true).text('outside-agency-records'),
    agencyRecordsUrl,
    trustFolder: trustFolder(config),
    secretsFolder: config.secretsDir,
  };
}

async function layOut({ database, folder }: DemonstrationTemplate, startAt: Date): Promise<void> {
  const engines = testEngines();
  const config = testConfig(folder, roleUrls(engines.superuserUrl, database, engines.passwords).appUrl);
  mkdirSync(config.secretsDir, { recursive: true });
  makeOutsideSecrets(config.secretsDir);
  const foundation = await openFoundation(config, SILENT);
  try {
    await seedReferenceData(foundation.register, foundation.integrity, startAt);
    await seedDemonstration(demonstrationDeps(foundation, { now: () => startAt }, null));
  } finally {
    await foundation.close();
  }
}

/** The portal's proof key, which only its simulator makes otherwise; the other shared secrets are made when read. */
function makeOutsideSecrets(folder: string): void {
  const secrets = openSecrets(folder, true);
  for (const name of ['outside-agency-records', 'outside-portal', 'outside-up-report'] as const) {
    secrets.text(name);
  }
  const { privateKeyPkcs8, publicPoint } = generateSm2KeyPair();
  writeFileSync(join(folder, 'portal-proof-point'), Buffer.from(publicPoint).toString('hex'));
  writeFileSync(join(folder, 'portal-proof-key'), Buffer.from(privateKeyPkcs8).toString('base64'));
}
