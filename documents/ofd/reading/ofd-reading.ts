import type { ContainerProblem } from '../../container/container-problem';

/** A seal's mark on a page, in millimetres from the page's upper left corner. */
export interface StampPlace {
  readonly pageIndex: number;
  readonly xMm: number;
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

export interface OfdPage {
  readonly id: string;
  readonly widthMm: number;
  readonly heightMm: number;
  /** Text of the page: that of its templates first, each text object a line, in the order of the file. */
  readonly text: string;
}

export interface OfdAttachmentReading {
  readonly name: string;
  readonly format: string;
  readonly path: string;
  /** Undefined when the file is not in the package; then a problem says so. */
  readonly data: Uint8Array | undefined;
}

export interface OfdSignatureReading {
  readonly id: string;
  readonly type: string;
  readonly path: string;
  readonly stamps: readonly StampPlace[];
}

/** What a tolerant reader found wrong while it went on reading. */
export interface OfdReadingProblem {
  readonly code:
    | 'malformedXml'
    | 'missingPart'
    | 'missingResource'
    | 'fontNotEmbedded'
    | 'missingAttachment'
    | 'unknownPage';
  readonly detail: string;
}

/** The readable content of an OFD file; says nothing about its signatures being right. */
export type OfdReading =
  | {
      readonly ok: true;
      readonly docId: string | undefined;
      readonly title: string | undefined;
      readonly metadata: readonly { readonly name: string; readonly value: string }[];
      readonly pages: readonly OfdPage[];
      readonly attachments: readonly OfdAttachmentReading[];
      readonly signatures: readonly OfdSignatureReading[];
      readonly problems: readonly OfdReadingProblem[];
    }
  | { readonly ok: false; readonly problem: ContainerProblem | 'notAnOfd'; readonly detail: string };
