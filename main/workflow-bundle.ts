import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

/** Folders whose code goes into the bundle. */
const SOURCES = ['workflows', 'domain'];

/**
 * Builds the workflow bundle, or takes the one that was built from the same sources before.
 * In: the checkout and the folder where bundles are kept. Out: the path of the bundle's code. Two processes that build
 * at the same time both succeed: each renames its own finished file into place.
 */
export async function workflowBundle(checkout: string, cacheFolder: string): Promise<string> {
  const file = join(cacheFolder, `workflows-${sourceDigest(checkout)}.cjs`);
  if (existsSync(file)) return file;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(checkout, 'workflows', 'index.ts'),
    logger: { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  mkdirSync(cacheFolder, { recursive: true });
  const half = `${file}.${process.pid}.new`;
  writeFileSync(half, code);
  renameSync(half, file);
  return file;
}

function ignore(): void {}

/** Changes with any source file, the SDK's version and nothing else. */
function sourceDigest(checkout: string): string {
  const hash = createHash('sha256');
  const sdk: { readonly version: string } = JSON.parse(
    readFileSync(join(checkout, 'node_modules', '@temporalio', 'worker', 'package.json'), 'utf8'),
  );
  hash.update(sdk.version);
  for (const folder of SOURCES) {
    const names = readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((candidate) => candidate.endsWith('.ts')).sort()) {
      hash.update(`\0${folder}/${name}\0`).update(readFileSync(join(checkout, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 32);
}
