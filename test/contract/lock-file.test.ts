import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Entry = { readonly version?: string; readonly optionalDependencies?: Readonly<Record<string, string>> };

const lock: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'package-lock.json'), 'utf8'),
);

/** As Node looks for it: beside the package that wants it, then further out. */
function isListed(name: string, wantedBy: string): boolean {
  const places = wantedBy
    .split('/node_modules/')
    .map((_, index, parts) => parts.slice(0, index + 1).join('/node_modules/'));
  return ['', ...places].some(
    (place) => `${place === '' ? '' : `${place}/`}node_modules/${name}` in lock.packages,
  );
}

describe('package-lock.json', () => {
  // An install behind a registry that lacks some platforms leaves their packages out, and "npm ci" then refuses
  // the lock file everywhere.
  it('lists the packages of every platform, not only of the one that it was made on', () => {
    const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isListed(name, place)),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(JSON.stringify(lock)).not.toMatch(/"resolved":/);
  });
});
