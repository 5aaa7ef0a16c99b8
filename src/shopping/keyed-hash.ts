import { hash } from 'node:crypto'

/**
 * What only who knows the secret can make of a text: SHA-256 over both, the secret first. `secret` is as long as one block of
 * SHA-256 (64 characters: serve.ts), so every text is hashed from a state that nobody else knows. Whoever has a digest could go on
 * from it without the secret, which is why none goes out: of 256 bits at most 128 do, and to go on the rest would have to be
 * guessed. That is what HMAC's second hash is for; here it would buy nothing, and a search that is answered from memory makes
 * two of these: 0.4 µs, createHmac 1.7, two hashes, one inside the other, 0.8 (Node 24). Texts begin with their purpose (`id`,
 * `cursor`, `market`): what was made for one is nothing to another.
 */

/** 32 hexadecimal digits. */
export function keyedHash(secret: string, text: string): string {
  return hash('sha256', secret + text, 'hex').slice(0, 32)
}

/** The same for several numbers of 50 bits each: SHA-512/256, of which nobody can go on at all, since the other half of the state
 *  never goes out. */
export function keyedDigest(secret: string, text: string): KeyedDigest {
  return hash('sha512-256', secret + text, 'hex')
}

export type KeyedDigest = string
export const numbersOfADigest = 4

export function numberOf(digest: KeyedDigest, place: number): number {
  return Math.floor(Number.parseInt(digest.slice(13 * place, 13 * place + 13), 16) / 4)
}
