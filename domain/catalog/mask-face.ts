import { maskAddress, maskIdentityNumber, maskName, maskPhone, maskWhole } from '../shared/mask-text';
import type { Face, FaceField, FaceMask, FaceSchema, FaceValue } from './face-schema';

/** The face as somebody sees it who may know that the certificate exists but not the personal data on it (art. 23). */
export function maskFace(schema: FaceSchema, face: Face): Face {
  return select(schema, face, () => true);
}

/** The face as whoever verifies the certificate sees it: the public elements only, masked. */
export function publicFace(schema: FaceSchema, face: Face): Face {
  return select(schema, face, (field) => field.publicOnVerification);
}

/** One value as its mask shows it. */
export function maskValue(mask: FaceMask, value: string): string {
  switch (mask) {
    case 'none':
      return value;
    case 'name':
      return value.split('、').map(maskName).join('、');
    case 'identityNumber':
      return value.split('、').map(maskIdentityNumber).join('、');
    case 'phone':
      return maskPhone(value);
    case 'address':
      return maskAddress(value);
    case 'all':
      return maskWhole();
  }
}

function select(schema: FaceSchema, face: Face, wanted: (field: FaceField) => boolean): Face {
  const values: [string, FaceValue][] = [];
  for (const field of schema) {
    const value = face[field.name];
    if (value !== undefined && wanted(field)) values.push([field.name, maskField(field, value)]);
  }
  return Object.fromEntries(values);
}

function maskField(field: FaceField, value: FaceValue): FaceValue {
  if (typeof value === 'string') return maskValue(field.kind === 'rows' ? 'all' : field.mask, value);
  if (field.kind !== 'rows' || field.mask === 'all') return maskWhole();
  return value.map((row) => {
    const cells: [string, string][] = [];
    for (const { name, mask } of field.columns) {
      const cell = row[name];
      if (cell !== undefined) cells.push([name, maskValue(mask, cell)]);
    }
    return Object.fromEntries(cells);
  });
}
