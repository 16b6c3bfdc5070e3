// The hash that decides a key's partition: part of the format, so that other clients agree.

const M = 0x5bd1e995
const KAFKA_SEED = 0x9747b28c

/**
 * MurmurHash2 (Austin Appleby), 32 bits, by default with the seed 0x9747b28c, as Kafka's own clients partition keys.
 * Keys of one partition have hashes that are alike; where that matters, use another seed.
 * @returns an unsigned 32-bit number.
 */
export function murmur2(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
  seed: number = KAFKA_SEED,
): number {
  const length = end - start
  let h = seed ^ length
  let i = start
  const blocksEnd = start + (length & ~3)
  for (; i < blocksEnd; i += 4) {
    let k = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24)
    k = Math.imul(k, M)
    k ^= k >>> 24
    h = Math.imul(h, M) ^ Math.imul(k, M)
  }
  const rest = length & 3
  if (rest === 3) h ^= bytes[i + 2] << 16
  if (rest >= 2) h ^= bytes[i + 1] << 8
  if (rest >= 1) h = Math.imul(h ^ bytes[i], M)
  h = Math.imul(h ^ (h >>> 13), M)
  return (h ^ (h >>> 15)) >>> 0
}

/** The partition Kafka's default partitioner gives to a key with this hash. */
export function partitionOf(hash: number, partitions: number): number {
  return (hash & 0x7fff_ffff) % partitions
}
