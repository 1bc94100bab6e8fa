import { resolve } from 'node:path';
import { type ConfigProblem, describeProblems, parseConfig, parseServiceConfig } from '../../main/config';

function aProductionEnvironment(override: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://zz.example.cn/',
    SECRETS_DIR: '/run/secrets/ecert',
    DATABASE_URL: 'postgres://ecert_app:x@db:5432/ecert',
    TEMPORAL_ADDRESS: 'temporal:7233',
    SMTP_URL: 'smtp://relay:25',
    SEAL_SERVICE_URL: 'https://seals.example.cn/api/',
    EVENT_LOG_KEY: 'log-2026',
    ...override,
  };
}

function problemsOf(environment: NodeJS.ProcessEnv): readonly ConfigProblem[] {
  const parsed = parseConfig(environment, 'service');
  return parsed.ok ? [] : parsed.refusal;
}

describe('the configuration', () => {
  it('needs nothing for the demonstration', () => {
    const parsed = parseConfig({}, 'stack');
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        mode: 'development',
        demonstration: true,
        dataDir: resolve('data'),
        secretsDir: resolve('data/secrets'),
        http: { port: 8080, host: '127.0.0.1', publicUrl: 'http://127.0.0.1:8080', trustProxy: 0 },
      },
    });
  });

  it('limits traffic by default and takes raised limits, but none that lets nobody in', () => {
    const limitsOf = (environment: NodeJS.ProcessEnv) => {
      const parsed = parseConfig(environment, 'stack');
      return parsed.ok ? parsed.value.http.limits : parsed.refusal.map(({ variable }) => variable);
    };
    const usual = {
      requestsPerAddress: 6000,
      verificationsPerAddress: 120,
      verificationsPerCode: 60,
      signInsPerAddress: 20,
      concurrentFileVerifications: 8,
    };
    expect(limitsOf({})).toEqual(usual);
    expect(limitsOf({ LIMIT_VERIFICATIONS_PER_ADDRESS: '1000000' })).toEqual({
      ...usual,
      verificationsPerAddress: 1_000_000,
    });
    expect(limitsOf({ LIMIT_SIGN_INS_PER_ADDRESS: '0' })).toEqual(['LIMIT_SIGN_INS_PER_ADDRESS']);
  });

  it('names every problem at once, each with its variable and a Chinese sentence', () => {
    const parsed = parseConfig(
      {
        PORT: '99999',
        DATABASE_URL: 'mysql://x',
        TEMPORAL_ADDRESS: 'nowhere',
        DEMO: 'yes',
        TRUST_PROXY: 'true',
      },
      'stack',
    );
    const problems = parsed.ok ? [] : parsed.refusal;
    expect(problems.map(({ variable }) => variable).toSorted()).toEqual([
      'DATABASE_URL',
      'DEMO',
      'PORT',
      'TEMPORAL_ADDRESS',
      'TRUST_PROXY',
    ]);
    for (const { sentence } of problems) expect(sentence).toMatch(/\p{Script=Han}/u);
    expect(describeProblems(problems)).toContain('PORT:应在 1 到 65535 之间。');
  });

  it('accepts a complete production environment and cuts the slash of the public address', () => {
    const parsed = parseServiceConfig(aProductionEnvironment());
    expect(parsed).toMatchObject({
      ok: true,
      value: { mode: 'production', demonstration: false, http: { publicUrl: 'https://zz.example.cn' } },
    });
  });

  it.each(['PUBLIC_URL', 'SECRETS_DIR', 'DATABASE_URL', 'TEMPORAL_ADDRESS', 'SMTP_URL'])(
    'refuses production without %s, empty or unset',
    (variable) => {
      for (const value of [undefined, '', '  ']) {
        const problems = problemsOf(aProductionEnvironment({ [variable]: value }));
        expect(problems.map((problem) => problem.variable)).toEqual([variable]);
      }
    },
  );

  it.each([
    ['DEMO', '1'],
    ['CLOCK_START', '2027-03-01'],
  ])('refuses %s in production', (variable, value) => {
    const problems = problemsOf(aProductionEnvironment({ [variable]: value }));
    expect(problems.map((problem) => problem.variable)).toEqual([variable]);
  });

  it.each([
    ['no store at all', { SEAL_SERVICE_URL: undefined, EVENT_LOG_KEY: undefined }, ['SOFTWARE_KEYS']],
    ['no key for the event log', { EVENT_LOG_KEY: undefined }, ['EVENT_LOG_KEY']],
    ['half a token', { PKCS11_MODULE: '/usr/lib/hsm.so' }, ['PKCS11_KEYS', 'PKCS11_TOKEN']],
    ['software keys by a mere 1', { SOFTWARE_KEYS: '1' }, ['SOFTWARE_KEYS']],
  ])('refuses production with %s', (_what, override, variables) => {
    const problems = problemsOf(aProductionEnvironment(override));
    expect(problems.map(({ variable }) => variable).toSorted()).toEqual(variables);
  });

  it('puts no key into files in production unless the switch says test-only, and into no others by default', () => {
    const storesOf = (environment: NodeJS.ProcessEnv) => {
      const parsed = parseConfig(environment, 'stack');
      if (!parsed.ok) throw new Error(describeProblems(parsed.refusal));
      return parsed.value.keyStores;
    };
    const none = { pkcs11: undefined, sealServiceUrl: undefined };
    expect(storesOf({})).toEqual({ ...none, software: true, eventLogKeyId: 'event-log' });
    expect(storesOf(aProductionEnvironment())).toEqual({
      ...none,
      software: false,
      sealServiceUrl: 'https://seals.example.cn/api',
      eventLogKeyId: 'log-2026',
    });
    const spoken = { SOFTWARE_KEYS: 'test-only', SEAL_SERVICE_URL: undefined, EVENT_LOG_KEY: undefined };
    expect(storesOf(aProductionEnvironment(spoken))).toMatchObject({
      software: true,
      eventLogKeyId: 'event-log',
    });
    const token = {
      PKCS11_MODULE: '/usr/lib/hsm.so',
      PKCS11_TOKEN: '市级 印章',
      PKCS11_KEYS: '/etc/keys.json',
    };
    expect(storesOf(aProductionEnvironment(token)).pkcs11).toEqual({
      modulePath: '/usr/lib/hsm.so',
      tokenLabel: '市级 印章',
      keysFile: '/etc/keys.json',
    });
  });

  it('does not take the demonstration without the store in which it makes its keys', () => {
    const problems = problemsOf({
      DATABASE_URL: 'postgres://ecert_app:x@db:5432/ecert',
      TEMPORAL_ADDRESS: 'temporal:7233',
      SOFTWARE_KEYS: 'off',
      SEAL_SERVICE_URL: 'http://127.0.0.1:9000',
      EVENT_LOG_KEY: 'log',
    });
    expect(problems.map(({ variable }) => variable)).toEqual(['SOFTWARE_KEYS']);
  });

  it('takes a day for midnight in Shanghai and refuses one that does not exist', () => {
    const parsed = parseConfig({ CLOCK_START: '2027-03-01' }, 'stack');
    expect(parsed.ok && parsed.value.clock.startAt?.toISOString()).toBe('2027-02-28T16:00:00.000Z');
    for (const day of ['2027-02-30', '2027-13-01', '2027-02-28T25:00Z']) {
      expect(parseConfig({ CLOCK_START: day }, 'stack').ok).toBe(false);
    }
  });

  it('asks API and worker for the two addresses that they cannot do without', () => {
    expect(problemsOf({}).map(({ variable }) => variable)).toEqual(['DATABASE_URL', 'TEMPORAL_ADDRESS']);
  });
});
