/** The agency's own record of a business (art. 8: what is issued must agree with it). */
export type AgencyRecord =
  | { readonly kind: 'found'; readonly record: unknown }
  | { readonly kind: 'notFound' };

/** Asks the agency's own system; a fault (down, slow, 5xx) is thrown and tried again by the caller. */
export interface AgencyRecords {
  fetch(recordUrl: string, businessNumber: string): Promise<AgencyRecord>;
}
