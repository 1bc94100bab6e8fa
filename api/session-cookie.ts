const NAME = 'ecert_session';

/** The session token in a Cookie header; null when there is none of a plausible form. */
export function sessionToken(cookieHeader: string | undefined): string | null {
  for (const pair of (cookieHeader ?? '').split(';')) {
    const [name, ...value] = pair.split('=');
    if (name?.trim() !== NAME) continue;
    const token = value.join('=').trim();
    return /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{16,256}$/.test(token) ? token : null;
  }
  return null;
}

/** Set-Cookie for a new session: out of reach of scripts, not sent from other sites, only over TLS where there is any. */
export function setSessionCookie(token: string, publicUrl: string): string {
  return `${NAME}=${token}; Path=/; HttpOnly; SameSite=Lax${secure(publicUrl)}`;
}

/** Set-Cookie that removes the session from the browser. */
export function clearSessionCookie(publicUrl: string): string {
  return `${NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${secure(publicUrl)}`;
}

function secure(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '; Secure' : '';
}
