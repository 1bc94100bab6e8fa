import { type TimestampVerdict, verifyTimestampToken } from '../pki/verify-timestamp';
import type { ElectronicSealReading } from '../ses-reading/read-electronic-seal';
import type { SealSignatureReading } from '../ses-reading/read-seal-signature';
import type { Notice, StepReport, VerificationOptions } from './verification-report';

/** A timestamp may be older than the stated signing time by as much as two clocks differ. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** The outcome of step `timestamp`, with the proven time where there is one. */
export interface TimestampFinding {
  readonly report: StepReport;
  readonly provenAt: Date | undefined;
}

/** The earliest instant by which the signature is proven to have existed, by a timestamp or by the office's own log. */
export function existedBy(timestamp: TimestampFinding, options: VerificationOptions): Date | undefined {
  const proofs = [timestamp.provenAt, options.existedBy].filter((proof) => proof !== undefined);
  return proofs.sort((one, other) => one.getTime() - other.getTime())[0];
}

/** What proves the signing time, or that nothing does. */
export function timeNotices(timestamp: TimestampFinding, options: VerificationOptions): Notice[] {
  if (timestamp.provenAt !== undefined) return [];
  if (options.existedBy === undefined) return [{ code: 'signingTimeNotProven' }];
  return [{ code: 'existenceRecorded', detail: options.existedBy.toISOString() }];
}

function verifyToken(token: Uint8Array, over: Uint8Array, options: VerificationOptions): TimestampVerdict {
  return verifyTimestampToken(token, over, {
    trustAnchors: options.trustAnchors,
    revocationLists: options.revocationLists,
    intermediates: options.intermediates ?? [],
    at: options.at,
    revocation: options.revocation ?? 'required',
  });
}

function failed(reason: NonNullable<StepReport['reason']>): TimestampFinding {
  return { report: { step: 'timestamp', outcome: 'failed', reason }, provenAt: undefined };
}

function judgeVerdict(verdict: TimestampVerdict, signedAt: Date | undefined): TimestampFinding {
  switch (verdict.outcome) {
    case 'invalid':
      return failed(verdict.reason);
    case 'cannotTell':
      return {
        report: { step: 'timestamp', outcome: 'cannotTell', reason: verdict.reason },
        provenAt: undefined,
      };
    case 'valid': {
      const { time } = verdict;
      if (
        time !== undefined &&
        signedAt !== undefined &&
        time.getTime() < signedAt.getTime() - CLOCK_TOLERANCE_MS
      ) {
        return failed('timestampBeforeSigning');
      }
      return { report: { step: 'timestamp', outcome: 'passed' }, provenAt: time };
    }
  }
}

/**
 * Step `timestamp`: a token inside the seal signature must be right; of those kept beside the file, one that speaks of
 * this signature value is taken (tokens of other signatures are no fault of this one). Without a token the step is
 * skipped, unless the stated time lies after the time of asking.
 */
export function judgeTimestamp(
  reading: Pick<SealSignatureReading, 'signature' | 'signedAt' | 'timestamp'>,
  options: VerificationOptions,
): TimestampFinding {
  const { signature, signedAt, timestamp } = reading;
  if (timestamp !== undefined) return judgeVerdict(verifyToken(timestamp, signature, options), signedAt);
  const beside = (options.detachedTimestamps ?? [])
    .map((token) => verifyToken(token, signature, options))
    .filter((verdict) => verdict.reason !== 'timestampImprint' && verdict.reason !== 'timestampMalformed');
  const best = beside.find(({ outcome }) => outcome === 'valid') ?? beside[0];
  if (best !== undefined) return judgeVerdict(best, signedAt);
  if (signedAt !== undefined && signedAt.getTime() > options.at.getTime() + CLOCK_TOLERANCE_MS) {
    return failed('signedInFuture');
  }
  return { report: { step: 'timestamp', outcome: 'skipped' }, provenAt: undefined };
}

/**
 * What a timestamp inside the seal itself (GM/T 0031-2025, SESeal.timeStamp) does to step `seal_signature`: a wrong one
 * fails it, one that cannot be judged leaves it undecided, none changes nothing.
 */
export function judgeSealTimestamp(
  seal: ElectronicSealReading,
  sealSignature: StepReport,
  options: VerificationOptions,
): StepReport {
  if (seal.timestamp === undefined || sealSignature.outcome !== 'passed') return sealSignature;
  const { outcome, reason } = verifyToken(seal.timestamp, seal.signature, options);
  switch (outcome) {
    case 'valid':
      return sealSignature;
    case 'invalid':
      return { step: 'seal_signature', outcome: 'failed', reason };
    case 'cannotTell':
      return { step: 'seal_signature', outcome: 'cannotTell', reason };
  }
}
