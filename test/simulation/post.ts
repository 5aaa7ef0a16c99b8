import { ProblemError } from '../../src/core/problem.ts'
import type { Fortune } from './fortune.ts'
import type { Plan } from './plan.ts'
import type { Process } from './process.ts'
import type { SimClock } from './sim-clock.ts'

const triesMax = 5
const pauseMs = 30_000

/** The gateway's webhooks, as late and as often as the plan has them; again where nobody takes one. */
export function makePost(
  { news }: Plan,
  clock: SimClock,
  fortune: Fortune,
  pick: () => Process | undefined,
): (paymentId: string) => void {
  let sent = 0
  const deliver = async (id: string, paymentId: string): Promise<void> => {
    const body = Buffer.from(JSON.stringify({ id, about: { kind: 'payment', paymentId } }))
    for (let tries = 0; tries < triesMax; tries++) {
      const letter = { body, header: () => undefined, receivedAt: clock.now() }
      const process = pick()
      const taken = process?.bookings.takeGatewayNews('test', letter, 'req_news').then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof ProblemError)) throw error
          return false
        },
      )
      if ((await Promise.race([process?.death, taken])) === true) {
        fortune.note(`bank: ${process?.name} took news ${id}`)
        return
      }
      await clock.sleep(pauseMs)
    }
  }
  return paymentId => {
    const how = news[sent % Math.max(1, news.length)]
    if (!how) return
    const id = `evt_${++sent}`
    for (let i = 0; i < how.times; i++) clock.after(how.afterMs * (i + 1), () => void deliver(id, paymentId))
  }
}
