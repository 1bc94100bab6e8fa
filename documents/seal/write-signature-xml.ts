import type { ExistingSeal } from './ofd-to-seal';
import type { SealBox } from './prepared-ofd-seal';

const NAMESPACE = 'http://www.ofdspec.org/2016';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** ST_Box (GB/T 33190, 7.3): millimetres with at most three decimals, never in exponent form. */
function boxText(box: SealBox): string {
  return [box.xMm, box.yMm, box.widthMm, box.heightMm].map((mm) => String(Number(mm.toFixed(3)))).join(' ');
}

export interface SignatureXmlOrder {
  readonly references: readonly { readonly name: string; readonly digest: Uint8Array }[];
  readonly stamps: readonly { readonly id: string; readonly pageId: string; readonly box: SealBox }[];
  readonly signedAt: Date;
  readonly sealPath: string;
  readonly signedValuePath: string;
}

/** Signature.xml (GB/T 33190, 18.2) with absolute references, SM3 by its object identifier and the time in UTC. */
export function signatureXml(order: SignatureXmlOrder): Uint8Array {
  const time = `${order.signedAt.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
  const references = order.references.map(
    ({ name, digest }) =>
      `<ofd:Reference FileRef="/${escaped(name)}"><ofd:CheckValue>${Buffer.from(digest).toString('base64')}</ofd:CheckValue></ofd:Reference>`,
  );
  const stamps = order.stamps.map(
    ({ id, pageId, box }) =>
      `<ofd:StampAnnot ID="${escaped(id)}" PageRef="${escaped(pageId)}" Boundary="${boxText(box)}"/>`,
  );
  const parts = [
    DECLARATION,
    `<ofd:Signature xmlns:ofd="${NAMESPACE}"><ofd:SignedInfo>`,
    '<ofd:Provider ProviderName="ecert" Company="ecert" Version="1.0"/>',
    '<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>',
    `<ofd:SignatureDateTime>${time}</ofd:SignatureDateTime>`,
    '<ofd:References CheckMethod="1.2.156.10197.1.401">',
    ...references,
    '</ofd:References>',
    ...stamps,
    `<ofd:Seal><ofd:BaseLoc>/${escaped(order.sealPath)}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>`,
    `<ofd:SignedValue>/${escaped(order.signedValuePath)}</ofd:SignedValue></ofd:Signature>`,
  ];
  return Buffer.from(parts.join(''), 'utf8');
}

/** Signatures.xml (GB/T 33190, 18.1) that lists the earlier seals as they were and the new one after them. */
export function signaturesXml(existing: readonly ExistingSeal[], newId: string, newPath: string): Uint8Array {
  const listed = [...existing, { id: newId, type: 'Seal', baseLoc: `/${newPath}` }].map(
    ({ id, type, baseLoc }) =>
      `<ofd:Signature ID="${escaped(id)}" Type="${escaped(type)}" BaseLoc="${escaped(baseLoc)}"/>`,
  );
  return Buffer.from(
    `${DECLARATION}<ofd:Signatures xmlns:ofd="${NAMESPACE}"><ofd:MaxSignId>${newId}</ofd:MaxSignId>${listed.join('')}</ofd:Signatures>`,
    'utf8',
  );
}
