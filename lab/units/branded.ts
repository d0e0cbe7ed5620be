declare const brand: unique symbol

/** A quantity that only its constructor makes: a plain number, or another quantity, does not pass for it. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name }
