// Moments of a stationary ARMA process w with unit innovations: wₜ = Σ φⱼ·wₜ₋ⱼ + εₜ + Σ θⱼ·εₜ₋ⱼ.

/**
 * The weights ψ of past innovations: wₜ = Σ ψⱼ·εₜ₋ⱼ with ψ₀ = 1.
 *
 * @param ar - φ₁, φ₂, …
 * @param ma - θ₁, θ₂, …
 * @param count - how many, ψ₀ included.
 */
export function innovationWeights(ar: ArrayLike<number>, ma: ArrayLike<number>, count: number): Float64Array {
  const weights = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    let sum = k === 0 ? 1 : k <= ma.length ? ma[k - 1] : 0;
    for (let j = Math.min(k, ar.length); j >= 1; j--) sum += ar[j - 1] * weights[k - j];
    weights[k] = sum;
  }
  return weights;
}

/**
 * Autocovariances γ₀, γ₁, … of a stationary ARMA process with unit innovations.
 *
 * The generating function is split as c(z)/φ(z) + c(1/z)/φ(1/z); c solves φ(z)c(1/z) + φ(1/z)c(z) = θ(z)θ(1/z), which the
 * Levinson recursion of φ takes apart one degree at a time.
 *
 * @param ar - φ₁, φ₂, … of a stationary autoregression.
 * @param ma - θ₁, θ₂, …
 * @param count - how many, γ₀ included.
 * @returns the autocovariances; null when the autoregression is not stationary. Cost O((p + q)² + p·count).
 * @see Tunnicliffe Wilson (1979), "Some efficient computational procedures for high order ARMA models"; Demeure & Mullis
 * (1989), "The Euclid algorithm and the fast computation of cross-covariance and autocovariance sequences".
 */
export function armaAutocovariances(ar: ArrayLike<number>, ma: ArrayLike<number>, count: number): Float64Array | null {
  const degree = Math.max(ar.length, ma.length);
  // The right side by its powers z⁰, z¹, …
  const right = new Float64Array(degree + 1);
  for (let k = 0; k <= ma.length; k++) {
    let sum = k === 0 ? 1 : ma[k - 1];
    for (let j = 1; j + k <= ma.length; j++) sum += ma[j - 1] * ma[j + k - 1];
    right[k] = sum;
  }
  const a = new Float64Array(degree + 1);
  a[0] = 1;
  for (let j = 1; j <= ar.length; j++) a[j] = -ar[j - 1];
  const partials = new Float64Array(degree + 1);
  const tops = new Float64Array(degree + 1);
  const before = new Float64Array(degree + 1);
  for (let m = degree; m >= 1; m--) {
    const top = right[m];
    const width = Math.min(m, ar.length);
    for (let j = 1; j <= width && j < m; j++) right[m - j] -= top * a[j];
    const partial = a[m];
    right[0] -= 2 * top * partial;
    partials[m] = partial;
    tops[m] = top;
    if (partial === 0) continue;
    const left = (1 - partial) * (1 + partial);
    if (!(left > 0)) return null;
    before.set(a);
    for (let j = 1; j < m; j++) a[j] = (before[j] - partial * before[m - j]) / left;
    a[m] = 0;
  }
  const c = new Float64Array(degree + 1);
  c[0] = right[0] / 2;
  for (let m = 1; m <= degree; m++) {
    const partial = partials[m];
    if (partial !== 0) {
      const left = (1 - partial) * (1 + partial);
      before.set(c);
      for (let j = 0; j <= m; j++) c[j] = (before[j] - partial * before[m - j]) / left;
    }
    c[m] += tops[m];
  }
  const result = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    let sum = k <= degree ? c[k] : 0;
    for (let j = Math.min(k, ar.length); j >= 1; j--) sum += ar[j - 1] * result[k - j];
    result[k] = sum;
  }
  if (count > 0) result[0] *= 2;
  return result;
}
