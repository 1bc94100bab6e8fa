import { ContainerRefusal } from './container-problem';

/** Longest name of an entry, in characters; real packages stay below 100. */
const MAX_NAME_LENGTH = 255;

/** Control characters, direction overrides and the replacement character. */
const DECEIVING = /[\p{Cc}\u202a-\u202e\ufffd]/u;

/** True for the name of a directory entry. */
export function isDirectoryName(name: string): boolean {
  return name.endsWith('/');
}

/**
 * Refuses names that reach outside the container or that two systems resolve differently: absolute, with a drive, a
 * backslash, an empty or dotted segment, a control character. Throws {@link ContainerRefusal}.
 */
export function checkEntryName(name: string): void {
  const path = isDirectoryName(name) ? name.slice(0, -1) : name;
  const segments = path.split('/');
  const unsafe =
    name.length > MAX_NAME_LENGTH ||
    name.includes('\\') ||
    name.includes(':') ||
    DECEIVING.test(name) ||
    segments.some((segment) => segment === '' || segment === '.' || segment === '..') ||
    segments.some((segment) => segment !== segment.trim() || segment.endsWith('.'));
  if (unsafe) throw new ContainerRefusal('unsafeName', JSON.stringify(name));
}
