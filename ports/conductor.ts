/** The lifecycles that a workflow conducts; the workflow id is `<kind>/<id>`. */
export const CONDUCTED_KINDS = [
  'issuance',
  'delivery',
  'anomalyCase',
  'certificateChange',
  'forceMajeureEvent',
] as const;
export type ConductedKind = (typeof CONDUCTED_KINDS)[number];

/** Starts and tells workflows; starting one that runs is harmless, telling one that is gone is not an error. */
export interface Conductor {
  /** For a new case; one that ran to its end is not started again while Temporal remembers it. */
  start(kind: ConductedKind, id: string): Promise<void>;
  /** For an open case whose workflow may be gone (`npm run resume`): it goes on from the register at any state. */
  startAgain(kind: ConductedKind, id: string): Promise<void>;
  /**
   * Tells a running case that the register has moved. It carries no decision: the case looks again and decides from
   * what it finds, so a telling that is lost, late or doubled does no harm.
   */
  tell(kind: ConductedKind, id: string): Promise<'told' | 'notRunning'>;
}
