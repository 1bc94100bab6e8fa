import PDFDocument from 'pdfkit';
import { type FontChain, loadFontChain } from '../documents/fonts/font-chain';
import { subsetTrueType } from '../documents/fonts/subset-true-type';
import type { FaceContent } from '../documents/layout/face-content';
import type { LaidOutDocument } from '../documents/layout/laid-out-document';
import { layOut } from '../documents/layout/lay-out';
import { writeOfd } from '../documents/ofd/write-ofd';
import { DERIVED_NOTICE, writePdf } from '../documents/pdf/write-pdf';
import { box, field } from '../documents/templates/form-parts';
import { ROAD_TRANSPORT_CERTIFICATE } from '../documents/templates/road-transport-certificate';
import type { Template } from '../documents/templates/template';
import type { BenchLine } from './bench-line';

const ROUNDS = 5;
const FACES_PER_ROUND = 100;
const WARM_UP_FACES = 60;
const GOAL_RATIO = 0.3;
const GOAL_BYTES = 40_000;
const DISTINCT_CHINESE = 145;
const FIELDS = 14;
const CREATED_AT = new Date('2026-11-23T08:00:00Z');
const MM_TO_PT = 72 / 25.4;

/** The built-in 道路运输证 with a fourteenth field. */
function benchTemplate(): Template {
  const [page] = ROAD_TRANSPORT_CERTIFICATE.pages;
  if (page === undefined) throw new Error('the template has no page');
  const authority = field('核发机关', box(110, 234, 76, 9), { align: 'right' });
  return { ...ROAD_TRANSPORT_CERTIFICATE, pages: [{ ...page, fields: [...page.fields, authority] }] };
}

/** A face whose digits differ from number to number, so that no two certificates are alike. */
function benchFace(number: number): FaceContent {
  const digits = String(number).padStart(6, '0');
  const values: Record<string, string> = {
    道路运输证号: `鄂交运管字150602${digits}号`,
    业户名称: '鄂尔多斯市天骄物流有限责任公司',
    地址: '内蒙古自治区东胜区达拉特南路与准格尔街交汇处万正城写字楼',
    车辆号牌: `蒙K·T${digits.slice(2)}`,
    经营许可证号: `150602${digits}`,
    经济类型: '有限责任公司',
    车辆类型: '重型半挂牵引车',
    '吨(座)位': '40吨',
    车辆长宽高: '6960×2550×3900',
    经营范围: '道路普通货物运输；专用运输（集装箱、冷藏保鲜设备、罐式容器）；大型件（一类）',
    初领日期: '2021年3月5日',
    发证日期: '2026年11月23日',
    备注: '年度审验合格，下次检验应于到期前三十日内提出申请；随车携带。',
    核发机关: '伊金霍洛旗交通运输局',
  };
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

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

function layOutFace(template: Template, fonts: FontChain, number: number): LaidOutDocument {
  const face = benchFace(number);
  const outcome = layOut({ template, face, qrText: null, watermark: null, fonts });
  if (!outcome.ok) throw new Error(`the bench face was refused: ${outcome.refusal.code}`);
  return outcome.document;
}

function renderOurs(
  template: Template,
  fonts: FontChain,
  number: number,
): { ofd: Uint8Array; pdf: Uint8Array } {
  const document = layOutFace(template, fonts, number);
  const metadata = { ZZMC: '道路运输证', ZZBH: `鄂交运管字150602${number}号`, ZZBFRQ: '20261123' };
  const docId = number.toString(16).padStart(32, '0');
  const title = '道路运输证';
  return {
    ofd: writeOfd(document, { docId, title, createdAt: CREATED_AT, customData: metadata, attachments: [] }),
    pdf: writePdf(document, { title, createdAt: CREATED_AT, metadata, derivedNotice: DERIVED_NOTICE }),
  };
}

/** Processor time of this process, so that other work on the machine does not count. */
async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function assertFace(template: Template, texts: readonly ReferenceText[]): void {
  const chinese = new Set(
    texts.flatMap(({ text }) => Array.from(text)).filter((c) => /\p{Script=Han}/u.test(c)),
  );
  const fields = benchFace(0).length;
  if (chinese.size !== DISTINCT_CHINESE || fields !== FIELDS || template.pages.length !== 1) {
    throw new Error(`the bench face has ${chinese.size} distinct Chinese characters and ${fields} fields`);
  }
}

function line(metric: string, ours: number, reference: number, goal: number): BenchLine {
  const ratio = ours / reference;
  return { bench: 'face', metric, ours, reference, ratio, goal, met: ratio <= goal };
}

/**
 * Renders one A4 face (14 fields, 145 distinct Chinese characters) as OFD and PDF against pdfkit printing the same lines with
 * fonts cut to the page. Medians of alternating rounds, in processor time. pdfkit draws neither the background nor the OFD file.
 */
export async function run(): Promise<BenchLine[]> {
  const fonts = await loadFontChain();
  const template = benchTemplate();
  const texts = textsOf(layOutFace(template, fonts, 1));
  assertFace(template, texts);
  const cut = preCutFonts(texts, fonts);
  let number = 0;
  const ours = (count: number): { ofd: Uint8Array; pdf: Uint8Array } => {
    let last = renderOurs(template, fonts, number);
    for (let i = 1; i < count; i += 1) {
      number += 1;
      last = renderOurs(template, fonts, number);
    }
    return last;
  };
  const reference = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) {
      number += 1;
      await renderReference(textsOf(layOutFace(template, fonts, number)), cut);
    }
  };
  const layoutOnly = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      number += 1;
      textsOf(layOutFace(template, fonts, number));
    }
  };
  ours(WARM_UP_FACES);
  await reference(WARM_UP_FACES);
  const oursMs: number[] = [];
  const referenceMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const oursCpuMs = await cpuMsOf(() => ours(FACES_PER_ROUND));
    const referenceCpuMs = await cpuMsOf(() => reference(FACES_PER_ROUND));
    /** The reference gets its places from our layout; the time for that is not its own. */
    const layoutCpuMs = await cpuMsOf(() => layoutOnly(FACES_PER_ROUND));
    oursMs.push(oursCpuMs / FACES_PER_ROUND);
    referenceMs.push((referenceCpuMs - layoutCpuMs) / FACES_PER_ROUND);
  }
  const { ofd, pdf } = ours(1);
  return [
    line('median CPU ms per face, OFD + PDF against pdfkit', median(oursMs), median(referenceMs), GOAL_RATIO),
    line('bytes of the OFD file against 40 kB', ofd.length, GOAL_BYTES, 1),
    line('bytes of the PDF file against 40 kB', pdf.length, GOAL_BYTES, 1),
  ];
}
