import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealRow } from '../../adapters/cipher/sealed-row';
import type { SealRow } from '../../adapters/postgres/sealing/seal-choice';
import { writePemBlock } from '../../adapters/trust/pem-blocks';
import { writeTrustFile } from '../../adapters/trust/trust-folder';
import { makeElectronicSeal } from '../../documents/seal/make-electronic-seal';
import { openDemonstrationAuthority, yearsLater } from '../../main/demonstration/demonstration-authority';
import { SEEDER } from '../../main/demonstration/demonstration-deps';
import { demonstrationUnit } from '../../main/demonstration/demonstration-units';
import { trustFolder } from '../../main/foundation';
import { demonstrationKeys } from '../../main/key-stores';
import { openSecrets } from '../../main/secrets';
import { simulatedAuthority, simulatedKey } from '../../simulators/protocol/simulated-authority';
import type { RunningSimulator } from '../../simulators/protocol/simulator-server';
import { startSealService } from '../../simulators/seal-service/seal-service-server';
import type { Product } from './product';
import { makeSoftHsmToken, showTokenHere } from './soft-hsm';

const REMOTE_KEY = 'remote-sm2';
const TOKEN_KEY = 'hsm-rsa';
const SEAL_YEARS = 4;

/** A city whose RSA key lies in a token (SoftHSM) and whose SM2 key lies at the unified seal service. */
export interface KeyStoreCity {
  readonly service: RunningSimulator;
  readonly environment: Readonly<Record<string, string>>;
  /** Effect: this seal of the product seals with these two keys from now on. */
  takeOver(product: Product, sealId: string, unitKey: string): Promise<void>;
}

/** Builds both stores below a product's folder and has its verification trust their certificates. */
export async function furnishKeyStores(folder: string, modulePath: string, at: Date): Promise<KeyStoreCity> {
  const place = join(folder, 'key-store-city');
  const secretsDir = join(folder, 'secrets');
  const [sm2, rsa] = [
    await simulatedAuthority(place, 'city', 'sm2', at),
    await simulatedAuthority(place, 'city', 'rsa', at),
  ];
  const subject = { commonName: '鄂尔多斯市演示印章', organization: '仅供测试' };
  const ofdKey = simulatedKey(place, 'ofd', 'sm2');
  const ofdCertificate = await sm2.issue('ofd-certificate', 'sealSigner', subject, ofdKey);
  const pdfKey = simulatedKey(place, 'pdf', 'rsa');
  const pdfCertificate = await rsa.issue('pdf-certificate', 'documentSigner', subject, pdfKey);
  await writeTrustFile(trustFolder({ dataDir: folder }), 'key-store-city.pem', {
    trustAnchors: [sm2.root, rsa.root],
    revocationLists: [sm2.revocationList, rsa.revocationList],
  });
  const token = makeSoftHsmToken(place, 'ecert-city');
  token.importKey('公章', pdfKey);
  await showTokenHere(modulePath, token);
  writeFileSync(join(secretsDir, 'pkcs11-pin'), `${token.pin}\n`);
  const keysFile = join(secretsDir, 'pkcs11-keys.json');
  const pem = (der: Uint8Array): string => writePemBlock({ label: 'CERTIFICATE', der });
  const described = {
    keyId: TOKEN_KEY,
    label: '公章',
    certificate: pem(pdfCertificate),
    chain: pem(rsa.root),
  };
  writeFileSync(keysFile, JSON.stringify({ keys: [described] }));
  const service = await startSealService({
    host: '127.0.0.1',
    port: 0,
    folder: join(place, 'service'),
    key: { keyId: 'ecert', secret: openSecrets(secretsDir, true).text('outside-seal-service') },
    keys: [
      {
        keyId: REMOTE_KEY,
        algorithm: 'sm2',
        privateKeyPkcs8: ofdKey.privateKeyPkcs8,
        certificate: ofdCertificate,
        chain: [],
      },
    ],
    // Only signatures of requests are judged by it, and those are made at the machine's time.
    now: () => new Date(),
  });
  return {
    service,
    environment: {
      PKCS11_MODULE: modulePath,
      PKCS11_TOKEN: token.label,
      PKCS11_KEYS: keysFile,
      SEAL_SERVICE_URL: service.baseUrl,
    },
    takeOver: (product, sealId, unitKey) =>
      takeOver(product, sealId, {
        creditCode: demonstrationUnit(unitKey).creditCode,
        ofdCertificate,
        pdfCertificate,
        pdfChain: [rsa.root],
      }),
  };
}

interface NewKeys {
  readonly creditCode: string;
  readonly ofdCertificate: Uint8Array;
  readonly pdfCertificate: Uint8Array;
  readonly pdfChain: readonly Uint8Array[];
}

async function takeOver({ foundation, clock }: Product, sealId: string, keys: NewKeys): Promise<void> {
  const now = clock.now();
  const authority = await openDemonstrationAuthority(demonstrationKeys(foundation), now);
  const maker = await authority.key({
    keyId: 'demo-seal-maker',
    algorithm: 'sm2',
    profile: 'sealMaker',
    subject: { commonName: '演示制章机构 仅供测试' },
    notBefore: now,
    notAfter: yearsLater(now, SEAL_YEARS),
  });
  await foundation.register.within(SEEDER, async (transaction) => {
    const row = await transaction<SealRow>('seal').where({ id: sealId }).first();
    if (row === undefined) throw new Error('no such seal');
    const electronicSeal = await makeElectronicSeal({
      version: 4,
      id: `${keys.creditCode}-2`,
      name: row.name,
      type: 2,
      maker,
      signerCertificates: [keys.ofdCertificate],
      picture: {
        type: 'png',
        data: ONE_PIXEL,
        widthMm: Number(row.width_mm),
        heightMm: Number(row.height_mm),
      },
      createdAt: row.valid_from,
      validFrom: row.valid_from,
      validUntil: row.valid_until,
      vendorId: 'ecert-test',
    });
    const columns = {
      electronic_seal: Buffer.from(electronicSeal),
      ofd_key_id: REMOTE_KEY,
      ofd_certificate: Buffer.from(keys.ofdCertificate),
      pdf_key_id: TOKEN_KEY,
      pdf_certificate: Buffer.from(keys.pdfCertificate),
      pdf_chain: keys.pdfChain.map((der) => Buffer.from(der)),
    };
    const changed = { ...row, ...columns };
    await transaction('seal')
      .where({ id: sealId })
      .update({ ...columns, ...sealRow(foundation.integrity, 'seal', changed) });
  });
}

const ONE_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);
