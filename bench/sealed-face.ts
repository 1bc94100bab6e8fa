import { loadFontChain } from '../documents/fonts/font-chain';
import type { OfdSealOrder } from '../documents/seal/prepared-ofd-seal';
import { drawDemonstrationSeal } from '../main/demonstration/draw-demonstration-seal';
import { createSealKit, type SealKit, SIGNED_AT } from '../test/support/seal-kit';
import { renderBenchFace } from './bench-face';

/** A real face with the seal that is to go on it, and the trust of its own in which it is judged. */
export interface FaceToSeal {
  readonly ofd: Uint8Array;
  readonly kit: SealKit;
  readonly order: OfdSealOrder;
}

/** Out: the bench face as OFD and a seal with a drawn picture, under fresh SM2 keys. */
export async function makeFaceToSeal(): Promise<FaceToSeal> {
  const fonts = await loadFontChain();
  const kit = await createSealKit();
  const design = { ringText: '鄂尔多斯市交通运输局', centreText: null };
  const { png, widthMm, heightMm } = await drawDemonstrationSeal(design, async () => fonts);
  const electronicSeal = await kit.seal({ picture: { type: 'png', data: png, widthMm, heightMm } });
  const order = {
    electronicSeal,
    signerCertificate: kit.signer.certificate,
    signedAt: SIGNED_AT,
    boxes: [{ pageIndex: 0, xMm: 120, yMm: 200, widthMm, heightMm }],
    lock: true,
  };
  return { ofd: renderBenchFace(fonts, 1).ofd, kit, order };
}
