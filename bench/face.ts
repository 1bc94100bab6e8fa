import PDFDocument from 'pdfkit';
import { type FontChain, loadFontChain } from '../documents/fonts/font-chain';
import { subsetTrueType } from '../documents/fonts/subset-true-type';
import type { LaidOutDocument } from '../documents/layout/laid-out-document';
import { benchFace, layOutBenchFace, renderBenchFace } from './bench-face';
import type { BenchLine } from './bench-line';
import { median, timeLine } from './bench-line';
import { Contestant, measureInTurn } from './processor-time';

const ROUNDS = 5;
const FACES_PER_ROUND = 100;
const GOAL_RATIO = 0.3;
const GOAL_BYTES = 40_000;
const DISTINCT_CHINESE = 145;
const FIELDS = 14;
const MM_TO_PT = 72 / 25.4;

interface ReferenceText {
  readonly text: string;
  readonly font: string;
  readonly sizePt: number;
  readonly xPt: number;
  readonly baselinePt: number;
}

/** Every line of text that our PDF shows, for the reference to print at the same places. */
function textsOf(document: LaidOutDocument): ReferenceText[] {
  return [...(document.form.pages[0] ?? []), ...(document.content.pages[0] ?? [])].flatMap((drawing) =>
    drawing.kind === 'glyphs'
      ? [
          {
            text: drawing.text,
            font: drawing.fontKey,
            sizePt: drawing.sizeMm * MM_TO_PT,
            xPt: drawing.xMm * MM_TO_PT,
            baselinePt: drawing.yMm * MM_TO_PT,
          },
        ]
      : [],
  );
}

function renderReference(
  texts: readonly ReferenceText[],
  fonts: ReadonlyMap<string, Uint8Array>,
): Promise<Uint8Array> {
  const document = new PDFDocument({ size: 'A4', margin: 0 });
  const parts: Uint8Array[] = [];
  const ended = new Promise<Uint8Array>((resolve, reject) => {
    document.on('data', (part: Uint8Array) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.on('error', reject);
  });
  for (const [name, bytes] of fonts) document.registerFont(name, Buffer.from(bytes));
  for (const { text, font, sizePt, xPt, baselinePt } of texts) {
    document
      .font(font)
      .fontSize(sizePt)
      .text(text, xPt, baselinePt, { lineBreak: false, baseline: 'alphabetic' });
  }
  document.end();
  return ended;
}

/** Fonts cut to exactly the characters of the page, as a pdfkit user would prepare them once. */
function preCutFonts(texts: readonly ReferenceText[], fonts: FontChain): Map<string, Uint8Array> {
  const characters = new Map<string, Set<number>>();
  for (const { font, text } of texts) {
    const used = characters.get(font) ?? new Set<number>();
    for (const character of text) used.add(character.codePointAt(0) ?? 0);
    characters.set(font, used);
  }
  for (const used of characters.values()) for (const digit of '0123456789') used.add(digit.charCodeAt(0));
  return new Map([...characters].map(([font, used]) => [font, subsetTrueType(fonts.font(font), used).bytes]));
}

function assertFace(document: LaidOutDocument, texts: readonly ReferenceText[]): void {
  const chinese = new Set(
    texts.flatMap(({ text }) => Array.from(text)).filter((c) => /\p{Script=Han}/u.test(c)),
  );
  const fields = benchFace(0).length;
  if (chinese.size !== DISTINCT_CHINESE || fields !== FIELDS || document.content.pages.length !== 1) {
    throw new Error(`the bench face has ${chinese.size} distinct Chinese characters and ${fields} fields`);
  }
}

/**
 * Renders one A4 face (14 fields, 145 distinct Chinese characters) as OFD and PDF against pdfkit printing the same lines with
 * fonts cut to the page. Medians of alternating rounds, in processor time. pdfkit draws neither the background nor the OFD file.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const fonts = await loadFontChain();
  const example = layOutBenchFace(fonts, 1);
  assertFace(example, textsOf(example));
  const cut = preCutFonts(textsOf(example), fonts);
  let number = 0;
  const next = (): number => {
    number += 1;
    return number;
  };
  const ours = new Contestant(() => renderBenchFace(fonts, next()));
  const reference = new Contestant(() => renderReference(textsOf(layOutBenchFace(fonts, next())), cut));
  // The reference gets its places from our layout; the time for that is not its own.
  const layout = new Contestant(() => textsOf(layOutBenchFace(fonts, next())));
  await measureInTurn([ours, reference, layout], { rounds: ROUNDS, perRound: FACES_PER_ROUND });
  const referenceMs = reference.roundsMs.map((ms, round) => ms - (layout.roundsMs[round] ?? Number.NaN));
  const { ofd, pdf } = renderBenchFace(fonts, 0);
  return [
    timeLine({
      bench: 'face',
      metric: 'cpuMsPerFace',
      ours: median(ours.roundsMs),
      reference: median(referenceMs),
      goal: GOAL_RATIO,
    }),
    timeLine({ bench: 'face', metric: 'ofdBytes', ours: ofd.length, reference: GOAL_BYTES, goal: 1 }),
    timeLine({ bench: 'face', metric: 'pdfBytes', ours: pdf.length, reference: GOAL_BYTES, goal: 1 }),
  ];
}
