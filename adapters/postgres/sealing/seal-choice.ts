import type { Knex } from 'knex';
import type { SealKind } from '../../../domain/catalog/catalog-entry';
import type { CandidateMandate, SealWait } from '../../../domain/sealing/choose-seal';
import { chooseSeal } from '../../../domain/sealing/choose-seal';
import type { Result } from '../../../domain/shared/result';
import type { IssuanceRules } from '../../../ports/issuance-desk';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import type { ChosenSeal, NextSeal } from '../../../ports/production-ledger';
import { checkRow } from '../../cipher/sealed-row';
import type { IssuanceRow } from '../issuance/issuance-row';

export interface SealRow {
  readonly id: string;
  readonly authority_id: string;
  readonly name: string;
  readonly kind: SealKind;
  readonly state: 'inUse' | 'stopped' | 'cancelled';
  readonly state_reason: string | null;
  readonly electronic_seal: Buffer;
  readonly ofd_key_id: string;
  readonly ofd_certificate: Buffer;
  readonly pdf_key_id: string;
  readonly pdf_certificate: Buffer;
  readonly pdf_chain: readonly Buffer[];
  readonly pdf_appearance: string;
  readonly width_mm: string;
  readonly height_mm: string;
  readonly valid_from: Date;
  readonly valid_until: Date;
  readonly mac_key_id: string;
  readonly mac: Buffer;
}

export interface MandateRow {
  readonly id: string;
  readonly seal_id: string;
  readonly catalog_entry_id: string;
  readonly authority_id: string;
  readonly granted_by: string;
  readonly valid_from: Date;
  readonly valid_until: Date;
  readonly volume_cap: number;
  readonly used: number;
  readonly ended_at: Date | null;
  readonly mac_key_id: string;
  readonly mac: Buffer;
}

interface SignedPlace {
  readonly file_kind: 'ofd' | 'pdf';
  readonly seal_ordinal: number;
  readonly sealed_digest: string;
}

/**
 * The seal for the next place of a case that has none, with its mandate, both checked against their HMAC-SM3;
 * or why none can be used; `complete` when every required place has its seal on both files.
 */
export async function chooseNextSeal(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  row: IssuanceRow,
  rules: IssuanceRules,
  now: Date,
): Promise<NextSeal> {
  const signed: readonly SignedPlace[] = await transaction('seal_signature')
    .where({ certificate_version_id: row.certificate_version_id })
    .orderBy('seal_ordinal')
    .select('file_kind', 'seal_ordinal', 'sealed_digest');
  const places = [...rules.definition.requiredSeals].sort((a, b) => a.ordinal - b.ordinal);
  const next = places.find((place) => !signed.some((done) => done.seal_ordinal === place.ordinal));
  if (next === undefined) return { kind: 'complete' };
  const organId =
    next.organ === 'issuingAuthority' ? row.authority_id : await authorityOfCode(transaction, next.organ);
  const seals = await sealsOf(transaction, integrity, organId);
  const mandates = await mandatesFor(transaction, integrity, row, seals);
  const choice = choose(next.kind, seals, mandates, now);
  if (!choice.ok) return { kind: 'wait', why: choice.refusal };
  const seal = seals.find((candidate) => candidate.id === choice.value.sealId);
  if (seal === undefined) throw new Error('the chosen seal is not among the candidates');
  const last = next.ordinal === places.at(-1)?.ordinal;
  const digestOf = (kind: 'ofd' | 'pdf'): string | null =>
    signed.findLast((done) => done.file_kind === kind)?.sealed_digest ?? null;
  return {
    kind: 'seal',
    seal: chosenSeal(seal, { ordinal: next.ordinal, last, mandateId: choice.value.mandateId }),
    sealed: { ofdDigest: digestOf('ofd'), pdfDigest: digestOf('pdf') },
  };
}

/**
 * Asks again, with the mandate locked, whether a seal may be used now, and counts the use; the refusal says why not.
 * Called in the transaction that records the signature, so that the cap holds under concurrency.
 */
export async function useSeal(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  sealId: string,
  mandateId: string,
  now: Date,
): Promise<Result<null, SealWait>> {
  const seal = await transaction<SealRow>('seal').where({ id: sealId }).first();
  // Not FOR UPDATE: intents that name the mandate may be written meanwhile.
  const mandate = await transaction<MandateRow>('seal_use_mandate')
    .where({ id: mandateId })
    .forNoKeyUpdate()
    .first();
  if (seal === undefined || mandate === undefined) return { ok: false, refusal: 'sealMissing' };
  checkRow(integrity, 'seal', seal);
  checkRow(integrity, 'seal_use_mandate', mandate);
  const choice = choose(seal.kind, [seal], [mandate], now);
  if (!choice.ok) return choice;
  await transaction('seal_use_mandate').where({ id: mandateId }).increment('used', 1);
  return { ok: true, value: null };
}

function choose(
  kind: SealKind,
  seals: readonly SealRow[],
  mandates: readonly MandateRow[],
  now: Date,
): ReturnType<typeof chooseSeal> {
  return chooseSeal(
    kind,
    seals.map((seal) => ({
      sealId: seal.id,
      kind: seal.kind,
      state: seal.state,
      validFromMs: seal.valid_from.getTime(),
      validUntilMs: seal.valid_until.getTime(),
    })),
    mandates.map(candidateMandate),
    now.getTime(),
  );
}

function candidateMandate(mandate: MandateRow): CandidateMandate {
  return {
    mandateId: mandate.id,
    sealId: mandate.seal_id,
    validFromMs: mandate.valid_from.getTime(),
    validUntilMs: mandate.valid_until.getTime(),
    volumeCap: mandate.volume_cap,
    used: mandate.used,
    ended: mandate.ended_at !== null,
  };
}

async function authorityOfCode(transaction: Knex.Transaction, creditCode: string): Promise<string | null> {
  const authority = await transaction<{ id: string; credit_code: string }>('authority')
    .where({ credit_code: creditCode })
    .first('id');
  return authority?.id ?? null;
}

async function sealsOf(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  authorityId: string | null,
): Promise<readonly SealRow[]> {
  if (authorityId === null) return [];
  const seals: SealRow[] = await transaction<SealRow>('seal')
    .where({ authority_id: authorityId })
    .select('*');
  return seals.map((seal) => checkRow(integrity, 'seal', seal));
}

async function mandatesFor(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  row: IssuanceRow,
  seals: readonly SealRow[],
): Promise<readonly MandateRow[]> {
  const mandates: MandateRow[] = await transaction<MandateRow>('seal_use_mandate')
    .where({ catalog_entry_id: row.catalog_entry_id, authority_id: row.authority_id })
    .whereIn(
      'seal_id',
      seals.map((seal) => seal.id),
    )
    .select('*');
  return mandates.map((mandate) => checkRow(integrity, 'seal_use_mandate', mandate));
}

function chosenSeal(
  seal: SealRow,
  place: { readonly ordinal: number; readonly last: boolean; readonly mandateId: string },
): ChosenSeal {
  return {
    ...place,
    sealId: seal.id,
    sealName: seal.name,
    electronicSeal: seal.electronic_seal,
    ofdCertificate: seal.ofd_certificate,
    ofdKeyId: seal.ofd_key_id,
    pdfCertificate: seal.pdf_certificate,
    pdfChain: seal.pdf_chain,
    pdfKeyId: seal.pdf_key_id,
    pdfAppearance: seal.pdf_appearance,
    widthMm: Number(seal.width_mm),
    heightMm: Number(seal.height_mm),
  };
}
