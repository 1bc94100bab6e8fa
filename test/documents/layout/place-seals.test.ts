import fc from 'fast-check';
import type { Box } from '../../../documents/layout/drawing';
import { placeSeals } from '../../../documents/layout/place-seals';
import { BUILT_IN_TEMPLATES } from '../../../documents/templates/built-in-templates';

const TEMPLATES = [...BUILT_IN_TEMPLATES.values()];

function overlap(one: Box, other: Box): boolean {
  return (
    one.xMm < other.xMm + other.widthMm &&
    other.xMm < one.xMm + one.widthMm &&
    one.yMm < other.yMm + other.heightMm &&
    other.yMm < one.yMm + one.heightMm
  );
}

function placesOf(template: (typeof TEMPLATES)[number], count: number) {
  return placeSeals({ sealBoxes: template.seals, qrBox: template.qr, pages: pagesOf(template) }, count);
}

function pagesOf(template: (typeof TEMPLATES)[number]) {
  return template.pages.map(({ widthMm, heightMm }, formIndex) => ({ widthMm, heightMm, formIndex }));
}

describe('places of seals', () => {
  it.each(TEMPLATES)(
    'up to three seals of $name cover neither one another nor the code nor the margin',
    (template) => {
      for (const count of [1, 2, 3]) {
        const places = placesOf(template, count);
        expect(places).toHaveLength(count);
        places.forEach((place, i) => {
          const page = template.pages[place.pageIndex];
          expect(place.xMm).toBeGreaterThanOrEqual(20);
          expect(place.xMm + place.widthMm).toBeLessThanOrEqual((page?.widthMm ?? 0) - 20);
          expect(template.qr !== null && overlap(place, template.qr)).toBe(false);
          expect(places.slice(0, i).some((other) => overlap(place, other))).toBe(false);
        });
      }
    },
  );

  it('one seal stands where the template says', () => {
    for (const template of TEMPLATES) expect(placesOf(template, 1)).toEqual(template.seals.slice(0, 1));
  });

  it('however many there are, all stand on the page and none on the code', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 30, max: 150 }),
        fc.integer({ min: 20, max: 100 }),
        (count, sealX, qrX) => {
          const size = { yMm: 200, widthMm: 40, heightMm: 40, pageIndex: 0 };
          const qrBox = { ...size, xMm: qrX, widthMm: 30, heightMm: 30 };
          fc.pre(qrX + 34 <= sealX);
          const places = placeSeals(
            {
              sealBoxes: [{ ...size, xMm: sealX }],
              qrBox,
              pages: [{ widthMm: 210, heightMm: 297, formIndex: 0 }],
            },
            count,
          );
          expect(places).toHaveLength(count);
          for (const place of places) {
            expect(place.xMm).toBeGreaterThanOrEqual(qrX + 34 - 1e-9);
            expect(place.xMm).toBeLessThanOrEqual(150);
          }
        },
      ),
    );
  });
});
