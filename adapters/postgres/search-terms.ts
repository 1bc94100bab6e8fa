/** Root of certificate identifiers (GB/T 36904 as read from deployed implementations); a number never begins so. */
const IDENTIFIER_ROOT = '1.2.156.3005.2.';

/** Whether what somebody searches for is meant as a certificate identifier. */
export function isIdentifier(query: string): boolean {
  return query.startsWith(IDENTIFIER_ROOT);
}
