declare const brand: unique symbol;

/** A value that was parsed once at the edge; the name says by which rule. */
export type Branded<Value, Name extends string> = Value & { readonly [brand]: Name };
