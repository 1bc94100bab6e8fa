/** One issue, change or ending to be reported to the region (归集上报). */
export interface UpReportItem {
  /** Natural key: the region answers the same for the same id. */
  readonly reportId: string;
  readonly operationCode: string;
  readonly identifier: string;
  readonly catalogCode: string;
  readonly certificateName: string;
  readonly number: string;
  readonly issuingAuthorityCode: string;
  readonly state: string;
  readonly issuedOn: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly fileDigest: string;
}

export type UpReportAnswer =
  | { readonly kind: 'accepted'; readonly receipt: string }
  | { readonly kind: 'returned'; readonly reason: string }
  | { readonly kind: 'quarantined'; readonly reason: string };

/** The regional platform; here a local simulator, never claimed to be the region's interface. Faults are thrown. */
export interface UpReportChannel {
  send(item: UpReportItem): Promise<UpReportAnswer>;
}

/** What the region says it received on a day. */
export interface RegionReceipt {
  readonly reportId: string;
  readonly receipt: string;
}

/** The region's own list of a day, for the daily reconciliation. Faults are thrown. */
export interface UpReportReceipts {
  /** In: a legal date YYYY-MM-DD by the region's clock. Out: every report received on it; one received twice stands twice. */
  receivedOn(date: string): Promise<readonly RegionReceipt[]>;
}
