import type { Kernels } from "./kernels.ts";

/** The scalar twin of assembly/nearest.ts: lane by lane what its vectors do. */
export function twinAssignRows(buffer: ArrayBuffer): Kernels["assignRows"] {
  const floats = new Float32Array(buffer);
  const ints = new Int32Array(buffer);
  const fround = Math.fround;
  const shrink = fround(1 - 1 / 4194304);

  /** Label, gap and squared norm of one row go through `found`. */
  const found = { label: 0, gap: 0 };

  function nearest(
    x: number,
    columns: number,
    centers: number,
    halves: number,
    errors: number,
    clusters: number,
    kappa: number,
  ): void {
    let norm = 0;
    for (let j = 0; j < columns; j++) norm = fround(norm + fround(floats[x + j] * floats[x + j]));
    let best = Infinity;
    let second = Infinity;
    let label = 0;
    for (let c = 0, q = centers; c < clusters; c++) {
      let s = floats[halves + c];
      for (let j = 0; j < columns; j++, q++) s = fround(s - fround(floats[q] * floats[x + j]));
      if (s < best) {
        label = c;
        second = best;
        best = s;
      } else if (s < second) {
        second = s;
      }
    }
    const own = fround(norm * kappa);
    const low = fround(fround(norm + fround(second + second)) - own);
    const high = fround(fround(fround(norm + fround(best + best)) + own) + floats[errors + label]);
    found.label = label;
    found.gap = fround(fround(Math.sqrt(0 < low ? low : 0)) - fround(Math.sqrt(0 < high ? high : 0)));
  }

  return (
    points,
    stride,
    columns,
    start,
    end,
    centers,
    halves,
    errors,
    clusters,
    kappa,
    labels,
    limits,
    drifts,
    _scratch,
    moved,
    ties,
    counts,
  ) => {
    let movedCount = 0;
    let tieCount = 0;
    let active = 0;
    const [x, l, m, d] = [points >>> 2, labels >>> 2, limits >>> 2, drifts >>> 2];
    const margin = fround(kappa);
    for (let row = start; row < end; row++) {
      if (!(floats[m + row] <= floats[d + ints[l + row]])) continue;
      active++;
      nearest(x + row * stride, columns, centers >>> 2, halves >>> 2, errors >>> 2, clusters, margin);
      if (found.gap <= 0) {
        ints[(ties >>> 2) + tieCount++] = row;
        floats[m + row] = -1;
        continue;
      }
      if (found.label !== ints[l + row]) {
        ints[(moved >>> 2) + 2 * movedCount] = row;
        ints[(moved >>> 2) + 2 * movedCount + 1] = ints[l + row];
        movedCount++;
        ints[l + row] = found.label;
      }
      floats[m + row] = fround(fround(found.gap + floats[d + found.label]) * shrink);
    }
    ints.set([movedCount, tieCount, active], counts >>> 2);
  };
}
