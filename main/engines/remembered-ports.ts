import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findFreePort } from './free-port';

const stored = z.record(z.string(), z.int());

export type PortBook = {
  /** The port of the last run if it is free, else another free one; the same name gets the same port. */
  portOf(name: string): Promise<number>;
};

/**
 * In: the run folder, and ports that are spoken for. Out: a book of ports by process name that survives restarts,
 * so that scripts and browser tabs find the same addresses again. A damaged book is begun anew.
 */
export function openPortBook(runFolder: string, reserved: readonly number[]): PortBook {
  const file = join(runFolder, 'ports.json');
  const book = new Map(Object.entries(readBook(file)));
  const given = new Map<string, number>();
  let previous: Promise<unknown> = Promise.resolve();

  async function draw(name: string): Promise<number> {
    const known = given.get(name);
    if (known !== undefined) return known;
    const port = await findFreePort(book.get(name), new Set([...reserved, ...given.values()]));
    given.set(name, port);
    book.set(name, port);
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(book), undefined, 2)}\n`);
    return port;
  }

  return {
    // One after the other: two draws at the same time could find the same port free.
    portOf(name) {
      const drawn = previous.then(() => draw(name));
      previous = drawn.catch(() => undefined);
      return drawn;
    },
  };
}

function readBook(file: string): Readonly<Record<string, number>> {
  try {
    return stored.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
