import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from './wait-until';

/** Without a byte for this long the source counts as unreachable. */
const STALLED_MS = 8_000;
const LONGEST_MS = 300_000;

/**
 * The SDK offers no separate download, only "start a server and fetch it before"; so a child does that and
 * ends at once, and can be ended when the source does not answer.
 */
const CHILD = `
  const { TestWorkflowEnvironment } = require('@temporalio/testing');
  TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download', downloadDir: process.argv[1] } } })
    .then((environment) => environment.teardown())
    .then(() => process.exit(0), (fault) => { console.error(String(fault)); process.exit(1); });
`;

/**
 * In: the checkout, a folder to work below, and whom to tell. Out: the path of a CLI that the Temporal SDK
 * downloaded (the caller moves it), or undefined when that did not work: no network, no development packages.
 */
export async function downloadTemporalCli(
  checkout: string,
  below: string,
  say: (sentence: string) => void,
): Promise<string | undefined> {
  const folder = mkdtempSync(join(below, 'download-'));
  say('正在通过 Temporal SDK 下载 Temporal CLI……');
  if (await runChild(checkout, folder)) {
    const [file] = filesIn(folder);
    if (file !== undefined) return file;
  }
  rmSync(folder, { recursive: true, force: true });
  say('下载不可用。');
  return undefined;
}

async function runChild(checkout: string, folder: string): Promise<boolean> {
  const child = spawn(process.execPath, ['-e', CHILD, folder], { cwd: checkout, stdio: 'ignore' });
  let outcome: boolean | undefined;
  child.once('error', () => {
    outcome = false;
  });
  child.once('exit', (code) => {
    outcome = code === 0;
  });
  let bytes = 0;
  let progressAtMs = performance.now();
  const stalled = (): boolean => {
    const now = filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0);
    if (now !== bytes) progressAtMs = performance.now();
    bytes = now;
    return performance.now() - progressAtMs > STALLED_MS;
  };
  await waitUntil(() => outcome !== undefined, { timeoutMs: LONGEST_MS, everyMs: 200, giveUp: stalled });
  if (outcome === undefined) child.kill('SIGKILL');
  return outcome === true;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}
