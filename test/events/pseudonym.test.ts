import { pseudonymOf } from "clientele/events";
import { describe, expect, it } from "vitest";
import { isPseudonym } from "../../src/events/pseudonym.ts";
import { hostileNames, isWellFormed } from "../support/hostile.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const options = { key, keyId: "k1" };

describe("pseudonymOf", () => {
  // python3: base64.urlsafe_b64encode(hmac.new(key, m, hashlib.sha256).digest()).rstrip(b"="), where m is
  // b"".join(struct.pack(">I", len(x)) + x for x in (field.encode(), id.encode())).
  it.each([
    ["customer", "ann", "KJ4oYQiFgCTWloiyZqS3sQ2B591hBtGIhMS92YUL4KY"],
    ["customer", "", "uowtpaJTQa4td-NcZKASnU8Lb0cZenbN8nC0ferNDes"],
    ["email", "ann", "ECofP1QJqnPVlsOSKsEpyzxpQVx4vZdeNE4LoKSlU5g"],
    ["customer", "Zoë 🧺", "YHZ5DmSZZr3K9ztSXwt-e-kwPWDOSD9KiqMvj1qFOkI"],
    ["customer", "x".repeat(100), "G6Z_-xFUySesZb8WCMjvmLfztiEilWG09GCW8hJm4M8"],
  ])("is what Python's hmac makes of field %j and id %j", (field, id, code) => {
    expect(pseudonymOf(id, { ...options, field })).toBe(`k1.${code}`);
  });

  it("takes a key of 16 bytes, and none shorter", () => {
    const short = new TextEncoder().encode("0123456789abcdef");
    expect(pseudonymOf("ann", { key: short, keyId: "k1" })).toBe("k1.xDcUcYDq_fKt-syinZlblaQuTcQUESOAsSdSpg-dT8s");
    const error = refusalOf(() => pseudonymOf("ann", { key: short.subarray(1), keyId: "k1" }));
    expect(error).toMatchObject({ code: "invalid-option", path: "options.key", received: "an array of length 15" });
    expectRefusal(() => pseudonymOf("ann", { keyId: "k1" } as never), "invalid-option", "options.key");
  });

  it("tells fields and ids apart wherever the border lies", () => {
    const pseudonyms = [["a", "bc"], ["ab", "c"], ["", "abc"], ["abc", ""]].map(([field, id]) => pseudonymOf(id, { ...options, field })); // prettier-ignore
    expect(new Set(pseudonyms).size).toBe(4);
  });

  it("gives every well-formed name a pseudonym of its own", () => {
    const names = hostileNames.filter(isWellFormed);
    const pseudonyms = names.map((name) => pseudonymOf(name, options));
    expect(pseudonyms.every(isPseudonym)).toBe(true);
    expect(new Set(pseudonyms).size).toBe(names.length);
  });

  it("refuses a lone surrogate without quoting the id", () => {
    const error = refusalOf(() => pseudonymOf("secret\ud83d", options));
    expect(error).toMatchObject({ code: "invalid-value", path: "id" });
    expect(error.message).not.toContain("secret");
    expectRefusal(() => pseudonymOf("ann", { ...options, field: "\udc00" }), "invalid-option", "options.field");
    expectRefusal(() => pseudonymOf(5 as never, options), "invalid-value", "id");
    expectRefusal(() => pseudonymOf(5 as never, { ...options, normalize: "email" }), "invalid-value", "id");
  });

  it("normalizes on request only: nothing, composed letters, e-mail addresses", () => {
    const of = (id: string, normalize?: "none" | "nfc" | "email"): string => pseudonymOf(id, { ...options, normalize });
    expect(of("zoe\u0308")).not.toBe(of("zo\u00eb"));
    expect(of("zoe\u0308", "nfc")).toBe(of("zo\u00eb", "none"));
    expect(of(" Ann@Example.ORG\n", "email")).toBe(of("ann@example.org"));
    expect(of(" Ann", "nfc")).not.toBe(of("ann"));
  });
});
