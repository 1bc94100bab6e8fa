/**
 * A JSON pointer (RFC 6901) to the value reached through the given keys and indexes;
 * `~` and `/` inside a key are escaped. The pointer of the whole document is the empty string.
 */
export function jsonPointer(...path: readonly (string | number)[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
