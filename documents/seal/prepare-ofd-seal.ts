import { centralRecord, dosTimeOf, type NewEntry, placeEntries } from '../container/write-container';
import { DerError, readDer, readSequence, readSmallInteger } from '../pki/der-reader';
import {
  derBitString,
  derGeneralizedTime,
  derIa5String,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
} from '../pki/der-writer';
import { sm3 } from '../sm/sm3';
import { SM2_WITH_SM3 } from './make-electronic-seal';
import { type OfdToSeal, readOfdToSeal } from './ofd-to-seal';
import type { OfdSealOrder, PreparedOfdSeal, SealBox } from './prepared-ofd-seal';
import { SealingFault } from './sealing-fault';
import { signaturesXml, signatureXml } from './write-signature-xml';

/** Where the new seal's three files go, and the id it gets. */
interface SealPlace {
  readonly id: string;
  readonly sealPath: string;
  readonly descriptionPath: string;
  readonly signedValuePath: string;
}

function sealVersion(electronicSeal: Uint8Array): 4 | 5 {
  try {
    const [information] = readSequence(readDer(electronicSeal));
    const [header] = readSequence(information);
    const version = readSmallInteger(readSequence(header)[1]);
    if (version === 4 || version === 5) return version;
    throw new SealingFault(`seals of version ${version} are read but not used for sealing`);
  } catch (error) {
    if (error instanceof DerError) throw new SealingFault('the electronic seal cannot be read');
    throw error;
  }
}

function findPlace(ofd: OfdToSeal): SealPlace {
  const folder = ofd.signaturesPath.split('/').slice(0, -1).join('/');
  const names = [...ofd.entries.keys()].map((name) => name.toLowerCase());
  const prefix = folder === '' ? '' : `${folder}/`;
  let index = 0;
  while (names.some((name) => name.startsWith(`${prefix}Sign_${index}/`.toLowerCase()))) index += 1;
  const ids = ofd.existing.map(({ id }) => Number(id)).filter((id) => Number.isSafeInteger(id));
  const home = `${prefix}Sign_${index}`;
  return {
    id: String(Math.max(0, ...ids) + 1),
    sealPath: `${home}/Seal.esl`,
    descriptionPath: `${home}/Signature.xml`,
    signedValuePath: `${home}/SignedValue.dat`,
  };
}

function stampsOf(boxes: readonly SealBox[], pageIds: readonly string[], sealId: string) {
  return boxes.map((box, index) => {
    const pageId = pageIds[box.pageIndex];
    if (pageId === undefined) throw new SealingFault(`the file has no page ${box.pageIndex}`);
    const sizes = [box.xMm, box.yMm, box.widthMm, box.heightMm];
    if (!sizes.every((mm) => Number.isFinite(mm) && mm >= 0) || box.widthMm === 0 || box.heightMm === 0) {
      throw new SealingFault('a box has no area or lies outside the page');
    }
    return { id: `${sealId}${String(index + 1).padStart(3, '0')}`, pageId, box };
  });
}

/** Entries as they will lie in the sealed file, without the description and the value of the new signature. */
function coveredEntries(ofd: OfdToSeal, order: OfdSealOrder, place: SealPlace): NewEntry[] {
  const list = signaturesXml(ofd.existing, place.id, place.descriptionPath);
  const changed = new Map<string, Uint8Array>([[ofd.signaturesPath, list]]);
  if (ofd.changedEntryPoint !== undefined) changed.set('OFD.xml', ofd.changedEntryPoint);
  const entries: NewEntry[] = [...ofd.entries.values()].map((entry) => {
    const data = changed.get(entry.name);
    if (data !== undefined) return { name: entry.name, data };
    const { name, stored, crc, method } = entry;
    return { name, stored, crc, method, size: entry.data.length };
  });
  if (!ofd.entries.has(ofd.signaturesPath)) entries.push({ name: ofd.signaturesPath, data: list });
  entries.push({ name: place.sealPath, data: order.electronicSeal });
  return entries;
}

/** The files of other signatures stay out of the references, as does the list of seals where more may follow. */
function isReferenced(name: string, ofd: OfdToSeal, lock: boolean): boolean {
  if (name === ofd.signaturesPath) return lock;
  return !ofd.existing.some((seal) => seal.descriptionPath === name || seal.signedValuePath === name);
}

function digestOf(entry: NewEntry, ofd: OfdToSeal): Uint8Array {
  if ('data' in entry) return sm3(entry.data);
  return sm3(ofd.entries.get(entry.name)?.data ?? entry.stored);
}

/**
 * Prepares the sealing of an OFD file: everything but the signature is computed here, so that finishing costs next to
 * nothing and can happen in another process. The same input gives the same bytes.
 *
 * In: the file (with or without a list of seals) and the order. Out: what to sign and what to finish with. Every entry
 * comes under a reference except Signature.xml (covered by dataHash) and SignedValue.dat of each seal, and except
 * Signatures.xml unless `lock` is set. Earlier seals stay valid. Throws {@link SealingFault} for a container that the
 * reader refuses, a locked file, a page that is not there, or a seal that is neither version 4 nor 5.
 * Sources: GB/T 33190-2016 clause 18, GB/T 38540-2020 clause 7.
 */
export function prepareOfdSeal(ofd: Uint8Array, order: OfdSealOrder): PreparedOfdSeal {
  const version = sealVersion(order.electronicSeal);
  const file = readOfdToSeal(ofd);
  const place = findPlace(file);
  const entries = coveredEntries(file, order, place);
  const description = signatureXml({
    references: entries
      .filter(({ name }) => isReferenced(name, file, order.lock))
      .map((entry) => ({ name: entry.name, digest: digestOf(entry, file) })),
    stamps: stampsOf(order.boxes, file.pageIds, place.id),
    signedAt: order.signedAt,
    sealPath: place.sealPath,
    signedValuePath: place.signedValuePath,
  });
  const { octets, placed } = placeEntries(
    [...entries, { name: place.descriptionPath, data: description }],
    order.signedAt,
  );
  const toBeSigned = derSequence(
    derInteger(version),
    order.electronicSeal,
    derGeneralizedTime(order.signedAt),
    derBitString(sm3(description)),
    derIa5String(`/${place.descriptionPath}`),
  );
  const signerFields = Buffer.concat([derOctetString(order.signerCertificate), derOid(SM2_WITH_SM3)]);
  return {
    kind: 'ofd',
    container: octets,
    toBeSigned,
    finishing: {
      signedValueName: place.signedValuePath,
      directory: Buffer.concat(placed.map(centralRecord)).toString('base64'),
      entryCount: placed.length,
      dosTime: dosTimeOf(order.signedAt),
      signerFields: signerFields.toString('base64'),
    },
  };
}
