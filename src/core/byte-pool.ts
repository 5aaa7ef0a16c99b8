/** Bytes that have been sent are filled again: a fresh buffer of 54 kB costs more than sending it (75 of 105 µs of CPU), since
 *  all its pages are touched for the first time and then collected. Bounded: what is given back beyond that is let go. */
export class BytePool {
  readonly #bytesMax: number
  readonly #free = new Map<number, Buffer<ArrayBuffer>[]>()
  #freeBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Holds whatever it held before. */
  take(length: number): Lent {
    const size = Math.ceil(length / stepBytes) * stepBytes
    const whole = this.#free.get(size)?.pop()
    if (whole) this.#freeBytes -= size
    return this.#lend(whole ?? Buffer.allocUnsafeSlow(size), length)
  }

  #lend(whole: Buffer<ArrayBuffer>, length: number): Lent {
    let isLent = true
    return {
      bytes: whole.subarray(0, length),
      giveBack: () => {
        if (!isLent || this.#freeBytes + whole.length > this.#bytesMax) return
        isLent = false
        this.#freeBytes += whole.length
        const free = this.#free.get(whole.length)
        if (free) free.push(whole)
        else this.#free.set(whole.length, [whole])
      },
    }
  }
}

export type Lent = {
  readonly bytes: Buffer<ArrayBuffer>
  /** Once nobody reads them any more; not called, they are collected. Only the first call counts. */
  readonly giveBack: () => void
}

const stepBytes = 8_192
