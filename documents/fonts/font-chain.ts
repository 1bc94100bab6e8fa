import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { openFontFile } from './font-bytes';
import { loadMongolianShaper, type MongolianShaper } from './mongolian-shaper';
import { parseTrueTypeFont, type TrueTypeFont } from './true-type-font';

/** What a template asks for: 宋体, 宋体 bold for titles, 黑体, 黑体 bold. */
export const FONT_ROLES = ['song', 'songBold', 'hei', 'heiBold'] as const;
export type FontRole = (typeof FONT_ROLES)[number];

/** Files in the order in which they are asked for a character. */
export interface FontChainPaths {
  readonly song: readonly string[];
  readonly songBold: readonly string[];
  readonly hei: readonly string[];
  readonly heiBold: readonly string[];
  /** Asked after every role's own files, e.g. HanaMin or BabelStone Han for GB 18030-2022 level 3. */
  readonly fallbacks: readonly string[];
  /** Traditional Mongolian, or null where no template needs it. */
  readonly mongolian: string | null;
}

export interface FoundGlyph {
  readonly fontKey: string;
  readonly font: TrueTypeFont;
  readonly glyphId: number;
}

/** Fonts that are parsed once for the process and shared by every document. */
export interface FontChain {
  /** First font of the role, then of the fallbacks, that has the character; null when none has. */
  find(role: FontRole, codePoint: number): FoundGlyph | null;
  /** Font of a key that `find` answered; throws for an unknown key. */
  font(fontKey: string): TrueTypeFont;
  readonly mongolian: MongolianShaper | null;
}

/**
 * Paths of the fonts that come with the npm packages `@expo-google-fonts/*` (SIL Open Font License).
 * @param fallbacks further files, asked last.
 */
export function defaultFontPaths(fallbacks: readonly string[] = []): FontChainPaths {
  const locate = createRequire(__filename);
  const file = (name: string, path: string): string =>
    join(dirname(locate.resolve(`@expo-google-fonts/${name}/package.json`)), path);
  return {
    song: [file('noto-serif-sc', '400Regular/NotoSerifSC_400Regular.ttf')],
    songBold: [file('noto-serif-sc', '700Bold/NotoSerifSC_700Bold.ttf')],
    hei: [file('noto-sans-sc', '400Regular/NotoSansSC_400Regular.ttf')],
    heiBold: [file('noto-sans-sc', '700Bold/NotoSansSC_700Bold.ttf')],
    fallbacks,
    mongolian: file('noto-sans-mongolian', '400Regular/NotoSansMongolian_400Regular.ttf'),
  };
}

/**
 * Opens and parses the fonts of a chain: some 30 ms once, then a table look-up per character.
 * @throws Error naming the file when one is missing or is not TrueType.
 */
export async function loadFontChain(paths: FontChainPaths = defaultFontPaths()): Promise<FontChain> {
  const fonts = new Map<string, TrueTypeFont>();
  const keysOfFiles = new Map<string, string>();
  const load = (path: string): string => {
    const known = keysOfFiles.get(path);
    if (known !== undefined) return known;
    const font = parseTrueTypeFont(openFontFile(path));
    let key = font.postScriptName;
    for (let i = 2; fonts.has(key); i += 1) key = `${font.postScriptName}-${i}`;
    fonts.set(key, font);
    keysOfFiles.set(path, key);
    return key;
  };
  const keysOf = (role: FontRole): string[] => [...paths[role], ...paths.fallbacks].map(load);
  const chains: Record<FontRole, Chain> = {
    song: { keys: keysOf('song'), found: new Map() },
    songBold: { keys: keysOf('songBold'), found: new Map() },
    hei: { keys: keysOf('hei'), found: new Map() },
    heiBold: { keys: keysOf('heiBold'), found: new Map() },
  };
  const mongolian = paths.mongolian === null ? null : await loadShaper(paths.mongolian);
  return {
    find: (role, codePoint) => findIn(fonts, chains[role], codePoint),
    font(fontKey) {
      const font = fonts.get(fontKey);
      if (font === undefined) throw new Error(`no font ${fontKey} in this chain`);
      return font;
    },
    mongolian,
  };
}

interface Chain {
  readonly keys: readonly string[];
  readonly found: Map<number, FoundGlyph | null>;
}

function findIn(
  fonts: ReadonlyMap<string, TrueTypeFont>,
  chain: Chain,
  codePoint: number,
): FoundGlyph | null {
  const known = chain.found.get(codePoint);
  if (known !== undefined) return known;
  let answer: FoundGlyph | null = null;
  for (const fontKey of chain.keys) {
    const font = fonts.get(fontKey);
    const glyphId = font?.glyphIdOf(codePoint) ?? 0;
    if (font !== undefined && glyphId !== 0) {
      answer = { fontKey, font, glyphId };
      break;
    }
  }
  chain.found.set(codePoint, answer);
  return answer;
}

async function loadShaper(path: string): Promise<MongolianShaper> {
  const bytes = openFontFile(path);
  return await loadMongolianShaper(bytes, parseTrueTypeFont(bytes));
}
