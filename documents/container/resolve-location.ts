/**
 * Name of the entry that an ST_Loc (GB/T 33190, 7.4) means: absolute from the root of the package, else relative to
 * the folder of the file `from` that holds it. Answers undefined for a path that leaves the package or is empty.
 */
export function resolveLocation(location: string, from: string): string | undefined {
  const trimmed = location.trim();
  if (trimmed === '' || trimmed.includes('\\')) return undefined;
  const base = trimmed.startsWith('/') ? [] : from.split('/').slice(0, -1);
  const path: string[] = [...base];
  for (const segment of trimmed.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') path.push(segment);
    else if (path.pop() === undefined) return undefined;
  }
  return path.length === 0 ? undefined : path.join('/');
}
