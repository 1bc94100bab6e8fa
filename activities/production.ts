import { preparePdfSignature } from '../documents/pdf-signature/prepare-pdf-signature';
import { prepareOfdSeal } from '../documents/seal/prepare-ofd-seal';
import type { CertificateFacts } from '../domain/certificate/metadata';
import { shanghaiInstant } from '../domain/shared/legal-date';
import type { CertificateProducer, SealPlaceBox } from '../ports/certificate-producer';
import type { Clock } from '../ports/clock';
import type { FileStore } from '../ports/file-store';
import type { IssuanceLedger, Standing } from '../ports/issuance-ledger';
import type { ChosenSeal, NewSealingIntent, ProductionLedger, SealedSoFar } from '../ports/production-ledger';

/** Step ③ as the workflow calls it. */
export interface ProductionActivities {
  prepare(issuanceId: string): Promise<Standing>;
}

export interface ProductionPorts {
  readonly cases: Pick<IssuanceLedger, 'whereItStands'>;
  readonly ledger: ProductionLedger;
  readonly producer: CertificateProducer;
  readonly files: FileStore;
  /** An id that is the same for the same parts, so that a repeated step makes the same intent. */
  readonly intentId: (...parts: readonly (string | number)[]) => string;
  readonly publicUrl: string;
  readonly clock: Clock;
}

type Ordered = Extract<Awaited<ReturnType<ProductionLedger['order']>>, { readonly kind: 'order' }>;

interface Draft {
  readonly ofd: Uint8Array;
  readonly pdf: Uint8Array;
  readonly place: SealPlaceBox;
}

/** ③: number, identifier, face → OFD and PDF; nothing here touches a private key. */
export function createProductionActivities(ports: ProductionPorts): ProductionActivities {
  return { prepare: (issuanceId) => prepare(ports, issuanceId) };
}

/** An unusable seal is known before a page is drawn. */
async function prepare(ports: ProductionPorts, issuanceId: string): Promise<Standing> {
  const { ledger, cases } = ports;
  const ordered = await ledger.order(issuanceId);
  if (ordered.kind === 'stands') return ordered.standing;
  const { next } = ordered;
  switch (next.kind) {
    case 'complete':
      return cases.whereItStands(issuanceId);
    case 'wait':
      return ledger.awaitSeal(issuanceId, next.why);
    case 'seal': {
      const draft = await draftFor(ports, ordered, next);
      if ('refusal' in draft) {
        return ledger.stopProduction(issuanceId, draft.refusal.code, draft.refusal.detail);
      }
      const intents = await storeIntents(ports, issuanceId, next.seal, draft);
      return ledger.recordIntents(issuanceId, next.seal, intents);
    }
  }
}

/** The first seal goes onto fresh files, every later one of a joint issue onto what the seal before it left. */
async function draftFor(
  ports: ProductionPorts,
  ordered: Ordered,
  next: { readonly seal: ChosenSeal; readonly sealed: SealedSoFar },
): Promise<Draft | { readonly refusal: { readonly code: string; readonly detail: string } }> {
  const { order, rules } = ordered;
  const { definition } = rules;
  const placeOf = (places: readonly SealPlaceBox[]): SealPlaceBox => {
    const box = places[next.seal.ordinal - 1];
    if (box === undefined)
      throw new Error(`template of ${definition.code} has no place for seal ${next.seal.ordinal}`);
    return box;
  };
  const { ofdDigest, pdfDigest } = next.sealed;
  if (ofdDigest !== null && pdfDigest !== null) {
    const [ofd, pdf] = await Promise.all([
      storedFile(ports.files, ofdDigest),
      storedFile(ports.files, pdfDigest),
    ]);
    return { ofd, pdf, place: placeOf(ports.producer.sealPlaces(definition, order.face)) };
  }
  const outcome = ports.producer.produce(factsOf(ordered), order.face, {
    verificationUrl: `${ports.publicUrl}/api/v1/public/verify/${order.verificationCode}`,
    createdAt: order.preparedAt,
  });
  if (outcome.kind === 'stopped') return { refusal: outcome.refusal };
  const { ofd, pdf, sealPlaces } = outcome.files;
  return { ofd, pdf, place: placeOf(sealPlaces) };
}

function factsOf({ rules, request, order }: Ordered): CertificateFacts {
  return {
    definition: rules.definition,
    authority: { name: rules.authority.name, creditCode: rules.authority.creditCode },
    number: order.number,
    identifier: order.identifier,
    version: order.version,
    holders: request.holders,
    validFrom: request.validFrom,
    validUntil: request.validUntil,
    issuedOn: request.issuedOn,
    createdAt: shanghaiInstant(order.preparedAt.getTime()).replace(/\D/g, '').slice(0, 14),
  };
}

/** Containers are in the store and flushed before the register says that they exist. */
async function storeIntents(
  { files, intentId, clock }: ProductionPorts,
  issuanceId: string,
  seal: ChosenSeal,
  { ofd, pdf, place }: Draft,
): Promise<readonly NewSealingIntent[]> {
  const box = sealBox(place, seal);
  // Not when the files were first written: a case may have waited for days for a seal that is valid only now.
  const signedAt = clock.now();
  const prepared = [
    prepareOfdSeal(ofd, {
      electronicSeal: seal.electronicSeal,
      signerCertificate: seal.ofdCertificate,
      signedAt,
      boxes: [box],
      lock: seal.last,
    }),
    preparePdfSignature(pdf, {
      signerCertificate: seal.pdfCertificate,
      chain: seal.pdfChain,
      signedAt,
      name: seal.sealName,
      appearance: { ...box, content: seal.pdfAppearance },
      fieldName: `Seal${seal.ordinal}`,
    }),
  ] as const;
  return Promise.all(
    prepared.map(async (one): Promise<NewSealingIntent> => {
      const containerDigest = await files.put(one.container);
      return {
        id: intentId('sealingIntent', issuanceId, one.kind, seal.ordinal, seal.sealId, containerDigest),
        fileKind: one.kind,
        containerDigest,
        containerSizeBytes: one.container.length,
        toBeSigned: one.toBeSigned,
        finishing: { ...one.finishing },
        signedAtClaim: signedAt,
      };
    }),
  );
}

/** The seal in its own size, centred on its place. */
function sealBox(place: SealPlaceBox, seal: ChosenSeal): SealPlaceBox {
  return {
    pageIndex: place.pageIndex,
    xMm: place.xMm + (place.widthMm - seal.widthMm) / 2,
    yMm: place.yMm + (place.heightMm - seal.heightMm) / 2,
    widthMm: seal.widthMm,
    heightMm: seal.heightMm,
  };
}

async function storedFile(files: FileStore, digest: string): Promise<Uint8Array> {
  const bytes = await files.get(digest);
  if (bytes === null) throw new Error(`file ${digest} is not in the store`);
  return bytes;
}
