/** Rows whose slots are asked for together, so that one waits for memory while the others do. */
const BATCH: i32 = 64;
/** Names up to this length stand in their slot. */
const INLINE: u32 = 24;
/** A free slot is nearer than this unless names were made to collide: at the fullest, chance needs half of it. */
const PATIENCE: i32 = 1024;

const FULL: u32 = 1;
const CROWDED: u32 = 2;

// Odd constants of the splitmix64 and murmur3 finalizers, and the golden ratio.
const K1: u64 = 0xbf58476d1ce4e5b9;
const K2: u64 = 0x94d049bb133111eb;
const K3: u64 = 0xff51afd7ed558ccd;
const K4: u64 = 0x9e3779b97f4a7c15;

// A slot is 32 bytes: three words, u32 length, u32 code + 1; the last is 0 in a free slot. The words are the name,
// filled up with zeros, or the hash of a longer one, its place among the names, and 0. The scratch holds the same of
// every row of a batch, with the address of the slot where the search begins instead of the code.

// See Kernels.encodeNames.
export function encodeNames(
  bytes: usize,
  offsets: usize,
  validity: usize,
  firstBit: i32,
  rows: i32,
  slots: usize,
  slotBits: i32,
  mostNames: u32,
  names: usize,
  nameBytes: u32,
  ends: usize,
  totals: usize,
  codes: usize,
  scratch: usize,
): i32 {
  const slotsEnd = slots + ((<usize>32) << slotBits);
  const origin = bytes - <usize>load<u32>(offsets);
  let count = load<u32>(totals);
  let used = load<u32>(totals, 4);
  let status: u32 = 0;
  let row = 0;
  for (; row < rows; row++) {
    const inBatch = row & (BATCH - 1);
    const at = offsets + ((<usize>row) << 2);
    if (inBatch == 0) lookAhead(origin, at, min(BATCH, rows - row), slots, slotBits, scratch);
    const out = codes + ((<usize>row) << 2);
    if (validity != 0 && isMissing(validity, firstBit + row)) {
      store<u32>(out, 0xffffffff);
      continue;
    }
    const key = scratch + ((<usize>inBatch) << 5);
    const length = load<u32>(key, 24);
    const text = origin + <usize>load<u32>(at);
    let slot = <usize>load<u32>(key, 28);
    let left = PATIENCE;
    let code = load<u32>(slot, 28);
    while (code != 0 && !(isSame(slot, key) && (length <= INLINE || isSameText(names, slot, text, length)))) {
      slot += 32;
      if (slot == slotsEnd) slot = slots;
      code = load<u32>(slot, 28);
      if (--left == 0) break;
    }
    if (code == 0) {
      if (count == mostNames || nameBytes - used < length) {
        status = FULL;
        break;
      }
      if (length > INLINE) {
        memory.copy(names + <usize>used, text, <usize>length);
        store<u64>(key, <u64>used, 8);
      } else {
        // What is written beyond the name is written again by the next one.
        v128.store(names + <usize>used, v128.load(key));
        store<u64>(names + <usize>used, load<u64>(key, 16), 16);
      }
      v128.store(slot, v128.load(key));
      v128.store(slot, v128.load(key, 16), 16);
      used += length;
      store<u32>(ends + ((<usize>count) << 2), used);
      code = ++count;
      store<u32>(slot, code, 28);
    } else if (left == 0) {
      status = CROWDED;
      break;
    }
    store<u32>(out, code - 1);
  }
  store<u32>(totals, count);
  store<u32>(totals, used, 4);
  store<u32>(totals, status, 8);
  return row;
}

/** Writes the keys of a batch, and touches the slots where their searches begin. */
function lookAhead(origin: usize, offsets: usize, count: i32, slots: usize, slotBits: i32, scratch: usize): void {
  const shift = <u64>(64 - slotBits);
  const first = scratch;
  let from = origin + <usize>load<u32>(offsets);
  for (let i = 0; i < count; i++) {
    offsets += 4;
    const end = origin + <usize>load<u32>(offsets);
    const length = <u32>(end - from);
    let hash: u64;
    if (length <= INLINE) {
      const a = firstBytes(load<u64>(from), <i32>length);
      const b = firstBytes(load<u64>(from, 8), <i32>length - 8);
      const c = firstBytes(load<u64>(from, 16), <i32>length - 16);
      store<u64>(scratch, a);
      store<u64>(scratch, b, 8);
      store<u64>(scratch, c, 16);
      hash = (a * K1) ^ rotl<u64>(b * K2, 23) ^ rotl<u64>(c * K3, 41) ^ (<u64>length);
      hash ^= hash >> 32;
    } else {
      hash = hashLong(from, end);
      store<u64>(scratch, hash);
      store<u64>(scratch, 0, 16);
    }
    const slot = slots + ((<usize>((hash * K4) >> shift)) << 5);
    store<u32>(scratch, length, 24);
    store<u32>(scratch, <u32>slot, 28);
    scratch += 32;
    from = end;
  }
  // A loop of its own: the less it does, the more loads are under way at once.
  let touched: u32 = 0;
  for (let key = first; key < scratch; key += 32) touched += load<u32>(<usize>load<u32>(key, 28), 28);
  // Without a use of what was loaded the compiler may drop the loads.
  store<u32>(scratch, touched);
}

/** The first `count` bytes of a word, zeros after them; a count below 0 is 0, one above 8 is 8. */
function firstBytes(word: u64, count: i32): u64 {
  const some = word & (((<u64>1) << ((<u64>count) << 3)) - 1);
  return select<u64>(word, select<u64>(some, 0, count > 0), count >= 8);
}

function hashLong(from: usize, end: usize): u64 {
  let hash = <u64>(end - from);
  for (; from + 8 <= end; from += 8) {
    hash = (hash ^ load<u64>(from)) * K1;
    hash ^= hash >> 32;
  }
  hash = (hash ^ firstBytes(load<u64>(from), <i32>(end - from))) * K2;
  return hash ^ (hash >> 32);
}

/** Whether lengths agree, and names up to 24 bytes or the hashes of longer ones. */
function isSame(slot: usize, key: usize): bool {
  const length = load<u32>(key, 24);
  if (length != load<u32>(slot, 24) || load<u64>(slot) != load<u64>(key)) return false;
  return (
    length > INLINE || ((load<u64>(slot, 8) ^ load<u64>(key, 8)) | (load<u64>(slot, 16) ^ load<u64>(key, 16))) == 0
  );
}

/** Whether a long name is the one that a slot refers to. */
function isSameText(names: usize, slot: usize, text: usize, length: u32): bool {
  let name = names + <usize>load<u64>(slot, 8);
  let left = <i32>length;
  for (; left > 8; left -= 8) {
    if (load<u64>(name) != load<u64>(text)) return false;
    name += 8;
    text += 8;
  }
  return firstBytes(load<u64>(name) ^ load<u64>(text), left) == 0;
}

function isMissing(validity: usize, bit: i32): bool {
  return ((load<u8>(validity + ((<usize>bit) >>> 3)) >>> ((<u8>bit) & 7)) & 1) == 0;
}
