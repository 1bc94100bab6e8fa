import { runSimulator } from '../protocol/run-simulator';
import { simulatedAuthority, simulatedKey } from '../protocol/simulated-authority';
import { sharedSecret, simulatorSettings } from '../protocol/simulator-settings';
import { type ServiceKey, startSealService } from './seal-service-server';

const settings = simulatorSettings('seal-service', process.env);

async function serviceKey(algorithm: 'sm2' | 'rsa'): Promise<ServiceKey> {
  const authority = await simulatedAuthority(settings.folder, 'seal-service', algorithm, settings.now());
  const key = simulatedKey(settings.folder, `seal-key-${algorithm}`, algorithm);
  const profile = algorithm === 'sm2' ? 'sealSigner' : 'documentSigner';
  const subject = { commonName: `模拟统一印章 ${algorithm}`, organization: '仅供测试' };
  const certificate = await authority.issue(`seal-certificate-${algorithm}`, profile, subject, key);
  const publish = (name: string, bytes: Uint8Array): string =>
    sharedSecret(settings.secretsFolder, `${name}-${algorithm}`, () => Buffer.from(bytes).toString('base64'));
  publish('seal-service-trust-anchor', authority.root);
  publish('seal-service-revocation-list', authority.revocationList);
  return {
    keyId: `remote-${algorithm}`,
    algorithm: algorithm === 'sm2' ? 'sm2' : 'rsa3072',
    privateKeyPkcs8: key.privateKeyPkcs8,
    certificate,
    chain: [],
  };
}

async function start() {
  const keys = await Promise.all([serviceKey('sm2'), serviceKey('rsa')]);
  const secret = sharedSecret(settings.secretsFolder, 'outside-seal-service');
  return startSealService({ ...settings, key: { keyId: 'ecert', secret }, keys });
}

runSimulator('seal-service', start());
