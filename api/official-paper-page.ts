import { createHash } from 'node:crypto';
import type { PaperText } from '../ports/official-paper-desk';
import type { Headers } from './http/answer';
import { escapeHtml } from './http/escape-html';

/** Measures of 党政机关公文格式 (GB/T 9704) as read from published papers: red head, number below, 28 mm left margin. */
const STYLE = `
@page{size:A4;margin:37mm 26mm 35mm 28mm}
body{margin:0;background:#f3f5f8;color:#000;font:16pt/1.75 "FangSong","Noto Serif SC",serif}
article{box-sizing:border-box;max-width:210mm;min-height:297mm;margin:1rem auto;padding:37mm 26mm 35mm 28mm;background:#fff}
@media print{body{background:#fff}article{margin:0;padding:0;min-height:0}}
header{text-align:center;border-bottom:2px solid #c8102e;padding-bottom:4mm;margin-bottom:8mm}
header strong{display:block;color:#c8102e;font-size:26pt;line-height:1.4}
h1{text-align:center;font-size:22pt;font-weight:normal;margin:0 0 8mm}
p{text-indent:2em;margin:0;overflow-wrap:anywhere}p.to{text-indent:0}
footer{margin-top:16mm;text-align:right}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Headers of the page: no script, no frame, nothing kept by caches between reader and office. */
export const PAPER_HEADERS: Headers = {
  vary: 'Accept',
  'cache-control': 'no-store',
  'content-language': 'zh-CN',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

/** In: a paper with its text. Out: the printable page; every value is escaped, no script is needed. */
export function renderPaper(paper: PaperText): string {
  const paragraphs = paper.paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n');
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>${escapeHtml(`${paper.title} ${paper.number}`)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
<body><article><header><strong>${escapeHtml(paper.issuedBy)}</strong>${escapeHtml(paper.number)}</header>
<h1>${escapeHtml(paper.title)}</h1>
<p class="to">${escapeHtml(paper.addressee)}：</p>
${paragraphs}
<footer>${escapeHtml(paper.issuedBy)}<br>${escapeHtml(chineseDate(paper.issuedOn))}</footer></article></body></html>
`;
}

function chineseDate(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
}
