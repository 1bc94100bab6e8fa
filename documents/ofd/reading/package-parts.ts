import type { ContainerEntry } from '../../container/read-container';
import { readXml, type XmlElement, XmlError } from '../../container/read-xml';
import { resolveLocation } from '../../container/resolve-location';
import type { OfdReadingProblem } from './ofd-reading';

/** A part of the package with its path, since locations inside it are relative to it. */
export interface Part {
  readonly path: string;
  readonly root: XmlElement;
}

/** Access to the parts of one package that notes what is wrong and goes on. */
export interface PackageParts {
  readonly entries: ReadonlyMap<string, ContainerEntry>;
  readonly problems: OfdReadingProblem[];
  /** The XML part at a location as written in `from`; undefined (and a problem) when it is missing or malformed. */
  open(location: string, from: string): Part | undefined;
}

/** Wraps the entries of a container. */
export function packageParts(entries: ReadonlyMap<string, ContainerEntry>): PackageParts {
  const problems: OfdReadingProblem[] = [];
  return {
    entries,
    problems,
    open(location, from) {
      const path = resolveLocation(location, from);
      const entry = path === undefined ? undefined : entries.get(path);
      if (path === undefined || entry === undefined) {
        problems.push({ code: 'missingPart', detail: location });
        return undefined;
      }
      try {
        return { path, root: readXml(entry.data).root };
      } catch (error) {
        if (!(error instanceof XmlError)) throw error;
        problems.push({ code: 'malformedXml', detail: path });
        return undefined;
      }
    },
  };
}

/** First child of a name, whatever its namespace: a tolerant reader takes what makers wrote. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** Children of a name, whatever their namespace. */
export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Trimmed text of the first child of a name; undefined when it is missing or empty. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  const text = childOf(element, name)?.text.trim();
  return text === '' ? undefined : text;
}

/** The four numbers of an ST_Box in millimetres; undefined when they are not four numbers. */
export function boxOf(text: string | undefined): readonly [number, number, number, number] | undefined {
  const [x, y, width, height, ...more] = (text ?? '').trim().split(/\s+/).map(Number);
  if (x === undefined || y === undefined || width === undefined || height === undefined || more.length > 0) {
    return undefined;
  }
  return [x, y, width, height].every(Number.isFinite) ? [x, y, width, height] : undefined;
}
