import { exp, log } from "./elementary.ts";

const inverseRootPi = 0.5641895835477563;

// erfcx(x) · (1 + 2x) as a Chebyshev series in t = (x − 3.75) / (x + 3.75), which maps [0, ∞] to [−1, 1]: the factor
// takes out the decay, so 27 terms reach the last bit everywhere. Made by test/oracles/special-coefficients.py.
const erfcxSeries: readonly number[] = [
  1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189, -0.026658668435305753,
  0.009074997670705265, -0.002413163540417608, 0.0004907758365258086, -6.916973302501207e-5, 4.13902798607301e-6,
  7.74038306619849e-7, -2.1886401049234397e-7, 1.076499946567091e-8, 4.521959811218287e-9, -7.754400208831351e-10,
  -6.318088340886684e-11, 2.86879501093067e-11, 1.9455868545777347e-13, -9.65469674843344e-13, 3.25254814814874e-14,
  3.3478119482868056e-14, -1.864562880419313e-15, -1.2507950530688646e-15, 7.418235256624047e-17, 5.068148904796114e-17,
  -2.23705665943597e-18, -2.1873429443029897e-18,
];

/** The error function, 2/√π ∫₀ˣ e^(−t²) dt: relative error below 1e-15. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 1) return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
  // Maclaurin: no term exceeds the sum by more than a third, so nothing cancels.
  const square = x * x;
  let power = 1;
  let sum = 1;
  for (let n = 1; n < 20; n++) {
    power *= -square / n;
    sum += power / (2 * n + 1);
  }
  return 2 * inverseRootPi * x * sum;
}

/** 1 − erf(x), with all its digits in the far tail: relative error below 1e-15 until it underflows at 26.5. */
export function erfc(x: number): number {
  if (x < 0.5) return 1 - erf(x);
  return expMinusSquare(x) * erfcx(x);
}

/** log(erfc(x)), also where erfc itself underflows. */
export function logErfc(x: number): number {
  if (x < 0.5) return log(erfc(x));
  return log(erfcx(x)) - x * x;
}

/** e^(x²)·erfc(x) for x ≥ 0: what is left of a normal tail without its exponential. */
export function erfcx(x: number): number {
  const t = 1 - 7.5 / (x + 3.75);
  let next = 0;
  let afterNext = 0;
  for (let k = erfcxSeries.length - 1; k > 0; k--) {
    const current = 2 * t * next - afterNext + erfcxSeries[k];
    afterNext = next;
    next = current;
  }
  return (t * next - afterNext + erfcxSeries[0]) / (1 + 2 * x);
}

/**
 * e^(−scale·x²), scale 1 or 1/2: the square is split, for its rounding error would be multiplied by its own size.
 */
export function expMinusSquare(x: number, scale = 1): number {
  if (!(x * x * scale < 750)) return Number.isNaN(x) ? x : 0;
  const coarse = Math.trunc(x * 16) / 16;
  return exp(-coarse * coarse * scale) * exp(-(x - coarse) * (x + coarse) * scale);
}
