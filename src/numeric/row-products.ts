import { arenaBytes, borrowKernels } from "./kernels/runtime.ts";

/** Rows that the kernel transposes at a time; see kernels/assembly/products.ts. */
const panelRows = 128;
/** Cells of a block: small enough to stay in the second-level cache between the writing and the kernel. */
const blockCells = 32_768;

/** Adds up the products of rows with themselves. */
export interface RowProducts {
  /** Where rows are written, row-major, from the first cell on. */
  readonly block: Float64Array;
  /** Rows that the block has room for. */
  readonly blockRows: number;
  /** Takes in the first rows of the block, which may then be written again. */
  add(rows: number): void;
  /** Σ row · rowᵀ of all that was taken in, lower triangle, added to `total` times `sign`; starts anew. */
  addTo(total: Float64Array, sign: 1 | -1): void;
}

/**
 * Lends what adds up Σ row · rowᵀ to `use`, block by block in a kernel: a weighted cross product is that of rows times the
 * root of their weight.
 *
 * @param columns - cells of a row, at least 1.
 * @param use - must not keep what it is lent.
 */
export function withRowProducts<R>(columns: number, use: (products: RowProducts) => R): R {
  const stride = (columns + 3) & ~3;
  const lengths = productLengths(columns);
  const bytes = Object.values(lengths).reduce((sum, length) => sum + arenaBytes(length, 8), 0);
  return borrowKernels(bytes, (kernels, arena) => {
    const block = arena.f64(lengths.block);
    const center = arena.f64(lengths.center);
    const panel = arena.f64(lengths.panel);
    const sums = arena.f64(lengths.sums);
    const products = arena.f64(lengths.products);
    return use({
      block,
      blockRows: lengths.block / columns,
      add(rows) {
        kernels.addProducts(
          block.byteOffset,
          rows,
          columns,
          center.byteOffset,
          panel.byteOffset,
          sums.byteOffset,
          products.byteOffset,
        );
      },
      addTo(total, sign) {
        for (let a = 0; a < columns; a++) {
          for (let b = a; b < columns; b++) {
            const at = 2 * (a * stride + b);
            total[b * columns + a] += sign * (products[at] + products[at + 1]);
          }
        }
        products.fill(0);
      },
    });
  });
}

/** Doubles that the kernel addProducts needs for each of its arrays; the block is as long as fits the cache. */
export function productLengths(columns: number): Record<"block" | "center" | "panel" | "sums" | "products", number> {
  const stride = (columns + 3) & ~3;
  const panels = Math.max(1, Math.floor(blockCells / (columns * panelRows)));
  return {
    block: panels * panelRows * columns,
    center: columns,
    panel: stride * panelRows,
    sums: 2 * stride,
    products: 2 * stride * stride,
  };
}
