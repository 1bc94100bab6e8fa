import { createSignatureCheck, type SharedKey } from '../protocol/check-request-signature';
import { openJsonFolder } from '../protocol/json-folder';
import {
  memberOf,
  type RunningSimulator,
  readJson,
  type SimulatorAnswer,
  type SimulatorRequest,
  simulatorProblem,
  startSimulator,
  textMember,
} from '../protocol/simulator-server';

const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_BUSINESS_NUMBER_LENGTH = 100;

export interface AgencyRecordServerOptions {
  readonly host: string;
  readonly port: number;
  /** Where the records lie; a second start finds them. */
  readonly folder: string;
  /** With which the certificate system signs its questions. */
  readonly key: SharedKey;
  now(): Date;
}

/**
 * The record server of the demonstration agency (业务系统自有台账): `PUT /records/{businessNumber}` by the agency's
 * own clerks, `GET /records/{businessNumber}` signed by the certificate system. A record is never derived from a
 * request for a certificate; who wants to be compared lays one down first.
 */
export async function startAgencyRecordServer(options: AgencyRecordServerOptions): Promise<RunningSimulator> {
  const records = await openJsonFolder(options.folder);
  const whyUnsigned = createSignatureCheck(options.key, () => options.now());

  const read = async (request: SimulatorRequest, businessNumber: string): Promise<SimulatorAnswer> => {
    const reason = whyUnsigned({ ...request, authorization: request.headers.authorization });
    if (reason !== null) return simulatorProblem(401, 'signatureWrong', reason);
    const record = await records.get(businessNumber);
    return record === undefined
      ? simulatorProblem(404, 'recordNotFound', '没有这个业务编号的办件')
      : { status: 200, body: record };
  };

  const write = async (request: SimulatorRequest, businessNumber: string): Promise<SimulatorAnswer> => {
    const record = readJson(request.body);
    if (textMember(record, 'businessNumber') !== businessNumber) {
      return simulatorProblem(400, 'businessNumberMismatch', '正文应为 JSON，其 businessNumber 应与路径一致');
    }
    const face = memberOf(record, 'face');
    if (typeof face !== 'object' || face === null || textMember(record, 'catalogCode') === null) {
      return simulatorProblem(400, 'malformedRecord', '办件应有 catalogCode 和 face');
    }
    const isNew = await records.put(businessNumber, record);
    return { status: isNew ? 201 : 200, body: { businessNumber, stored: true } };
  };

  const handle = async (request: SimulatorRequest): Promise<SimulatorAnswer> => {
    const [collection, businessNumber, ...rest] = request.segments;
    if (collection !== 'records' || businessNumber === undefined || rest.length > 0) {
      return simulatorProblem(404, 'notFound', '没有这个地址');
    }
    if (businessNumber.length > MAX_BUSINESS_NUMBER_LENGTH) {
      return simulatorProblem(400, 'malformedPath', '业务编号过长');
    }
    switch (request.method) {
      case 'GET':
        return read(request, businessNumber);
      case 'PUT':
        return write(request, businessNumber);
      default:
        return simulatorProblem(405, 'methodNotAllowed', '只支持 GET 和 PUT');
    }
  };
  return startSimulator({ maxBodyBytes: MAX_RECORD_BYTES, handle, control: async () => null }, options);
}
