import { sm3 } from '../../../documents/sm/sm3';

/** SM3 of a session's or CSRF token: what the register keeps of it. */
export function digestOfToken(token: string): Buffer {
  return Buffer.from(sm3(Buffer.from(token, 'utf8')));
}
