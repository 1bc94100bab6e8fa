import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock';
import type { RunningSimulator } from '../../simulators/protocol/simulator-server';

/** A clock of the tests' own, and the same for the simulators. */
export const outsideClock: Clock & { set(at: string): void } = (() => {
  let at = new Date('2026-11-23T10:00:00+08:00');
  return {
    now: () => at,
    set(text: string) {
      at = new Date(text);
    },
  };
})();

export const outsideKey = { keyId: 'ecert', secret: 'outside-test-secret' };

/** A folder that is gone after the test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'ecert-outside-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Tells a running simulator something through its control addresses; throws when it does not accept it. */
export async function tell(simulator: RunningSimulator, path: string, value: unknown): Promise<unknown> {
  const answer = await fetch(`${simulator.baseUrl}/control/${path}`, {
    method: 'PUT',
    body: JSON.stringify(value),
  });
  if (!answer.ok) throw new Error(`control ${path}: ${answer.status}`);
  return answer.json();
}

/** The JSON that a control address shows. */
export async function look(simulator: RunningSimulator, path: string): Promise<unknown> {
  return (await fetch(`${simulator.baseUrl}/control/${path}`)).json();
}
