/** An element; positions count UTF-16 units from the start of the decoded text. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  /** By local name for attributes without a prefix, by prefix:name for others; namespace declarations are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Character data directly inside, in order, entities resolved. */
  readonly text: string;
  readonly prefix: string;
  /** Where the start tag begins, and where the end tag begins (equal to `end` for an empty-element tag). */
  readonly start: number;
  readonly contentEnd: number;
  readonly end: number;
}

export interface XmlLimits {
  readonly maxDepth: number;
  readonly maxElements: number;
}

export const DEFAULT_XML_LIMITS: XmlLimits = { maxDepth: 64, maxElements: 500_000 };

/** Thrown for documents that are not well-formed or that use what this reader refuses (DTD, entities, other encodings). */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

export interface XmlDocument {
  readonly text: string;
  readonly root: XmlElement;
}

interface OpenElement {
  readonly qualified: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly namespaces: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly start: number;
  text: string;
}

interface Cursor {
  readonly text: string;
  readonly limits: XmlLimits;
  readonly open: OpenElement[];
  at: number;
  elements: number;
  root: XmlElement | undefined;
}

const NAME = /[\p{L}_][\p{L}\p{N}\p{M}._-]*(?::[\p{L}_][\p{L}\p{N}\p{M}._-]*)?/uy;
const SPACE = /[ \t\r\n]*/y;
const DECLARATION =
  /^<\?xml\s+version\s*=\s*(["'])1\.[0-9]\1(?:\s+encoding\s*=\s*(["'])([A-Za-z0-9._-]+)\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*\?>/;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

/** Characters that XML 1.0 forbids outright (production 2); a lone surrogate cannot come out of the UTF-8 decoder. */
const FORBIDDEN = /[\p{Cc}\uFFFE\uFFFF]/gu;

function checkCharacters(text: string): void {
  for (const [character] of text.matchAll(FORBIDDEN)) {
    const code = character.codePointAt(0) ?? 0;
    if (code !== 0x9 && code !== 0xa && code !== 0xd && !(code >= 0x7f && code <= 0x9f)) {
      throw new XmlError('a forbidden character');
    }
  }
}

function resolveReference(body: string): string {
  const named = NAMED.get(body);
  if (named !== undefined) return named;
  const parts = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(body);
  if (parts === null) throw new XmlError('an entity that is not predefined');
  const code = parts[1] === undefined ? Number(parts[2]) : Number.parseInt(parts[1], 16);
  const allowed =
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code < 0xd800) ||
    (code >= 0xe000 && code <= 0x10ffff);
  if (!allowed || code === 0xfffe || code === 0xffff)
    throw new XmlError('a reference to a forbidden character');
  return String.fromCodePoint(code);
}

function resolveReferences(raw: string): string {
  if (!raw.includes('&')) return raw;
  return raw.replaceAll(/&([^;&]{0,12});?/g, (whole, body: string) => {
    if (!whole.endsWith(';')) throw new XmlError('an unescaped ampersand');
    return resolveReference(body);
  });
}

function match(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found === null) throw new XmlError(`not well-formed at ${cursor.at}`);
  cursor.at += found[0].length;
  return found[0];
}

function readAttribute(cursor: Cursor): readonly [string, string] {
  const name = match(cursor, NAME);
  match(cursor, SPACE);
  if (cursor.text[cursor.at] !== '=') throw new XmlError('an attribute without a value');
  cursor.at += 1;
  match(cursor, SPACE);
  const quote = cursor.text[cursor.at];
  if (quote !== '"' && quote !== "'") throw new XmlError('an attribute without quotes');
  const end = cursor.text.indexOf(quote, cursor.at + 1);
  if (end < 0) throw new XmlError('an attribute that does not end');
  const raw = cursor.text.slice(cursor.at + 1, end);
  if (raw.includes('<')) throw new XmlError('a < in an attribute');
  cursor.at = end + 1;
  return [name, resolveReferences(raw.replaceAll(/[\t\r\n]/g, ' '))];
}

function readAttributes(cursor: Cursor): Map<string, string> {
  const attributes = new Map<string, string>();
  for (;;) {
    const space = match(cursor, SPACE);
    const next = cursor.text[cursor.at];
    if (next === '>' || next === '/' || next === undefined) return attributes;
    if (space === '') throw new XmlError('attributes run together');
    const [name, value] = readAttribute(cursor);
    if (attributes.has(name)) throw new XmlError('an attribute stands twice');
    attributes.set(name, value);
  }
}

function namespacesOf(
  attributes: ReadonlyMap<string, string>,
  outer: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  let own: Map<string, string> | undefined;
  for (const [name, value] of attributes) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    own ??= new Map(outer);
    own.set(name === 'xmlns' ? '' : name.slice(6), value);
  }
  return own ?? outer;
}

function splitName(qualified: string): { prefix: string; local: string } {
  const colon = qualified.indexOf(':');
  return { prefix: colon < 0 ? '' : qualified.slice(0, colon), local: qualified.slice(colon + 1) };
}

function finish(cursor: Cursor, element: OpenElement, contentEnd: number): void {
  const { prefix, local } = splitName(element.qualified);
  const namespace = element.namespaces.get(prefix);
  if (namespace === undefined && prefix !== '') throw new XmlError('a prefix without a namespace');
  const attributes = new Map<string, string>();
  for (const [name, value] of element.attributes) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) attributes.set(name, value);
  }
  const made: XmlElement = {
    name: local,
    namespace: namespace ?? '',
    attributes,
    children: element.children,
    text: element.text,
    prefix,
    start: element.start,
    contentEnd,
    end: cursor.at,
  };
  const parent = cursor.open.at(-1);
  if (parent !== undefined) parent.children.push(made);
  else if (cursor.root !== undefined) throw new XmlError('two root elements');
  else cursor.root = made;
}

function readStartTag(cursor: Cursor): void {
  const start = cursor.at;
  cursor.at += 1;
  const qualified = match(cursor, NAME);
  const attributes = readAttributes(cursor);
  const outer = cursor.open.at(-1)?.namespaces ?? new Map([['xml', XML_NAMESPACE]]);
  cursor.elements += 1;
  if (cursor.elements > cursor.limits.maxElements) throw new XmlError('too many elements');
  const namespaces = namespacesOf(attributes, outer);
  const element: OpenElement = { qualified, attributes, namespaces, children: [], start, text: '' };
  if (cursor.text.startsWith('/>', cursor.at)) {
    cursor.at += 2;
    finish(cursor, element, cursor.at);
    return;
  }
  if (cursor.text[cursor.at] !== '>') throw new XmlError('a tag that does not end');
  cursor.at += 1;
  cursor.open.push(element);
  if (cursor.open.length > cursor.limits.maxDepth) throw new XmlError('elements nest too deeply');
}

function readEndTag(cursor: Cursor): void {
  const contentEnd = cursor.at;
  cursor.at += 2;
  const qualified = match(cursor, NAME);
  match(cursor, SPACE);
  const element = cursor.open.pop();
  if (element?.qualified !== qualified || cursor.text[cursor.at] !== '>')
    throw new XmlError('tags do not match');
  cursor.at += 1;
  finish(cursor, element, contentEnd);
}

function skipPast(cursor: Cursor, opening: string, closing: string): string {
  const from = cursor.at + opening.length;
  const end = cursor.text.indexOf(closing, from);
  if (end < 0) throw new XmlError('a part that does not end');
  cursor.at = end + closing.length;
  return cursor.text.slice(from, end);
}

function appendText(cursor: Cursor, text: string): void {
  const element = cursor.open.at(-1);
  if (element !== undefined) element.text += text;
  else if (text.trim() !== '') throw new XmlError('text outside the root element');
}

function readMarkup(cursor: Cursor): void {
  const { text, at } = cursor;
  if (text.startsWith('<!--', at)) {
    if (skipPast(cursor, '<!--', '-->').includes('--')) throw new XmlError('a malformed comment');
  } else if (text.startsWith('<![CDATA[', at)) {
    if (cursor.open.length === 0) throw new XmlError('text outside the root element');
    appendText(cursor, skipPast(cursor, '<![CDATA[', ']]>'));
  } else if (text.startsWith('<?', at)) {
    if (/^xml\s/i.test(skipPast(cursor, '<?', '?>'))) throw new XmlError('a declaration inside the document');
  } else if (text.startsWith('<!', at)) {
    throw new XmlError('a document type or entity declaration');
  } else if (text.startsWith('</', at)) {
    readEndTag(cursor);
  } else {
    readStartTag(cursor);
  }
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return STRICT_UTF8.decode(bytes);
  } catch {
    throw new XmlError('not UTF-8');
  }
}

/**
 * Parses an XML 1.0 document in UTF-8 with namespaces. Document types, entities beyond the five predefined ones, other
 * encodings, unbound prefixes, repeated attributes and more depth or elements than `limits` allow are refused: what a
 * seal covers must have one meaning. Throws {@link XmlError}.
 */
export function readXml(bytes: Uint8Array, limits: XmlLimits = DEFAULT_XML_LIMITS): XmlDocument {
  const text = decode(bytes);
  checkCharacters(text);
  const declaration = DECLARATION.exec(text);
  const encoding = declaration?.[3];
  if (encoding !== undefined && encoding.toUpperCase() !== 'UTF-8')
    throw new XmlError('an encoding other than UTF-8');
  const cursor: Cursor = {
    text,
    limits,
    open: [],
    at: declaration?.[0].length ?? 0,
    elements: 0,
    root: undefined,
  };
  while (cursor.at < text.length) {
    const next = text.indexOf('<', cursor.at);
    const end = next < 0 ? text.length : next;
    if (end > cursor.at) {
      appendText(cursor, resolveReferences(text.slice(cursor.at, end)));
      cursor.at = end;
    }
    if (next >= 0) readMarkup(cursor);
  }
  if (cursor.open.length > 0 || cursor.root === undefined) throw new XmlError('the document is not complete');
  return { text, root: cursor.root };
}

/** Children of that local name in the same namespace as their parent. */
export function childrenNamed(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.name === name && child.namespace === parent.namespace);
}

/** The one child of that name; undefined when there is none. Throws {@link XmlError} when there are several. */
export function onlyChild(parent: XmlElement, name: string): XmlElement | undefined {
  const [first, second] = childrenNamed(parent, name);
  if (second !== undefined) throw new XmlError(`${name} stands more than once`);
  return first;
}

/** Trimmed text of the one child of that name; undefined when there is none. Throws {@link XmlError} for several. */
export function onlyText(parent: XmlElement, name: string): string | undefined {
  return onlyChild(parent, name)?.text.trim();
}
