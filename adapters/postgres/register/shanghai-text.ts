import { shanghaiInstant } from '../../../domain/shared/legal-date';

/** An instant of the register as the interfaces write it: RFC 3339 with +08:00. */
export function shanghaiText(instant: Date): string {
  return shanghaiInstant(instant.getTime());
}
