import { sealRow } from '../../adapters/cipher/sealed-row';
import { makeElectronicSeal } from '../../documents/seal/make-electronic-seal';
import { type CertifiedKey, type DemonstrationAuthority, yearsLater } from './demonstration-authority';
import { type DemonstrationDeps, demonstrationId, SEEDER } from './demonstration-deps';
import { historyBeginsAt } from './demonstration-history';
import type { DemonstrationSeal } from './demonstration-seals';
import { demonstrationUnit } from './demonstration-units';
import { drawDemonstrationSeal } from './draw-demonstration-seal';
import { unitId } from './seed-units';

type SealDeps = Pick<DemonstrationDeps, 'register' | 'integrity' | 'clock' | 'fonts'>;

const SEAL_YEARS = 4;
/** GB/T 38540-2020. */
const SES_VERSION = 4;
const SEAL_TYPES = { official: 1, approval: 2, certificate: 3, registration: 4 } as const;
const VENDOR_ID = 'ecert-demo';

/**
 * Effect: these seals are in the register, each with a key of its own for OFD (SM2) and the unit's key for PDF
 * (RSA-3072), all in the software key store. A seal that is there stays as it is, also when it was stopped. A start that
 * died between key and row finds the key again.
 */
export async function seedSeals(
  deps: SealDeps,
  authority: DemonstrationAuthority,
  seals: readonly DemonstrationSeal[],
): Promise<void> {
  const known: readonly { readonly id: string }[] = await deps.register.within(SEEDER, (transaction) =>
    transaction('seal').whereIn('id', seals.map(sealId)).select('id'),
  );
  const isKnown = new Set(known.map(({ id }) => id));
  for (const seal of seals.filter((candidate) => !isKnown.has(sealId(candidate)))) {
    const row = await sealRowOf(deps, authority, seal);
    await deps.register.within(SEEDER, (transaction) =>
      transaction('seal').insert(row).onConflict('id').ignore(),
    );
  }
}

/** The id of a demonstration seal. */
export function sealId({ unitKey, kind }: Pick<DemonstrationSeal, 'unitKey' | 'kind'>): string {
  return demonstrationId('seal', unitKey, kind);
}

async function sealRowOf(
  { integrity, clock, fonts }: SealDeps,
  authority: DemonstrationAuthority,
  seal: DemonstrationSeal,
): Promise<object> {
  const now = clock.now();
  const validFrom = historyBeginsAt(now);
  const validUntil = seal.validUntil?.(now) ?? yearsLater(validFrom, SEAL_YEARS);
  const period = { notBefore: validFrom, notAfter: validUntil };
  const maker = await authority.key({
    keyId: 'demo-seal-maker',
    algorithm: 'sm2',
    profile: 'sealMaker',
    subject: { organization: 'ecert 演示 (test only)', commonName: '演示制章机构 仅供测试' },
    notBefore: validFrom,
    notAfter: yearsLater(validFrom, 2 * SEAL_YEARS),
  });
  const unit = demonstrationUnit(seal.unitKey);
  const subject = { organization: unit.name, organizationalUnit: '演示 仅供测试', commonName: seal.name };
  const ofd = await authority.key({
    ...period,
    keyId: `demo-seal-${seal.unitKey}-${seal.kind}`,
    algorithm: 'sm2',
    profile: 'sealSigner',
    subject,
  });
  const pdf = await authority.key({
    ...period,
    keyId: `demo-document-${seal.unitKey}`,
    algorithm: 'rsa',
    profile: 'documentSigner',
    subject: { ...subject, commonName: unit.name },
  });
  const picture = await drawDemonstrationSeal(seal, fonts);
  const electronicSeal = await makeElectronicSeal({
    version: SES_VERSION,
    id: `${unit.creditCode}-${SEAL_TYPES[seal.kind]}`,
    name: seal.name,
    type: SEAL_TYPES[seal.kind],
    maker,
    signerCertificates: [ofd.certificate],
    picture: { type: 'png', data: picture.png, widthMm: picture.widthMm, heightMm: picture.heightMm },
    createdAt: validFrom,
    validFrom,
    validUntil,
    vendorId: VENDOR_ID,
  });
  const row = {
    id: sealId(seal),
    authority_id: unitId(seal.unitKey),
    name: seal.name,
    kind: seal.kind,
    state: 'inUse',
    electronic_seal: Buffer.from(electronicSeal),
    ...keyColumns(ofd, pdf, authority),
    valid_from: validFrom,
    valid_until: validUntil,
  };
  return {
    ...row,
    ...sealRow(integrity, 'seal', row),
    pdf_appearance: picture.pdfContent,
    width_mm: picture.widthMm,
    height_mm: picture.heightMm,
  };
}

function keyColumns(ofd: CertifiedKey, pdf: CertifiedKey, authority: DemonstrationAuthority) {
  return {
    ofd_key_id: ofd.keyId,
    ofd_certificate: Buffer.from(ofd.certificate),
    pdf_key_id: pdf.keyId,
    pdf_certificate: Buffer.from(pdf.certificate),
    pdf_chain: [Buffer.from(authority.roots.rsa.certificate)],
  };
}
