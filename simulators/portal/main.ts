import { generateSm2KeyPair } from '../../documents/sm/sm2';
import { runSimulator } from '../protocol/run-simulator';
import { sharedSecret, simulatorSettings } from '../protocol/simulator-settings';
import { startPortalServer } from './portal-server';

const settings = simulatorSettings('portal', process.env);
const secret = sharedSecret(settings.secretsFolder, 'outside-portal');
// Both halves in one file first, so that the published half always fits the private one.
const pair = sharedSecret(settings.folder, 'proof-key', () => {
  const { privateKeyPkcs8, publicPoint } = generateSm2KeyPair();
  return `${Buffer.from(privateKeyPkcs8).toString('base64')} ${Buffer.from(publicPoint).toString('hex')}`;
});
const [privateKey = '', publicPoint = ''] = pair.split(' ');
sharedSecret(settings.secretsFolder, 'portal-proof-point', () => publicPoint);
runSimulator(
  'portal',
  startPortalServer({
    ...settings,
    key: { keyId: 'ecert', secret },
    proofKeyPkcs8: Buffer.from(privateKey, 'base64'),
  }),
);
