import { isRecord } from "../core/dictionary.ts";
import { describeCell, refuse } from "../core/errors.ts";
import { custom, oneOf, type OptionSpec, type OptionTable, readOptions, text } from "../core/options.ts";
import { base64Length, byteWriter, writeBase64url } from "../numeric/bytes.ts";
import { digestBytes, hmacSha256 } from "../numeric/digest.ts";

/** Digits of a code. */
const codeLength = base64Length(digestBytes);
/** Bytes that are decoded by one call, which costs as much as a hundred bytes. */
const chunkBytes: number = 2 ** 14;

/** A secret key and the name under which pseudonyms mention it. */
export interface PseudonymKey {
  /** At least 16 random bytes, 32 recommended; whoever has it can test whether a pseudonym is somebody's. There is no default. */
  readonly key: Uint8Array;
  /** 1 to 64 letters, digits, hyphens or underscores; stands before the dot of every pseudonym. Another key, another name. */
  readonly keyId: string;
}

/** What is done to an id before it is hashed. */
export type IdNormalization = "none" | "nfc" | "email";

/** Options of {@link pseudonymOf}. */
export interface PseudonymOfOptions extends PseudonymKey {
  /** What kind of id it is, the name of its column; the same id of another field has another pseudonym. Default `"customer"`. */
  readonly field?: string | undefined;
  /**
   * `"none"` (the default) takes the id as it is; `"nfc"` composes Unicode, so that an accented letter is the same however it
   * was typed; `"email"` also trims and lower-cases.
   */
  readonly normalize?: IdNormalization | undefined;
}

/** The row of an option table for a secret key. */
export const keyOption: OptionSpec<Uint8Array> = custom<Uint8Array>("a Uint8Array of at least 16 bytes", isKey, [
  null,
  "a secret of characters",
  new Uint8Array(15),
  new Uint8Array(0),
  new Array(16).fill(1),
  {},
  16,
]);

/** The row of an option table for the name of a key. */
export const keyIdOption: OptionSpec<string> = custom<string>(
  "1 to 64 letters, digits, hyphens or underscores",
  isKeyId,
  ["", "a.b", "key 1", "ü", "k".repeat(65), 1, null, {}],
);

/** The row of an option table for {@link IdNormalization}. */
export const normalizeOption: OptionSpec<IdNormalization> = oneOf(["none", "nfc", "email"], { default: "none" });

/** Option table of {@link pseudonymOf}. */
export const pseudonymOfOptions: OptionTable<PseudonymOfOptions> = {
  key: keyOption,
  keyId: keyIdOption,
  field: text({ default: "customer" }),
  normalize: normalizeOption,
};

/**
 * Gives one id the pseudonym that {@link pseudonymize} gives it in a log, to find a customer again.
 *
 * The pseudonym is `keyId`, a dot and 43 characters: base64url of HMAC-SHA-256 under the key, over field and id in UTF-8, each
 * behind its length in bytes. Without the key it can neither be inverted nor guessed; with it anyone can test a guess, so it
 * is still personal data.
 *
 * @param id - the id as the log had it.
 * @param options - see {@link PseudonymOfOptions}.
 * @returns the pseudonym; all 256 bits are kept.
 * @throws {ClienteleError} `invalid-option` for a key of less than 16 bytes; `invalid-value` for an id with a lone surrogate,
 * which would share its bytes with others.
 * @example
 * const key = Uint8Array.from({ length: 32 }, (_, i) => i); // yours: 32 random bytes, kept secret
 * pseudonymOf("ann", { key, keyId: "k1" }); // "k1.KJ4oYQiFgCTWloiyZqS3sQ2B591hBtGIhMS92YUL4KY"
 * @see RFC 2104, RFC 4231, RFC 4648 section 5; ADR 0039.
 */
export function pseudonymOf(id: string, options: PseudonymOfOptions): string {
  const caller = "pseudonymOf";
  const { key, keyId, field, normalize } = readOptions(caller, pseudonymOfOptions, options);
  return pseudonymizer(caller, { key, keyId }, field, "options.field")([normalizeId(id, normalize)], () => "id")[0];
}

/** Refuses a secret key given as one option, as rotation takes two. */
export function isPseudonymKey(value: unknown): boolean {
  return isRecord(value) && isKey(value.key) && isKeyId(value.keyId);
}

/** Tells whether a text has the form of a pseudonym, of any key. */
export function isPseudonym(value: string): boolean {
  return value[value.length - codeLength - 1] === "." && /^[\w-]{1,64}\.[\w-]{43}$/.test(value);
}

/** Applies the option `normalize`; what is no text is left to the checks that follow. */
export function normalizeId(id: string, how: IdNormalization): string {
  if (how === "none" || typeof id !== "string") return id;
  return (how === "email" ? id.trim().toLowerCase() : id).normalize("NFC");
}

/**
 * Opens the pseudonyms of one field under one key.
 *
 * @param caller - the public function.
 * @param key - checked already.
 * @param field - the kind of id.
 * @param fieldPath - what the field is called in messages.
 * @returns a function from ids, and what to call each in messages, to their pseudonyms. Cost: three blocks of SHA-256 for ids
 * of usual length.
 */
export function pseudonymizer(
  caller: string,
  { key, keyId }: PseudonymKey,
  field: string,
  fieldPath: string,
): (ids: readonly string[], pathOf: (i: number) => string) => string[] {
  const keyed = hmacSha256(key);
  const message = byteWriter();
  const code = new Uint8Array(digestBytes);
  if (!message.write(field)) refuse(caller, "invalid-option", fieldPath, "without lone surrogates", "one with some");
  const start = `${keyId}.`;
  const length = start.length + codeLength;
  const perChunk = Math.floor(chunkBytes / length);
  return (ids, pathOf) => {
    const pseudonyms = new Array<string>(ids.length);
    const chunk = new Uint8Array(Math.min(perChunk, ids.length) * length);
    for (let at = 0; at < chunk.length; at += length) new TextEncoder().encodeInto(start, chunk.subarray(at));
    const decoder = new TextDecoder();
    for (let from = 0; from < ids.length; from += perChunk) {
      const to = Math.min(ids.length, from + perChunk);
      for (let i = from; i < to; i++) {
        const id: unknown = ids[i];
        if (typeof id !== "string") refuse(caller, "invalid-value", pathOf(i), "a string", describeCell(id));
        message.clear();
        message.write(field);
        if (!message.write(id)) refuse(caller, "invalid-value", pathOf(i), "without lone surrogates", "one with some");
        keyed(message.bytes(), code);
        writeBase64url(code, chunk, (i - from) * length + start.length);
      }
      const names = decoder.decode(chunk);
      for (let i = from; i < to; i++) pseudonyms[i] = names.slice((i - from) * length, (i - from + 1) * length);
    }
    return pseudonyms;
  };
}

function isKey(value: unknown): boolean {
  return value instanceof Uint8Array && value.length >= 16;
}

function isKeyId(value: unknown): boolean {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value);
}
