import type { Clock } from '../core/clock.ts'
import { ProblemError } from '../core/problem.ts'
import type { EncodedBody, SearchEvent, SearchWatch } from './port.ts'
import type { Progressive } from './progressive.ts'
import { type SearchBase, viewIdOf } from './search-ids.ts'
import type { ViewHead } from './view.ts'

export type Revision = { readonly head: ViewHead; readonly body: EncodedBody['body'] }

export type WatchParts = {
  readonly base: SearchBase
  /** Of the last event that the reader has: `2`, or `3-complete`. */
  readonly lastEventId: string | undefined
  readonly progressive: Progressive
  /** The newest where no revision is named. */
  read(revision: number | undefined): Promise<Revision | undefined>
  readonly clock: Clock
}

/** Who is further behind is given the newest revision: nothing is kept for slow readers. */
const behindMs = 5_000
/** A revision that cannot be found is looked for again so much later. */
const missingMs = 250

export function watchSearch({ base, lastEventId, progressive, read, clock }: WatchParts): SearchWatch {
  const view = viewIdOf(base)
  let { sent, isOver } = parseEventId(lastEventId)

  /** Each in its turn, unless the reader is late for it. */
  const nextOf = async (newest: Revision): Promise<Revision> => {
    if (newest.head.revision <= sent + 1) return newest
    const next = await read(sent + 1)
    return next && clock.now() - next.head.netAt < behindMs ? next : newest
  }
  const eventOf = ({ head, body }: Revision): SearchEvent => {
    // a last revision that no answer made is told by the end alone
    const isAnswer = head.endsAt !== null || head.waitingFor.length === 0
    if (head.revision > sent && isAnswer) {
      sent = head.revision
      return { kind: 'revision', id: String(sent), body }
    }
    sent = head.revision
    isOver = true
    return { kind: 'complete', id: `${sent}-complete`, body }
  }

  return {
    get isOver() {
      return isOver
    },
    async next(ms, signal) {
      if (isOver) return undefined
      const until = clock.monotonicMs() + ms
      for (;;) {
        await progressive.wait(view, sent, until - clock.monotonicMs(), signal)
        const newest = await read(undefined)
        if (!newest) return undefined
        const next = await nextOf(newest)
        if (next.head.revision > sent || next.head.endsAt === null) return eventOf(next)
        const leftMs = until - clock.monotonicMs()
        if (leftMs <= 0 || signal.aborted) return 'nothing'
        // it was told of and is not here: the store may not have taken it
        await clock.sleep(Math.min(missingMs, leftMs), signal).catch(() => undefined)
      }
    },
  }
}

function parseEventId(text: string | undefined): { sent: number; isOver: boolean } {
  // revision 0 is nobody's answer
  if (text === undefined || text === '') return { sent: 0, isOver: false }
  const [, revision, complete] = /^(\d{1,6})(-complete)?$/.exec(text) ?? []
  if (revision !== undefined) return { sent: Number(revision), isOver: complete !== undefined }
  const detail = 'this is not the id of an event of a search'
  throw new ProblemError('validation', detail, {
    errors: [{ pointer: 'header:last-event-id', code: 'unknown-event', detail }],
  })
}
