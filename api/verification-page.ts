import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { VERDICT_WORDS, type Verdict } from '../domain/verification/judge-certificate';
import type { CheckOutcome } from '../domain/verification/judge-file';
import type { verificationSchema } from './contract/verification';
import type { Headers } from './http/answer';
import { escapeHtml } from './http/escape-html';

type Verification = z.output<typeof verificationSchema>;
type Certificate = NonNullable<Verification['certificate']>;

const STYLE = `
:root{color-scheme:light;--ink:#1c2430;--soft:#566173;--line:#d9dee7}
body{margin:0;background:#f3f5f8;color:var(--ink);font:18px/1.6 "Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:42rem;margin:0 auto;padding:1.25rem}
.verdict{border-radius:.75rem;padding:1.5rem 1.25rem;color:#fff;margin-bottom:1rem}
.valid{background:#12663a}.notValid{background:#a1191f}.cannotTell{background:#5a4a00}
h1{font-size:2.4rem;line-height:1.2;margin:0 0 .5rem}
.verdict p{margin:0;font-size:1.3rem}
.mark{background:#fff7d6;border:2px solid #8a6d00;border-radius:.5rem;padding:.75rem 1rem;margin:0 0 1rem}
section{background:#fff;border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.25rem;margin-bottom:1rem}
h2{font-size:1.1rem;margin:0 0 .5rem}
dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.25rem 1rem;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
ul{margin:0;padding-left:1.25rem}footer{color:var(--soft);font-size:.95rem}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Headers of the page: no script, no frame, only the one style sheet that it carries, recognised by its digest. */
export const PAGE_HEADERS: Headers = {
  vary: 'Accept',
  'content-language': 'zh-CN',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

const SIGNS = { valid: '✔', notValid: '✘', cannotTell: '?' } as const satisfies Record<Verdict, string>;

const OUTCOME_WORDS = {
  passed: '✔ 通过',
  failed: '✘ 不通过',
  notDecided: '? 无法判定',
  notApplicable: '— 不适用',
} as const satisfies Record<CheckOutcome, string>;

/**
 * The page that somebody sees who scanned a code: one sentence in large type with a sign (never colour alone),
 * marks, time, masked face, issuing authority, list of checks. Works without scripts.
 */
export function renderVerification(verification: Verification): string {
  const { verdict, sentence, at, marks, certificate, checks } = verification;
  return page(
    VERDICT_WORDS[verdict],
    `<div class="verdict ${verdict}"><h1>${SIGNS[verdict]} ${VERDICT_WORDS[verdict]}</h1><p>${escapeHtml(sentence)}</p></div>
${marks.map(({ name, meaning }) => `<p class="mark">⚠ <strong>${escapeHtml(name)}</strong> ${escapeHtml(meaning)}</p>`).join('\n')}
${certificate === null ? '' : certificateSection(certificate)}
<section><h2>核验项目</h2><ul>${checks
      .map(
        ({ name, outcome, detail }) =>
          `<li>${escapeHtml(name)}：${OUTCOME_WORDS[outcome]}${detail === null ? '' : `，${escapeHtml(detail)}`}</li>`,
      )
      .join('')}</ul></section>
<footer>本结论针对北京时间 ${escapeHtml(at.slice(0, 19).replace('T', ' '))}。证照状态随时可能变化，以再次核验为准。</footer>`,
  );
}

/** The page for a code that the register does not know. */
export function renderUnknownCode(): string {
  return page(
    VERDICT_WORDS.cannotTell,
    `<div class="verdict cannotTell"><h1>${SIGNS.cannotTell} ${VERDICT_WORDS.cannotTell}</h1><p>登记簿中没有这个核验码，请核对后重新扫描，或向发证单位核实</p></div>`,
  );
}

function certificateSection(certificate: Certificate): string {
  const { certificateName, number, issuingAuthority, stateName, maskedHolders, publicFace } = certificate;
  const rows: readonly (readonly [string, string])[] = [
    ['证照名称', certificateName],
    ['证照编号', number],
    ['证照标识', certificate.identifier],
    ['状态', stateName],
    ['发证单位', issuingAuthority],
    ['发证日期', certificate.issuedOn],
    ['有效期', `${certificate.validFrom} 至 ${certificate.validUntil ?? '长期'}`],
    ...(certificate.endedAt === null
      ? []
      : [['终止或被取代', certificate.endedAt.slice(0, 16).replace('T', ' ')] as const]),
    ...maskedHolders.map(
      ({ name, code, share }) =>
        ['持证主体', [name, code, share].filter((part) => part !== null).join(' ')] as const,
    ),
    ...Object.entries(publicFace).map(([name, value]) => [name, faceText(value)] as const),
  ];
  return `<section><h2>证照信息(已脱敏)</h2><dl>${rows
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('')}</dl></section>`;
}

function faceText(value: Certificate['publicFace'][string]): string {
  return typeof value === 'string' ? value : value.map((row) => Object.values(row).join(' ')).join('；');
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title} · 电子证照核验</title><style>${STYLE}</style></head>
<body><main>
${content}
</main></body></html>
`;
}
