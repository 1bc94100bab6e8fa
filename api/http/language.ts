import type { Request } from 'express';

/** Chinese unless the reader asks for English before Chinese (Accept-Language). */
export function languageOf(request: Request): 'zh' | 'en' {
  const accepted: unknown = request.acceptsLanguages('zh-CN', 'zh', 'en');
  return accepted === 'en' ? 'en' : 'zh';
}
