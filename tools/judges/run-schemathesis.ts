import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const USAGE = `usage: npx tsx tools/judges/run-schemathesis.ts --url http://127.0.0.1:8080 [--accounts operator1,sysadmin] [--examples 30] [--seed 1] [--st PATH]
Needs schemathesis 4 (PyPI) as st on the PATH, and a demonstration (npm start) whose LIMIT_* are raised.
It writes what it makes up into that installation: use one that may be thrown away.`;

/** The administrators come last: they disable accounts and reset passwords of the others. */
const ACCOUNTS = ['operator1', 'reviewer1', 'sealkeeper1', 'city', 'auditor', 'secadmin', 'sysadmin'];
/** They end the very session that the judge works with, or lock its account as they should. */
const EXCLUDED = ['signOut', 'changeOwnPassword', 'beginSecondFactor', 'confirmSecondFactor'];
/** What an answer must be whatever was sent; how invented content is judged is the business of our own tests. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

const sessionSchema = z.object({ csrfToken: z.string() });

interface SignedIn {
  readonly cookie: string;
  readonly csrfToken: string;
}

async function signIn(url: string, username: string, password: string): Promise<SignedIn> {
  const response = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (response.status !== 201) throw new Error(`${username} could not sign in: ${response.status}`);
  const { csrfToken } = sessionSchema.parse(await response.json());
  const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
  return { cookie: cookie.join('; '), csrfToken };
}

/** Runs the judge as one account over every operation of the document. Out: its exit code. */
function judge(st: string, url: string, session: SignedIn, more: readonly string[]): Promise<number> {
  const args = [
    'run',
    `${url}/openapi.json`,
    '--header',
    `Cookie: ${session.cookie}`,
    '--header',
    `X-CSRF-Token: ${session.csrfToken}`,
    '--checks',
    CHECKS.join(','),
    '--phases',
    'examples,coverage,fuzzing',
    '--continue-on-failure',
    '--warnings',
    'off',
    '--suppress-health-check',
    'all',
    ...EXCLUDED.flatMap((operation) => ['--exclude-operation-id', operation]),
    ...more,
  ];
  return new Promise((resolve, reject) => {
    spawn(st, args, { stdio: 'inherit' })
      .once('error', reject)
      .once('exit', (code) => resolve(code ?? 1));
  });
}

/** Lets schemathesis judge a running demonstration as each account in turn; exit 0 only when it finds nothing. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      accounts: { type: 'string', default: ACCOUNTS.join(',') },
      password: { type: 'string', default: 'Demo-2026!' },
      examples: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      st: { type: 'string', default: 'st' },
    },
  });
  if (values.url === undefined) throw new Error(USAGE);
  const url = values.url.replace(/\/+$/, '');
  let worst = 0;
  for (const username of values.accounts.split(',')) {
    console.log(`\n── ${username}`);
    const session = await signIn(url, username, values.password);
    const more = ['--max-examples', values.examples, '--seed', values.seed];
    worst = Math.max(worst, await judge(values.st, url, session, more));
  }
  process.exitCode = worst;
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 2;
});
