// Headers of a tar file (POSIX.1-1988 "ustar", with GNU's numbers in base 256 for files from 8 GiB on): what any `tar` unpacks.
const BLOCK = 512
const OCTAL_MAX = 0o77777777777

/** Bytes of a header; contents are filled up to a multiple of it. */
export const TAR_BLOCK: number = BLOCK

/** How many zeros follow contents of that length. */
export function tarPadding(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK
}

/** @param entry.at ms since 1970. @param entry.name at most 100 bytes of ASCII. */
export function tarHeader(entry: { name: string; bytes: number; at: number }): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.write(entry.name, 0, 100, 'latin1')
  header.write('0000600\0', 100, 'latin1')
  header.write('0000000\0', 108, 'latin1')
  header.write('0000000\0', 116, 'latin1')
  writeSize(header, entry.bytes)
  header.write(octal(Math.floor(entry.at / 1000), 11), 136, 'latin1')
  header.write('0', 156, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  header.write(octal(sumOf(header), 6), 148, 'latin1')
  header.write(' ', 155, 'latin1')
  return header
}

/** undefined for zeros, which end the file, and for what is no header of a plain file. */
export function readTarHeader(header: Buffer): { name: string; bytes: number } | undefined {
  const sum = Number.parseInt(header.toString('latin1', 148, 154), 8)
  if (header.toString('latin1', 257, 262) !== 'ustar' || sum !== sumOf(header)) return undefined
  const end = header.indexOf(0)
  const bytes =
    header[124] === 0x80
      ? Number(header.readBigUInt64BE(128))
      : Number.parseInt(header.toString('latin1', 124, 135), 8)
  return { name: header.toString('latin1', 0, Math.min(end, 100)), bytes }
}

function writeSize(header: Buffer, bytes: number): void {
  if (bytes <= OCTAL_MAX) {
    header.write(octal(bytes, 11), 124, 'latin1')
    return
  }
  header[124] = 0x80
  header.writeBigUInt64BE(BigInt(bytes), 128)
}

/** Digits, then a NUL. */
function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, '0')}\0`
}

/** Sum of the header's bytes, its own field taken as spaces. */
function sumOf(header: Buffer): number {
  let sum = 8 * 0x20
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i]
  return sum
}
