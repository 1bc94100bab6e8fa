import { BIRTH_CERTIFICATE } from './birth-certificate';
import { BUSINESS_LICENCE } from './business-licence';
import { CONSTRUCTION_PERMIT } from './construction-permit';
import { FOOD_BUSINESS_LICENCE } from './food-business-licence';
import { PUBLIC_PLACE_HYGIENE_LICENCE } from './public-place-hygiene-licence';
import { REAL_ESTATE_CERTIFICATE } from './real-estate-certificate';
import { REAL_ESTATE_REGISTRATION_PROOF } from './real-estate-registration-proof';
import { ROAD_TRANSPORT_BUSINESS_LICENCE } from './road-transport-business-licence';
import { ROAD_TRANSPORT_CERTIFICATE } from './road-transport-certificate';
import { SAFETY_MANAGER_CERTIFICATE } from './safety-manager-certificate';
import { SAFETY_PRODUCTION_LICENCE } from './safety-production-licence';
import { SPECIAL_OPERATIONS_QUALIFICATION } from './special-operations-qualification';
import type { Template } from './template';

const TEMPLATES: readonly Template[] = [
  REAL_ESTATE_CERTIFICATE,
  ROAD_TRANSPORT_CERTIFICATE,
  ROAD_TRANSPORT_BUSINESS_LICENCE,
  CONSTRUCTION_PERMIT,
  SAFETY_PRODUCTION_LICENCE,
  SPECIAL_OPERATIONS_QUALIFICATION,
  SAFETY_MANAGER_CERTIFICATE,
  FOOD_BUSINESS_LICENCE,
  BUSINESS_LICENCE,
  BIRTH_CERTIFICATE,
  REAL_ESTATE_REGISTRATION_PROOF,
  PUBLIC_PLACE_HYGIENE_LICENCE,
];

/** The templates that come with the product, by the name of the certificate type. */
export const BUILT_IN_TEMPLATES: ReadonlyMap<string, Template> = new Map(
  TEMPLATES.map((template) => [template.name, template]),
);
