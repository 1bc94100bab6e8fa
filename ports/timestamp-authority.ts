/** A timestamp service (RFC 3161). Only digests leave the house. */
export interface TimestampAuthority {
  /**
   * The DER token over these bytes (for a seal: over its signature value), checked to answer this very request.
   * Throws when the service is out of reach, slow or refuses: sealing goes on without, and the token is asked for later.
   */
  stamp(over: Uint8Array, imprint: 'sm3' | 'sha256'): Promise<Uint8Array>;
}
