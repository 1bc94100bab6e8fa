import type { PdfFinishing } from '../documents/pdf-signature/pdf-signature-order';
import type { OfdSealFinishing } from '../documents/seal/prepared-ofd-seal';

type Stored = Readonly<Record<string, unknown>>;

/** What finishing an OFD seal needs, as the intent kept it; throws when a value is missing, which no amendment mends. */
export function readOfdFinishing(stored: Stored): OfdSealFinishing {
  return {
    signedValueName: text(stored, 'signedValueName'),
    directory: text(stored, 'directory'),
    entryCount: count(stored, 'entryCount'),
    dosTime: count(stored, 'dosTime'),
    signerFields: text(stored, 'signerFields'),
  };
}

/** What finishing a PDF signature needs, as the intent kept it. */
export function readPdfFinishing(stored: Stored): PdfFinishing {
  return {
    contentsOffset: count(stored, 'contentsOffset'),
    contentsBytes: count(stored, 'contentsBytes'),
    cms: text(stored, 'cms'),
    signatureOffset: count(stored, 'signatureOffset'),
    signatureBytes: count(stored, 'signatureBytes'),
    publicKey: text(stored, 'publicKey'),
    signerCertificate: text(stored, 'signerCertificate'),
    chain: texts(stored, 'chain'),
  };
}

function text(stored: Stored, name: string): string {
  const value = stored[name];
  if (typeof value !== 'string') throw new TypeError(`a sealing intent lacks ${name}`);
  return value;
}

function count(stored: Stored, name: string): number {
  const value = stored[name];
  if (typeof value !== 'number') throw new TypeError(`a sealing intent lacks ${name}`);
  return value;
}

function texts(stored: Stored, name: string): readonly string[] {
  const value = stored[name];
  if (!Array.isArray(value)) throw new TypeError(`a sealing intent lacks ${name}`);
  return value.map((item) => {
    if (typeof item !== 'string') throw new TypeError(`a sealing intent has an ill-formed ${name}`);
    return item;
  });
}
