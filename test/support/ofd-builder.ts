import { type NewEntry, writeContainer } from '../../documents/container/write-container';

export interface OfdShape {
  /** Does OFD.xml already name an empty Signatures.xml, as the product's own writer has it? */
  readonly withSignaturesList: boolean;
  readonly text: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly extraEntries: readonly NewEntry[];
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"';

/** Entries of a small one-page OFD file with an attachment and metadata. */
export function ofdEntries(overrides: Partial<OfdShape> = {}): NewEntry[] {
  const shape: OfdShape = {
    withSignaturesList: true,
    text: '电子证照',
    metadata: { ZZMC: '道路运输证', ZZBH: '150600000001' },
    extraEntries: [],
    ...overrides,
  };
  const customs = Object.entries(shape.metadata).map(
    ([name, value]) => `<ofd:CustomData Name="${name}">${value}</ofd:CustomData>`,
  );
  const list = shape.withSignaturesList ? '<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>' : '';
  const file = (name: string, body: string): NewEntry => ({ name, data: Buffer.from(XML + body, 'utf8') });
  const glyphs = Array.from(shape.text).length;
  return [
    file(
      'OFD.xml',
      `<ofd:OFD ${NAMESPACE} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID><ofd:CreationDate>2026-06-01</ofd:CreationDate><ofd:CustomDatas>${customs.join('')}</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>${list}</ofd:DocBody></ofd:OFD>`,
    ),
    file(
      'Doc_0/Document.xml',
      `<ofd:Document ${NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>10</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>`,
    ),
    file(
      'Doc_0/PublicRes.xml',
      `<ofd:Res ${NAMESPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="宋体" FamilyName="宋体"/></ofd:Fonts></ofd:Res>`,
    ),
    file(
      'Doc_0/Pages/Page_0/Content.xml',
      `<ofd:Page ${NAMESPACE}><ofd:Content><ofd:Layer ID="3"><ofd:TextObject ID="4" Boundary="20 20 100 10" Font="2" Size="5"><ofd:TextCode X="0" Y="6"${glyphs > 1 ? ` DeltaX="g ${glyphs - 1} 5"` : ''}>${shape.text}</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`,
    ),
    file(
      'Doc_0/Attachs/Attachments.xml',
      `<ofd:Attachments ${NAMESPACE}><ofd:Attachment ID="5" Name="face" Format="json"><ofd:FileLoc>face.json</ofd:FileLoc></ofd:Attachment></ofd:Attachments>`,
    ),
    { name: 'Doc_0/Attachs/face.json', data: Buffer.from(JSON.stringify({ text: shape.text }), 'utf8') },
    ...(shape.withSignaturesList
      ? [
          file(
            'Doc_0/Signs/Signatures.xml',
            `<ofd:Signatures ${NAMESPACE}><ofd:MaxSignId>0</ofd:MaxSignId></ofd:Signatures>`,
          ),
        ]
      : []),
    ...shape.extraEntries,
  ];
}

/** A small one-page OFD file; the same overrides give the same bytes. */
export function buildOfd(overrides: Partial<OfdShape> = {}): Uint8Array {
  return writeContainer(ofdEntries(overrides), new Date('2026-06-01T00:00:00Z'));
}
