import { createHash } from 'node:crypto';

/** Collects numbered objects and writes them with a classic cross-reference table (ISO 32000-1, 7.5). */
export interface PdfFile {
  /** Reserves a number to refer to before the object is written. */
  reserve(): number;
  /** Writes an object, with the reserved number if given; answers its number. */
  add(body: string, number?: number): number;
  /** Writes a stream object; `dictionary` is the inside of its dictionary without /Length. */
  addStream(dictionary: string, data: Uint8Array, number?: number): number;
  /** Closes the file. Its identifier follows from its content, so the same document gives the same bytes. */
  finish(trailer: { root: number; info: number }): Uint8Array;
}

export function createPdfFile(): PdfFile {
  const parts: Uint8Array[] = [];
  const offsets: number[] = [0];
  let length = 0;
  const push = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
  };
  const pushText = (text: string): void => push(Buffer.from(text, 'latin1'));
  const begin = (number: number | undefined): number => {
    const taken = number ?? offsets.push(0) - 1;
    offsets[taken] = length;
    return taken;
  };
  /** The comment of four high bytes says that the file is binary (7.5.2). */
  pushText('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n');
  return {
    reserve: () => offsets.push(0) - 1,
    add(body, number) {
      const taken = begin(number);
      pushText(`${taken} 0 obj\n${body}\nendobj\n`);
      return taken;
    },
    addStream(dictionary, data, number) {
      const taken = begin(number);
      pushText(`${taken} 0 obj\n<<${dictionary}/Length ${data.length}>>\nstream\n`);
      push(data);
      pushText('\nendstream\nendobj\n');
      return taken;
    },
    finish({ root, info }) {
      const hash = createHash('sha256');
      for (const part of parts) hash.update(part);
      const id = hash.digest('hex').slice(0, 32).toUpperCase();
      const start = length;
      let table = `xref\n0 ${offsets.length}\n0000000000 65535 f \n`;
      for (const offset of offsets.slice(1)) table += `${String(offset).padStart(10, '0')} 00000 n \n`;
      const trailer = `/Size ${offsets.length}/Root ${root} 0 R/Info ${info} 0 R/ID[<${id}><${id}>]`;
      pushText(`${table}trailer\n<<${trailer}>>\nstartxref\n${start}\n%%EOF\n`);
      return Buffer.concat(parts, length);
    },
  };
}
