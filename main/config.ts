import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { TrafficLimits } from '../api/api-ports';
import { accepted, type Result, refused } from '../domain/shared/result';
import {
  KEY_STORE_VARIABLES,
  type KeyStoreConfig,
  keyStoreProblems,
  toKeyStoreConfig,
} from './key-store-config';

const SHANGHAI_OFFSET = '+08:00';
const HIGHEST_PORT = 65_535;

const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, '应为端口号')
    .transform(Number)
    .refine((value) => value >= 1 && value <= HIGHEST_PORT, '应在 1 到 65535 之间')
    .default(fallback);

/** A limit of traffic; 0 would close the door to everybody. */
const limit = (fallback: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, '应为 1 到 999999999')
    .transform(Number)
    .default(fallback);

const webAddress = z
  .url({ protocol: /^https?$/, error: '应为 http:// 或 https:// 开头的地址' })
  .transform((value) => value.replace(/\/+$/, ''))
  .optional();

const databaseAddress = z
  .url({ protocol: /^postgres(ql)?$/, error: '应为 postgres://用户:口令@主机:端口/库名' })
  .optional();

const instant = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/,
    '应为 2027-03-01 或带时区的时刻',
  )
  .refine((value) => isDay(value.slice(0, 10)), '没有这一天')
  .transform((value) => new Date(value.length === 10 ? `${value}T00:00:00${SHANGHAI_OFFSET}` : value))
  .refine((value) => !Number.isNaN(value.getTime()), '没有这个时刻')
  .optional();

/** JavaScript reads 2027-02-30 as 2 March. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

const flag = z.enum(['0', '1'], { error: '应为 0 或 1' }).transform((value) => value === '1');

/** Every variable that the product reads. `.env.example` lists the same ones, and a test compares. */
const variables = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'], { error: '应为 development、test 或 production' })
    .default('development'),
  PORT: port(8080),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: webAddress,
  // Never `true`: whoever sends the header would choose the address that limits and the audit see.
  TRUST_PROXY: z
    .string()
    .regex(/^(0|[1-9]|[0-9a-fA-F.:/, ]{2,}|loopback)$/, '应为可信代理的层数(0–9)或以逗号分隔的代理地址')
    .transform((value) => (/^\d$/.test(value) ? Number(value) : value.split(',').map((part) => part.trim())))
    .default(0),
  // Defaults that fit one city on one machine; load tests raise them.
  LIMIT_REQUESTS_PER_ADDRESS: limit(6_000),
  LIMIT_VERIFICATIONS_PER_ADDRESS: limit(120),
  LIMIT_VERIFICATIONS_PER_CODE: limit(60),
  LIMIT_SIGN_INS_PER_ADDRESS: limit(20),
  LIMIT_FILE_VERIFICATIONS_AT_ONCE: limit(8),
  DATA_DIR: z.string().default('./data'),
  SECRETS_DIR: z.string().optional(),
  DATABASE_URL: databaseAddress,
  DATABASE_MIGRATOR_URL: databaseAddress,
  DATABASE_AUDITOR_URL: databaseAddress,
  DATABASE_SUPERUSER_URL: databaseAddress,
  DATABASE_POOL_SIZE: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, '应为 1 到 999')
    .transform(Number)
    .default(10),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s:/]+:\d{1,5}$/, '应为 主机:端口')
    .optional(),
  TEMPORAL_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, '应为字母、数字、点、下划线、连字符')
    .default('default'),
  TEMPORAL_CLI: z.string().optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: '应为 smtp:// 或 smtps:// 开头的地址' }).optional(),
  // Asked for a character that the fonts of the product lack, in this order.
  FALLBACK_FONTS: z
    .string()
    .regex(/^[^,]+(,[^,]+)*$/, '应为以逗号分隔的 TrueType 字库文件路径')
    .transform((value) => value.split(',').map((path) => path.trim()))
    .optional(),
  DEMO: flag.optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], { error: '应为 trace…fatal 之一' })
    .default('info'),
  WORKER_HEALTH_PORT: port(8081),
  PORTAL_URL: webAddress,
  AGENCY_RECORDS_URL: webAddress,
  TIMESTAMP_URL: webAddress,
  UP_REPORT_URL: webAddress,
  ...KEY_STORE_VARIABLES,
  CLOCK_START: instant,
  CLOCK_STARTED_AT: instant,
});

type Variables = z.infer<typeof variables>;
export type VariableName = keyof Variables;
export const VARIABLE_NAMES = Object.keys(variables.shape);

/** Which process reads; production requires different addresses of each. */
export type ConfigPurpose = 'stack' | 'service' | 'migrate' | 'tool';

export type ConfigProblem = { readonly variable: string; readonly sentence: string };

export type Config = {
  readonly mode: 'development' | 'test' | 'production';
  readonly http: {
    readonly port: number;
    readonly host: string;
    /** Without a slash at the end; printed in the code on every sealed file. */
    readonly publicUrl: string;
    /** For Express: number of hops, or addresses of proxies. */
    readonly trustProxy: number | readonly string[];
    /** Per minute and process. */
    readonly limits: TrafficLimits;
  };
  readonly dataDir: string;
  readonly secretsDir: string;
  readonly database: {
    readonly appUrl: string | undefined;
    readonly migratorUrl: string | undefined;
    readonly auditorUrl: string | undefined;
    readonly superuserUrl: string | undefined;
    readonly poolSize: number;
  };
  readonly temporal: {
    readonly address: string | undefined;
    readonly namespace: string;
    readonly cli: string | undefined;
  };
  /** Undefined: mails go to a folder below the data folder that the console can show. */
  readonly smtpUrl: string | undefined;
  readonly demonstration: boolean;
  /** Font files asked last, e.g. HanaMin for GB 18030-2022 level 3. */
  readonly fallbackFonts: readonly string[];
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly workerHealthPort: number;
  /** Base addresses of outside systems; in the demonstration those of the simulators that the stack starts. */
  readonly outside: {
    readonly portalUrl: string | undefined;
    readonly agencyRecordsUrl: string | undefined;
    readonly timestampUrl: string | undefined;
    readonly upReportUrl: string | undefined;
  };
  readonly keyStores: KeyStoreConfig;
  readonly clock: { readonly startAt: Date | undefined; readonly startedAt: Date | undefined };
};

/** What API and worker get: the two addresses without which neither can work are there. */
export type ServiceConfig = Config & {
  readonly database: { readonly appUrl: string };
  readonly temporal: { readonly address: string };
};

/** What the migration gets. */
export type MigrateConfig = Config & { readonly database: { readonly migratorUrl: string } };

const ALWAYS_NEEDED: Readonly<Record<ConfigPurpose, readonly VariableName[]>> = {
  stack: [],
  service: ['DATABASE_URL', 'TEMPORAL_ADDRESS'],
  migrate: ['DATABASE_MIGRATOR_URL'],
  tool: [],
};

const RUNNING_NEEDS: readonly VariableName[] = [
  'PUBLIC_URL',
  'SECRETS_DIR',
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'SMTP_URL',
];
const NEEDED_IN_PRODUCTION: Readonly<Record<ConfigPurpose, readonly VariableName[]>> = {
  stack: RUNNING_NEEDS,
  service: RUNNING_NEEDS,
  migrate: [],
  tool: ['SECRETS_DIR'],
};

/**
 * In: the environment (an empty value counts as unset) and which process asks. Out: the configuration, folders
 * absolute, or every problem at once, each with its variable and a Chinese sentence.
 */
export function parseConfig(
  environment: NodeJS.ProcessEnv,
  purpose: ConfigPurpose,
): Result<Config, readonly ConfigProblem[]> {
  const given = Object.fromEntries(
    VARIABLE_NAMES.flatMap((name) => {
      const value = environment[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  const missing = missingProblems(given, purpose);
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => ({
      variable: String(issue.path[0]),
      sentence: `${issue.message}。`,
    }));
    return refused([...missing, ...wrong]);
  }
  const seals = purpose === 'stack' || purpose === 'service';
  const problems = [...missing, ...productionProblems(parsed.data), ...keyStoreProblems(parsed.data, seals)];
  return problems.length > 0 ? refused(problems) : accepted(toConfig(parsed.data));
}

/** As {@link parseConfig} for API and worker. */
export function parseServiceConfig(
  environment: NodeJS.ProcessEnv,
): Result<ServiceConfig, readonly ConfigProblem[]> {
  const config = parseConfig(environment, 'service');
  if (!config.ok) return config;
  const { database, temporal } = config.value;
  const { appUrl } = database;
  const { address } = temporal;
  if (appUrl === undefined || address === undefined) {
    return refused(missingProblems({}, 'service'));
  }
  return accepted({
    ...config.value,
    database: { ...database, appUrl },
    temporal: { ...temporal, address },
  });
}

/** As {@link parseConfig} for the migration. */
export function parseMigrateConfig(
  environment: NodeJS.ProcessEnv,
): Result<MigrateConfig, readonly ConfigProblem[]> {
  const config = parseConfig(environment, 'migrate');
  if (!config.ok) return config;
  const { database } = config.value;
  const { migratorUrl } = database;
  if (migratorUrl === undefined) return refused(missingProblems({}, 'migrate'));
  return accepted({ ...config.value, database: { ...database, migratorUrl } });
}

/** In: the problems. Out: what the person who starts the program reads. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ variable, sentence }) => `  ${variable}:${sentence}`);
  return [`环境变量有 ${problems.length} 处需要改正 (configuration problems):`, ...lines].join('\n');
}

function missingProblems(
  given: Readonly<Record<string, string>>,
  purpose: ConfigPurpose,
): readonly ConfigProblem[] {
  const inProduction = given['NODE_ENV'] === 'production' ? NEEDED_IN_PRODUCTION[purpose] : [];
  const needed = new Set([...ALWAYS_NEEDED[purpose], ...inProduction]);
  return [...needed]
    .filter((name) => given[name] === undefined)
    .map((variable) => ({
      variable,
      sentence: inProduction.includes(variable) ? '生产环境(NODE_ENV=production)必须设置。' : '必须设置。',
    }));
}

function productionProblems(values: Variables): readonly ConfigProblem[] {
  if (values.NODE_ENV !== 'production') return [];
  const problems: ConfigProblem[] = [];
  if (values.DEMO === true) {
    problems.push({ variable: 'DEMO', sentence: '生产环境不得启用演示数据和演示账号。' });
  }
  for (const variable of ['CLOCK_START', 'CLOCK_STARTED_AT'] as const) {
    if (values[variable] !== undefined) {
      problems.push({ variable, sentence: '生产环境不得改动时钟,法定时限以真实时间为准。' });
    }
  }
  return problems;
}

function toConfig(values: Variables): Config {
  const dataDir = resolve(values.DATA_DIR);
  return {
    mode: values.NODE_ENV,
    http: {
      port: values.PORT,
      host: values.HOST,
      publicUrl: values.PUBLIC_URL ?? `http://${values.HOST}:${values.PORT}`,
      trustProxy: values.TRUST_PROXY,
      limits: {
        requestsPerAddress: values.LIMIT_REQUESTS_PER_ADDRESS,
        verificationsPerAddress: values.LIMIT_VERIFICATIONS_PER_ADDRESS,
        verificationsPerCode: values.LIMIT_VERIFICATIONS_PER_CODE,
        signInsPerAddress: values.LIMIT_SIGN_INS_PER_ADDRESS,
        concurrentFileVerifications: values.LIMIT_FILE_VERIFICATIONS_AT_ONCE,
      },
    },
    dataDir,
    secretsDir: values.SECRETS_DIR === undefined ? join(dataDir, 'secrets') : resolve(values.SECRETS_DIR),
    database: {
      appUrl: values.DATABASE_URL,
      migratorUrl: values.DATABASE_MIGRATOR_URL,
      auditorUrl: values.DATABASE_AUDITOR_URL,
      superuserUrl: values.DATABASE_SUPERUSER_URL,
      poolSize: values.DATABASE_POOL_SIZE,
    },
    temporal: {
      address: values.TEMPORAL_ADDRESS,
      namespace: values.TEMPORAL_NAMESPACE,
      cli: values.TEMPORAL_CLI,
    },
    smtpUrl: values.SMTP_URL,
    demonstration: values.DEMO ?? values.NODE_ENV !== 'production',
    fallbackFonts: values.FALLBACK_FONTS ?? [],
    logLevel: values.LOG_LEVEL,
    workerHealthPort: values.WORKER_HEALTH_PORT,
    outside: {
      portalUrl: values.PORTAL_URL,
      agencyRecordsUrl: values.AGENCY_RECORDS_URL,
      timestampUrl: values.TIMESTAMP_URL,
      upReportUrl: values.UP_REPORT_URL,
    },
    keyStores: toKeyStoreConfig(values),
    clock: { startAt: values.CLOCK_START, startedAt: values.CLOCK_STARTED_AT },
  };
}
