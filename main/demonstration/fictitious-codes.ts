import { citizenNumberCheckCharacter } from '../../domain/certificate/citizen-number';
import { creditCodeCheckCharacter } from '../../domain/certificate/unified-credit-code';

const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const;
/** An area of the prefecture that does not exist: no living person has such a number. */
const FICTITIOUS_AREA = '150699';

/**
 * In: area (six digits), a serial below 100,000 and whether it is an organ of the state or a company. Out: a unified
 * social credit code that no register gave out (its organisation part begins with DE0 or MA0DE for 演示), with right
 * check characters of organisation code (GB 11714) and whole code (GB 32100).
 */
export function fictitiousCreditCode(
  area: string,
  serial: number,
  kind: 'organ' | 'institution' | 'company',
): string {
  const [registeredBy, body] = creditCodeParts(serial, kind);
  const first17 = `${registeredBy}${area}${body}${organisationCheckCharacter(body)}`;
  return `${first17}${creditCodeCheckCharacter(first17)}`;
}

/** In: date of birth (YYYY-MM-DD) and sequence (odd: male). Out: a citizen number of the fictitious area. */
export function fictitiousCitizenNumber(bornOn: string, sequence: number): string {
  const first17 = `${FICTITIOUS_AREA}${bornOn.replaceAll('-', '')}${String(sequence).padStart(3, '0')}`;
  return `${first17}${citizenNumberCheckCharacter(first17)}`;
}

function creditCodeParts(
  serial: number,
  kind: 'organ' | 'institution' | 'company',
): readonly [string, string] {
  switch (kind) {
    case 'organ':
      return ['11', `DE0${String(serial).padStart(5, '0')}`];
    case 'institution':
      return ['12', `DE0${String(serial).padStart(5, '0')}`];
    case 'company':
      return ['91', `MA0DE${String(serial).padStart(3, '0')}`];
  }
}

/** The ninth character of an organisation code: weighted sum mod 11 over digits and letters as 10 to 35. */
function organisationCheckCharacter(body: string): string {
  const sum = ORGANISATION_WEIGHTS.reduce(
    (total, weight, index) => total + weight * Number.parseInt(body.charAt(index), 36),
    0,
  );
  const check = 11 - (sum % 11);
  if (check === 10) return 'X';
  return check === 11 ? '0' : String(check);
}
