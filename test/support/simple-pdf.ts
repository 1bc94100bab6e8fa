import { deflateSync } from 'node:zlib';

export interface SimplePdfOptions {
  readonly pages?: number;
  readonly style?: 'table' | 'stream';
  readonly text?: string;
  /** Extra catalog entries in PDF syntax. */
  readonly catalog?: string;
  /** Extra objects from number 100 on would leave a gap, so they follow the others; see `firstExtra`. */
  readonly extra?: readonly string[];
}

function bodies(options: SimplePdfOptions): string[] {
  const pages = options.pages ?? 1;
  const kids = Array.from({ length: pages }, (_, index) => `${4 + index * 2} 0 R`).join(' ');
  const contents = Array.from({ length: pages }, (_, index) => {
    const stream = `BT /F1 24 Tf 72 700 Td (${options.text ?? 'certificate'} page ${index + 1}) Tj ET`;
    return [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Contents ${5 + index * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    ];
  }).flat();
  return [
    `<< /Type /Catalog /Pages 2 0 R ${options.catalog ?? ''} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...contents,
    ...(options.extra ?? []),
  ];
}

function withTable(objects: readonly string[]): Buffer {
  let text = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = text.length;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n\r\n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f\r\n${entries}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** Dictionaries go into an object stream, streams stay outside, the cross-references are a Flate stream with predictor. */
function withStreams(objects: readonly string[]): Buffer {
  const packed = objects
    .map((body, index) => ({ number: index + 1, body }))
    .filter(({ body }) => !body.includes('stream'));
  const containerNumber = objects.length + 1;
  const sectionNumber = objects.length + 2;
  let at = 0;
  const header = packed.map(({ number, body }) => {
    const pair = `${number} ${at}`;
    at += body.length + 1;
    return pair;
  });
  const head = `${header.join(' ')} `;
  const container = deflateSync(Buffer.from(head + packed.map(({ body }) => `${body} `).join(''), 'latin1'));
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let position = parts[0]?.length ?? 0;
  const push = (part: Buffer): number => {
    const offset = position;
    parts.push(part);
    position += part.length;
    return offset;
  };
  const rows = new Map<number, [number, number, number]>([[0, [0, 0, 65535]]]);
  packed.forEach(({ number }, index) => {
    rows.set(number, [2, containerNumber, index]);
  });
  objects.forEach((body, index) => {
    if (!body.includes('stream')) return;
    rows.set(index + 1, [1, push(Buffer.from(`${index + 1} 0 obj\n${body}\nendobj\n`, 'latin1')), 0]);
  });
  const containerHead = `${containerNumber} 0 obj\n<< /Type /ObjStm /N ${packed.length} /First ${head.length} /Length ${container.length} /Filter /FlateDecode >>\nstream\n`;
  const containerBytes = [
    Buffer.from(containerHead, 'latin1'),
    container,
    Buffer.from('\nendstream\nendobj\n'),
  ];
  rows.set(containerNumber, [1, push(Buffer.concat(containerBytes)), 0]);
  const start = position;
  rows.set(sectionNumber, [1, start, 0]);
  const table = Buffer.alloc((sectionNumber + 1) * 8);
  for (let number = 0; number <= sectionNumber; number += 1) {
    const [type, second, third] = rows.get(number) ?? [0, 0, 0];
    table.writeUInt8(2, number * 8);
    table.writeUInt8(type, number * 8 + 1);
    table.writeUInt32BE(second, number * 8 + 2);
    table.writeUInt16BE(third, number * 8 + 6);
  }
  for (let row = sectionNumber; row > 0; row -= 1) {
    for (let column = 1; column < 8; column += 1) {
      const index = row * 8 + column;
      table[index] = ((table[index] ?? 0) - (table[index - 8] ?? 0)) & 0xff;
    }
  }
  const data = deflateSync(table);
  push(
    Buffer.from(
      `${sectionNumber} 0 obj\n<< /Type /XRef /Size ${sectionNumber + 1} /W [1 4 2] /Root 1 0 R /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 7 >> /Length ${data.length} >>\nstream\n`,
      'latin1',
    ),
  );
  push(data);
  push(Buffer.from(`\nendstream\nendobj\nstartxref\n${start}\n%%EOF\n`));
  return Buffer.concat(parts);
}

/** A small, correct PDF with text on every page; the objects are numbered 1 catalog, 2 pages, 3 font, 4 page, 5 content … */
export function makeSimplePdf(options: SimplePdfOptions = {}): Buffer {
  return options.style === 'stream' ? withStreams(bodies(options)) : withTable(bodies(options));
}
