import { editDistance } from "../core/edit-distance.ts";

/** A name that is probably another one, mistyped or spelled in another way. */
export interface NearName {
  /** Code of the rarer name. */
  readonly code: number;
  /** Code of the name that was probably meant. */
  readonly near: number;
}

/** What {@link nearNames} found, and what it did not look at. */
export interface NearNames {
  /** From the most frequent of the suspicious names to the rarest. */
  readonly pairs: readonly NearName[];
  /** Names that were not compared letter by letter, because there are too many or they are too long. */
  readonly skipped: number;
}

/** A name is rare beside another one when it occurs at most this often in relation to it, rounded up to a whole event. */
const rareShare = 0.1;

/** Letters are compared with this many of the most frequent names … */
const mostTargets = 100;

/** … by this many of the most frequent others: 200,000 pairs at most. */
const mostCandidates = 2000;

/** Longer names are URLs or texts. */
const longestName = 80;

/** A name as it is compared. */
interface Word {
  readonly code: number;
  readonly count: number;
  /** Without case and separators. */
  readonly plain: string;
  /** Its numbers: `page1` and `page2` differ on purpose. */
  readonly digits: string;
  /** Which letters occur, as a set of 32 bits: an edit changes two of them at most. */
  readonly letters: number;
}

/**
 * Finds names that look like another, more frequent name.
 *
 * - *Spelled in another way*: equal but for case and separators (`Add to cart`, `add_to_cart`), however frequent.
 * - *Mistyped*: at most a tenth as frequent (a name that occurs once is rare beside any that occurs more often), and one
 *   edit away; two edits where the shorter name has eight letters or more, none below four letters. Names with other
 *   numbers in them are others on purpose, and so are names with two letters more at the beginning or the end, as in
 *   `subscribe` and `unsubscribe`.
 *
 * @param names - distinct names by code.
 * @param counts - how often each occurs; a name that never occurs is left out.
 * @returns each suspicious name once, with the nearest name; of equally near ones the most frequent. Cost: sorting the
 * names, and at most 200,000 bounded comparisons however many names there are.
 */
export function nearNames(names: readonly string[], counts: ArrayLike<number>): NearNames {
  const codes = Array.from(names.keys()).filter((code) => counts[code] > 0);
  codes.sort((a, b) => counts[b] - counts[a] || (names[a] < names[b] ? -1 : 1));
  const leaders = new Map<string, number>();
  const words: Word[] = [];
  const pairs: NearName[] = [];
  let skipped = 0;
  for (const code of codes) {
    if (names[code].length > longestName) {
      skipped++;
      continue;
    }
    const word = wordOf(names[code], code, counts[code]);
    const leader = word.plain === "" ? undefined : leaders.get(word.plain);
    if (leader !== undefined) pairs.push({ code, near: leader });
    else words.push(word);
    if (leader === undefined) leaders.set(word.plain, code);
  }
  for (const candidate of words.slice(0, mostCandidates)) {
    const near = nearest(candidate, words);
    if (near !== undefined) pairs.push({ code: candidate.code, near });
  }
  pairs.sort((a, b) => counts[b.code] - counts[a.code] || (names[a.code] < names[b.code] ? -1 : 1));
  return { pairs, skipped: skipped + Math.max(0, words.length - mostCandidates) };
}

function wordOf(name: string, code: number, count: number): Word {
  const plain = name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s_.:/-]+/g, "");
  let letters = 0;
  for (let i = 0; i < plain.length; i++) letters |= 1 << (plain.charCodeAt(i) & 31);
  return { code, count, plain, digits: plain.match(/\d+/g)?.join() ?? "", letters };
}

/** The code of the name that a rare one is probably meant to be. */
function nearest(word: Word, words: readonly Word[]): number | undefined {
  let best: number | undefined;
  let least = Infinity;
  for (let t = 0; t < words.length && t < mostTargets; t++) {
    const target = words[t];
    // Targets come from frequent to rare, so none of the rest is frequent enough either.
    if (word.count >= target.count || word.count > Math.ceil(target.count * rareShare)) break;
    const distance = typoDistance(word, target, least - 1);
    if (distance < least) {
      least = distance;
      best = target.code;
    }
  }
  return best;
}

/** How many edits apart two names are, or infinity when one is hardly the other mistyped or no nearer than `limit`. */
function typoDistance(a: Word, b: Word, limit: number): number {
  const [short, long] = a.plain.length < b.plain.length ? [a.plain, b.plain] : [b.plain, a.plain];
  const most = Math.min(2, Math.floor(short.length / 4), limit);
  if (most < 1 || long.length - short.length > most || a.digits !== b.digits) return Infinity;
  if (bitsIn(a.letters ^ b.letters) > 2 * most) return Infinity;
  if (long.length - short.length === 2 && (long.startsWith(short) || long.endsWith(short))) return Infinity;
  const distance = editDistance(short, long, most);
  return distance > most ? Infinity : distance;
}

function bitsIn(set: number): number {
  let bits = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
