import {
  derBitString,
  derGeneralizedTime,
  derIa5String,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  derUtf8String,
} from '../pki/der-writer';
import { sm2SignatureDer } from '../sm/sm2-signature-form';
import { SealingFault } from './sealing-fault';

/** SM2 with SM3 (GM/T 0006). */
export const SM2_WITH_SM3 = '1.2.156.10197.1.501';

/** The organ that makes seals: its certificate (DER) and a function that signs with the key behind it. */
export interface SealMaker {
  readonly certificate: Uint8Array;
  /** Takes the bytes themselves; answers an SM2 signature as DER SEQUENCE{r, s} or as r‖s. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export interface ElectronicSealOrder {
  /** 4: GB/T 38540-2020. 5: GM/T 0031-2025. */
  readonly version: 4 | 5;
  /** Unique at the maker; ASCII. */
  readonly id: string;
  readonly name: string;
  /** Kind of seal as the office numbers it (1 for an organ's seal in most catalogues). */
  readonly type: number;
  readonly maker: SealMaker;
  /** Certificates (DER) that may sign with this seal; at least one. */
  readonly signerCertificates: readonly Uint8Array[];
  readonly picture: {
    readonly type: 'png' | 'ofd' | 'svg' | 'jpg' | 'bmp';
    readonly data: Uint8Array;
    /** Whole millimetres: the standards keep them as INTEGER. */
    readonly widthMm: number;
    readonly heightMm: number;
  };
  readonly createdAt: Date;
  readonly validFrom: Date;
  readonly validUntil: Date;
  /** Who made the software that uses the seal; ASCII. */
  readonly vendorId: string;
}

/** certListType 1: the list holds whole certificates. */
const WHOLE_CERTIFICATES = 1;

function sealInformation(order: ElectronicSealOrder): Uint8Array {
  const { picture } = order;
  return derSequence(
    derSequence(derIa5String('ES'), derInteger(order.version), derIa5String(order.vendorId)),
    derIa5String(order.id),
    derSequence(
      derInteger(order.type),
      derUtf8String(order.name),
      derInteger(WHOLE_CERTIFICATES),
      derSequence(...order.signerCertificates.map((certificate) => derOctetString(certificate))),
      derGeneralizedTime(order.createdAt),
      derGeneralizedTime(order.validFrom),
      derGeneralizedTime(order.validUntil),
    ),
    derSequence(
      derIa5String(picture.type),
      derOctetString(picture.data),
      derInteger(picture.widthMm),
      derInteger(picture.heightMm),
    ),
  );
}

function checkOrder(order: ElectronicSealOrder): void {
  const { picture } = order;
  if (order.signerCertificates.length === 0)
    throw new SealingFault('a seal needs a certificate that may sign');
  if (order.validFrom >= order.validUntil) throw new SealingFault('the period of the seal is empty');
  for (const lengthMm of [picture.widthMm, picture.heightMm]) {
    if (!Number.isSafeInteger(lengthMm) || lengthMm <= 0) {
      throw new SealingFault('a seal is a whole number of millimetres wide and high');
    }
  }
  for (const text of [order.id, order.vendorId]) {
    if (!/^[\x20-\x7e]+$/.test(text))
      throw new SealingFault('the ids of seal and vendor are ASCII and not empty');
  }
  if (picture.data.length === 0) throw new SealingFault('the picture of the seal is empty');
}

/**
 * Makes an electronic seal (电子印章, SESeal): the maker signs DER(SES_SealInfo) alone with SM2.
 * Out: DER of the SESeal, the content of a Seal.esl. Rejects with SealingFault for an order that no seal can
 * follow, and with what `maker.sign` throws. GB/T 38540-2020 clause 6; GM/T 0031-2025 for version 5.
 */
export async function makeElectronicSeal(order: ElectronicSealOrder): Promise<Uint8Array> {
  checkOrder(order);
  const information = sealInformation(order);
  const signature = sm2SignatureDer(await order.maker.sign(information));
  if (signature === undefined) throw new SealingFault('the maker answered no SM2 signature');
  return derSequence(
    information,
    derOctetString(order.maker.certificate),
    derOid(SM2_WITH_SM3),
    derBitString(signature),
  );
}
