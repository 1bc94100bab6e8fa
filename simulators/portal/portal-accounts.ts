import { memberOf, textMember } from '../protocol/simulator-server';

/** What the portal knows of a person or company; whoever it was told nothing about is registered as named. */
export interface PortalAccount {
  readonly code: string;
  readonly registered: boolean;
  /** The name behind the code; null: whatever name is given. */
  readonly name: string | null;
}

export interface PortalHolder {
  readonly name: string;
  readonly code: string | null;
}

export type AccountMatch = 'match' | 'notRegistered' | 'wrongPerson';

/** In: the account, if any, and the holder as delivered to. Out: whether this is the portal's user. */
export function matchAccount(account: PortalAccount | null, holder: PortalHolder): AccountMatch {
  if (holder.code === null) return 'notRegistered';
  if (account === null) return 'match';
  if (!account.registered) return 'notRegistered';
  return account.name === null || account.name === holder.name ? 'match' : 'wrongPerson';
}

/** In: a code and the body of `PUT /control/accounts/{code}` or a stored account. Out: the account, or null. */
export function readAccount(code: string, body: unknown): PortalAccount | null {
  const registered = memberOf(body, 'registered') ?? true;
  const name = memberOf(body, 'name') ?? null;
  if (typeof registered !== 'boolean' || (name !== null && textMember(body, 'name') === null)) return null;
  return { code, registered, name: textMember(body, 'name') };
}
