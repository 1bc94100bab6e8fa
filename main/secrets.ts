import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { StartFailure } from './engines/start-failure';

/** Passwords and shared secrets of the installation, one file each. */
export const TEXT_SECRET_NAMES = [
  'postgres-superuser',
  'postgres-migrator',
  'postgres-app',
  'postgres-auditor',
  'demo-agency',
  'outside-agency-records',
  'outside-portal',
  'outside-up-report',
  'outside-seal-service',
  'portal-proof-point',
  'pkcs11-pin',
] as const;
export type TextSecretName = (typeof TEXT_SECRET_NAMES)[number];

/** The portal's public point follows from its own key, a PIN is set in the token: random ones would only look like it. */
const MADE_BY_OTHERS: ReadonlySet<TextSecretName> = new Set(['portal-proof-point', 'pkcs11-pin']);

/** Keys that rotate: what one of them encrypted or authenticated stores the key's id beside it. */
export const KEY_RING_NAMES = ['personal-fields', 'personal-lookup', 'row-integrity', 'key-store'] as const;
export type KeyRingName = (typeof KEY_RING_NAMES)[number];

export type KeyRing = {
  readonly currentKeyId: string;
  /** 32 random bytes each; the old ones stay, for what they encrypted. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
};

export type Secrets = {
  /** The secret as text; made at the first call where that is allowed. */
  text(name: TextSecretName): string;
  keyRing(name: KeyRingName): KeyRing;
  /** Adds a key and makes it the current one; processes see it when they start again. Out: its id. */
  rotate(name: KeyRingName): string;
};

const KEY_BYTES = 32;
const TEXT_BYTES = 24;
const storedRing = z.object({
  current: z.string(),
  keys: z.record(
    z.string(),
    z.base64().transform((value) => new Uint8Array(Buffer.from(value, 'base64'))),
  ),
});

/**
 * In: the folder, and whether missing secrets may be made (the demonstration: yes; production: no, because a
 * wrong mount would otherwise silently encrypt with keys that nobody has backed up). Out: access to them.
 * Guarantee: a secret is on disk, flushed, before it is handed out; of several processes that make one at the
 * same time all get the first one's. Throws StartFailure for a missing or damaged secret, naming its file.
 */
export function openSecrets(folder: string, mayGenerate: boolean): Secrets {
  return {
    text: (name) =>
      readOrMake(join(folder, name), mayGenerate && !MADE_BY_OTHERS.has(name), randomText).trim(),
    keyRing: (name) =>
      parseRing(ringFile(folder, name), readOrMake(ringFile(folder, name), mayGenerate, newRing)),
    rotate(name) {
      const file = ringFile(folder, name);
      const ring = parseRing(file, readOrMake(file, mayGenerate, newRing));
      const keyId = newKeyId();
      const keys = [...ring.keys, [keyId, randomBytes(KEY_BYTES)] as const];
      writeFlushed(`${file}.new`, serialiseRing(keyId, keys));
      renameSync(`${file}.new`, file);
      flushFolder(folder);
      return keyId;
    },
  };
}

function ringFile(folder: string, name: KeyRingName): string {
  return join(folder, `${name}.keys.json`);
}

function randomText(): string {
  return `${randomBytes(TEXT_BYTES).toString('base64url')}\n`;
}

function newKeyId(): string {
  return `k${randomBytes(6).toString('hex')}`;
}

function newRing(): string {
  const keyId = newKeyId();
  return serialiseRing(keyId, [[keyId, randomBytes(KEY_BYTES)]]);
}

function serialiseRing(current: string, keys: ReadonlyArray<readonly [string, Uint8Array]>): string {
  const encoded = Object.fromEntries(keys.map(([id, key]) => [id, Buffer.from(key).toString('base64')]));
  return `${JSON.stringify({ current, keys: encoded }, undefined, 2)}\n`;
}

function parseRing(file: string, text: string): KeyRing {
  const parsed = storedRing.safeParse(parseJson(text));
  const keys = new Map(Object.entries(parsed.data?.keys ?? {}));
  if (
    !parsed.success ||
    !keys.has(parsed.data.current) ||
    [...keys.values()].some((key) => key.length !== KEY_BYTES)
  ) {
    throw new StartFailure(`密钥文件 ${file} 已损坏,请从备份恢复。`, `the key file ${file} is damaged.`);
  }
  return { currentKeyId: parsed.data.current, keys };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readOrMake(file: string, mayGenerate: boolean, make: () => string): string {
  const found = readIfThere(file);
  if (found !== undefined) return found;
  if (!mayGenerate) {
    throw new StartFailure(
      `缺少密钥文件 ${file}。请从备份恢复;全新安装时执行 npm run secrets 生成。`,
      `the secret ${file} is missing: restore it, or run npm run secrets for a new installation.`,
    );
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const half = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.new`;
  writeFlushed(half, make());
  try {
    // Unlike a rename a link never replaces: another process may have been first, and its secret counts.
    linkSync(half, file);
  } catch (fault) {
    if (!isCode(fault, 'EEXIST')) throw fault;
  } finally {
    rmSync(half, { force: true });
  }
  flushFolder(dirname(file));
  return readFileSync(file, 'utf8');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (fault) {
    if (isCode(fault, 'ENOENT')) return undefined;
    throw fault;
  }
}

function isCode(fault: unknown, code: string): boolean {
  return typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === code;
}

function writeFlushed(file: string, text: string): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function flushFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
