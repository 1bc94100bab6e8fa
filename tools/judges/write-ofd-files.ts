/**
 * Writes sealed OFD files for the judges: every built-in certificate type with an ordinary face, with rare characters,
 * and one joint issue and one seal of version 5; real estate also with five holders. Keys are made on the spot.
 *
 *   npx tsx tools/judges/write-ofd-files.ts <folder>
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type FontChain, loadFontChain } from '../../documents/fonts/font-chain';
import type { FaceContent } from '../../documents/layout/face-content';
import type { LaidOutDocument } from '../../documents/layout/laid-out-document';
import { layOut } from '../../documents/layout/lay-out';
import { writeOfd } from '../../documents/ofd/write-ofd';
import { BUILT_IN_TEMPLATES } from '../../documents/templates/built-in-templates';
import { FIVE_HOLDERS, ordinaryFace } from '../../test/documents/sample-faces';
import { createSealKit, type SealKit, SIGNED_AT } from '../../test/support/seal-kit';

/** Characters beyond the common fonts: from GB 18030-2022 and 通用规范汉字表. */
const RARE = '䶮㛃𬭎';

/** The face with rare characters after its first text. */
function withRareCharacters(face: FaceContent): FaceContent {
  const first = face.findIndex(({ value }) => typeof value === 'string');
  return face.map((element, index) =>
    index === first && typeof element.value === 'string'
      ? { ...element, value: `${element.value}${RARE}` }
      : element,
  );
}

function compose(
  type: string,
  face: FaceContent,
  fonts: FontChain,
): { document: LaidOutDocument; ofd: Uint8Array } {
  const template = BUILT_IN_TEMPLATES.get(type);
  if (template === undefined) throw new Error(`no template ${type}`);
  const laidOut = layOut({ template, face, fonts, qrText: 'https://example.org/v/1', watermark: null });
  if (!laidOut.ok) throw new Error(`${type}: ${JSON.stringify(laidOut.refusal)}`);
  const ofd = writeOfd(laidOut.document, {
    docId: '0123456789abcdef0123456789abcdef',
    title: type,
    createdAt: SIGNED_AT,
    customData: { ZZMC: type },
    attachments: [{ name: 'face.json', format: 'json', data: Buffer.from(JSON.stringify(face), 'utf8') }],
  });
  return { document: laidOut.document, ofd };
}

async function writeAll(folder: string, kit: SealKit, fonts: FontChain): Promise<void> {
  const save = (name: string, bytes: Uint8Array): void => writeFileSync(join(folder, `${name}.ofd`), bytes);
  for (const type of BUILT_IN_TEMPLATES.keys()) {
    const faces: [string, FaceContent][] = [
      ['ordinary', ordinaryFace(type)],
      ['rare', withRareCharacters(ordinaryFace(type))],
    ];
    if (type === '不动产权证书') faces.push(['five-holders', ordinaryFace(type, { 权利人: FIVE_HOLDERS })]);
    for (const [name, face] of faces) {
      const { document, ofd } = compose(type, face, fonts);
      save(`${type}-${name}`, await kit.sign(ofd, { boxes: document.sealBoxes }));
    }
  }
  const { document, ofd } = compose('道路运输证', ordinaryFace('道路运输证'), fonts);
  save(
    'v5',
    await kit.sign(ofd, { boxes: document.sealBoxes, electronicSeal: await kit.seal({ version: 5 }) }),
  );
  const second = await kit.issue('sealSigner', { commonName: '第二机关' });
  const electronicSeal = await kit.seal({ signerCertificates: [second.certificate] });
  const boxes = [{ pageIndex: 0, xMm: 20, yMm: 20, widthMm: 40, heightMm: 40 }];
  const first = await kit.sign(ofd, { boxes: document.sealBoxes, lock: false });
  save('joint', await kit.sign(first, { electronicSeal, boxes }, second));
}

async function main(): Promise<void> {
  const folder = resolve(process.argv[2] ?? join(__dirname, 'scratch', 'ofd'));
  mkdirSync(folder, { recursive: true });
  await writeAll(folder, await createSealKit(), await loadFontChain());
  process.stdout.write(`${folder}\n`);
}

void main();
