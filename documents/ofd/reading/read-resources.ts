import { resolveLocation } from '../../container/resolve-location';
import { childOf, childrenOf, type PackageParts, type Part, textOf } from './package-parts';

/** Path of a file that a resource part names, under the part's BaseLoc (GB/T 33190, 7.9). */
function resourcePath(part: Part, location: string): string | undefined {
  const base = part.root.attributes.get('BaseLoc') ?? '';
  const folder = resolveLocation(`${base}/x`, part.path);
  return folder === undefined ? undefined : resolveLocation(location, folder);
}

function checkFile(parts: PackageParts, part: Part, location: string): void {
  const path = resourcePath(part, location);
  if (path === undefined || !parts.entries.has(path)) {
    parts.problems.push({ code: 'missingResource', detail: path ?? location });
  }
}

function checkPart(parts: PackageParts, part: Part): void {
  for (const font of childrenOf(childOf(part.root, 'Fonts'), 'Font')) {
    const file = textOf(font, 'FontFile');
    if (file !== undefined) checkFile(parts, part, file);
    else parts.problems.push({ code: 'fontNotEmbedded', detail: font.attributes.get('FontName') ?? '' });
  }
  for (const media of childrenOf(childOf(part.root, 'MultiMedias'), 'MultiMedia')) {
    const file = textOf(media, 'MediaFile');
    if (file !== undefined) checkFile(parts, part, file);
  }
}

/** Notes fonts that are not in the file and files that the document's resources name but the package lacks. */
export function checkResources(parts: PackageParts, document: Part): void {
  const common = childOf(document.root, 'CommonData');
  for (const kind of ['PublicRes', 'DocumentRes']) {
    for (const item of childrenOf(common, kind)) {
      const part = parts.open(item.text.trim(), document.path);
      if (part !== undefined) checkPart(parts, part);
    }
  }
}
