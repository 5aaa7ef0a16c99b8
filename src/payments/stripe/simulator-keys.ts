import { sha256Hex } from '../../core/ids.ts'
import type { ErrorBody } from './simulator-account.ts'
import type { Done } from './simulator-bank.ts'

/** Stripe's idempotency keys (docs.stripe.com/api/idempotent_requests): the first answer to a key is kept, errors and 500 too, and
 *  replayed; with other parameters it is 400, while the first is under way 409. */
export type KeptAnswer = {
  readonly key: string
  readonly fingerprint: string
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export type Keys = {
  /** `settle`: to be called when the answer has gone out. */
  ask(
    question: { readonly key: string; readonly path: string; readonly text: string },
    work: () => Done,
  ): { readonly done: Done; readonly replayed: boolean; readonly settle: () => void }
}

export function openKeys(past: readonly KeptAnswer[], keep: (answer: KeptAnswer) => void): Keys {
  const answers = new Map(past.map(answer => [answer.key, answer]))
  const underWay = new Set<string>()
  const refused = (status: number, error: ErrorBody) => ({
    done: { status, body: { error } },
    replayed: false,
    settle() {},
  })

  return {
    ask({ key, path, text }, work) {
      const fingerprint = sha256Hex(`${path}\n${text}`)
      const known = answers.get(key)
      if (known && known.fingerprint !== fingerprint)
        return refused(400, {
          type: 'idempotency_error',
          message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.',
        })
      if (underWay.has(key))
        return refused(409, {
          type: 'idempotency_error',
          code: 'idempotency_key_in_use',
          message: 'There is currently another in-progress request using this idempotency key.',
        })
      if (known) return { done: { status: known.status, body: known.body }, replayed: true, settle() {} }
      const done = work()
      if (done.unkept) return { done, replayed: false, settle() {} }
      const answer = { key, fingerprint, status: done.status, body: done.body }
      underWay.add(key)
      answers.set(key, answer)
      keep(answer)
      return { done, replayed: false, settle: () => void underWay.delete(key) }
    },
  }
}
