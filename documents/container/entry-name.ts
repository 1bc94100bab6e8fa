import { ContainerRefusal } from './container-problem';

/** Longest name of an entry, in characters; real packages stay below 100. */
const MAX_NAME_LENGTH = 255;

// biome's control-character rule asks for a reason: such characters are what is looked for.
function hasControlCharacter(name: string): boolean {
  return Array.from(name).some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return (
      code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) || code === 0xfffd
    );
  });
}

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
    hasControlCharacter(name) ||
    segments.some((segment) => segment === '' || segment === '.' || segment === '..') ||
    segments.some((segment) => segment !== segment.trim() || segment.endsWith('.'));
  if (unsafe) throw new ContainerRefusal('unsafeName', JSON.stringify(name));
}
