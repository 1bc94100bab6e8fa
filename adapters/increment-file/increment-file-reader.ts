import { refused } from '../../domain/shared/result';
import type { IncrementTableReader } from '../../ports/increment-table';
import { readCsvTable } from './read-csv-table';
import { readXlsxTable } from './read-xlsx-table';
import { unreadableFile } from './unreadable-file';

/** What old Excel (.xls) and every encrypted workbook begin with. */
const COMPOUND_FILE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
const ZIP = Buffer.from('PK\u0003\u0004', 'latin1');

/** Reads files by what they are, whatever their names say: a ZIP is an XLSX workbook, everything else CSV. */
export function createIncrementFileReader(): IncrementTableReader {
  return {
    read(bytes) {
      const head = Buffer.from(bytes.subarray(0, 4));
      if (head.equals(COMPOUND_FILE)) {
        const expected = '不接收 .xls 或加密的工作簿，请另存为不加密的 .xlsx 或 CSV';
        return refused(unreadableFile('oldOrEncryptedWorkbook', expected));
      }
      return head.equals(ZIP) ? readXlsxTable(bytes) : readCsvTable(bytes);
    },
  };
}
