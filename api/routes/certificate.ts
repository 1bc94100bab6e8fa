import type { z } from 'zod';
import type { Face } from '../../domain/catalog/face-schema';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import type { CertificateList, CertificateView, EventView, UseView } from '../../ports/certificate-register';
import {
  type certificateSchema,
  getCertificate,
  getCertificateFace,
  getCertificateFile,
  listCertificateEvents,
  listCertificateUses,
  listCertificateVersions,
  searchCertificates,
} from '../contract/certificate';
import type { faceValuesSchema } from '../contract/face';
import { instantText, instantTextOrNull } from '../contract/shapes';
import { bytes, ok, refuse } from '../http/answer';
import { listAnswer, pageAnswer, pageRequest } from '../http/page-answer';
import type { Call, Route } from '../http/route';
import { route } from '../http/route';

const WITHIN_DAYS = { '30': 30, '60': 60, '90': 90 } as const;

/** What a holder reads of himself needs no words. */
const HOLDER_PURPOSE = '持证主体本人查阅';

/** Certificates as people and systems within scope see them; reads of personal data say why. */
export const certificateRoutes: readonly Route[] = [
  route(searchCertificates, async ({ query }, { ports, principal, path }) =>
    pageAnswer(
      await ports.certificates.search(principal, query.q ?? null, pageRequest(query), listOf(query)),
      showCertificate,
      path,
      query,
    ),
  ),

  route(getCertificate, async ({ params }, { ports, principal }) => {
    const view = await ports.certificates.find(principal, params.id);
    return view === null ? refuse('notFound') : ok(showCertificate(view));
  }),

  route(getCertificateFace, async ({ params, query }, call) => {
    const unmask = query.unmask === 'true';
    const purpose = purposeOf(call, unmask ? 'unmaskReasonRequired' : 'purposeRequired');
    if (!purpose.ok) return purpose;
    const { ports, principal, traceId } = call;
    const view = await ports.certificates.find(principal, params.id);
    if (view === null) return refuse('notFound');
    const read = { purpose: purpose.value, traceId, unmask, ...versionOf(query) };
    const face = await ports.certificates.face(principal, params.id, read);
    if (!face.ok) return face;
    return ok({ id: view.id, state: view.state, ...face.value, availableActions: [] });
  }),

  route(getCertificateFile, async ({ params, query }, call) => {
    const purpose = purposeOf(call, 'purposeRequired');
    if (!purpose.ok) return purpose;
    const { ports, principal, traceId } = call;
    const read = { purpose: purpose.value, traceId, ...versionOf(query) };
    const file = await ports.certificates.file(principal, params.id, params.kind, read);
    if (!file.ok) return file;
    return bytes(file.value.bytes, file.value.mediaType, {
      'content-disposition': `attachment; filename*=UTF-8''${encodeFileName(file.value.fileName)}`,
      'x-content-sm3': file.value.digest,
    });
  }),

  route(listCertificateEvents, async ({ params, query }, { ports, principal, path }) => {
    const page = await ports.certificates.events(principal, params.id, pageRequest(query));
    return page === null ? refuse('notFound') : pageAnswer(page, showEvent, path, query);
  }),

  route(listCertificateVersions, async ({ params }, { ports, principal }) => {
    const versions = await ports.certificates.versions(principal, params.id);
    return versions === null ? refuse('notFound') : listAnswer(versions, showCertificate);
  }),

  route(listCertificateUses, async ({ params, query }, { ports, principal, path }) => {
    const page = await ports.certificates.uses(principal, params.id, pageRequest(query));
    return page === null ? refuse('notFound') : pageAnswer(page, showUse, path, query);
  }),
];

function versionOf({ version }: { readonly version?: string | undefined }): { readonly version?: string } {
  return version === undefined ? {} : { version };
}

function listOf(query: {
  readonly list?: CertificateList['kind'] | undefined;
  readonly withinDays: '30' | '60' | '90';
}): CertificateList | undefined {
  if (query.list === undefined) return undefined;
  if (query.list !== 'expiring') return { kind: query.list };
  return { kind: 'expiring', withinDays: WITHIN_DAYS[query.withinDays] };
}

function purposeOf(
  { usePurpose, principal }: Call<Principal>,
  otherwise: Refusal['code'],
): Result<string, Refusal> {
  if (usePurpose !== null) return accepted(usePurpose);
  return principal.kind === 'holder' ? accepted(HOLDER_PURPOSE) : refused({ code: otherwise });
}

/** As RFC 8187 wants it: beyond what encodeURIComponent escapes, also ' ( ) *. */
function encodeFileName(fileName: string): string {
  return encodeURIComponent(fileName).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A face as the contract shows it. */
export function showFace(face: Face): z.input<typeof faceValuesSchema> {
  return Object.fromEntries(
    Object.entries(face).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.map((row) => ({ ...row })),
    ]),
  );
}

/** A certificate version as the API shows it. */
export function showCertificate(view: CertificateView): z.input<typeof certificateSchema> {
  const {
    availableOperations,
    maskedFace,
    maskedHolders,
    marks,
    issuedAt,
    endedAt,
    openChange,
    inspections,
    ...rest
  } = view;
  return {
    ...rest,
    marks: [...marks],
    maskedHolders: [...maskedHolders],
    maskedFace: showFace(maskedFace),
    issuedAt: instantTextOrNull(issuedAt),
    endedAt: instantTextOrNull(endedAt),
    openChange: openChange === null ? null : { ...openChange, since: instantText(openChange.since) },
    inspections: [...inspections],
    availableActions: [...availableOperations],
  };
}

function showEvent({ occurredAt, ...event }: EventView) {
  return { ...event, state: 'recorded', occurredAt: instantText(occurredAt), availableActions: [] };
}

function showUse({ readAt, ...use }: UseView) {
  return { ...use, readAt: instantText(readAt) };
}
