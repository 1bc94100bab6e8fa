import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import * as workflowTypes from '../../workflows';
import { silenceTemporal, testWorkflowBundle } from '../support/product-worker';

const FOLDER = join(__dirname, '..', 'histories');
const MANIFEST: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(FOLDER, 'manifest.json'), 'utf8'),
);
const REPLAY_MS = 60_000;
const BUILD_MS = 240_000;

interface History {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string } };
    readonly activityTaskScheduledEventAttributes?: { readonly activityType: { readonly name: string } };
  }[];
}

function read(name: string): History {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
}

describe('the recorded histories', () => {
  let codePath = '';
  beforeAll(async () => {
    silenceTemporal();
    codePath = await testWorkflowBundle();
  }, BUILD_MS);

  function replay(history: unknown): Promise<void> {
    return Worker.runReplayHistory({ workflowBundle: { codePath } }, history);
  }

  it('are those of the manifest, byte for byte: one that was released is never overwritten', () => {
    const names = readdirSync(FOLDER).filter((name) => name !== 'manifest.json');
    expect(names.sort()).toEqual(Object.keys(MANIFEST).sort());
    for (const name of names) {
      const digest = createHash('sha256')
        .update(readFileSync(join(FOLDER, name)))
        .digest('hex');
      expect(digest).toBe(MANIFEST[name]);
    }
  });

  it('cover every workflow type', () => {
    const types = Object.keys(MANIFEST).map(
      (name) => read(name).events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name,
    );
    expect([...new Set(types)].sort()).toEqual(Object.keys(workflowTypes).sort());
  });

  it('carry no name, number or face of anybody', () => {
    for (const name of Object.keys(MANIFEST)) {
      const payloads = [...readFileSync(join(FOLDER, name), 'utf8').matchAll(/"data": ?"([^"]*)"/g)].map(
        ([, data = '']) => Buffer.from(data, 'base64').toString('utf8'),
      );
      expect(payloads.length).toBeGreaterThan(0);
      for (const payload of payloads) expect(payload).not.toMatch(/[\u4e00-\u9fff]|\d{15}[\dX]/);
    }
  });

  it.each(Object.keys(MANIFEST))(
    'replay on the present code: %s',
    async (name) => {
      await expect(replay(read(name))).resolves.toBeUndefined();
    },
    REPLAY_MS,
  );

  it(
    'would not replay on code that does otherwise: another activity at one place is found',
    async () => {
      const history = read('issuance-straight-through.json');
      const text = JSON.stringify(history).replace(
        '"activityType":{"name":"prepare"}',
        '"activityType":{"name":"seal"}',
      );
      expect(text).not.toBe(JSON.stringify(history));
      await expect(replay(JSON.parse(text))).rejects.toThrow();
    },
    REPLAY_MS,
  );
});
