import { Resvg } from '@resvg/resvg-js';
import { create } from 'qrcode';
import { drawQr } from '../../../documents/picture/qr-drawing';
import { drawSvg } from '../../../documents/picture/render-svg';

test('every module of the code has its shade in the rendered picture, with a quiet zone of four', () => {
  const text = 'https://ecert.example/v/7Q2M-K8PD-4F6T';
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const side = modules.size + 8;
  const drawings = drawQr(text, { xMm: 0, yMm: 0, widthMm: side, heightMm: side });
  const svg = drawSvg(drawings ?? [], null, { widthMm: side, heightMm: side });
  const { pixels, width } = new Resvg(svg, { fitTo: { mode: 'width', value: side * 5 } }).render();
  for (let row = -4; row < modules.size + 4; row += 1) {
    for (let column = -4; column < modules.size + 4; column += 1) {
      const inside = row >= 0 && column >= 0 && row < modules.size && column < modules.size;
      const dark = inside && modules.data[row * modules.size + column] === 1;
      const at = 4 * (((row + 4) * 5 + 2) * width + (column + 4) * 5 + 2);
      expect({ row, column, shade: pixels[at] }).toEqual({ row, column, shade: dark ? 0 : 255 });
    }
  }
});

test('a text that no code can hold is answered with null', () => {
  expect(drawQr('x'.repeat(2500), { xMm: 0, yMm: 0, widthMm: 30, heightMm: 30 })).toBeNull();
});
