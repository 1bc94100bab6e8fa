import { beginSecondFactor, changeOwnPassword, confirmSecondFactor } from '../contract/own-account';
import { instantText } from '../contract/shapes';
import { created, empty, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** What everybody looks after himself: password and second factor. */
export const ownAccountRoutes: readonly Route[] = [
  route(changeOwnPassword, async ({ body }, { ports, principal, sessionToken }) => {
    if (sessionToken === null) return refuse('notPermitted');
    const { currentPassword: current, newPassword: next } = body;
    const changed = await ports.credentials.changeOwnPassword(principal, { current, next, sessionToken });
    return changed.ok ? empty() : changed;
  }),

  route(beginSecondFactor, async ({ body }, { ports, principal }) => {
    const begun = await ports.credentials.beginSecondFactor(principal, body.otp);
    if (!begun.ok) return begun;
    const { otpauthUrl, secret, expiresAt } = begun.value;
    return created(
      {
        id: 'current',
        state: 'pending',
        otpauthUrl,
        secret,
        expiresAt: instantText(expiresAt),
        availableActions: ['confirm'],
      },
      `${API_ROOT}/me`,
    );
  }),

  route(confirmSecondFactor, async ({ body }, { ports, principal }) => {
    const confirmed = await ports.credentials.confirmSecondFactor(principal, body.otp);
    return confirmed.ok ? empty() : confirmed;
  }),
];
