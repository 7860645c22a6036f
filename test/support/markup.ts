import { JSDOM } from "jsdom";

/** One element of a parsed document, as far as tests look at it. */
export interface ParsedElement {
  /** Name without a namespace, in lower case. */
  readonly name: string;
  /** Attributes by name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The text inside, whole. */
  readonly text: string;
}

interface DomElement {
  readonly localName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
}

interface DomDocument {
  querySelectorAll(selector: string): Iterable<DomElement>;
}

function elementsOf(text: string, contentType: string): ParsedElement[] {
  const document = new JSDOM(text, { contentType }).window.document as unknown as DomDocument;
  return Array.from(document.querySelectorAll("*"), ({ localName, attributes, textContent }) => ({
    name: localName.toLowerCase(),
    attributes: Object.fromEntries(Array.from(attributes, ({ name, value }) => [name, value])),
    text: textContent,
  }));
}

/** All elements of a text that must be well-formed XML; throws where it is not. */
export function xmlElements(text: string): ParsedElement[] {
  return elementsOf(text, "image/svg+xml");
}

/** All elements that a browser makes of a text, whatever it is. */
export function htmlElements(text: string): ParsedElement[] {
  return elementsOf(text, "text/html");
}

/** What a picture or a page must never hold, whatever its data are; empty = nothing of the kind. */
export function dangers(elements: readonly ParsedElement[]): string[] {
  const forbidden = new Set("script foreignobject iframe object embed image img a link base form input use".split(" "));
  const found: string[] = [];
  for (const { name, attributes } of elements) {
    // The page's own list of contents links to its own headings.
    const isOwnLink = name === "a" && /^#section-\d+$/.test(attributes["href"] ?? "");
    if (forbidden.has(name) && !isOwnLink) found.push(`<${name}>`);
    for (const [attribute, value] of Object.entries(attributes)) {
      if (/^on/i.test(attribute)) found.push(`${attribute} on <${name}>`);
      if (/^(?:xlink:)?href$|^src$/i.test(attribute) && !isOwnLink) found.push(`${attribute} on <${name}>`);
      if (/javascript:|url\((?!#)/i.test(value)) found.push(`${attribute}="${value}"`);
    }
  }
  return found;
}

/** What is written in a picture, one string per text element. */
export function svgTexts(svg: string): string[] {
  return xmlElements(svg)
    .filter(({ name }) => name === "text")
    .map(({ text }) => text);
}
