import type { z } from 'zod';
import { shanghaiInstant } from '../../domain/shared/legal-date';
import type { Principal } from '../../domain/shared/principal';
import { principalName, ROLE_NAMES } from '../../domain/shared/principal';
import { rolesOf } from '../authenticate';
import { getMe, type meSchema, signIn, signOut } from '../contract/session';
import { instantText } from '../contract/shapes';
import { created, empty, ok } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import type { Route } from '../http/route';
import { publicRoute, route } from '../http/route';
import { clearSessionCookie, setSessionCookie } from '../session-cookie';

/** Sessions of people. */
export const sessionRoutes: readonly Route[] = [
  publicRoute(signIn, async ({ body }, { ports, nowMs }) => {
    const { settings, sessions } = ports;
    const session = await sessions.signIn(body.username, body.password, body.otp);
    if (!session.ok) return session;
    const { token, csrfToken, principal, secondFactor, missing, expiresAt } = session.value;
    return created(
      {
        id: 'current',
        state: 'signedIn',
        csrfToken,
        secondFactor,
        missing: [...missing],
        expiresAt: instantText(expiresAt),
        me: showMe(principal, csrfToken, settings.demonstration, nowMs),
        availableActions: ['signOut'],
      },
      `${API_ROOT}/me`,
      { 'set-cookie': setSessionCookie(token, settings.publicUrl) },
    );
  }),

  route(signOut, async (_, { ports, sessionToken }) => {
    if (sessionToken !== null) await ports.sessions.signOut(sessionToken);
    return empty({ 'set-cookie': clearSessionCookie(ports.settings.publicUrl) });
  }),

  route(getMe, async (_, { ports, principal, sessionToken, nowMs }) => {
    const csrfToken =
      principal.kind === 'agency' || sessionToken === null ? null : ports.sessions.csrfTokenOf(sessionToken);
    return ok(showMe(principal, csrfToken, ports.settings.demonstration, nowMs));
  }),
];

function showMe(
  principal: Principal,
  csrfToken: string | null,
  demonstration: boolean,
  nowMs: number,
): z.input<typeof meSchema> {
  return {
    id: principalName(principal),
    state: 'signedIn',
    ...identityOf(principal),
    roles: rolesOf(principal).map((code) => ({ code, name: ROLE_NAMES[code] })),
    csrfToken,
    demonstration,
    serverTime: shanghaiInstant(nowMs),
    availableActions: principal.kind === 'agency' ? [] : ['signOut'],
  };
}

function identityOf(
  principal: Principal,
): Pick<z.input<typeof meSchema>, 'kind' | 'displayName' | 'authorityId'> {
  switch (principal.kind) {
    case 'person':
    case 'relyingParty':
      return {
        kind: principal.kind,
        displayName: principal.displayName,
        authorityId: principal.authorityId,
      };
    case 'holder':
      return { kind: 'holder', displayName: principal.displayName, authorityId: null };
    case 'agency':
      return { kind: 'agency', displayName: principal.keyId, authorityId: principal.authorityId };
    case 'system':
      throw new Error('the system principal never calls over HTTP');
  }
}
