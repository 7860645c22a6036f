// What the page and its worker say to each other.
import type { FileOptions } from "../shop/arguments.ts";

/** The page asks for a report. */
export interface Job {
  readonly file: File;
  readonly options: FileOptions;
}

/** The worker answers. */
export type News =
  | { readonly kind: "read"; readonly bytes: number; readonly of: number }
  | { readonly kind: "step"; readonly name: string }
  | { readonly kind: "done"; readonly html: string; readonly csv: string; readonly story: readonly string[] }
  | { readonly kind: "problem"; readonly sentence: string };
