import { randomBytes } from 'node:crypto';
import type { KeyAlgorithm } from '../../documents/pki/certificate-authority';
import { runSimulator } from '../protocol/run-simulator';
import { simulatedAuthority, simulatedKey } from '../protocol/simulated-authority';
import { sharedSecret, simulatorSettings } from '../protocol/simulator-settings';
import { type StampingKey, startTimestampServer } from './timestamp-server';

const settings = simulatorSettings('timestamp', process.env);

/** Key and certificate of one algorithm; root and list are published to the shared folder as base64 of DER. */
async function stampingKey(algorithm: KeyAlgorithm): Promise<StampingKey> {
  const authority = await simulatedAuthority(settings.folder, 'timestamp', algorithm, settings.now());
  const key = simulatedKey(settings.folder, `stamping-key-${algorithm}`, algorithm);
  const subject = { commonName: `模拟时间戳 ${algorithm}`, organization: '仅供测试' };
  const certificate = await authority.issue(`stamping-certificate-${algorithm}`, 'timestamp', subject, key);
  const publish = (name: string, bytes: Uint8Array): string =>
    sharedSecret(settings.secretsFolder, `${name}-${algorithm}`, () => Buffer.from(bytes).toString('base64'));
  publish('timestamp-trust-anchor', authority.root);
  publish('timestamp-revocation-list', authority.revocationList);
  return { algorithm, certificate, chain: [], sign: (bytes) => key.issuerKey.sign(bytes) };
}

async function start() {
  const [sm2, rsa] = await Promise.all([stampingKey('sm2'), stampingKey('rsa')]);
  return startTimestampServer({
    ...settings,
    keys: { sm2, rsa },
    // 128 random bits never come twice, also after a restart.
    nextSerialHex: async () => `1${randomBytes(16).toString('hex').slice(1)}`,
  });
}

runSimulator('timestamp', start());
