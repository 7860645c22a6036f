// Text that comes from data and goes into a picture or a page. Escaping belongs to whoever writes markup; here is what no
// markup can carry, and what no reader can use.

const replacement = "\ufffd";

// XML forbids most controls, halves of a surrogate pair and the two non-characters; bidirectional overrides are allowed
// but make a name read as another one.
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;
const halfPair = /\p{Surrogate}/gu;

/**
 * Replaces what XML forbids or what would reorder the line (controls, lone surrogates, bidirectional overrides) by U+FFFD.
 *
 * @param text - any string.
 * @returns a string that can stand in XML and HTML once it is escaped; tabs and line breaks are kept.
 */
export function cleanText(text: string): string {
  return text.replace(unprintable, replacement).replace(halfPair, replacement);
}

/**
 * Makes a string fit for a label: clean, on one line, and cut with an ellipsis.
 *
 * @param text - any string.
 * @param longest - the most characters (code points) the label may have.
 * @returns the label; "(empty)" for a string without a visible character, which could not be told from no label.
 */
export function labelText(text: string, longest = 40): string {
  // A code point has two units at most, and runs of white space shrink; a 10 MB name is not worth more than this.
  const line = cleanText(text.slice(0, 4 * longest))
    .replace(/\s+/gu, " ")
    .trim();
  const points = Array.from(line);
  if (points.length === 0) return "(empty)";
  const isCut = points.length > longest || text.length > 4 * longest;
  return isCut ? `${points.slice(0, longest - 1).join("")}…` : line;
}

/**
 * Labels for a list of names, all different: two names that look alike after cutting are numbered.
 *
 * @param names - any strings.
 * @param longest - the most characters a label may have before the number.
 * @returns one distinct label per name, in order.
 */
export function distinctLabels(names: readonly string[], longest = 40): string[] {
  const taken = new Set<string>();
  const repeats = new Map<string, number>();
  return names.map((name) => {
    const plain = labelText(name, longest);
    let label = plain;
    for (let n = repeats.get(plain) ?? 2; taken.has(label); n++) {
      label = `${plain} (${n})`;
      repeats.set(plain, n + 1);
    }
    taken.add(label);
    return label;
  });
}

/**
 * Breaks a title into lines at spaces.
 *
 * @param text - any string.
 * @param longest - where a line ends at the latest, in characters; a longer word is cut.
 * @returns at most four lines.
 */
export function titleLines(text: string, longest: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of labelText(text, 4 * longest).split(" ")) {
    const part = labelText(word, longest);
    if (line !== "" && line.length + 1 + part.length > longest) {
      lines.push(line);
      line = part;
    } else {
      line = line === "" ? part : `${line} ${part}`;
    }
  }
  lines.push(line);
  return lines.length > 4 ? [...lines.slice(0, 3), `${lines[3]}…`] : lines;
}
