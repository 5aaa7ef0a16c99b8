/** How much is measured: all of it, or, in a quick run, what fits into two minutes. Told by run.ts to each process that measures. */
export const isQuick = process.env.BENCH_QUICK === '1'

export function inQuick<T>(quick: T, whole: T): T {
  return isQuick ? quick : whole
}
