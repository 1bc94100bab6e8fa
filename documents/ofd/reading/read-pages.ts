import type { XmlElement } from '../../container/read-xml';
import type { OfdPage } from './ofd-reading';
import { boxOf, childOf, childrenOf, type PackageParts, type Part, textOf } from './package-parts';

/** A4, for documents that state no page area. */
const DEFAULT_AREA: readonly [number, number, number, number] = [0, 0, 210, 297];

function collectText(element: XmlElement, lines: string[]): void {
  if (element.name === 'TextObject') {
    const line = childrenOf(element, 'TextCode')
      .map((code) => code.text)
      .join('');
    if (line !== '') lines.push(line);
    return;
  }
  for (const child of element.children) collectText(child, lines);
}

function areaOf(part: Part | undefined, name: string) {
  return boxOf(textOf(childOf(part?.root, name), 'PhysicalBox'));
}

/** Templates by their id; each is opened once however many pages use it. */
function templatesOf(parts: PackageParts, document: Part): ReadonlyMap<string, Part> {
  const templates = new Map<string, Part>();
  for (const item of childrenOf(childOf(document.root, 'CommonData'), 'TemplatePage')) {
    const part = parts.open(item.attributes.get('BaseLoc') ?? '', document.path);
    if (part !== undefined) templates.set(item.attributes.get('ID') ?? '', part);
  }
  return templates;
}

/** Pages of a document with their sizes and text. */
export function readPages(parts: PackageParts, document: Part): OfdPage[] {
  const templates = templatesOf(parts, document);
  const common = boxOf(textOf(childOf(childOf(document.root, 'CommonData'), 'PageArea'), 'PhysicalBox'));
  return childrenOf(childOf(document.root, 'Pages'), 'Page').map((item) => {
    const part = parts.open(item.attributes.get('BaseLoc') ?? '', document.path);
    const lines: string[] = [];
    for (const use of childrenOf(part?.root, 'Template')) {
      const template = templates.get(use.attributes.get('TemplateID') ?? '');
      if (template !== undefined) collectText(template.root, lines);
    }
    if (part !== undefined) collectText(part.root, lines);
    const [, , widthMm, heightMm] = areaOf(part, 'Area') ?? common ?? DEFAULT_AREA;
    return { id: item.attributes.get('ID') ?? '', widthMm, heightMm, text: lines.join('\n') };
  });
}
