import type { CatalogDefinition } from '../domain/catalog/catalog-entry';
import type { Face } from '../domain/catalog/face-schema';
import type { CertificateFacts } from '../domain/certificate/metadata';

/** A place for a seal on a page, in millimetres from its upper left corner. */
export interface SealPlaceBox {
  readonly pageIndex: number;
  readonly xMm: number;
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

export interface ProducedFiles {
  readonly ofd: Uint8Array;
  readonly pdf: Uint8Array;
  /** By seal ordinal, from 1. */
  readonly sealPlaces: readonly SealPlaceBox[];
}

/** Why the face cannot be printed: a character in no font, a value too long for its box, and where. */
export interface ProductionRefusal {
  readonly code: string;
  /** Chinese sentence that names the element and the character or place. */
  readonly detail: string;
}

export type ProductionOutcome =
  | { readonly kind: 'produced'; readonly files: ProducedFiles }
  | { readonly kind: 'stopped'; readonly refusal: ProductionRefusal };

/** Writes a certificate's files and pictures; the same facts give the same bytes (制证). */
export interface CertificateProducer {
  produce(
    facts: CertificateFacts,
    face: Face,
    production: { readonly verificationUrl: string; readonly createdAt: Date },
  ): ProductionOutcome;
  /** Where the seals go on a certificate with this face; the same as when it was produced. */
  sealPlaces(definition: CatalogDefinition, face: Face): readonly SealPlaceBox[];
  /** One page as PNG: 待编号 where a draft has no number yet. */
  drawPage(
    definition: CatalogDefinition,
    face: Face,
    page: { readonly verificationUrl: string | null; readonly draft: boolean; readonly pageIndex: number },
  ): ProductionRefusal | Uint8Array;
}
