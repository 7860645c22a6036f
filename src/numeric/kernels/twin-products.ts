import type { Kernels } from "./kernels.ts";

const PANEL = 128;

/** The scalar twin of assembly/products.ts. */
export function twinAddProducts(buffer: ArrayBuffer): Kernels["addProducts"] {
  const doubles = new Float64Array(buffer);

  /** Adds Σ left · right over a panel, even and odd rows apart; `right` is absent for plain sums. */
  function addPair(out: number, left: number, right: number | undefined): void {
    let even = 0;
    let odd = 0;
    for (let p = 0; p < PANEL; p += 2) {
      even += doubles[left + p] * (right === undefined ? 1 : doubles[right + p]);
      odd += doubles[left + p + 1] * (right === undefined ? 1 : doubles[right + p + 1]);
    }
    doubles[out] += even;
    doubles[out + 1] += odd;
  }

  return (values, rows, columns, center, panel, sums, products) => {
    const stride = (columns + 3) & ~3;
    const [x, c, lines, s, m] = [values >>> 3, center >>> 3, panel >>> 3, sums >>> 3, products >>> 3];
    for (let first = 0; first < rows; first += PANEL) {
      const count = Math.min(PANEL, rows - first);
      for (let j = 0; j < columns; j++) {
        const line = lines + j * PANEL;
        for (let p = 0; p < count; p++) doubles[line + p] = doubles[x + (first + p) * columns + j] - doubles[c + j];
        doubles.fill(0, line + count, line + PANEL);
        addPair(s + 2 * j, line, undefined);
      }
      for (let a = 0; a < columns; a++) {
        for (let b = a; b < columns; b++) {
          addPair(m + 2 * (a * stride + b), lines + a * PANEL, lines + b * PANEL);
        }
      }
    }
  };
}
