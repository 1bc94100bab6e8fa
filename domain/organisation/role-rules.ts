import { CITY_AREA, parseAreaCode } from '../shared/area-code';
import type { Role } from '../shared/principal';
import type { Problem } from '../shared/refusals';

/** The three administrators (三员): apart from each other and from every business role (requirements, Roles). */
export const OFFICER_ROLES = [
  'systemAdministrator',
  'securityAdministrator',
  'auditor',
] as const satisfies readonly Role[];

/** A role with the scope in which it is held; a null part means every value. */
export interface RoleGrant {
  readonly role: Role;
  readonly areaCode: string | null;
  readonly authorityId: string | null;
  readonly trade: string | null;
}

/** Held by nobody beside another role: what such a person sees is decided by another rule than that of staff. */
const ALONE: ReadonlySet<Role> = new Set([...OFFICER_ROLES, 'relyingPartyUser', 'holder']);

/** Whether one person may hold all of these roles. */
export function mayHoldTogether(roles: readonly Role[]): boolean {
  const different = new Set(roles);
  return different.size <= 1 || ![...different].some((role) => ALONE.has(role));
}

/** Why roles that must be apart were refused, at their place. */
export function separationProblem(pointer: string): Problem {
  return {
    pointer,
    code: 'rolesMustBeSeparate',
    expected: '系统管理员、安全管理员、审计员三者相互分离，且不兼其他角色',
  };
}

/** Whether a role is one of the three administrators'. */
export function isOfficerRole(role: Role): boolean {
  return OFFICER_ROLES.some((officer) => officer === role);
}

/**
 * In: a grant, and where it stands in the request. Out: what is wrong with its scope; empty when nothing is. A role that
 * names less than it needs would either see nothing or, worse, everything.
 */
export function grantProblems(grant: RoleGrant, pointer: string): readonly Problem[] {
  const wanted = SCOPE_OF_ROLE[grant.role];
  const problems: Problem[] = [];
  for (const part of ['areaCode', 'authorityId', 'trade'] as const) {
    const problem = partProblem(wanted[part], grant[part]);
    if (problem !== null) problems.push({ pointer: `${pointer}/${part}`, ...problem });
  }
  if (grant.areaCode !== null && !problems.some((each) => each.pointer.endsWith('/areaCode'))) {
    const area = parseAreaCode(grant.areaCode);
    if (!area.ok) problems.push({ pointer: `${pointer}/areaCode`, ...area.refusal });
    else if (grant.role === 'bannerAdministrator' && area.value === CITY_AREA) {
      problems.push({
        pointer: `${pointer}/areaCode`,
        code: 'areaTooWide',
        expected: '应为旗区的行政区划代码',
      });
    }
  }
  if (grant.role === 'holder') {
    problems.push({
      pointer: `${pointer}/role`,
      code: 'notGranted',
      expected: '持证主体的账号由本人通过门户建立，不由管理员授予',
    });
  }
  return problems;
}

type PartRule = 'needed' | 'allowed' | 'absent';
interface ScopeRule {
  readonly areaCode: PartRule;
  readonly authorityId: PartRule;
  readonly trade: PartRule;
}

const NONE: ScopeRule = { areaCode: 'absent', authorityId: 'absent', trade: 'absent' };
const OF_AUTHORITY: ScopeRule = { areaCode: 'absent', authorityId: 'needed', trade: 'allowed' };

const SCOPE_OF_ROLE: Readonly<Record<Role, ScopeRule>> = {
  cityAdministrator: NONE,
  bannerAdministrator: { areaCode: 'needed', authorityId: 'absent', trade: 'absent' },
  departmentAdministrator: { areaCode: 'absent', authorityId: 'absent', trade: 'needed' },
  supervisor: { areaCode: 'allowed', authorityId: 'allowed', trade: 'allowed' },
  operator: OF_AUTHORITY,
  reviewer: OF_AUTHORITY,
  investigator: OF_AUTHORITY,
  sealKeeper: OF_AUTHORITY,
  windowClerk: OF_AUTHORITY,
  relyingPartyUser: NONE,
  holder: NONE,
  systemAdministrator: NONE,
  securityAdministrator: NONE,
  auditor: NONE,
};

function partProblem(rule: PartRule, value: string | null): Omit<Problem, 'pointer'> | null {
  if (rule === 'needed' && value === null) return { code: 'missing', expected: '该角色须指明此项管辖范围' };
  if (rule === 'absent' && value !== null) return { code: 'notAllowed', expected: '该角色不带此项管辖范围' };
  return null;
}
