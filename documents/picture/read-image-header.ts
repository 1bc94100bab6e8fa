import type { RasterImage } from '../layout/drawing';

export type ImageHeaderOutcome =
  | { readonly ok: true; readonly image: RasterImage }
  | { readonly ok: false; readonly reason: 'notAnImage' | 'unsupported' | 'tooLarge' };

const MAXIMUM_BYTES = 4 * 1024 * 1024;
const MAXIMUM_SIDE_PX = 6000;

/**
 * Reads size and colour model of a JPEG (baseline or progressive, grey or YCbCr) or PNG (8 bit, not interlaced). Both are what
 * OFD readers (GB/T 33190, 10) and PDF accept without conversion.
 */
export function readImageHeader(data: Uint8Array): ImageHeaderOutcome {
  if (data.length > MAXIMUM_BYTES) return { ok: false, reason: 'tooLarge' };
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length > 33 && view.getUint32(0) === 0x89504e47 && view.getUint32(4) === 0x0d0a1a0a) {
    return readPng(data, view);
  }
  if (data.length > 4 && view.getUint16(0) === 0xffd8) return readJpeg(data, view);
  return { ok: false, reason: 'notAnImage' };
}

function withinLimits(image: RasterImage): ImageHeaderOutcome {
  if (image.widthPx < 1 || image.heightPx < 1) return { ok: false, reason: 'notAnImage' };
  if (image.widthPx > MAXIMUM_SIDE_PX || image.heightPx > MAXIMUM_SIDE_PX) {
    return { ok: false, reason: 'tooLarge' };
  }
  return { ok: true, image };
}

function readPng(data: Uint8Array, view: DataView): ImageHeaderOutcome {
  const components = PNG_COMPONENTS.get(view.getUint8(25));
  const supported = view.getUint8(24) === 8 && view.getUint8(28) === 0;
  if (!supported || components === undefined) return { ok: false, reason: 'unsupported' };
  return withinLimits({
    format: 'png',
    data,
    widthPx: view.getUint32(16),
    heightPx: view.getUint32(20),
    components,
  });
}

/** PNG colour types: grey, RGB, grey with alpha, RGB with alpha. */
const PNG_COMPONENTS: ReadonlyMap<number, 1 | 2 | 3 | 4> = new Map([
  [0, 1],
  [2, 3],
  [4, 2],
  [6, 4],
]);

function readJpeg(data: Uint8Array, view: DataView): ImageHeaderOutcome {
  let at = 2;
  while (at + 9 < data.length) {
    if (view.getUint8(at) !== 0xff) return { ok: false, reason: 'notAnImage' };
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xc2) {
      const components = view.getUint8(at + 9);
      if (components !== 1 && components !== 3) return { ok: false, reason: 'unsupported' };
      return withinLimits({
        format: 'jpeg',
        data,
        widthPx: view.getUint16(at + 7),
        heightPx: view.getUint16(at + 5),
        components,
      });
    }
    if (marker === 0xda || marker === 0xd9) return { ok: false, reason: 'notAnImage' };
    at += 2 + view.getUint16(at + 2);
  }
  return { ok: false, reason: 'notAnImage' };
}
