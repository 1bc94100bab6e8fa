import type { AgencyRecord, AgencyRecords } from '../../ports/agency-records';
import type { Clock } from '../../ports/clock';
import { OutsideSystemFault } from '../http/send-request';
import type { OutsideKey } from '../http/sign-request';
import { exchangeSignedJson } from '../http/signed-json-exchange';

export interface HttpAgencyRecordsOptions {
  /** The key shared with the system behind a record address; keys are per system, so that none can pose as us to another. */
  keyFor(recordUrl: string): Promise<OutsideKey>;
  readonly clock: Clock;
  readonly timeoutMs?: number;
  readonly maxRecordBytes?: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_RECORD_BYTES = 1024 * 1024;

/**
 * Asks an agency's own system for its record of a business by `GET <record address>/{business number}`, signed.
 * 404 with code `recordNotFound` is notFound; any other answer than a JSON object with 200 is a fault: a wrong
 * address must not look like a missing record, which would send every case to a reviewer.
 */
export function createHttpAgencyRecords(options: HttpAgencyRecordsOptions): AgencyRecords {
  const {
    keyFor,
    clock,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    maxRecordBytes = DEFAULT_MAX_RECORD_BYTES,
  } = options;
  return {
    async fetch(recordUrl, businessNumber): Promise<AgencyRecord> {
      const system = {
        name: 'agency records',
        key: await keyFor(recordUrl),
        clock,
        timeoutMs,
        maxAnswerBytes: maxRecordBytes,
      };
      const url = new URL(`${recordUrl.replace(/\/+$/, '')}/${encodeURIComponent(businessNumber)}`);
      const { status, body } = await exchangeSignedJson(system, 'GET', url, null);
      if (status === 404 && isObject(body) && body['code'] === 'recordNotFound') return { kind: 'notFound' };
      if (status !== 200) throw new OutsideSystemFault(system.name, `answered ${status}`);
      if (!isObject(body))
        throw new OutsideSystemFault(system.name, 'answered something other than a record');
      return { kind: 'found', record: body };
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
