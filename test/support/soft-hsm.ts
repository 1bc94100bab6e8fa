import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadPkcs11 } from '../../adapters/keystore/pkcs11-module';
import type { TestKey } from './pki-world';
import { setRealEnvironment } from './real-environment';

const LIBRARIES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

/** The library of SoftHSM where library, tool and the optional package are installed; undefined elsewhere. */
export const softHsmModule: string | undefined = isUsable()
  ? LIBRARIES.find((path) => existsSync(path))
  : undefined;

function isUsable(): boolean {
  if (spawnSync('softhsm2-util', ['--version']).status !== 0) return false;
  try {
    createRequire(__filename).resolve('pkcs11js');
    return true;
  } catch {
    return false;
  }
}

/** A token of a test's own. */
export interface SoftHsmToken {
  readonly label: string;
  readonly pin: string;
  /** SoftHSM finds its tokens through the process's real environment. */
  readonly environment: { readonly SOFTHSM2_CONF: string };
  /** Both halves of a key pair lie in the token under this label afterwards. */
  importKey(label: string, key: TestKey): void;
}

/** Makes an empty token below a folder. */
export function makeSoftHsmToken(folder: string, label: string): SoftHsmToken {
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens, { recursive: true });
  const configuration = join(folder, 'softhsm2.conf');
  writeFileSync(
    configuration,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const pin = '1234';
  const environment = { SOFTHSM2_CONF: configuration };
  const run = (...words: string[]): void => {
    execFileSync('softhsm2-util', words, { env: { ...process.env, ...environment }, stdio: 'pipe' });
  };
  run('--init-token', '--free', '--label', label, '--so-pin', pin, '--pin', pin);
  let count = 0;
  return {
    label,
    pin,
    environment,
    importKey(keyLabel, key) {
      count += 1;
      const der = Buffer.from(key.privateKeyPkcs8);
      const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      const pem = join(folder, `key-${count}.pem`);
      writeFileSync(pem, privateKey.export({ format: 'pem', type: 'pkcs8' }));
      const id = count.toString(16).padStart(2, '0');
      run('--import', pem, '--token', label, '--label', keyLabel, '--id', id, '--pin', pin);
    },
  };
}

/**
 * Effect: this very process sees the token. The library is one for the process, and test files share it: it lets go of the
 * tokens of an earlier one and reads its settings anew when it is next loaded.
 */
export async function showTokenHere(modulePath: string, { environment }: SoftHsmToken): Promise<void> {
  await setRealEnvironment(environment);
  (await loadPkcs11(modulePath)).C_Finalize();
}
