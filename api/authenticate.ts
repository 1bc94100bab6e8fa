import type { Request } from 'express';
import type { Principal, Role } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import { accepted, refused } from '../domain/shared/result';
import type { SetUpStep } from '../ports/identity';
import type { AgencySignature } from './agency-signature';
import { isAgencyAuthorization, isSignedBy, readAgencySignature } from './agency-signature';
import type { ApiPorts } from './api-ports';
import type { Access } from './http/endpoint';
import { sessionToken } from './session-cookie';

const ALLOWED_SKEW_SECONDS = 300;
/** Compared with when the key is unknown, so that an unknown key takes as long as a wrong signature. */
const NO_SECRET = 'no such key';

type AuthenticationPorts = Pick<ApiPorts, 'sessions' | 'agencyKeys' | 'clock'>;

/** Who claims to call, as far as headers tell; an agency's claim is proved by `proveAgency` once the body is there. */
export type Claim =
  | { readonly kind: 'agency'; readonly signature: AgencySignature }
  | { readonly kind: 'proved'; readonly principal: Principal; readonly missing: readonly SetUpStep[] };

/**
 * Reads the claim of a request and proves that of a session: a live cookie and, for writes, the CSRF token of
 * that session. An agency's signature is only read here and its timestamp compared (±300 s). No key, no nonce and no body is touched.
 */
export async function readClaim(
  request: Request,
  ports: AuthenticationPorts,
): Promise<Result<Claim, Refusal>> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const signature = isAgencyAuthorization(authorization) ? readAgencySignature(authorization) : null;
    if (signature === null) return refused({ code: 'signatureMissing' });
    const differenceSeconds = Math.abs(ports.clock.now().getTime() / 1000 - Number(signature.timestamp));
    if (differenceSeconds > ALLOWED_SKEW_SECONDS) return refused({ code: 'timestampOutOfRange' });
    return accepted({ kind: 'agency', signature });
  }
  const token = sessionToken(request.headers.cookie);
  if (token === null) return refused({ code: 'signInRequired' });
  const session = await ports.sessions.authenticate(token, request.get('X-CSRF-Token') ?? null);
  if (!session.ok) return session;
  const isWrite = request.method !== 'GET' && request.method !== 'HEAD';
  if (isWrite && !session.value.csrfTokenMatches) return refused({ code: 'csrfTokenWrong' });
  const { principal, missing } = session.value;
  return accepted({ kind: 'proved', principal, missing });
}

/**
 * Proves an agency's signature over the request as it was sent; the nonce is used up only after the signature
 * was found right, so that nobody can burn another's nonces.
 */
export async function proveAgency(
  request: Request,
  signature: AgencySignature,
  body: Uint8Array,
  { agencyKeys }: Pick<AuthenticationPorts, 'agencyKeys'>,
): Promise<Result<Principal, Refusal>> {
  const key = await agencyKeys.find(signature.keyId);
  const signed = { method: request.method, target: request.originalUrl, body };
  const isRight = isSignedBy(key?.secret ?? NO_SECRET, signature, signed);
  if (key === null || !isRight) return refused({ code: 'signatureWrong' });
  const isFresh = await agencyKeys.useNonce(signature.keyId, signature.nonce);
  return isFresh ? accepted(key.principal) : refused({ code: 'nonceUsed' });
}

/** Whether a principal may call an endpoint at all. */
export function mayCall(access: Access, principal: Principal): boolean {
  if (access.kind === 'public') return true;
  if (principal.kind === 'agency') return access.agencies;
  if (access.roles === 'every') return true;
  const { roles } = access;
  return rolesOf(principal).some((role) => roles.includes(role));
}

/** The roles of a principal; holders and users of relying parties have one by what they are. */
export function rolesOf(principal: Principal): readonly Role[] {
  switch (principal.kind) {
    case 'person':
      return principal.roles;
    case 'holder':
      return ['holder'];
    case 'relyingParty':
      return ['relyingPartyUser'];
    case 'agency':
    case 'system':
      return [];
  }
}
