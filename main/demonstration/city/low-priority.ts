import { setPriority } from 'node:os';

/** Whoever tries the product out must not wait for its past. */
const NICENESS = 10;

// When this module is loaded, before the many that the laying-out needs: they are read while the product starts.
setPriority(NICENESS);
