import { Readable } from 'node:stream';
import busboy from 'busboy';
import type { Request } from 'express';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import { FILE_LIMIT_BYTES } from './read-body';

export interface UploadedFile {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly mediaType: string;
  /** Small fields of the form beside the file; absent where there are none. */
  readonly fields?: Readonly<Record<string, string>>;
}

const LIMITS = {
  files: 1,
  fields: 4,
  fieldSize: 1000,
  parts: 6,
  headerPairs: 20,
  fileSize: FILE_LIMIT_BYTES,
};

/**
 * Reads the one part named `file` out of a multipart/form-data body that was already counted. Refuses another
 * media type, a body that breaks off, a file above 20 MB and a body without the part.
 */
export async function readFilePart(
  request: Request,
  body: Uint8Array,
): Promise<Result<UploadedFile, Refusal>> {
  if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '')) {
    return refused({ code: 'mediaTypeUnsupported' });
  }
  try {
    return (await collect(request, body)) ?? refused(illFormed('缺少名为 file 的文件部分，且不得为空文件'));
  } catch {
    return refused(illFormed('multipart/form-data 正文不完整或格式不符'));
  }
}

function collect(request: Request, body: Uint8Array): Promise<Result<UploadedFile, Refusal> | null> {
  return new Promise((resolve, reject) => {
    const parser = busboy({ headers: request.headers, limits: LIMITS, defParamCharset: 'utf8' });
    let found: Result<UploadedFile, Refusal> | null = null;
    const fields = new Map<string, string>();
    parser.on('file', (name, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => {
        if (stream.truncated === true) found = refused({ code: 'bodyTooLarge' });
        else if (name === 'file' && chunks.length > 0) {
          found = accepted({ bytes: Buffer.concat(chunks), fileName: filename ?? '', mediaType: mimeType });
        }
      });
    });
    parser.on('field', (name, value, { valueTruncated, nameTruncated }) => {
      if (valueTruncated || nameTruncated) reject(new Error('a field is too long'));
      else fields.set(name, value);
    });
    parser.on('filesLimit', () => reject(new Error('more than one file')));
    parser.on('partsLimit', () => reject(new Error('too many parts')));
    parser.on('error', reject);
    parser.on('close', () => {
      if (found?.ok !== true || fields.size === 0) resolve(found);
      else resolve(accepted({ ...found.value, fields: Object.fromEntries(fields) }));
    });
    Readable.from([body]).pipe(parser);
  });
}

function illFormed(expected: string): Refusal {
  return { code: 'malformedRequest', problems: [{ pointer: '/file', code: 'illFormed', expected }] };
}
