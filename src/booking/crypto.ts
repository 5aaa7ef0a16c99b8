import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'

/** AES-256-GCM and keyed hashes, pure: keys and nonces come from outside. A sealed text is
 *  version (1 byte) | key id (8 bytes) | nonce (12) | tag (16) | cipher text; what it is about goes in as associated data, so
 *  that it cannot be moved to another place. */

export const keyBytes = 32
export const nonceBytes = 12
const tagBytes = 16
const idBytes = 8
const headBytes = 1 + idBytes + nonceBytes + tagBytes
const version = 1

/** `object`: the secret as the ciphers take it. Given as bytes it is looked over at each call: 14 µs instead of 2.3 for a hash,
 *  20 instead of 6 for a sealed text (Node 24). */
export type Key = { readonly id: Buffer; readonly secret: Uint8Array; readonly object: KeyObject }

export class SealError extends Error {
  override readonly name = 'SealError'
}

/** The id tells keys apart; nothing of the key can be learnt from it. */
export function makeKey(secret: Uint8Array): Key {
  if (secret.length !== keyBytes) throw new SealError(`a key has ${keyBytes} bytes, not ${secret.length}`)
  const id = createHash('sha256').update('fareloom key id').update(secret).digest().subarray(0, idBytes)
  return { id, secret, object: createSecretKey(secret) }
}

export function seal(plain: Uint8Array, key: Key, nonce: Uint8Array, about: string): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key.object, nonce)
  cipher.setAAD(Buffer.from(about))
  // the mode encrypts byte by byte: all of it comes now, as long as it was, and nothing with the end
  const text = cipher.update(plain)
  cipher.final()
  const sealed = Buffer.allocUnsafe(headBytes + text.length)
  sealed[0] = version
  sealed.set(key.id, 1)
  sealed.set(nonce, 1 + idBytes)
  sealed.set(cipher.getAuthTag(), 1 + idBytes + nonceBytes)
  sealed.set(text, headBytes)
  return sealed
}

/** Throws SealError where it was made with none of these keys, about something else, or changed since. */
export function unseal(sealed: Uint8Array, keys: readonly Key[], about: string): Buffer {
  const bytes = Buffer.from(sealed)
  if (bytes.length < headBytes || bytes[0] !== version) throw new SealError('not a sealed text')
  const id = bytes.subarray(1, 1 + idBytes)
  const key = keys.find(one => timingSafeEqual(one.id, id))
  if (!key) throw new SealError(`sealed with the key ${id.toString('hex')}, which is not here`)
  const nonce = bytes.subarray(1 + idBytes, 1 + idBytes + nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', key.object, nonce)
  decipher.setAAD(Buffer.from(about))
  decipher.setAuthTag(bytes.subarray(1 + idBytes + nonceBytes, headBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(headBytes)), decipher.final()])
  } catch (error) {
    throw new SealError('the sealed text was changed, or is about something else', { cause: error })
  }
}

/** A key of its own for each purpose. */
export function deriveKey(key: Key, purpose: string): KeyObject {
  const derived = hkdfSync('sha256', key.object, new Uint8Array(0), `fareloom ${purpose}`, keyBytes)
  return createSecretKey(new Uint8Array(derived))
}

export function keyedHash(secret: KeyObject, ...parts: readonly string[]): string {
  let text = ''
  for (const part of parts) text += `${part.length}:${part}`
  return createHmac('sha256', secret).update(text).digest('hex')
}
