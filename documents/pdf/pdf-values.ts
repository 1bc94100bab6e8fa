/** Writes a PDF string object: literal when it is printable ASCII, else UTF-16 with byte order mark (ISO 32000-1, 7.9.2.2). */
export function writeTextString(text: string): string {
  if (/^[ -~]*$/.test(text)) return `(${escapeLiteral(text)})`;
  const bytes = Buffer.from(text, 'utf16le').swap16().toString('latin1');
  return `(\u00fe\u00ff${escapeLiteral(bytes)})`;
}

/** In a literal string a bare line end would be read as another one (7.3.4.2). */
function escapeLiteral(bytes: string): string {
  return bytes
    .replace(/[\\()]/g, '\\$&')
    .replace(/\r/g, '\\r')
    .replace(/\n/g, '\\n');
}

/** A name object; everything but letters, digits and `-_+.` is escaped (ISO 32000-1, 7.3.5). */
export function writeName(name: string): string {
  const bytes = Buffer.from(name, 'utf8');
  let written = '/';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    written += /[A-Za-z0-9_+.-]/.test(character)
      ? character
      : `#${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return written;
}

/** D:YYYYMMDDHHMMSS+08'00' (ISO 32000-1, 7.9.4) from YYYYMMDDHHMMSS in Shanghai time. */
export function writeDate(compact: string): string {
  return `(D:${compact}+08'00')`;
}
