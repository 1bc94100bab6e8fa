import { findForbiddenCharacter } from './forbidden-characters';
import type { LaidOutDocument } from './laid-out-document';
import type { FacePlace, LayoutOutcome } from './layout-outcome';
import { writeCodePoint } from './layout-outcome';
import { MM_PER_PT, measureText } from './set-text';
import { shanghaiChineseDate, shanghaiCompact } from './shanghai-time';
import { setWatermark } from './watermark';

/** A copy for one use (加注件, GB/T 36903): what for, who, until when. */
export interface UseCopy {
  /** 事由, at most 200 characters. */
  readonly purpose: string;
  /** Who uses it. */
  readonly user: string;
  readonly until: Date;
  readonly madeAt: Date;
  readonly madeBy: string;
}

const MAXIMUM_PURPOSE = 200;
const LINE_CHARACTERS = 26;
const LINE_PITCH_MM = 9;
const MARK = { sizePt: 13, colour: [242, 200, 200], alongMm: 16 } as const;

/**
 * Prints purpose, user and expiry slantwise across every page and adds the metadata JZJ* (and KZ_JZJSYR, our extension, for the
 * user). The result is a document of its own
 * for any of the writers; the original stays as it is.
 */
export function markUseCopy(document: LaidOutDocument, copy: UseCopy): LayoutOutcome {
  const texts: [string, string][] = [
    ['加注件事由', copy.purpose],
    ['加注件使用人', copy.user],
    ['加注件制作者', copy.madeBy],
  ];
  for (const [field, text] of texts) {
    const place: FacePlace = { field, row: null, column: null };
    const forbidden = findForbiddenCharacter(text, 'zh') ?? lineFeedIn(text);
    if (forbidden !== null) {
      const { codePoint, position } = forbidden;
      return {
        ok: false,
        refusal: { code: 'forbiddenCharacter', ...place, codePoint: writeCodePoint(codePoint), position },
      };
    }
    const measured = measureText(document.fonts, 'hei', text);
    if (!measured.ok) {
      const { codePoint, position } = measured;
      const character = String.fromCodePoint(codePoint);
      return {
        ok: false,
        refusal: {
          code: 'missingGlyph',
          ...place,
          character,
          codePoint: writeCodePoint(codePoint),
          position,
        },
      };
    }
  }
  if (Array.from(copy.purpose).length > MAXIMUM_PURPOSE) {
    return { ok: false, refusal: { code: 'overflow', field: '加注件事由', row: null, column: null } };
  }
  return { ok: true, document: printUseCopy(document, copy) };
}

function lineFeedIn(text: string): { codePoint: number; position: number } | null {
  const index = text.indexOf('\n');
  return index === -1 ? null : { codePoint: 0x0a, position: Array.from(text.slice(0, index)).length };
}

function printUseCopy(document: LaidOutDocument, copy: UseCopy): LaidOutDocument {
  const { fonts } = document;
  const sentence = `仅供${copy.user}用于${copy.purpose}，有效期至${shanghaiChineseDate(copy.until)}，再次复制无效`;
  return {
    ...document,
    form: {
      pages: document.form.pages.map((drawings, i) => {
        const page = document.formSizes[i];
        if (page === undefined) return drawings;
        const lines = linesFor(sentence, page.widthMm);
        const acrossMm = lines.length * LINE_PITCH_MM + 26;
        const marks = lines.flatMap((line, index) =>
          setWatermark(fonts, line, page, {
            ...MARK,
            acrossMm,
            lengthMm: Array.from(lines[0] ?? '').length * MARK.sizePt * MM_PER_PT,
            shiftMm: index * LINE_PITCH_MM,
          }),
        );
        return [...marks, ...drawings];
      }),
    },
    metadata: {
      ...document.metadata,
      JZJZZSJ: shanghaiCompact(copy.madeAt),
      JZJZZZ: copy.madeBy,
      JZJZZSY: copy.purpose,
      JZJYXQJZSJ: shanghaiCompact(copy.until),
      KZ_JZJSYR: copy.user,
    },
  };
}

/** Lines short enough to stand slantwise on the page as a whole. */
function linesFor(sentence: string, pageWidthMm: number): string[] {
  const characters = Array.from(sentence);
  const most = Math.max(8, Math.min(LINE_CHARACTERS, Math.floor((pageWidthMm - 40) / 5)));
  const perLine = Math.ceil(characters.length / Math.ceil(characters.length / most));
  const lines: string[] = [];
  for (let i = 0; i < characters.length; i += perLine) lines.push(characters.slice(i, i + perLine).join(''));
  return lines;
}
