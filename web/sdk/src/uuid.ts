/**
 * UUIDv7 ids (RFC 9562): 48 bits of ms, then a counter within the ms so that ids of one tab rise, then chance.
 * crypto.randomUUID is missing on plain-HTTP names, so only getRandomValues is asked for.
 */
export function uuidv7Source(
  now: () => number,
  getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => unknown,
): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const bytes = new Uint8Array(16);
    getRandomValues(bytes);
    const ms = now();
    if (ms > lastMs) {
      lastMs = ms;
      counter = ((bytes[6] ?? 0) & 7) << 8; // room to rise within the ms
    } else if (++counter > 0xfff) {
      lastMs++;
      counter = 0;
    }
    let rest = lastMs;
    for (let i = 5; i >= 0; i--) {
      bytes[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    bytes[6] = 0x70 | (counter >> 8);
    bytes[7] = counter & 0xff;
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    return Array.from(
      bytes,
      (b, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + b.toString(16).padStart(2, "0"),
    ).join("");
  };
}
