/** CRC-32C bit by bit, written anew, so that the fake and the product do not share a mistake. */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffff_ffffn;
  for (const byte of bytes) {
    remainder ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >> 1n) ^ (remainder & 1n ? 0x82f6_3b78n : 0n);
  }
  return Number(remainder ^ 0xffff_ffffn);
}
