import { deflateSync, inflateSync } from 'node:zlib';
import type { RasterImage } from '../layout/drawing';
import type { PdfFile } from './pdf-file';

/** Embeds a picture and answers its object number. JPEG and PNG without alpha go in as they are. */
export function embedImage(file: PdfFile, image: RasterImage): number {
  const size = `/Type/XObject/Subtype/Image/Width ${image.widthPx}/Height ${image.heightPx}/BitsPerComponent 8`;
  const space = image.components < 3 ? '/ColorSpace/DeviceGray' : '/ColorSpace/DeviceRGB';
  if (image.format === 'jpeg') return file.addStream(`${size}${space}/Filter/DCTDecode`, image.data);
  const data = concatenateIdat(image.data);
  if (image.components === 1 || image.components === 3) {
    const parameters = `/Predictor 15/Colors ${image.components}/BitsPerComponent 8/Columns ${image.widthPx}`;
    return file.addStream(`${size}${space}/Filter/FlateDecode/DecodeParms<<${parameters}>>`, data);
  }
  const { colour, alpha } = splitAlpha(image, data);
  const mask = file.addStream(`${size}/ColorSpace/DeviceGray/Filter/FlateDecode`, deflateSync(alpha));
  return file.addStream(`${size}${space}/Filter/FlateDecode/SMask ${mask} 0 R`, deflateSync(colour));
}

function concatenateIdat(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const parts: Uint8Array[] = [];
  let at = 8;
  while (at + 12 <= png.length) {
    const length = view.getUint32(at);
    if (at + 12 + length > png.length) break;
    if (view.getUint32(at + 4) === 0x49444154) parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return Buffer.concat(parts);
}

/** Undoes the row filters (PNG specification, 9.2) and parts colour from alpha, as PDF keeps them apart. */
function splitAlpha(image: RasterImage, idat: Uint8Array): { colour: Uint8Array; alpha: Uint8Array } {
  const { widthPx, heightPx, components } = image;
  const stride = widthPx * components;
  const rows = inflateSync(idat, { maxOutputLength: (stride + 1) * heightPx });
  if (rows.length < (stride + 1) * heightPx) throw new Error('the picture ends early');
  const colours = components - 1;
  const colour = new Uint8Array(widthPx * heightPx * colours);
  const alpha = new Uint8Array(widthPx * heightPx);
  let previous = new Uint8Array(stride);
  for (let y = 0; y < heightPx; y += 1) {
    const start = y * (stride + 1);
    const row = unfilterRow(
      rows[start] ?? 0,
      rows.subarray(start + 1, start + 1 + stride),
      previous,
      components,
    );
    for (let x = 0; x < widthPx; x += 1) {
      for (let c = 0; c < colours; c += 1) {
        colour[(y * widthPx + x) * colours + c] = row[x * components + c] ?? 0;
      }
      alpha[y * widthPx + x] = row[x * components + colours] ?? 0;
    }
    previous = row;
  }
  return { colour, alpha };
}

function unfilterRow(
  filter: number,
  coded: Uint8Array,
  previous: Uint8Array,
  components: number,
): Uint8Array<ArrayBuffer> {
  const row = new Uint8Array(coded.length);
  for (let i = 0; i < coded.length; i += 1) {
    const left = i < components ? 0 : (row[i - components] ?? 0);
    const up = previous[i] ?? 0;
    const upLeft = i < components ? 0 : (previous[i - components] ?? 0);
    row[i] = (coded[i] ?? 0) + predict(filter, left, up, upLeft);
  }
  return row;
}

function predict(filter: number, left: number, up: number, upLeft: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const estimate = left + up - upLeft;
  const [byLeft, byUp, byBoth] = [
    Math.abs(estimate - left),
    Math.abs(estimate - up),
    Math.abs(estimate - upLeft),
  ];
  if (byLeft <= byUp && byLeft <= byBoth) return left;
  return byUp <= byBoth ? up : upLeft;
}
