import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readPemBlocks, writePemBlock } from '../../../adapters/trust/pem-blocks';
import { readTrustFile, readTrustFolder, writeTrustFile } from '../../../adapters/trust/trust-folder';
import { temporaryFolder } from '../../support/outside-world';

describe('PEM blocks', () => {
  it('come back as they were written, whatever stands between them', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            label: fc.constantFrom('CERTIFICATE' as const, 'X509 CRL' as const),
            der: fc.uint8Array({ minLength: 1, maxLength: 300 }),
          }),
        ),
        (blocks) => {
          const text = blocks.map((block) => `# 说明\r\n${writePemBlock(block)}`).join('\n');
          expect(readPemBlocks(text)).toEqual(blocks);
        },
      ),
    );
  });

  it('are none where the labels do not agree or the end is missing', () => {
    const block = writePemBlock({ label: 'CERTIFICATE', der: Buffer.from('x') });
    expect(readPemBlocks(block.replace('END CERTIFICATE', 'END X509 CRL'))).toEqual([]);
    expect(readPemBlocks(block.slice(0, 40))).toEqual([]);
  });
});

describe('the trust folder', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  const trust = { trustAnchors: [new Uint8Array([1, 2])], revocationLists: [new Uint8Array([3])] };

  it('is empty before it exists', async () => {
    expect(await readTrustFolder(join(folder.path, 'none'))).toEqual({
      trustAnchors: [],
      revocationLists: [],
    });
  });

  it('joins its files, reads one of them alone, and passes over what is no PEM file', async () => {
    await writeTrustFile(folder.path, 'a.pem', trust);
    await writeTrustFile(folder.path, 'b.pem', { ...trust, trustAnchors: [new Uint8Array([9])] });
    writeFileSync(
      join(folder.path, 'note.txt'),
      writePemBlock({ label: 'CERTIFICATE', der: Buffer.from('x') }),
    );
    const { trustAnchors, revocationLists } = await readTrustFolder(folder.path);
    expect(trustAnchors).toEqual([new Uint8Array([1, 2]), new Uint8Array([9])]);
    expect(revocationLists).toHaveLength(2);
    expect(await readTrustFile(folder.path, 'a.pem')).toEqual(trust);
  });

  it('replaces a file as a whole', async () => {
    await writeTrustFile(folder.path, 'a.pem', { trustAnchors: [], revocationLists: [] });
    expect((await readTrustFile(folder.path, 'a.pem')).trustAnchors).toEqual([]);
  });
});
