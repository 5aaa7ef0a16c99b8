import type { GuardedProvider } from '../providers/guard.ts'

/** Beyond this part of today's looks they are kept for travellers. */
const looksUsedMax = 0.8

/** Whether suppliers could bear searches that nobody waits for. One that could not is enough to say no: a set that it is
 *  missing from would serve nobody. */
export function suppliersHaveRoom(
  providers: readonly Pick<GuardedProvider, 'capabilities' | 'operations' | 'budget'>[],
): boolean {
  return providers.every(provider => {
    const { looksUsed, pausedForMs, waiting, concurrency } = provider.budget()
    const isHeldUp = pausedForMs > 0 || waiting > 0 || concurrency.waiting > 0
    const isIll = provider.operations().some(({ name, state }) => name === 'shop' && state !== 'closed')
    return !isHeldUp && !isIll && (looksUsed ?? 0) < looksUsedMax
  })
}
