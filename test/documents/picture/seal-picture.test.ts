import { Resvg } from '@resvg/resvg-js';
import { type FontChain, loadFontChain } from '../../../documents/fonts/font-chain';
import {
  drawSealPicture,
  type SealDesign,
  type SealPicture,
  sealPictureAsPdfContent,
  sealPictureAsPng,
  sealPictureAsSvg,
} from '../../../documents/picture/seal-picture';

let fonts: FontChain;
beforeAll(async () => {
  fonts = await loadFontChain();
});

const DESIGN: SealDesign = {
  ringText: '鄂尔多斯市行政审批和政务服务局',
  centreText: '行政审批专用章',
  shape: 'round',
  diameterMm: 42,
};

const IDENTITY = [1, 0, 0, 1, 0, 0] as const;

function draw(changes: Partial<SealDesign> = {}): SealPicture {
  const outcome = drawSealPicture({ ...DESIGN, ...changes }, fonts);
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  return outcome.picture;
}

test('a seal is red on a transparent ground, with a star in the middle', () => {
  const rendered = new Resvg(sealPictureAsSvg(draw()), { fitTo: { mode: 'width', value: 420 } }).render();
  const at = (x: number, y: number): number[] => [
    ...rendered.pixels.subarray(4 * (y * 420 + x), 4 * (y * 420 + x) + 4),
  ];
  expect(at(2, 2)).toEqual([0, 0, 0, 0]);
  expect(at(210, 210)).toEqual([208, 24, 30, 255]);
  expect(at(6, 210)[3]).toBe(255);
});

test('the picture as PNG has the size of the seal', () => {
  const png = Buffer.from(sealPictureAsPng(draw(), 254));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([420, 420]);
});

test('nothing of a seal leaves its box, and no two characters of the ring overlap the star', () => {
  for (const picture of [draw(), draw({ shape: 'oval', diameterMm: 45 }), draw({ centreText: null })]) {
    for (const { points, matrix = IDENTITY } of picture.drawings) {
      for (let i = 0; i < points.length; i += 2) {
        const [x, y] = [points[i] ?? Number.NaN, points[i + 1] ?? Number.NaN];
        const [xMm, yMm] = [
          matrix[0] * x + matrix[2] * y + matrix[4],
          matrix[1] * x + matrix[3] * y + matrix[5],
        ];
        expect(xMm).toBeGreaterThanOrEqual(0);
        expect(xMm).toBeLessThanOrEqual(picture.widthMm);
        expect(yMm).toBeGreaterThanOrEqual(0);
        expect(yMm).toBeLessThanOrEqual(picture.heightMm);
      }
    }
  }
});

test('the operators for PDF keep the graphics state balanced and use paths only', () => {
  const content = sealPictureAsPdfContent(draw());
  expect(content.startsWith('q ')).toBe(true);
  expect(content.endsWith('Q\n')).toBe(true);
  expect(content).not.toMatch(/\b(BT|Do|gs)\b/);
});

test.each([
  [{ ringText: '' }, 'emptyText'],
  [{ ringText: '鄂'.repeat(41) }, 'textTooLong'],
  [{ centreText: '专用\u202e章' }, 'forbiddenCharacter'],
  [{ ringText: '鄂\u{2EBF0}' }, 'missingGlyph'],
] as const)('the design %j is refused', (changes, code) => {
  expect(drawSealPicture({ ...DESIGN, ...changes }, fonts)).toMatchObject({ ok: false, refusal: { code } });
});
