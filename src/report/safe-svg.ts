import { cleanText } from "../charts/text.ts";
import { escapeText } from "./escape.ts";

// Vega's markup, written again with nothing but what is on these lists. Whatever a spec holds, the result has no script,
// no event handler, no link, no style sheet, no reference to anything outside, and no element that came from data.

const elements = new Set(
  "svg g path line rect text tspan defs clipPath linearGradient radialGradient pattern stop".split(" "),
);

const numeric = new Set(
  (
    "x y x1 y1 x2 y2 dx dy cx cy r fx fy fr width height d transform offset opacity fill-opacity stroke-opacity " +
    "stroke-width stroke-dasharray stroke-dashoffset stroke-miterlimit"
  ).split(" "),
);

const literal = new Set(
  (
    "viewBox preserveAspectRatio fill stroke stroke-linecap stroke-linejoin stop-color text-anchor font-family " +
    "font-size font-style font-variant font-weight"
  ).split(" "),
);

/** Frame of a picture. */
export interface SvgFrame {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** A color, or null for none. */
  readonly background: string | null;
  /** What a screen reader says first. */
  readonly title: string;
  /** What a screen reader says next. */
  readonly description: string;
  /** Begins every id, so that two pictures on one page do not share one. */
  readonly prefix: string;
}

/**
 * Rewrites vega's markup into an SVG that may stand anywhere.
 *
 * @param markup - what vega's string renderer wrote.
 * @param frame - size, ground and description.
 * @returns the SVG, or the name of the first element that is not on the list.
 */
export function safeSvg(markup: string, frame: SvgFrame): { svg: string } | { refused: string } {
  const { width, height, background, title, description, prefix } = frame;
  const ids = new Map<string, string>();
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `role="img" aria-labelledby="${prefix}title ${prefix}desc">`,
    `<title id="${prefix}title">${escapeText(title)}</title>`,
    `<desc id="${prefix}desc">${escapeText(description)}</desc>`,
  ];
  const ground = background === null ? undefined : safeValue("fill", escapeText(background), prefix, ids);
  if (ground !== undefined) parts.push(`<rect width="100%" height="100%" fill="${ground}"/>`);
  const token = /<(\/?)([A-Za-z]+)((?: [\w:-]+="[^"<>]*")*)(\/?)>|([^<>]+)/gy;
  let end = 0;
  let isRoot = true;
  for (const match of markup.matchAll(token)) {
    const [whole, closing, name, attributes, single, text] = match;
    end = match.index + whole.length;
    if (text !== undefined) {
      parts.push(quotesEscaped(text));
    } else if (!elements.has(name)) {
      return { refused: name };
    } else if (isRoot) {
      isRoot = false; // the frame above stands in its place
    } else if (closing === "/") {
      parts.push(`</${name}>`);
    } else if (!(single === "/" && isInvisible(attributes))) {
      parts.push(`<${name}${safeAttributes(attributes, prefix, ids)}${single}>`);
    }
  }
  return end === markup.length && !isRoot ? { svg: parts.join("") } : { refused: "unreadable markup" };
}

/** Vega writes a path for the ground and the frame of every group, mostly without a color. */
function isInvisible(attributes: string): boolean {
  return (
    attributes.includes(' display="none"') ||
    (/ class="(?:back|fore)ground"/.test(attributes) && !/ (?:fill|stroke)="/.test(attributes))
  );
}

function safeAttributes(attributes: string, prefix: string, ids: Map<string, string>): string {
  let safe = "";
  for (const [, name, value] of attributes.matchAll(/ ([\w:-]+)="([^"<>]*)"/g)) {
    const kept = safeValue(name, value, prefix, ids);
    if (kept !== undefined) safe += ` ${name}="${kept}"`;
  }
  return safe;
}

function safeValue(name: string, value: string, prefix: string, ids: Map<string, string>): string | undefined {
  if (name === "id") return idOf(value, prefix, ids);
  const reference = /^url\(#([\w-]+)\)$/.exec(value);
  if (reference !== null)
    return ["fill", "stroke", "clip-path"].includes(name) ? `url(#${idOf(reference[1], prefix, ids)})` : undefined;
  if (/url\s*\(|\\/i.test(value)) return undefined;
  if (numeric.has(name)) return quotesEscaped(rounded(value));
  return literal.has(name) ? quotesEscaped(value) : undefined;
}

/** Vega counts ids for as long as the program runs; here they are counted per picture. */
function idOf(id: string, prefix: string, ids: Map<string, string>): string {
  let own = ids.get(id);
  if (own === undefined) ids.set(id, (own = `${prefix}${ids.size}`));
  return own;
}

/** A hundredth of a pixel is enough, and engines that differ in a last bit still write the same picture. */
function rounded(value: string): string {
  return value.replace(/-?\d+(?:\.\d+)?e[-+]?\d+|-?\d+\.\d{3,}/g, (number) =>
    String(Math.round(Number(number) * 100) / 100 + 0),
  );
}

/** Vega has escaped `&`, `<` and `>` already. */
function quotesEscaped(markup: string): string {
  return cleanText(markup).replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
