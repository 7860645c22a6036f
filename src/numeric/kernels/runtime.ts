import type { Kernels } from "./kernels.ts";
import { twinKernels } from "./twin.ts";
import { wasmBytes } from "./wasm-bytes.ts";

/**
 * Memory that kernels and their driver share. Every array starts as zeros, where a line of the cache begins; its
 * `byteOffset` is its address for a kernel. Arrays must not outlive the call that borrowed the arena.
 */
export interface Arena {
  f32(length: number): Float32Array;
  f64(length: number): Float64Array;
  i32(length: number): Int32Array;
  u8(length: number): Uint8Array;
  u32(length: number): Uint32Array;
}

interface Instance {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

/** The part of WebAssembly used here: lib ES2023 does not declare its values, and some hosts do not have them. */
interface WebAssemblyHost {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

const host = (globalThis as { WebAssembly?: WebAssemblyHost }).WebAssembly;

const pageBytes = 65536;
/** A line of the cache; what a kernel fetches in pieces of 16 or 32 bytes then never takes two. */
const lineBytes = 64;
/** Address 0 stays free: several kernels read it as "none". */
const firstAddress: number = lineBytes;
/** What a 32-bit address reaches, less a page: callers take another way beyond. */
export const addressableBytes: number = 2 ** 32 - pageBytes;
/** Calls up to this size share one instance that lives as long as the process; wasm memory cannot be given back. */
const sharedBytes = 16 * 1024 * 1024;

let compiled: object | null | undefined;
let shared: Instance | undefined;
let sharedUsed = firstAddress;
let twinForced = false;

/**
 * Lends kernels and a memory of at least `byteLength` to `use`, and takes them back when it returns.
 *
 * A large call gets an instance of its own, so its memory is released with it; small ones share an instance, nested
 * calls too. Without WebAssembly (a strict content security policy refuses it) the scalar twin serves, with equal results.
 *
 * @param byteLength - sum of {@link arenaBytes} of what `use` will ask the arena for.
 * @param use - must be synchronous and must not keep the arena's arrays.
 */
export function borrowKernels<R>(byteLength: number, use: (kernels: Kernels, arena: Arena) => R): R {
  if (firstAddress + byteLength > addressableBytes) throw new RangeError("kernels address at most 4 GiB");
  const module = twinForced ? null : compileOnce();
  if (module === null || host === undefined) {
    const buffer = new ArrayBuffer(roundUp(firstAddress + byteLength));
    return use(twinKernels(buffer), openArena(buffer, firstAddress, false));
  }
  if (sharedUsed + byteLength > sharedBytes) {
    const { kernels, buffer } = instantiate(host, module, firstAddress + byteLength);
    return use(kernels, openArena(buffer, firstAddress, false));
  }
  shared ??= instantiate(host, module, sharedBytes);
  const start = sharedUsed;
  sharedUsed = roundUp(start + byteLength);
  try {
    return use(shared.kernels, openArena(shared.buffer, start, true));
  } finally {
    sharedUsed = start;
  }
}

/** Bytes that an array of `length` elements of `size` bytes takes in an arena. */
export function arenaBytes(length: number, size: 1 | 4 | 8): number {
  return roundUp(length * size);
}

/** For tests: serve every call with the scalar twin (true) or choose as usual (false). */
export function forceTwin(force: boolean): void {
  twinForced = force;
}

/** For tests: whether WebAssembly serves here. */
export function hasWebAssembly(): boolean {
  return compileOnce() !== null;
}

function compileOnce(): object | null {
  if (compiled !== undefined) return compiled;
  compiled = null;
  if (host === undefined) return compiled;
  try {
    compiled = new host.Module(decodeBase64(wasmBytes));
  } catch {
    // A content security policy forbids it, or the engine has no SIMD: both mean the twin.
  }
  return compiled;
}

function instantiate({ Memory, Instance: Wasm }: WebAssemblyHost, module: object, bytes: number): Instance {
  const pages = Math.ceil(bytes / pageBytes);
  const memory = new Memory({ initial: pages, maximum: pages });
  const { exports } = new Wasm(module, { env: { memory } });
  return { kernels: exports as Kernels, buffer: memory.buffer };
}

function openArena(buffer: ArrayBuffer, start: number, used: boolean): Arena {
  let next = start;
  function take<T extends Float32Array | Float64Array | Int32Array | Uint8Array | Uint32Array>(
    make: new (buffer: ArrayBuffer, offset: number, length: number) => T,
    length: number,
    size: 1 | 4 | 8,
  ): T {
    const array = new make(buffer, next, length);
    next += arenaBytes(length, size);
    if (used) array.fill(0);
    return array;
  }
  return {
    f32: (length) => take(Float32Array, length, 4),
    f64: (length) => take(Float64Array, length, 8),
    i32: (length) => take(Int32Array, length, 4),
    u8: (length) => take(Uint8Array, length, 1),
    u32: (length) => take(Uint32Array, length, 4),
  };
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / lineBytes) * lineBytes;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
