// The only importer of @stdlib. Engines may round Math.exp and its kin differently in the last bit; these five are
// FreeBSD msun in plain arithmetic, so that a seed gives the same bits in Node, Deno, Bun and every browser.
import stdlibExp from "@stdlib/math-base-special-exp";
import stdlibExpm1 from "@stdlib/math-base-special-expm1";
import stdlibLn from "@stdlib/math-base-special-ln";
import stdlibLog1p from "@stdlib/math-base-special-log1p";
import stdlibPow from "@stdlib/math-base-special-pow";

/** eˣ; at most 1 ulp off, the same bits on every engine. 0 below -745.14, ∞ above 709.78. */
export const exp: (x: number) => number = stdlibExp;

/** eˣ - 1 without cancellation near 0. */
export const expm1: (x: number) => number = stdlibExpm1;

/** The natural logarithm; NaN below 0, -∞ at 0. */
export const log: (x: number) => number = stdlibLn;

/** log(1 + x) without cancellation near 0. */
export const log1p: (x: number) => number = stdlibLog1p;

/** base to the power exponent; unlike Math.pow, NaN to the power 0 is NaN. For a square write `x * x`. */
export const pow: (base: number, exponent: number) => number = stdlibPow;
