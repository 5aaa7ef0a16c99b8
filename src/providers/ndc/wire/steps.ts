/** Work on a large reply, an offer or a list entry a step: between two of them it may wait for its next turn. */
export type Steps<T> = Generator<undefined, T>

/** All of them in one go. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}
