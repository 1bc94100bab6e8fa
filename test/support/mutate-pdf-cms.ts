import { createHash, createPrivateKey, sign as signNative } from 'node:crypto';
import type { PreparedPdfSignature } from '../../documents/pdf-signature/pdf-signature-order';
import { preparePdfSignature } from '../../documents/pdf-signature/prepare-pdf-signature';
import { childrenOf, type DerNode, readDer } from '../../documents/pki/der-reader';
import {
  concatBytes,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derValue,
} from '../../documents/pki/der-writer';
import { oid } from '../../documents/pki/object-identifiers';
import {
  encodeSignedAttributes,
  encodeSignedData,
  type SignedDataOrder,
} from '../../documents/pki/write-signed-data';
import type { PdfMutation } from './mutate-pdf';
import type { PdfSigningWorld } from './pdf-signing-world';
import { makePkiWorld, makeRsaKey } from './pki-world';
import { makeSimplePdf } from './simple-pdf';

const ROOM = 12_000;

function filled(prepared: PreparedPdfSignature, contents: Uint8Array): Uint8Array {
  const file = Buffer.from(prepared.container);
  file.write(Buffer.from(contents).toString('hex'), prepared.finishing.contentsOffset, 'latin1');
  return file;
}

/** Every occurrence of one DER value exchanged for another, with all lengths around it made right again. */
function exchanged(node: DerNode, from: Uint8Array, to: Uint8Array): Uint8Array {
  if (Buffer.compare(node.encoded, from) === 0) return to;
  if ((node.tag & 0x20) === 0) return node.encoded;
  return derValue(node.tag, concatBytes(childrenOf(node).map((child) => exchanged(child, from, to))));
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return derSequence(derOid(type), derSetOf([value]));
}

/**
 * Signatures whose structure lies: made by the signer's own key where only so the lie can be reached, by a stranger's
 * elsewhere.
 */
export async function cmsForgeries(world: PdfSigningWorld): Promise<PdfMutation[]> {
  const prepared = preparePdfSignature(makeSimplePdf(), world.order({ timestampReserveBytes: ROOM }));
  const { contentsOffset, contentsBytes } = prepared.finishing;
  const before = prepared.container.subarray(0, contentsOffset - 1);
  const after = prepared.container.subarray(contentsOffset + contentsBytes * 2 + 1);
  const contentDigest = createHash('sha256').update(before).update(after).digest();
  const strangerKey = makeRsaKey(3072);
  const strangerWorld = await makePkiWorld('rsa');
  const stranger = await strangerWorld.issue('documentSigner', strangerKey);
  const stampCertificate = await world.pki.issue('timestamp', world.key);
  const ownSign = world.key.issuerKey.sign;
  const attributes = (
    certificate: Uint8Array,
    digest: Uint8Array = contentDigest,
    contentType: string = oid.data,
  ) =>
    encodeSignedAttributes({
      algorithm: 'rsa',
      contentType,
      contentDigest: digest,
      signerCertificate: certificate,
    });
  const order = async (
    signedAttributes: Uint8Array,
    sign = ownSign,
    more: Partial<SignedDataOrder> = {},
  ): Promise<Uint8Array> =>
    encodeSignedData({
      algorithm: 'rsa',
      contentType: oid.data,
      signerCertificate: world.certificate,
      chain: [world.pki.authority],
      signedAttributes,
      signature: await sign(signedAttributes),
      ...more,
    });
  const right = await order(attributes(world.certificate));
  const noBinding = derSetOf([
    attribute(oid.contentType, derOid(oid.data)),
    attribute(oid.messageDigest, derOctetString(contentDigest)),
  ]);
  const sha1Digest = createHash('sha1').update(before).update(after).digest();
  const sha1 = derSequence(derOid(oid.sha1), derNull());
  const sha256 = derSequence(derOid(oid.sha256), derNull());
  const weakAttributes = attributes(world.certificate, sha1Digest);
  const rsaPrivate = createPrivateKey({
    key: Buffer.from(world.key.privateKeyPkcs8),
    format: 'der',
    type: 'pkcs8',
  });
  const weak = encodeSignedData({
    algorithm: 'rsa',
    contentType: oid.data,
    signerCertificate: world.certificate,
    chain: [world.pki.authority],
    signedAttributes: weakAttributes,
    signature: signNative('sha1', weakAttributes, rsaPrivate),
  });
  const alienDigest = derSequence(derOid('2.16.840.1.101.3.4.2.9'), derNull());
  const mutation = (
    name: string,
    contents: Uint8Array,
    ...steps: NonNullable<PdfMutation['steps']>
  ): PdfMutation => ({
    name: `cms: ${name}`,
    bytes: filled(prepared, contents),
    steps,
  });
  const padded = Buffer.concat([right, Buffer.alloc(40), Buffer.from('stowaway')]);
  const doubled = Buffer.concat([right, right]);
  return [
    mutation(
      'stranger signs under the signer’s certificate',
      await order(attributes(world.certificate), strangerKey.issuerKey.sign),
      'signature',
    ),
    mutation(
      'stranger with a chain of his own',
      await order(attributes(stranger), strangerKey.issuerKey.sign, {
        signerCertificate: stranger,
        chain: [strangerWorld.authority, strangerWorld.root],
      }),
      'signer_cert',
    ),
    mutation('attribute binds another certificate', await order(attributes(stranger)), 'signature'),
    mutation('no certificate is bound', await order(noBinding), 'signature'),
    mutation(
      'digest of other bytes',
      await order(attributes(world.certificate, createHash('sha256').update('x').digest())),
      'digest',
    ),
    mutation(
      'content type of something else',
      await order(attributes(world.certificate, contentDigest, oid.tstInfo)),
      'digest',
    ),
    mutation(
      'content inside the structure',
      await order(attributes(world.certificate), ownSign, { content: Buffer.from('x') }),
      'signature',
    ),
    mutation(
      'certificate for timestamps',
      await order(attributes(stampCertificate), ownSign, { signerCertificate: stampCertificate }),
      'signer_cert',
    ),
    mutation('SHA-1 digest under SHA-256’s name', weak, 'digest'),
    mutation('digest algorithm that nobody knows', exchanged(readDer(right), sha256, alienDigest), 'digest'),
    mutation('SHA-1 digest under its own name', exchanged(readDer(weak), sha256, sha1), 'digest'),
    mutation('stowaway in the padding', padded, 'byte_range'),
    mutation('a second structure in the padding', doubled, 'byte_range'),
    mutation(
      'timestamp over something else',
      await order(attributes(world.certificate), ownSign, {
        timestampToken: await world.stamp(Buffer.from('other')),
      }),
      'timestamp',
    ),
    mutation(
      'timestamp that is none',
      await order(attributes(world.certificate), ownSign, { timestampToken: derSequence(derNull()) }),
      'timestamp',
    ),
    mutation('zeros', new Uint8Array(16), 'byte_range', 'signature'),
    mutation(
      'signature of nothing',
      await order(attributes(world.certificate), async () => new Uint8Array(384)),
      'signature',
    ),
  ];
}
