/** What the one engine keeper of a test run tells to the test files, by one environment variable. */
export type TestEngines = {
  readonly superuserUrl: string;
  readonly templateDatabase: string;
  readonly passwords: { readonly migrator: string; readonly app: string; readonly auditor: string };
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** For tests that run a server of their own, e.g. with `TestWorkflowEnvironment`. */
  readonly temporalCli: string;
  /** Gone after the run. */
  readonly folder: string;
};

export const TEST_ENGINES_VARIABLE = 'ECERT_TEST_ENGINES';

/** Out: the engines of this test run. Throws when the file does not belong to the jest project `engines`. */
export function testEngines(): TestEngines {
  const text = process.env[TEST_ENGINES_VARIABLE];
  if (text === undefined) {
    throw new Error('no engines: this test file belongs to a folder of the jest project "engines"');
  }
  const engines: TestEngines = JSON.parse(text);
  return engines;
}
