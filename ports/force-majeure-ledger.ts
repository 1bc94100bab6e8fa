import type { AffectedOperation } from '../domain/force-majeure/affected-item';

/** What a force-majeure event answers about itself after it did everything that was due. */
export interface ForceMajeureStanding {
  readonly isClosed: boolean;
  readonly lookAgainInMs: number | null;
}

/** The register as the workflow of an event sees it. Idempotent; a page of items at a time, so each call is short. */
export interface ForceMajeureLedger {
  /**
   * Does what clocks and failing steps make due: tells what is late, takes in what cannot be done, closes what was made up,
   * pauses and resumes the clocks of affected cases, gives them back when the event is not recognised.
   */
  settle(eventId: string): Promise<ForceMajeureStanding>;
}

/** A day on which force majeure excuses an operation of an authority and type. */
export interface ForceMajeureDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly eventId: string;
  readonly eventNumber: string;
  /** False while the city has not answered yet: the day is excused for the time being. */
  readonly recognised: boolean;
}

/** A span in which an authority could not work on a type, for assessment (art. 25: excluded fairly). */
export interface ForceMajeurePeriod {
  readonly eventId: string;
  readonly eventNumber: string;
  readonly authorityId: string;
  readonly catalogEntryId: string;
  readonly operations: readonly AffectedOperation[];
  readonly from: Date;
  /** Null while the fault goes on. */
  readonly until: Date | null;
}

/** A case whose time an assessment leaves out, as it was held by a recognised event. */
export interface ExcludedItem {
  readonly eventId: string;
  readonly authorityId: string;
  readonly operation: AffectedOperation;
  readonly subjectKind: string;
  readonly subjectId: string | null;
  readonly reference: string;
  readonly from: Date;
  readonly until: Date | null;
}
