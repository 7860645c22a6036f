import type { Kernels } from "./kernels.ts";

const PANEL = 128;

/** One of Householder's reflections: its part in the triangle, its factor, and where its part in the panel begins. */
interface Reflector {
  readonly head: number;
  readonly factor: number;
  readonly line: number;
}

/** The scalar twin of assembly/triangle.ts. */
export function twinFoldTriangle(buffer: ArrayBuffer): Kernels["foldTriangle"] {
  const doubles = new Float64Array(buffer);

  /** Σ left · right over a panel in `lanes` partial sums: a pair of columns takes 4, tiles take 2. */
  function product(left: number, right: number, lanes: 2 | 4): number {
    const sums = [0, 0, 0, 0];
    for (let p = 0; p < PANEL; p += lanes) {
      for (let lane = 0; lane < lanes; lane++) sums[lane] += doubles[left + p + lane] * doubles[right + p + lane];
    }
    return lanes === 2 ? sums[0] + sums[1] : sums[0] + sums[2] + (sums[1] + sums[3]);
  }

  function reflectorOf(diagonal: number, line: number): Reflector {
    const alpha = doubles[diagonal];
    const norm = Math.sqrt(alpha * alpha + product(line, line, 4));
    const head = alpha < 0 ? alpha - norm : alpha + norm;
    doubles[diagonal] = alpha < 0 ? norm : -norm;
    return { head, factor: norm === 0 ? 0 : 1 / (norm * Math.abs(head)), line };
  }

  function stepOf(cell: number, { head, factor }: Reflector, along: number): number {
    const above = doubles[cell];
    const step = factor * (head * above + along);
    doubles[cell] = above - step * head;
    return step;
  }

  function subtract(column: number, step: number, line: number): void {
    for (let p = 0; p < PANEL; p++) doubles[column + p] -= step * doubles[line + p];
  }

  function reflectPanel(panel: number, width: number, triangle: number): void {
    for (let j = 0; j < width; j += 2) {
      const [u, v] = [panel + j * PANEL, panel + (j + 1) * PANEL];
      const diagonal = triangle + j * (width + 1);
      const along = product(u, v, 4);
      const first = reflectorOf(diagonal, u);
      subtract(v, stepOf(diagonal + 1, first, along), u);
      const cross = product(u, v, 4);
      const second = reflectorOf(diagonal + width + 1, v);
      for (let k = j + 2; k < width; k++) {
        const column = panel + k * PANEL;
        const cell = diagonal + k - j;
        const [alongFirst, alongSecond] = [product(u, column, 2), product(v, column, 2)];
        const step = stepOf(cell, first, alongFirst);
        const next = stepOf(cell + width, second, alongSecond - step * cross);
        subtract(column, step, u);
        subtract(column, next, v);
      }
    }
  }

  return (values, rows, columns, target, weights, intercept, center, scale, panel, triangle) => {
    const width = (intercept + columns + 2) & ~1;
    const [x, y, w, c, s, lines] = [values >>> 3, target >>> 3, weights >>> 3, center >>> 3, scale >>> 3, panel >>> 3];
    for (let first = 0; first < rows; first += PANEL) {
      const count = Math.min(PANEL, rows - first);
      for (let line = 0; line < intercept + columns + 1; line++) {
        const j = line - intercept;
        for (let p = 0; p < PANEL; p++) {
          const row = first + p;
          const weight = p < count ? doubles[w + row] : 0;
          const raw = p < count ? (j === columns ? doubles[y + row] : doubles[x + row * columns + j]) : 0;
          doubles[lines + line * PANEL + p] =
            j < 0 || p >= count ? weight : (raw - doubles[c + j]) * doubles[s + j] * weight;
        }
      }
      reflectPanel(lines, width, triangle >>> 3);
    }
  };
}
