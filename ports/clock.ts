/** The only source of "now" outside of tests; the domain receives instants as arguments. */
export interface Clock {
  now(): Date;
}
