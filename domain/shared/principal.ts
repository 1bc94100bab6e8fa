/** Roles of people (requirements, Roles). The three administrators (三员) stay apart from each other and from business. */
export const ROLES = [
  'cityAdministrator',
  'bannerAdministrator',
  'departmentAdministrator',
  'supervisor',
  'operator',
  'reviewer',
  'investigator',
  'sealKeeper',
  'windowClerk',
  'relyingPartyUser',
  'holder',
  'systemAdministrator',
  'securityAdministrator',
  'auditor',
] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_NAMES = {
  cityAdministrator: '市级管理员',
  bannerAdministrator: '旗区管理员',
  departmentAdministrator: '主管部门管理员',
  supervisor: '监督员',
  operator: '经办人',
  reviewer: '审核员',
  investigator: '核查员',
  sealKeeper: '印章管理员',
  windowClerk: '窗口人员',
  relyingPartyUser: '用证单位人员',
  holder: '持证主体',
  systemAdministrator: '系统管理员',
  securityAdministrator: '安全管理员',
  auditor: '审计员',
} as const satisfies Record<Role, string>;

/** Which rows a principal sees, resolved to what the database's policies compare: area × authority × trade. */
export interface Scope {
  /** The whole city, every trade. */
  readonly everything: boolean;
  /** Every trade of these authorities. */
  readonly authorityIds: readonly string[];
  /** These trades in every area. */
  readonly trades: readonly string[];
  /** One trade of one authority, written `<authority id>:<trade>`. */
  readonly pairs: readonly string[];
  /** Events and read-audit of the whole city, and nothing else (auditor). */
  readonly evidence: boolean;
}

export const NO_SCOPE: Scope = {
  everything: false,
  authorityIds: [],
  trades: [],
  pairs: [],
  evidence: false,
};

/** A member of staff who has signed in. */
export interface PersonPrincipal {
  readonly kind: 'person';
  readonly personId: string;
  readonly displayName: string;
  readonly authorityId: string | null;
  readonly roles: readonly Role[];
  readonly scope: Scope;
}

/** A business system of an authority; each of its calls was signed. */
export interface AgencyPrincipal {
  readonly kind: 'agency';
  readonly agencySystemId: string;
  readonly keyId: string;
  readonly authorityId: string;
  readonly scope: Scope;
}

/** A holder who has signed in; sees what belongs to his own code. */
export interface HolderPrincipal {
  readonly kind: 'holder';
  readonly personId: string;
  readonly displayName: string;
  /** Hex of the HMAC-SM3 of the holder's code. */
  readonly holderLookup: string;
}

/** A person of a relying party; until access is granted (art. 14) such a person sees no register row. */
export interface RelyingPartyPrincipal {
  readonly kind: 'relyingParty';
  readonly personId: string;
  readonly displayName: string;
  readonly authorityId: string | null;
}

/** The product itself: a worker, a relay, a scheduled task. Always named explicitly. */
export interface SystemPrincipal {
  readonly kind: 'system';
  readonly component: string;
}

export type Principal =
  | PersonPrincipal
  | AgencyPrincipal
  | HolderPrincipal
  | RelyingPartyPrincipal
  | SystemPrincipal;

/** The stable name of a principal in audit rows and idempotency keys. */
export function principalName(principal: Principal): string {
  switch (principal.kind) {
    case 'person':
    case 'holder':
    case 'relyingParty':
      return `${principal.kind}:${principal.personId}`;
    case 'agency':
      return `agency:${principal.agencySystemId}`;
    case 'system':
      return `system:${principal.component}`;
  }
}
