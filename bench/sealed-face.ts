import { loadFontChain } from '../documents/fonts/font-chain';
import type { OfdSealOrder } from '../documents/seal/prepared-ofd-seal';
import { signSm2 } from '../documents/sm/sm2';
import { drawDemonstrationSeal } from '../main/demonstration/draw-demonstration-seal';
import { createSealKit, type Holder, type SealKit, SIGNED_AT } from '../test/support/seal-kit';
import { renderBenchFace } from './bench-face';

/** A real face, the seal that is to go on it with its key, and the trust in which it is judged. */
export interface FaceToSeal {
  readonly ofd: Uint8Array;
  readonly kit: SealKit;
  readonly signer: Holder;
  readonly order: OfdSealOrder;
}

/**
 * Out: that many bench faces as OFD, each with a seal of its own: other keys, other certificates of signer and maker, one
 * authority and one revocation list above them all.
 */
export async function makeFacesToSeal(count: number): Promise<readonly FaceToSeal[]> {
  const fonts = await loadFontChain();
  const kit = await createSealKit();
  const design = { ringText: '鄂尔多斯市交通运输局', centreText: null };
  const { png, widthMm, heightMm } = await drawDemonstrationSeal(design, async () => fonts);
  const make = async (number: number): Promise<FaceToSeal> => {
    const [signer, maker] = [await kit.issue('sealSigner'), await kit.issue('sealMaker')];
    const electronicSeal = await kit.seal({
      picture: { type: 'png', data: png, widthMm, heightMm },
      maker: { certificate: maker.certificate, sign: async (bytes) => signSm2(maker.key, bytes) },
      signerCertificates: [signer.certificate],
    });
    const order = {
      electronicSeal,
      signerCertificate: signer.certificate,
      signedAt: SIGNED_AT,
      boxes: [{ pageIndex: 0, xMm: 120, yMm: 200, widthMm, heightMm }],
      lock: true,
    };
    return { ofd: renderBenchFace(fonts, number).ofd, kit, signer, order };
  };
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}
