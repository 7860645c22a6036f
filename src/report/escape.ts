import { cleanText } from "../charts/text.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes a string for the content of an element or for a quoted attribute, in XML and in HTML.
 *
 * @param text - any string.
 * @returns markup that shows the string; what XML forbids is replaced by U+FFFD.
 */
export function escapeText(text: string): string {
  return cleanText(text).replace(/[&<>"']/g, (sign) => entities[sign]);
}
