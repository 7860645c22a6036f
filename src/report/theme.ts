/** Colors of everything in a picture that is not data. */
interface Ink {
  readonly text: string;
  readonly faint: number;
  readonly background: string | null;
}

/** How a picture is colored: on a light or a dark ground, or in the color of the text around it. */
export type Theme = "light" | "dark" | "page";

const inks: Readonly<Record<Theme, Ink>> = {
  light: { text: "#1b1f24", faint: 0.15, background: "#ffffff" },
  dark: { text: "#e6e8eb", faint: 0.22, background: "#14171a" },
  // Inline in a page, `currentColor` follows the page when it turns dark, and turns black on paper.
  page: { text: "currentColor", faint: 0.18, background: null },
};

/**
 * The Vega and Vega-Lite config of a theme.
 *
 * @param theme - which one.
 * @returns a new config object.
 */
export function themeConfig(theme: Theme): object {
  const { text, faint, background } = inks[theme];
  return {
    background,
    padding: 8,
    // The picture as a whole carries role, title and description; a reader would have to wade through every mark.
    aria: false,
    locale: { number: { decimal: ".", thousands: ",", grouping: [3], currency: ["$", ""], minus: "-" } },
    axis: {
      labelColor: text,
      titleColor: text,
      domainColor: text,
      domainOpacity: 0.6,
      tickColor: text,
      tickOpacity: 0.6,
      gridColor: text,
      gridOpacity: faint,
    },
    legend: { labelColor: text, titleColor: text },
    header: { labelColor: text, titleColor: text },
    title: { color: text, subtitleColor: text },
    // `color` is read by Vega-Lite, `fill` and `stroke` by Vega.
    text: { color: text, fill: text },
    rule: { color: text, stroke: text },
  };
}
