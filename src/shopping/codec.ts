import { Packr } from 'msgpackr'

/** What is stored in Redis: the version, then msgpack. Raised with every change of form below or in what is packed, so that
 *  a deploy never reads another version's bytes. */
export const formatVersion = 5

const packr = new Packr({ encodeUndefinedAsNil: true })

export class FormatError extends Error {
  override readonly name = 'FormatError'
}

export function pack(value: unknown): Buffer {
  const packed = packr.pack(value)
  const bytes = Buffer.allocUnsafe(packed.length + 1)
  bytes[0] = formatVersion
  packed.copy(bytes, 1)
  return bytes
}

/** Believes what it reads: only bytes of this version that pack() made come here. */
export function unpack<T>(bytes: Buffer): T {
  checkVersion(bytes)
  return packr.unpack(bytes.subarray(1)) as T
}

export function checkVersion(bytes: Buffer): void {
  if (bytes[0] !== formatVersion) throw new FormatError(`stored in format ${bytes[0]}, this is ${formatVersion}`)
}

/** Typed arrays travel as their bytes (little-endian on every machine that Node runs on). */
export function bytesOf(array: Float64Array | Int32Array | Uint8Array | Int8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}

export function float64s(bytes: Uint8Array): Float64Array {
  return new Float64Array(aligned(bytes))
}

export function int32s(bytes: Uint8Array): Int32Array {
  return new Int32Array(aligned(bytes))
}

export function uint8s(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(aligned(bytes))
}

export function int8s(bytes: Uint8Array): Int8Array {
  return new Int8Array(aligned(bytes))
}

function aligned(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  return copy
}
