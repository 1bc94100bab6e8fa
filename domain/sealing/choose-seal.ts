import type { SealKind } from '../catalog/catalog-entry';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';

export interface CandidateSeal {
  readonly sealId: string;
  readonly kind: SealKind;
  readonly state: 'inUse' | 'stopped' | 'cancelled';
  /** Half-open, epoch milliseconds. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

export interface CandidateMandate {
  readonly mandateId: string;
  readonly sealId: string;
  readonly validFromMs: number;
  readonly validUntilMs: number;
  readonly volumeCap: number;
  readonly used: number;
  readonly ended: boolean;
}

/** Why no seal can be used now; each ends by itself when somebody changes the fact it names. */
export const SEAL_WAITS = {
  sealMissing: '该单位没有此类电子印章',
  sealStopped: '电子印章已停用',
  sealNotYetValid: '电子印章尚未生效',
  sealExpired: '电子印章已过有效期',
  mandateMissing: '没有自动用印授权',
  mandateEnded: '自动用印授权已终止或不在有效期内',
  mandateCapReached: '自动用印授权的数量已用完',
  sealKeyStopped: '印章密钥不存在或已停用',
  sealQuotaUsed: '统一用印服务的额度已用完',
} as const;
export type SealWait = keyof typeof SEAL_WAITS;

/**
 * Which seal seals automatically, and under which mandate (art. 11: a seal is authorised for seal × type ×
 * authority, automatic sealing needs a dated mandate with a cap). The candidates are those of the required
 * organ; the mandates those for the certificate's type and authority. Of several usable seals the one that
 * ends last is taken, so that a renewed seal replaces the old one without anybody switching.
 */
export function chooseSeal(
  kind: SealKind,
  seals: readonly CandidateSeal[],
  mandates: readonly CandidateMandate[],
  nowMs: number,
): Result<{ readonly sealId: string; readonly mandateId: string }, SealWait> {
  const ofKind = seals.filter((seal) => seal.kind === kind && seal.state !== 'cancelled');
  if (ofKind.length === 0) return refused('sealMissing');
  const inUse = ofKind.filter((seal) => seal.state === 'inUse');
  if (inUse.length === 0) return refused('sealStopped');
  const started = inUse.filter((seal) => seal.validFromMs <= nowMs);
  if (started.length === 0) return refused('sealNotYetValid');
  const valid = started.filter((seal) => nowMs < seal.validUntilMs);
  if (valid.length === 0) return refused('sealExpired');
  return chooseMandate(valid, mandates, nowMs);
}

function chooseMandate(
  seals: readonly CandidateSeal[],
  mandates: readonly CandidateMandate[],
  nowMs: number,
): Result<{ readonly sealId: string; readonly mandateId: string }, SealWait> {
  const ofSeals = mandates.filter((mandate) => seals.some((seal) => seal.sealId === mandate.sealId));
  if (ofSeals.length === 0) return refused('mandateMissing');
  const current = ofSeals.filter(
    (mandate) => !mandate.ended && mandate.validFromMs <= nowMs && nowMs < mandate.validUntilMs,
  );
  if (current.length === 0) return refused('mandateEnded');
  const open = current.filter((mandate) => mandate.used < mandate.volumeCap);
  if (open.length === 0) return refused('mandateCapReached');
  const byEnd = [...seals].sort(
    (a, b) => b.validUntilMs - a.validUntilMs || a.sealId.localeCompare(b.sealId),
  );
  for (const seal of byEnd) {
    const mandate = open.find((candidate) => candidate.sealId === seal.sealId);
    if (mandate !== undefined) return accepted({ sealId: seal.sealId, mandateId: mandate.mandateId });
  }
  return refused('mandateMissing');
}
