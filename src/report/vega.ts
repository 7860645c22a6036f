import * as vega from "vega";
import { textWidth } from "./text-width.ts";

// The only importer of vega. A view normally runs and draws asynchronously, because data and images may have to be
// loaded; ours are never loaded, so the same steps are taken here one after another.

/** What came out of drawing. */
export interface Drawn {
  /** SVG markup as vega writes it. */
  readonly markup: string;
  /** Width of everything drawn, in pixels. */
  readonly width: number;
  /** Height of everything drawn, in pixels. */
  readonly height: number;
  /** Background color, or null for none. */
  readonly background: string | null;
  /** How often the spec asked for something from outside: data, an image, a link. */
  readonly requests: number;
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
  readonly limit?: number;
}

interface Scene {
  readonly items: readonly { readonly bounds: { x1: number; y1: number; x2: number; y2: number } }[];
}

interface View {
  runAfter: (callback: (view: View) => void) => void;
  run(): void;
  finalize(): void;
  scenegraph(): { readonly root: Scene };
  padding(): { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  background(): string | null | undefined;
}

interface SvgRenderer {
  initialize(element: null, width: number, height: number, origin: readonly [number, number], scale: number): this;
  render(scene: Scene): this;
  svg(): string;
}

// The typings that come with vega leave out what a view uses inside; these are its documented exports.
const drawing = vega as unknown as {
  parse(spec: object, config: object): object;
  View: new (runtime: object, options: object) => View;
  SVGStringRenderer: new (loader: object) => SvgRenderer;
  textMetrics: { width: (item: TextItem, line: string | number | null | undefined) => number };
};

/**
 * Draws a Vega spec.
 *
 * @param spec - a Vega spec; vega writes into it, so it must not be anybody else's.
 * @param config - colors and fonts, overruled by the spec's own `config`.
 * @returns markup and size.
 * @throws {Error} whatever vega reports about the spec.
 */
export function drawScene(spec: object, config: object): Drawn {
  const { textMetrics } = drawing;
  const outside = refusingLoader();
  const hostWidth = textMetrics.width;
  textMetrics.width = labelWidth; // not the host's canvas: the same picture on every machine
  try {
    const view = runView(drawing.parse(spec, config), outside.loader);
    const { root } = view.scenegraph();
    const { x1, y1, x2, y2 } = root.items[0].bounds;
    const { left, right, top, bottom } = view.padding();
    const width = Math.ceil(x2 - x1) + left + right;
    const height = Math.ceil(y2 - y1) + top + bottom;
    const origin = [left + Math.ceil(-x1), top + Math.ceil(-y1)] as const;
    const renderer = new drawing.SVGStringRenderer(outside.loader).initialize(null, width, height, origin, 1);
    const markup = renderer.render(root).svg();
    const background = view.background() ?? null;
    view.finalize();
    return { markup, width, height, background, requests: outside.requests() };
  } finally {
    textMetrics.width = hostWidth;
  }
}

/** Runs a view to its end. What vega would do in later microtasks (fitting the size to the axes) is done here in order. */
function runView(runtime: object, loader: object): View {
  const errors: unknown[] = [];
  const view = new drawing.View(runtime, { renderer: "none", loader, logger: collectingLogger(errors) });
  const later: ((view: View) => void)[] = [];
  view.runAfter = (callback) => void later.push(callback);
  view.run();
  for (let callback = later.shift(); callback !== undefined; callback = later.shift()) callback(view);
  if (errors.length > 0) throw errors[0] instanceof Error ? errors[0] : new Error(String(errors[0]));
  return view;
}

function labelWidth(
  { fontSize = 11, fontWeight = 400, limit = 0 }: TextItem,
  line: string | number | null | undefined,
): number {
  const text = line === null || line === undefined ? "" : String(line).trim();
  const bold = fontWeight === "bold" || Number(fontWeight) >= 600;
  const width = textWidth(text, fontSize, bold);
  return limit > 0 ? Math.min(limit, width) : width;
}

/** A loader that loads nothing and counts who asked: no network, no file, no link. */
function refusingLoader(): { loader: object; requests: () => number } {
  let requests = 0;
  const refuseLoading = (): Promise<never> => {
    requests++;
    return Promise.reject(new Error("nothing is loaded while drawing"));
  };
  const refuseLink = (): Promise<{ href: null }> => {
    requests++;
    return Promise.resolve({ href: null });
  };
  const loader = { load: refuseLoading, http: refuseLoading, file: refuseLoading, sanitize: refuseLink };
  return { loader, requests: () => requests };
}

function collectingLogger(errors: unknown[]): object {
  const quiet = (): object => logger;
  const logger: object = {
    level: () => 0,
    error: (...parts: unknown[]) => {
      errors.push(parts[0]);
      return logger;
    },
    warn: quiet,
    info: quiet,
    debug: quiet,
  };
  return logger;
}
