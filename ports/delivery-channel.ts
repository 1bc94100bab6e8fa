/** What the portal is handed for one holder; the file itself is fetched by the portal from its own account, never mailed. */
export interface PortalDelivery {
  /** Natural key: the portal answers the same for the same id. */
  readonly deliveryId: string;
  readonly certificateIdentifier: string;
  readonly certificateName: string;
  readonly number: string;
  readonly holder: {
    readonly kind: string;
    readonly name: string;
    readonly codeType: string | null;
    readonly code: string | null;
  };
  readonly fileDigest: string;
  readonly ofd: Uint8Array;
}

/** A receipt as the portal sends it later, by itself. */
export interface PortalReceipt {
  readonly receipt: string;
  readonly proof: string;
  /** Base64 of the portal's SM2 signature over exactly the text of the proof. */
  readonly proofSignature: string;
}

export type PortalAnswer =
  | {
      readonly kind: 'delivered';
      readonly receipt: string /** The portal's proof, byte for byte as it came. */;
      readonly proof: string;
    }
  /** The portal has it and will say by a receipt when the holder has; asking again is harmless. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'notRegistered' }
  | { readonly kind: 'wrongPerson'; readonly reason: string };

/** Judges receipts by the portal's public key alone, so that nobody else can send one. */
export interface PortalReceipts {
  /** The answer that the receipt proves for this delivery of this file; null when it proves nothing of the kind. */
  read(
    receipt: PortalReceipt,
    delivery: Pick<PortalDelivery, 'deliveryId' | 'fileDigest'>,
  ): Extract<PortalAnswer, { readonly kind: 'delivered' }> | null;
}

/** 内蒙古政务服务网 or 蒙速办 behind one port; faults are thrown and tried again. */
export interface DeliveryPortal {
  deliver(delivery: PortalDelivery): Promise<PortalAnswer>;
}
