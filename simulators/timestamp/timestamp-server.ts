import type { KeyAlgorithm } from '../../documents/pki/certificate-authority';
import { DerError } from '../../documents/pki/der-reader';
import { oid } from '../../documents/pki/object-identifiers';
import {
  makeTimestampRefusal,
  makeTimestampResponse,
  makeTimestampToken,
  readTimestampRequest,
  type TimestampRequest,
  type timestampFailure,
} from '../../documents/pki/timestamp-token';
import {
  type RunningSimulator,
  type SimulatorAnswer,
  type SimulatorRequest,
  simulatorProblem,
  startSimulator,
} from '../protocol/simulator-server';

/** A key of the authority with its certificate; tokens are made with the key that fits the imprint's digest. */
export interface StampingKey {
  readonly algorithm: KeyAlgorithm;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export interface TimestampServerOptions {
  readonly host: string;
  readonly port: number;
  readonly keys: { readonly sm2: StampingKey; readonly rsa: StampingKey };
  /** Hex serial number of the next token, never given twice. */
  nextSerialHex(): Promise<string>;
  now(): Date;
}

/** The policy of this simulator, under an arc that RFC 3161 deployments use for tests. */
export const SIMULATOR_POLICY = '1.3.6.1.4.1.13762.3';
const MAX_REQUEST_BYTES = 8 * 1024;
const DIGEST_BYTES = 32;

function answered(response: Uint8Array): SimulatorAnswer {
  return { status: 200, body: response, contentType: 'application/timestamp-reply' };
}

function refusal(text: string, failure: keyof typeof timestampFailure): SimulatorAnswer {
  return answered(makeTimestampRefusal(text, failure));
}

function keyFor(request: TimestampRequest, keys: TimestampServerOptions['keys']): StampingKey | null {
  if (request.imprint.algorithm === oid.sm3) return keys.sm2;
  return request.imprint.algorithm === oid.sha256 ? keys.rsa : null;
}

async function stamp(request: TimestampRequest, options: TimestampServerOptions): Promise<SimulatorAnswer> {
  const key = keyFor(request, options.keys);
  if (key === null) return refusal('unknown digest algorithm', 'badAlgorithm');
  if (request.imprint.digest.length !== DIGEST_BYTES) return refusal('digest length', 'badDataFormat');
  if (request.policy !== undefined && request.policy !== SIMULATOR_POLICY) {
    return refusal('unknown policy', 'unacceptedPolicy');
  }
  const token = await makeTimestampToken({
    algorithm: key.algorithm,
    certificate: key.certificate,
    chain: key.chain,
    sign: (bytes) => key.sign(bytes),
    policy: SIMULATOR_POLICY,
    imprint: request.imprint,
    serialHex: await options.nextSerialHex(),
    time: options.now(),
    ...(request.nonceHex === undefined ? {} : { nonceHex: request.nonceHex }),
  });
  return answered(makeTimestampResponse(token));
}

async function handle(request: SimulatorRequest, options: TimestampServerOptions): Promise<SimulatorAnswer> {
  if (request.method !== 'POST' || request.segments.length !== 0) {
    return simulatorProblem(404, 'notFound', '只接受 POST /');
  }
  if (request.headers['content-type'] !== 'application/timestamp-query') {
    return simulatorProblem(415, 'unsupportedMediaType', '应为 application/timestamp-query');
  }
  try {
    return await stamp(readTimestampRequest(request.body), options);
  } catch (fault) {
    if (fault instanceof DerError) return refusal('not a timestamp request', 'badRequest');
    throw fault;
  }
}

/**
 * A local timestamp authority (RFC 3161 section 3.4) in place of the city's: `POST /` with application/timestamp-query.
 * SM3 imprints get a token signed with SM2, SHA-256 imprints one signed with RSA; what is ill-formed, of another digest
 * or of another policy is refused with the failure that RFC 3161 names.
 */
export function startTimestampServer(options: TimestampServerOptions): Promise<RunningSimulator> {
  return startSimulator(
    {
      maxBodyBytes: MAX_REQUEST_BYTES,
      handle: (request) => handle(request, options),
      control: async () => null,
    },
    options,
  );
}
