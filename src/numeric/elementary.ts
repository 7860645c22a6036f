// The only importer of @stdlib. Engines may round Math.exp and its kin differently in the last bit; these five are
// FreeBSD msun in plain arithmetic, so that a seed gives the same bits in Node, Deno, Bun and every browser.
import stdlibExp from "@stdlib/math-base-special-exp";
import stdlibExpm1 from "@stdlib/math-base-special-expm1";
import stdlibLn from "@stdlib/math-base-special-ln";
import stdlibLog1p from "@stdlib/math-base-special-log1p";
import stdlibPow from "@stdlib/math-base-special-pow";

/**
 * eˣ with the same bits on every engine, which `Math.exp` does not promise.
 *
 * @param x - any number.
 * @returns at most 1 ulp off; 0 below -745.14, ∞ above 709.78.
 * @example
 * exp(1); // 2.718281828459045
 */
export const exp: (x: number) => number = stdlibExp;

/**
 * eˣ − 1 without cancellation near 0, with the same bits on every engine.
 *
 * @param x - any number.
 * @returns at most 1 ulp off.
 * @example
 * expm1(1e-10); // 1.00000000005e-10
 */
export const expm1: (x: number) => number = stdlibExpm1;

/**
 * The natural logarithm with the same bits on every engine.
 *
 * @param x - any number.
 * @returns at most 1 ulp off; NaN below 0, -∞ at 0.
 * @example
 * log(10); // 2.302585092994046
 */
export const log: (x: number) => number = stdlibLn;

/**
 * log(1 + x) without cancellation near 0, with the same bits on every engine: tames heavy tails such as revenue.
 *
 * @param x - any number.
 * @returns at most 1 ulp off; NaN below -1, -∞ at -1.
 * @example
 * log1p(999); // 6.907755278982137
 */
export const log1p: (x: number) => number = stdlibLog1p;

/**
 * base to the power exponent with the same bits on every engine. For a square write `x * x`.
 *
 * @param base - any number.
 * @param exponent - any number.
 * @returns at most 1 ulp off; unlike `Math.pow`, NaN to the power 0 is NaN.
 * @example
 * pow(2, 0.5); // 1.4142135623730951
 */
export const pow: (base: number, exponent: number) => number = stdlibPow;
