declare module 'harfbuzzjs' {
  interface Blob {
    destroy(): void;
  }
  interface Face {
    destroy(): void;
  }
  interface Font {
    destroy(): void;
  }
  interface ShapedGlyph {
    /** Glyph id. */
    readonly g: number;
    /** Cluster: index of the UTF-16 unit the glyph came from. */
    readonly cl: number;
    /** Advances and displacements in font units. */
    readonly ax: number;
    readonly ay: number;
    readonly dx: number;
    readonly dy: number;
  }
  interface Buffer {
    addText(text: string): void;
    guessSegmentProperties(): void;
    setDirection(direction: 'ltr' | 'rtl' | 'ttb' | 'btt'): void;
    setScript(script: string): void;
    setLanguage(language: string): void;
    json(): ShapedGlyph[];
    destroy(): void;
  }
  interface HarfBuzz {
    createBlob(bytes: Uint8Array): Blob;
    createFace(blob: Blob, index: number): Face;
    createFont(face: Face): Font;
    createBuffer(): Buffer;
    shape(font: Font, buffer: Buffer, features?: string): void;
  }
  const ready: Promise<HarfBuzz>;
  export = ready;
}
