export const READINESS_PARTS = [
  'database',
  'durability',
  'temporal',
  'worker',
  'signing',
  'fileStore',
] as const;
export type ReadinessPartName = (typeof READINESS_PARTS)[number];

export interface ReadinessPart {
  readonly name: ReadinessPartName;
  readonly ready: boolean;
  /** What is wrong, as a sentence for whoever runs the system, without secrets; null when ready. */
  readonly detail: string | null;
}

/** How much of the demonstration city is laid out in the background. */
export interface LayoutProgress {
  readonly scenarios: { readonly done: number; readonly total: number };
  readonly certificates: { readonly done: number; readonly total: number };
}

/**
 * Whether every part on which issuing depends can be used now. `durability`: fsync, synchronous_commit and
 * full_page_writes are on; `signing`: the known-answer self-test passed. Answers within two seconds.
 */
export interface Readiness {
  parts(): Promise<readonly ReadinessPart[]>;
  /** Information that makes nothing unready; absent or null where no demonstration is laid out. */
  demonstration?(): Promise<LayoutProgress | null>;
}
