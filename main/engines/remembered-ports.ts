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
 * In: the run folder. Out: a book of ports by process name that survives restarts, so that scripts and browser
 * tabs find the same addresses again. A damaged book is begun anew.
 */
export function openPortBook(runFolder: string): PortBook {
  const file = join(runFolder, 'ports.json');
  const book = new Map(Object.entries(readBook(file)));
  const given = new Map<string, number>();
  return {
    async portOf(name) {
      const known = given.get(name);
      if (known !== undefined) return known;
      const port = await findFreePort(book.get(name), new Set(given.values()));
      given.set(name, port);
      book.set(name, port);
      writeFileSync(file, `${JSON.stringify(Object.fromEntries(book), undefined, 2)}\n`);
      return port;
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
