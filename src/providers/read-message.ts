import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { WireError } from '../core/wire-error.ts'
import { loadDecode } from './codes.ts'
import type { DecodedMessage } from './port.ts'

export type ReadMessage =
  | { readonly kind: 'understood'; readonly message: DecodedMessage }
  /** The reason and the place, in a line. */
  | { readonly kind: 'not-understood'; readonly text: string }

/** More than any reply on record, and what the largest format takes. */
const messageMegabytesMax = 64

/** A file (`-`: standard input) as this supplier's decoder reads it. Nothing in it makes this throw. */
export async function readMessage(provider: string, file: string): Promise<ReadMessage> {
  const decode = await loadDecode(provider)
  const bytes = readBytes(file)
  if (typeof bytes === 'string') return { kind: 'not-understood', text: bytes }
  if (bytes.length === 0) return { kind: 'not-understood', text: 'an empty message at byte 0' }
  try {
    return { kind: 'understood', message: decode(bytes) }
  } catch (error) {
    if (error instanceof WireError) return { kind: 'not-understood', text: `${error.reason} at ${error.at || '/'}` }
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return {
      kind: 'not-understood',
      text: `the ${provider} decoder failed, which is a bug of ours: ${text}${placeOf(error)}`,
    }
  }
}

/** The first line of ours on the stack: `wire/offer.ts:120`. */
function placeOf(error: unknown): string {
  const place = error instanceof Error ? /\/([\w-]+\/[\w.-]+\.ts:\d+):\d+/.exec(error.stack ?? '') : null
  return place ? ` (${place[1]})` : ''
}

/** The bytes, or why they cannot be had. One byte over the limit is enough to know. */
function readBytes(file: string): Uint8Array | string {
  let descriptor = 0
  try {
    if (file !== '-') descriptor = openSync(file, 'r')
    if (fstatSync(descriptor).isDirectory()) return 'it is a directory'
    return readAll(descriptor)
  } catch (error) {
    return refusals[(error as NodeJS.ErrnoException).code ?? ''] ?? `it cannot be read: ${(error as Error).message}`
  } finally {
    if (descriptor !== 0) closeSync(descriptor)
  }
}

const refusals: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a directory',
}

function readAll(descriptor: number): Uint8Array | string {
  const bytesMax = messageMegabytesMax * 1024 * 1024
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(1024 * 1024)
    const count = readChunk(descriptor, chunk)
    if (count === 0) return Buffer.concat(chunks, length)
    chunks.push(chunk.subarray(0, count))
    length += count
    if (length > bytesMax) return `more than ${messageMegabytesMax} MB at byte ${bytesMax}`
  }
}

/** A pipe whose writer is slow says EAGAIN. */
function readChunk(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      Atomics.wait(pause, 0, 0, 5)
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4))
