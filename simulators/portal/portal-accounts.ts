import { memberOf, textMember } from '../protocol/simulator-server';

/** What the portal knows of a person or company; whoever it was told nothing about is registered as named. */
export interface PortalAccount {
  readonly code: string;
  readonly registered: boolean;
  /** The name behind the code; null: whatever name is given. */
  readonly name: string | null;
  /** `later`: deliveries are taken at once, and the receipt is sent by itself to the registered callback address. */
  readonly receipt: 'atOnce' | 'later';
}

export interface PortalHolder {
  readonly name: string;
  readonly code: string | null;
}

export type AccountMatch = 'match' | 'matchLater' | 'notRegistered' | 'wrongPerson';

/** In: the account, if any, and the holder as delivered to. Out: whether this is the portal's user. */
export function matchAccount(account: PortalAccount | null, holder: PortalHolder): AccountMatch {
  if (holder.code === null) return 'notRegistered';
  if (account === null) return 'match';
  if (!account.registered) return 'notRegistered';
  if (account.name !== null && account.name !== holder.name) return 'wrongPerson';
  return account.receipt === 'later' ? 'matchLater' : 'match';
}

/** In: a code and the body of `PUT /control/accounts/{code}` or a stored account. Out: the account, or null. */
export function readAccount(code: string, body: unknown): PortalAccount | null {
  const registered = memberOf(body, 'registered') ?? true;
  const name = memberOf(body, 'name') ?? null;
  const receipt = memberOf(body, 'receipt') ?? 'atOnce';
  if (receipt !== 'atOnce' && receipt !== 'later') return null;
  if (typeof registered !== 'boolean' || (name !== null && textMember(body, 'name') === null)) return null;
  return { code, registered, name: textMember(body, 'name'), receipt };
}
