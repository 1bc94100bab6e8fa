import fc from 'fast-check';
import { childrenNamed, onlyChild, onlyText, readXml, XmlError } from '../../../documents/container/read-xml';
import { resolveLocation } from '../../../documents/container/resolve-location';

const read = (text: string) => readXml(Buffer.from(text, 'utf8')).root;

describe('readXml', () => {
  it('resolves prefixes, attributes, predefined entities, character references and CDATA', () => {
    const root = read(
      '<?xml version="1.0" encoding="UTF-8"?><o:a xmlns:o="urn:x" k="1&lt;&#20013;"><o:b>甲&amp;乙<![CDATA[<丙>]]></o:b><!-- c --></o:a>\n',
    );
    expect(root).toMatchObject({ name: 'a', namespace: 'urn:x', prefix: 'o' });
    expect(root.attributes.get('k')).toBe('1<中');
    expect(onlyText(root, 'b')).toBe('甲&乙<丙>');
  });

  it('knows children only in the namespace of their parent', () => {
    const root = read('<a xmlns="urn:x"><b/><b xmlns="urn:y"/></a>');
    expect(childrenNamed(root, 'b')).toHaveLength(1);
  });

  it('says where elements stand, so that text can be put into a document', () => {
    const text = '<a><b>x</b></a>';
    const b = onlyChild(read(text), 'b');
    expect(text.slice(b?.start, b?.end)).toBe('<b>x</b>');
    expect(text.slice(b?.contentEnd, b?.end)).toBe('</b>');
  });

  it('gives back any text that was escaped into it', () => {
    const escaped = (text: string): string =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r', '&#13;');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '中', '&', '<', '>', '"', '\u{20000}', ' ', '\n') }),
        (text) => {
          return read(`<a>${escaped(text)}</a>`).text === text;
        },
      ),
    );
  });

  it.each([
    ['a document type', '<!DOCTYPE a><a/>'],
    ['an entity declaration', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
    ['an unknown entity', '<a>&e;</a>'],
    ['a bare ampersand', '<a>1 & 2</a>'],
    ['a reference to a forbidden character', '<a>&#0;</a>'],
    ['a forbidden character', '<a>\u0001</a>'],
    ['two roots', '<a/><a/>'],
    ['no root', '<?xml version="1.0"?>'],
    ['text outside the root', '<a/>x'],
    ['tags that cross', '<a><b></a></b>'],
    ['an open tag', '<a>'],
    ['an attribute twice', '<a k="1" k="2"/>'],
    ['attributes run together', '<a k="1"l="2"/>'],
    ['an attribute without quotes', '<a k=1/>'],
    ['a < in an attribute', '<a k="<"/>'],
    ['an unbound prefix', '<o:a/>'],
    ['a declaration inside', '<a><?xml version="1.0"?></a>'],
    ['another encoding', '<?xml version="1.0" encoding="GBK"?><a/>'],
    ['a malformed comment', '<a><!-- x -- y --></a>'],
  ])('refuses %s', (_what, text) => {
    expect(() => read(text)).toThrow(XmlError);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => readXml(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e))).toThrow(XmlError);
  });

  it('refuses more depth and more elements than the limits', () => {
    const deep = `${'<a>'.repeat(70)}${'</a>'.repeat(70)}`;
    expect(() => read(deep)).toThrow('deeply');
    const wide = Buffer.from(`<a>${'<b/>'.repeat(11)}</a>`);
    expect(() => readXml(wide, { maxDepth: 5, maxElements: 10 })).toThrow('too many');
  });

  it('refuses a second child where one belongs', () => {
    expect(() => onlyChild(read('<a><b/><b/></a>'), 'b')).toThrow('more than once');
  });
});

describe('resolveLocation', () => {
  it.each([
    ['/Doc_0/x.xml', 'OFD.xml', 'Doc_0/x.xml'],
    ['Doc_0/x.xml', 'OFD.xml', 'Doc_0/x.xml'],
    ['Sign_0/Signature.xml', 'Doc_0/Signs/Signatures.xml', 'Doc_0/Signs/Sign_0/Signature.xml'],
    ['../Res/a.png', 'Doc_0/Signs/Signatures.xml', 'Doc_0/Res/a.png'],
    ['./a', 'b/c', 'b/a'],
  ])('resolves %s from %s to %s', (location, from, expected) => {
    expect(resolveLocation(location, from)).toBe(expected);
  });

  it.each(['../x', '', '/', 'a\\b', '/../x'])('gives nothing for %j at the root', (location) => {
    expect(resolveLocation(location, 'OFD.xml')).toBeUndefined();
  });
});
