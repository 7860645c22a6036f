import { afterEach, describe, expect, it, vi } from "vitest";
import { arenaBytes, borrowKernels, forceTwin } from "../../../src/numeric/kernels/runtime.ts";

afterEach(() => {
  forceTwin(false);
  vi.unstubAllGlobals();
});

describe("borrowKernels", () => {
  it("hands out zeroed arrays at multiples of 16 bytes that do not overlap", () => {
    for (const force of [false, true]) {
      forceTwin(force);
      borrowKernels(arenaBytes(3, 4) + arenaBytes(5, 8) + arenaBytes(1, 4), (_, arena) => {
        const arrays = [arena.f32(3), arena.f64(5), arena.i32(1)];
        arrays.forEach((array, i) => array.fill(i + 1));
        expect(arrays.map((array) => Array.from(array))).toEqual([[1, 1, 1], [2, 2, 2, 2, 2], [3]]);
        expect(arrays.every((array) => array.byteOffset % 16 === 0 && array.byteOffset > 0)).toBe(true);
      });
      borrowKernels(arenaBytes(8, 8), (_, arena) => expect(arena.f64(8)).toEqual(new Float64Array(8)));
    }
  });

  it("keeps the memory of an outer call whole while an inner call uses its own", () => {
    borrowKernels(arenaBytes(4, 8), (_, arena) => {
      const outer = arena.f64(4).fill(7);
      borrowKernels(arenaBytes(4, 8), (_inner, inside) => inside.f64(4).fill(9));
      borrowKernels(20_000_000, (_inner, inside) => inside.f64(2_000_000).fill(9));
      expect(outer).toEqual(new Float64Array(4).fill(7));
    });
  });

  it("takes its memory back when the borrower throws", () => {
    const failing = (): void =>
      borrowKernels(12_000_000, () => {
        throw new Error("on the way");
      });
    expect(failing).toThrow("on the way");
    expect(failing).toThrow("on the way");
    const addresses = [0, 0].map(() => borrowKernels(64, (_, arena) => arena.f64(1).byteOffset));
    expect(addresses[0]).toBe(addresses[1]);
  });

  it("gives a large call memory of its own, which is released with it", () => {
    const buffers = [0, 0].map(() => borrowKernels(17_000_000, (_, arena) => arena.f64(1).buffer));
    expect(buffers[0]).not.toBe(buffers[1]);
  });

  it("refuses more than 32-bit addresses reach", () => {
    expect(() => borrowKernels(2 ** 32, () => 0)).toThrow(RangeError);
  });

  it.each([
    ["is missing", undefined],
    [
      "is forbidden by a content security policy",
      {
        Module: class {
          constructor() {
            throw new EvalError("unsafe-eval");
          }
        },
      },
    ],
  ])("serves with the scalar twin where WebAssembly %s, with equal results", async (_, host) => {
    const fit = async (): Promise<unknown[]> => {
      vi.resetModules();
      const { withPoints } = await import("../../../src/numeric/points.ts");
      const { hasWebAssembly } = await import("../../../src/numeric/kernels/runtime.ts");
      const values = Float64Array.from({ length: 3000 }, (__, i) => (i * i * 7919) % 1009);
      const start = values.slice(0, 12);
      return [
        hasWebAssembly(),
        withPoints(values, 1000, 3, undefined, (points) => points.lloyd(start, { maxIterations: 50, tolerance: 0 })),
      ];
    };
    const [here, usual] = await fit();
    vi.stubGlobal("WebAssembly", host);
    const [there, without] = await fit();
    expect([here, there]).toEqual([true, false]);
    expect(without).toEqual(usual);
  });
});
