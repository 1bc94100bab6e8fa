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

export type PortalAnswer =
  | {
      readonly kind: 'delivered';
      readonly receipt: string /** The portal's proof, byte for byte as it came. */;
      readonly proof: string;
    }
  | { readonly kind: 'notRegistered' }
  | { readonly kind: 'wrongPerson'; readonly reason: string };

/** 内蒙古政务服务网 or 蒙速办 behind one port; faults are thrown and tried again. */
export interface DeliveryPortal {
  deliver(delivery: PortalDelivery): Promise<PortalAnswer>;
}
