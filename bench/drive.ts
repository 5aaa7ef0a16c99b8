import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type DriveOrder = {
  readonly port: number
  readonly path: string
  readonly body: string
  readonly connections: number
  readonly requests: number
  readonly headers?: Readonly<Record<string, string>>
  /** Open loop: one request each so many ms, whatever the answers do; latency counts from when it was due. */
  readonly everyMs?: number
  /** Beside 201. */
  readonly alsoStatus?: number
  readonly wantsAnswers?: boolean
}

/** One answer. `latencyMs` counts from when the request was due, `answerMs` from when it was sent: without what the generator
 *  itself was late. */
export type DriveAnswer = { readonly status: number; readonly latencyMs: number; readonly answerMs: number }

export type Driven = {
  readonly count: number
  /** Length of the last answer's body. */
  readonly bytes: number
  readonly elapsedMs: number
  readonly answers: readonly DriveAnswer[]
}

/** The load generator (driver.ts): what is measured here is then the server alone. */
export interface Driver {
  drive(order: DriveOrder): Promise<Driven>
  close(): void
}

export function startDriver(): Driver {
  const child = fork(fileURLToPath(new URL('./driver.ts', import.meta.url)))
  return {
    async drive(order) {
      child.send(order)
      const answer = await messageOf<Driven | { readonly error: string }>(child)
      if ('error' in answer) throw new Error(answer.error)
      return answer
    },
    close: () => child.disconnect(),
  }
}

/** The next message; throws when the process ends before. */
export function messageOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('a process of the bench ended early'))
    child.once('exit', ended)
    child.once('message', message => {
      child.off('exit', ended)
      resolve(message as T)
    })
  })
}
