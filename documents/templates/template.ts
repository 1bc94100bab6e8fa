import type { FontRole } from '../fonts/font-chain';
import type { Box, Colour } from '../layout/drawing';

export type HorizontalAlignment = 'left' | 'centre' | 'right';
export type VerticalAlignment = 'top' | 'middle' | 'bottom';

/** What happens to a value that is longer than its box. */
export type OverflowRule = 'wrap' | 'shrink' | 'wrapThenShrink';

export interface TextStyle {
  readonly font: FontRole;
  readonly sizePt: number;
  readonly colour: Colour;
  readonly align: HorizontalAlignment;
  readonly verticalAlign: VerticalAlignment;
}

/** Something of the fixed form. Everything is plain data: a template is stored in the catalogue as JSON. */
export type FormItem =
  | {
      readonly kind: 'line';
      readonly fromMm: readonly [number, number];
      readonly toMm: readonly [number, number];
      readonly widthMm: number;
      readonly colour: Colour;
    }
  | {
      readonly kind: 'rectangle';
      readonly box: Box;
      readonly radiusMm: number;
      readonly stroke: { readonly widthMm: number; readonly colour: Colour } | null;
      readonly fill: Colour | null;
    }
  /** A fixed text; `spread` sets its characters across the whole width of the box, as labels of forms are set. */
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly box: Box;
      readonly style: TextStyle;
      readonly spread: boolean;
    }
  /** Bands of interlaced waves along the four edges of the box. */
  | {
      readonly kind: 'guillocheBorder';
      readonly box: Box;
      readonly bandMm: number;
      readonly waveMm: number;
      readonly strands: number;
      readonly lineMm: number;
      readonly colour: Colour;
    }
  /** A flower of closed hypotrochoid-like curves around a centre. */
  | {
      readonly kind: 'rosette';
      readonly centreMm: readonly [number, number];
      readonly radiusMm: number;
      readonly petals: number;
      readonly rings: number;
      readonly lineMm: number;
      readonly colour: Colour;
    }
  /** Horizontal waves whose phase drifts, over a whole area. */
  | {
      readonly kind: 'waves';
      readonly box: Box;
      readonly spacingMm: number;
      readonly waveMm: number;
      readonly amplitudeMm: number;
      readonly lineMm: number;
      readonly colour: Colour;
    }
  /** Fixed Mongolian text, top to bottom; always data that an office entered, never a translation of ours. */
  | {
      readonly kind: 'mongolian';
      readonly text: string;
      readonly box: Box;
      readonly sizePt: number;
      readonly colour: Colour;
    };

export interface TextField {
  readonly kind: 'text';
  /** Chinese name of the face element whose value is printed. */
  readonly element: string;
  readonly box: Box;
  readonly style: TextStyle;
  readonly overflow: OverflowRule;
  readonly minimumSizePt: number;
  /** Distance of baselines as a multiple of the size. */
  readonly lineHeight: number;
  /** Printed before and after a value that is not empty, e.g. 编号：. */
  readonly prefix: string;
  readonly suffix: string;
}

export interface ImageField {
  readonly kind: 'image';
  readonly element: string;
  readonly box: Box;
}

/** Mongolian text that came with the element, set upright in its box. */
export interface MongolianField {
  readonly kind: 'mongolian';
  readonly element: string;
  readonly box: Box;
  readonly sizePt: number;
  readonly minimumSizePt: number;
  readonly colour: Colour;
}

export interface TableColumn {
  /** Name of the column in the rows of the element. */
  readonly column: string;
  readonly title: string;
  readonly widthMm: number;
  readonly align: HorizontalAlignment;
}

/** Repeated rows; those that do not fit go to the template's continuation page. */
export interface TableField {
  readonly kind: 'table';
  readonly element: string;
  readonly box: Box;
  readonly columns: readonly TableColumn[];
  readonly headerHeightMm: number;
  readonly rowHeightMm: number;
  readonly style: TextStyle;
  readonly minimumSizePt: number;
  readonly rule: { readonly widthMm: number; readonly colour: Colour };
  /** Printed in the last row of the box when rows are left over, e.g. 其余见续页. */
  readonly moreText: string;
}

/** 第 2 页 共 3 页, printed when the certificate has more than one page. */
export interface PageNumberField {
  readonly kind: 'pageNumber';
  readonly box: Box;
  readonly style: TextStyle;
}

export type TemplateField = TextField | ImageField | MongolianField | TableField | PageNumberField;

export interface TemplatePage {
  readonly widthMm: number;
  readonly heightMm: number;
  readonly form: readonly FormItem[];
  readonly fields: readonly TemplateField[];
}

export interface PageBox extends Box {
  readonly pageIndex: number;
}

/** The look of one certificate type. */
export interface Template {
  readonly code: string;
  readonly name: string;
  readonly scripts: 'zh' | 'zh+mn';
  readonly pages: readonly TemplatePage[];
  /** Added once per page of left-over rows; null where no table repeats. */
  readonly continuation: TemplatePage | null;
  readonly qr: PageBox | null;
  /** One to three places, in the order of the required seals. */
  readonly seals: readonly PageBox[];
  /** Elements of the face that this certificate carries as data only and does not print. */
  readonly notPrinted: readonly string[];
}
