import type { FontChain } from '../../documents/fonts/font-chain';
import type { FaceContent, FaceElement } from '../../documents/layout/face-content';
import type { LaidOutDocument } from '../../documents/layout/laid-out-document';
import { layOut } from '../../documents/layout/lay-out';
import type { LayoutRefusal } from '../../documents/layout/layout-outcome';
import { placeSeals } from '../../documents/layout/place-seals';
import { writeOfd } from '../../documents/ofd/write-ofd';
import { DERIVED_NOTICE, writePdf } from '../../documents/pdf/write-pdf';
import { renderPng } from '../../documents/picture/render-png';
import type { Template } from '../../documents/templates/template';
import type { CatalogDefinition } from '../../domain/catalog/catalog-entry';
import { displayScalar, displayValue } from '../../domain/catalog/display-value';
import type { Face, FaceField, FaceValue } from '../../domain/catalog/face-schema';
import type { CertificateFacts } from '../../domain/certificate/metadata';
import { certificateMetadata } from '../../domain/certificate/metadata';
import type {
  CertificateProducer,
  ProductionOutcome,
  ProductionRefusal,
  SealPlaceBox,
} from '../../ports/certificate-producer';

export interface CertificateProducerOptions {
  readonly fonts: FontChain;
  /** Templates by the code that catalogue entries name. */
  readonly templates: ReadonlyMap<string, Template>;
  /** Printed across every page of a city that is not real (演示数据); null in production. */
  readonly watermark: string | null;
}

const PNG_DPI = 150;
const UNNUMBERED = '待编号';
/** The name under which the machine-readable face lies in the OFD file, covered by the seal. */
export const FACE_ATTACHMENT = 'face.json';

/** Writes certificates with the documents library; everything it needs is loaded before it is made. */
export class DocumentsCertificateProducer implements CertificateProducer {
  readonly #options: CertificateProducerOptions;

  constructor(options: CertificateProducerOptions) {
    this.#options = options;
  }

  produce(
    facts: CertificateFacts,
    face: Face,
    production: { readonly verificationUrl: string; readonly createdAt: Date },
  ): ProductionOutcome {
    const page = this.#layOut(facts.definition, face, production.verificationUrl, this.#options.watermark);
    if (!page.ok) return { kind: 'stopped', refusal: page.refusal };
    const metadata = certificateMetadata(facts);
    const title = `${facts.definition.name} ${facts.number}`;
    return {
      kind: 'produced',
      files: {
        ofd: writeOfd(page.document, {
          docId: facts.identifier.replaceAll('.', '').slice(-32).padStart(32, '0'),
          title,
          createdAt: production.createdAt,
          customData: metadata,
          attachments: [{ name: FACE_ATTACHMENT, format: 'json', data: machineReadableFace(facts, face) }],
        }),
        pdf: writePdf(page.document, {
          title,
          createdAt: production.createdAt,
          metadata,
          derivedNotice: DERIVED_NOTICE,
        }),
        sealPlaces: placeSeals(page.document, facts.definition.requiredSeals.length),
      },
    };
  }

  sealPlaces(definition: CatalogDefinition, face: Face): readonly SealPlaceBox[] {
    const page = this.#layOut(definition, face, null, null);
    if (!page.ok) throw new Error(`a face that was printed before is refused now: ${page.refusal.code}`);
    return placeSeals(page.document, definition.requiredSeals.length);
  }

  drawPage(
    definition: CatalogDefinition,
    face: Face,
    page: { readonly verificationUrl: string | null; readonly draft: boolean; readonly pageIndex: number },
  ): ProductionRefusal | Uint8Array {
    const watermark = page.draft ? UNNUMBERED : this.#options.watermark;
    const laidOut = this.#layOut(definition, face, page.verificationUrl, watermark);
    if (!laidOut.ok) return laidOut.refusal;
    return renderPng(laidOut.document, {
      pageIndex: page.pageIndex,
      dpi: PNG_DPI,
      derivedNotice: DERIVED_NOTICE,
    });
  }

  #layOut(
    definition: CatalogDefinition,
    face: Face,
    qrText: string | null,
    watermark: string | null,
  ):
    | { readonly ok: true; readonly document: LaidOutDocument }
    | { readonly ok: false; readonly refusal: ProductionRefusal } {
    const template = this.#options.templates.get(definition.templateCode ?? '');
    if (template === undefined) {
      return {
        ok: false,
        refusal: { code: 'templateMissing', detail: `目录项“${definition.name}”没有可用的证照模板` },
      };
    }
    const outcome = layOut({
      template,
      face: faceContent(definition, face),
      qrText,
      watermark,
      fonts: this.#options.fonts,
    });
    return outcome.ok
      ? outcome
      : { ok: false, refusal: { code: outcome.refusal.code, detail: inWords(outcome.refusal) } };
  }
}

/** The face as a machine reads it back from the sealed file; what ⑤ compares with the register. */
export function machineReadableFace(facts: CertificateFacts, face: Face): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      identifier: facts.identifier,
      number: facts.number,
      version: facts.version,
      catalogCode: facts.definition.code,
      name: facts.definition.name,
      issuingAuthority: facts.authority,
      holders: facts.holders,
      validFrom: facts.validFrom,
      validUntil: facts.validUntil,
      issuedOn: facts.issuedOn,
      face,
    }),
    'utf8',
  );
}

function faceContent(definition: CatalogDefinition, face: Face): FaceContent {
  const mongolian = new Map(
    definition.faceSchema.flatMap(({ name, mongolianOf }) => {
      const value = face[name];
      return mongolianOf === undefined || typeof value !== 'string' ? [] : [[mongolianOf, value] as const];
    }),
  );
  return definition.faceSchema.flatMap((field): FaceElement[] => {
    const value = face[field.name];
    if (value === undefined || field.mongolianOf !== undefined) return [];
    const element = { name: field.name, value: printed(field, value) };
    const beside = mongolian.get(field.name);
    return [beside === undefined ? element : { ...element, mongolian: beside }];
  });
}

function printed(field: FaceField, value: FaceValue): FaceElement['value'] {
  if (field.kind === 'image' && typeof value === 'string') {
    return { kind: 'image', data: Buffer.from(value, 'base64') };
  }
  if (field.kind !== 'rows' || typeof value === 'string') return displayValue(field, value);
  return {
    kind: 'rows',
    rows: value.map((row) =>
      Object.fromEntries(
        field.columns.map((column) => [column.name, displayScalar(column, row[column.name] ?? '')]),
      ),
    ),
  };
}

function inWords(refusal: LayoutRefusal): string {
  switch (refusal.code) {
    case 'missingGlyph':
      return `“${refusal.field}”第 ${refusal.position + 1} 个字“${refusal.character}”(${refusal.codePoint})不在可用字库中，无法制证`;
    case 'forbiddenCharacter':
      return `“${refusal.field}”第 ${refusal.position + 1} 个字符(${refusal.codePoint})是不可见或控制字符`;
    case 'overflow':
      return `“${refusal.field}”内容过长，版面放不下，请精简`;
    case 'unplacedElement':
      return `模板中没有照面要素“${refusal.field}”的位置`;
    case 'wrongValueKind':
      return `照面要素“${refusal.field}”的内容类型与模板不符`;
    case 'unreadableImage':
      return `“${refusal.field}”的图片无法识别或过大`;
    case 'noMongolianFont':
      return `“${refusal.field}”需要蒙古文字库`;
    case 'qrTooLong':
      return '验证地址过长，无法生成二维码';
  }
}
