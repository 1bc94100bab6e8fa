import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { testWorkflowBundle } from '../support/product-worker';

const BUILD_MS = 240_000;
/** 1.7 MB are the SDK and the domain; a careless import of a schema library alone would add one more. */
const MAX_BYTES = 2_000_000;
const quiet = (): void => undefined;
const QUIET = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

describe('the workflow bundle', () => {
  it(
    "holds the workflows and none of the activities, adapters or Node's modules, and stays small",
    async () => {
      const code = readFileSync(await testWorkflowBundle(), 'utf8');
      expect(code).toContain('workflows/issuance/workflow');
      for (const foreign of [
        'adapters/postgres',
        'activities/',
        'documents/',
        'node_modules/zod',
        'node:crypto',
      ]) {
        expect(code).not.toContain(foreign);
      }
      expect(Buffer.byteLength(code)).toBeLessThan(MAX_BYTES);
    },
    BUILD_MS,
  );

  it(
    "is refused when a workflow imports one of Node's modules",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ecert-bundle-'));
      const workflowsPath = join(folder, 'workflow.js');
      writeFileSync(workflowsPath, "exports.one = async () => require('node:fs').readFileSync('x');\n");
      try {
        await expect(bundleWorkflowCode({ workflowsPath, logger: QUIET })).rejects.toThrow();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    BUILD_MS,
  );
});
