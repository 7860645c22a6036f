// The only importer of @noble/hashes: audited, synchronous, the same bytes on every runtime. It wants bytes, never text (its
// own text encoder turns every lone surrogate into U+FFFD, so that different names would share a digest), hashes the key anew
// for every message, and ends an HMAC with its digest. Here the state after the key is kept and copied into one scratch.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as digestOf } from "@noble/hashes/sha2.js";

/** Bytes of a SHA-256 digest. */
export const digestBytes = 32;

/** SHA-256 of a message. */
export function sha256(message: Uint8Array): Uint8Array {
  return digestOf(message);
}

/**
 * Opens HMAC-SHA-256 under one key.
 *
 * @param key - any bytes; copied, so that the caller may wipe them afterwards.
 * @returns a function that writes the code of a message into `out`, {@link digestBytes} long. Cost: two blocks less per message
 * than with the key hashed anew.
 */
export function hmacSha256(key: Uint8Array): (message: Uint8Array, out: Uint8Array) => void {
  const keyed = hmac.create(digestOf, key);
  const scratch = keyed.clone();
  return (message, out) => {
    keyed._cloneInto(scratch).update(message).digestInto(out);
  };
}
