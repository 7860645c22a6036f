import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../src/numeric/bytes.ts";
import { digestBytes, hmacSha256, sha256 } from "../../src/numeric/digest.ts";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const bytes = (byte: number, count: number): Uint8Array => new Uint8Array(count).fill(byte);
const codeOf = (key: Uint8Array, message: Uint8Array): string => {
  const out = new Uint8Array(digestBytes);
  hmacSha256(key)(message, out);
  return hex(out);
};

// The package's contract: what an update must not change.
describe("sha256", () => {
  // NIST, "SHA-256 examples" to FIPS 180-4: one block, two blocks; and the empty message of NIST's CAVP short messages.
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
  ])("digests %j as NIST publishes it", (message, digest) => {
    expect(hex(sha256(ascii(message)))).toBe(digest);
  });

  it("digests a million letters a as FIPS 180 publishes it", () => {
    const digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    expect(hex(sha256(bytes(0x61, 1_000_000)))).toBe(digest);
  });

  it("agrees with Node's for every length around a block", () => {
    for (let length = 0; length < 200; length++) {
      const message = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      expect(hex(sha256(message))).toBe(createHash("sha256").update(message).digest("hex"));
    }
  });
});

describe("hmacSha256", () => {
  // RFC 4231, sections 4.2 to 4.8; test case 5 truncates to 128 bits.
  it.each([
    [bytes(0x0b, 20), ascii("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    [
      ascii("Jefe"),
      ascii("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [bytes(0xaa, 20), bytes(0xdd, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    [
      Uint8Array.from({ length: 25 }, (_, i) => i + 1),
      bytes(0xcd, 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ],
    [bytes(0x0c, 20), ascii("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"],
    [
      bytes(0xaa, 131),
      ascii("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    [
      bytes(0xaa, 131),
      ascii(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
      ),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ],
  ])("gives the codes of RFC 4231, case %#", (key, message, code) => {
    expect(codeOf(key, message).slice(0, code.length)).toBe(code);
  });

  it("gives the same code again, whatever it was asked in between", () => {
    const key = bytes(7, 32);
    const keyed = hmacSha256(key);
    const out = new Uint8Array(digestBytes);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        keyed(message, out);
        expect(hex(out)).toBe(createHmac("sha256", key).update(message).digest("hex"));
      }),
    );
  });

  it("keeps its own copy of the key", () => {
    const key = bytes(7, 32);
    const keyed = hmacSha256(key);
    key.fill(0);
    const out = new Uint8Array(digestBytes);
    keyed(ascii("ann"), out);
    expect(hex(out)).toBe(codeOf(bytes(7, 32), ascii("ann")));
  });
});
