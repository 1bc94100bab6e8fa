import { sm3 } from '../../documents/sm/sm3';
import { memberOf, textMember } from '../protocol/simulator-server';
import type { PortalHolder } from './portal-accounts';

export interface ReceivedDelivery {
  readonly deliveryId: string;
  readonly certificateIdentifier: string;
  readonly certificateName: string;
  readonly number: string;
  readonly holder: PortalHolder;
  readonly fileDigest: string;
}

export interface DeliveryProblem {
  readonly code: string;
  readonly detail: string;
}

const ZIP_LEAD = Buffer.from('PK\u0003\u0004', 'latin1');

/**
 * In: the parsed body of `POST /deliveries`. Out: the delivery, or what is wrong with it. The OFD must be a ZIP
 * container whose SM3 is the digest given: the portal answers for the bytes that it keeps.
 */
export function readPortalDelivery(body: unknown): ReceivedDelivery | DeliveryProblem {
  const deliveryId = textMember(body, 'deliveryId');
  const certificateIdentifier = textMember(body, 'certificateIdentifier');
  const certificateName = textMember(body, 'certificateName');
  const number = textMember(body, 'number');
  const fileDigest = textMember(body, 'fileDigest');
  const ofd = textMember(body, 'ofd');
  const holder = readHolder(memberOf(body, 'holder'));
  if (
    deliveryId === null ||
    certificateIdentifier === null ||
    certificateName === null ||
    number === null ||
    fileDigest === null ||
    ofd === null ||
    holder === null
  ) {
    return { code: 'malformedDelivery', detail: '缺少送达编号、证照标识、持证主体、文件或文件摘要' };
  }
  const bytes = Buffer.from(ofd, 'base64');
  if (bytes.toString('base64') !== ofd || !bytes.subarray(0, ZIP_LEAD.length).equals(ZIP_LEAD)) {
    return { code: 'malformedFile', detail: '文件应为 base64 编码的 OFD' };
  }
  if (Buffer.from(sm3(bytes)).toString('hex') !== fileDigest) {
    return { code: 'digestMismatch', detail: '文件与摘要不符' };
  }
  return { deliveryId, certificateIdentifier, certificateName, number, holder, fileDigest };
}

function readHolder(value: unknown): PortalHolder | null {
  const name = textMember(value, 'name');
  const code = memberOf(value, 'code') ?? null;
  if (name === null || (code !== null && typeof code !== 'string')) return null;
  return { name, code };
}
