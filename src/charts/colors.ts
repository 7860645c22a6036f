// Colors are checked, never passed through: a string that reaches an SVG attribute is a hexadecimal color of ours.

/** CSS names that are accepted, with what they mean; everything else is written as #rrggbb. */
const named: ReadonlyMap<string, string> = new Map([
  ["black", "#000000"],
  ["white", "#ffffff"],
  ["gray", "#808080"],
  ["grey", "#808080"],
  ["silver", "#c0c0c0"],
  ["red", "#ff0000"],
  ["maroon", "#800000"],
  ["crimson", "#dc143c"],
  ["tomato", "#ff6347"],
  ["coral", "#ff7f50"],
  ["salmon", "#fa8072"],
  ["orange", "#ffa500"],
  ["gold", "#ffd700"],
  ["yellow", "#ffff00"],
  ["khaki", "#f0e68c"],
  ["olive", "#808000"],
  ["lime", "#00ff00"],
  ["green", "#008000"],
  ["teal", "#008080"],
  ["turquoise", "#40e0d0"],
  ["aqua", "#00ffff"],
  ["cyan", "#00ffff"],
  ["skyblue", "#87ceeb"],
  ["steelblue", "#4682b4"],
  ["blue", "#0000ff"],
  ["navy", "#000080"],
  ["indigo", "#4b0082"],
  ["purple", "#800080"],
  ["violet", "#ee82ee"],
  ["orchid", "#da70d6"],
  ["magenta", "#ff00ff"],
  ["fuchsia", "#ff00ff"],
  ["pink", "#ffc0cb"],
  ["brown", "#a52a2a"],
  ["chocolate", "#d2691e"],
  ["tan", "#d2b48c"],
]);

/** Categories that color-blind readers tell apart (Okabe & Ito 2008), without black and yellow, which vanish on one ground. */
export const categories: readonly string[] = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"];

/** Low to high: viridis, which grows evenly lighter and survives gray printing. */
export const sequential: readonly string[] = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"];

/** Below, like, above: ColorBrewer's orange to blue, which color-blind readers tell apart. */
export const diverging: readonly string[] = ["#b35806", "#f1a340", "#f7f7f7", "#67a9cf", "#2166ac"];

const hex = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** True for `#rgb`, `#rrggbb` and the accepted names. */
export function isColor(value: unknown): boolean {
  return typeof value === "string" && (hex.test(value) || named.has(value.toLowerCase()));
}

/** An accepted color as `#rrggbb`. */
export function colorOf(color: string): string {
  const text = (named.get(color.toLowerCase()) ?? color).toLowerCase();
  return text.length === 4 ? `#${text[1]}${text[1]}${text[2]}${text[2]}${text[3]}${text[3]}` : text;
}

/**
 * Black or white, whichever reads better on the color a ramp has at some point.
 *
 * @param ramp - `#rrggbb` colors at equal distances.
 * @param at - where on the ramp, 0 = first color, 1 = last; clamped.
 * @returns `#000000` or `#ffffff`.
 */
export function inkOn(ramp: readonly string[], at: number): string {
  const place = Math.min(1, Math.max(0, at)) * (ramp.length - 1);
  const left = channels(ramp[Math.floor(place)]);
  const right = channels(ramp[Math.ceil(place)]);
  const part = place - Math.floor(place);
  const [red, green, blue] = left.map((value, c) => (value + part * (right[c] - value)) / 255) as [
    number,
    number,
    number,
  ];
  // Relative luminance with gamma 2 for sRGB's 2.4; at 0.179 black and white have the same contrast (WCAG 2, 1.4.3).
  return 0.2126 * red * red + 0.7152 * green * green + 0.0722 * blue * blue > 0.179 ? "#000000" : "#ffffff";
}

function channels(color: string): [number, number, number] {
  const code = Number.parseInt(color.slice(1), 16);
  return [code >> 16, (code >> 8) & 255, code & 255];
}
