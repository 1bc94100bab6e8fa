import type { Branded } from '../shared/brand';
import { parseUnifiedCreditCode } from './unified-credit-code';

/** 证照标识, follows GB/T 36904 as read from deployed implementations: root OID, four parts, check character. */
export type CertificateIdentifier = Branded<string, 'CertificateIdentifier'>;

export interface CertificateIdentifierParts {
  /** 证照类型代码, 21 characters. */
  readonly typeCode: string;
  /** 证照颁发机构代码: 18 characters; what legacy issuers wrote there may be an area code. */
  readonly authorityCode: string;
  /** 流水号: digits and capital letters. */
  readonly serial: string;
  /** 版本号, 001 to 999. */
  readonly version: string;
}

export type IdentifierWarning = 'authorityPartIsLegacy' | 'authorityCheckCharacterWrong';

export type IdentifierReading =
  | {
      /** `legacyVariant`: the check character is what one vendor's known wrong routine computes. */
      readonly outcome: 'valid' | 'legacyVariant';
      readonly identifier: CertificateIdentifier;
      readonly parts: CertificateIdentifierParts;
      readonly expectedCheckCharacter: string;
      readonly warnings: readonly IdentifierWarning[];
    }
  | {
      readonly outcome: 'invalid';
      readonly reason:
        | 'tooLong'
        | 'rootMissing'
        | 'partCount'
        | 'typeCode'
        | 'authorityCode'
        | 'serial'
        | 'version'
        | 'checkCharacter';
      /** What the check character should be; null when the parts themselves are ill-formed. */
      readonly expectedCheckCharacter: string | null;
      readonly warnings: readonly IdentifierWarning[];
    };

export const CERTIFICATE_IDENTIFIER_ROOT = '1.2.156.3005.2';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MODULUS = 36;
const MAX_IDENTIFIER_LENGTH = 160;
const MAX_READ_SERIAL_LENGTH = 64;
/** Serials of up to 32 characters were seen; a longer one might not be taken by the region. */
const MAX_NEW_SERIAL_LENGTH = 32;

/**
 * Reads an identifier from outside, for import and verification. The check character is judged twice: by the
 * standard, then by the known wrong routine of one vendor. Six-digit area codes in the authority part are
 * accepted with a warning, since legacy issuers wrote them. Never throws.
 */
export function parseCertificateIdentifier(text: string): IdentifierReading {
  if (text.length > MAX_IDENTIFIER_LENGTH) return invalid('tooLong');
  if (!text.startsWith(`${CERTIFICATE_IDENTIFIER_ROOT}.`)) return invalid('rootMissing');
  const pieces = text.slice(CERTIFICATE_IDENTIFIER_ROOT.length + 1).split('.');
  const [typeCode = '', authorityCode = '', serial = '', version = '', check = ''] = pieces;
  if (pieces.length !== 5) return invalid('partCount');
  const parts = { typeCode, authorityCode, serial, version };
  const ill = illFormedPart(parts);
  if (ill !== null) return invalid(ill);
  const warnings = authorityWarnings(authorityCode);
  const body = typeCode + authorityCode + serial + version;
  const expectedCheckCharacter = checkCharacter(body);
  if (check !== expectedCheckCharacter && check !== legacyCheckCharacter(body)) {
    return { outcome: 'invalid', reason: 'checkCharacter', expectedCheckCharacter, warnings };
  }
  const outcome = check === expectedCheckCharacter ? 'valid' : 'legacyVariant';
  return { outcome, identifier: text as CertificateIdentifier, parts, expectedCheckCharacter, warnings };
}

/**
 * Writes the identifier of a new certificate version. Throws a RangeError when a part is ill-formed, the
 * authority is not a whole credit code with its right check character (legacy forms are not issued again),
 * or the serial exceeds 32 characters: all of these were judged before, so it would be a fault.
 */
export function formatCertificateIdentifier(parts: CertificateIdentifierParts): CertificateIdentifier {
  const ill = illFormedPart(parts);
  if (ill !== null || parts.serial.length > MAX_NEW_SERIAL_LENGTH) {
    throw new RangeError(`certificate identifier: ${ill ?? 'serial'} is ill-formed`);
  }
  if (authorityWarnings(parts.authorityCode).length > 0) {
    throw new RangeError('certificate identifier: authorityCode is not a unified social credit code');
  }
  const { typeCode, authorityCode, serial, version } = parts;
  const check = checkCharacter(typeCode + authorityCode + serial + version);
  return [CERTIFICATE_IDENTIFIER_ROOT, typeCode, authorityCode, serial, version, check].join(
    '.',
  ) as CertificateIdentifier;
}

/** The version after one (`001` → `002`); null after `999`, when the certificate needs a new serial. */
export function nextVersion(version: string): string | null {
  if (!/^\d{3}$/.test(version)) throw new RangeError(`not a version: ${version}`);
  return version === '999' ? null : String(Number(version) + 1).padStart(3, '0');
}

/**
 * The serial that a certificate number gives: the number itself where it consists of digits and capital
 * letters, otherwise null, and the caller takes a free serial. Nothing is transliterated, because two
 * different numbers must not meet in one serial.
 */
export function serialFromNumber(number: string): string | null {
  return /^[0-9A-Z]+$/.test(number) && number.length <= MAX_NEW_SERIAL_LENGTH ? number : null;
}

/** ISO 7064 MOD 37,36 over digits and capital letters. */
export function checkCharacter(body: string): string {
  let product = MODULUS;
  for (const character of body) {
    const sum = (product + ALPHABET.indexOf(character)) % MODULUS;
    product = ((sum === 0 ? MODULUS : sum) * 2) % (MODULUS + 1);
  }
  return ALPHABET.charAt((MODULUS + 1 - product) % MODULUS);
}

/**
 * What one vendor's routine, in the field for years, writes instead: a letter counts one too much (A = 11),
 * its sum is reduced by 37 before 36, and the result is read one place too low. Follows
 * what that vendor's published routine does; one published identifier bears such a character.
 */
function legacyCheckCharacter(body: string): string {
  let product = MODULUS;
  for (const character of body) {
    const isLetter = character >= 'A';
    const sum = product + ALPHABET.indexOf(character) + (isLetter ? 1 : 0);
    const reduced = (isLetter && sum > MODULUS + 1 ? sum % (MODULUS + 1) : sum) % MODULUS;
    product = ((reduced === 0 ? MODULUS : reduced) * 2) % (MODULUS + 1);
  }
  return ALPHABET.charAt(MODULUS - product);
}

function illFormedPart(
  parts: CertificateIdentifierParts,
): 'typeCode' | 'authorityCode' | 'serial' | 'version' | null {
  if (!/^[0-9A-Z]{18}\d{3}$/.test(parts.typeCode)) return 'typeCode';
  if (!/^(?:[0-9A-Z]{18}|\d{6})$/.test(parts.authorityCode)) return 'authorityCode';
  if (!/^[0-9A-Z]+$/.test(parts.serial) || parts.serial.length > MAX_READ_SERIAL_LENGTH) return 'serial';
  return /^\d{3}$/.test(parts.version) && parts.version !== '000' ? null : 'version';
}

function authorityWarnings(authorityCode: string): readonly IdentifierWarning[] {
  if (authorityCode.length !== 18) return ['authorityPartIsLegacy'];
  return parseUnifiedCreditCode(authorityCode).ok ? [] : ['authorityCheckCharacterWrong'];
}

function invalid(
  reason: Exclude<Extract<IdentifierReading, { outcome: 'invalid' }>['reason'], 'checkCharacter'>,
): IdentifierReading {
  return { outcome: 'invalid', reason, expectedCheckCharacter: null, warnings: [] };
}
