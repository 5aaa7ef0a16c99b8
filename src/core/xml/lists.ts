/** `list` with one more at its end; the list before is not to be used any more. Most lists of a message have one or two
 *  entries, and an array that grows by a push makes room for seventeen. */
export function withOne<T>(list: readonly T[], one: T): readonly T[] {
  switch (list.length) {
    case 0:
      return [one]
    case 1:
      return [list[0]!, one]
    case 2:
      return [list[0]!, list[1]!, one]
    default:
      // Made here, so it is an array of our own.
      ;(list as T[]).push(one)
      return list
  }
}

/** Those of one behind those of the other, neither of them changed. */
export function joined<T>(some: readonly T[], more: readonly T[]): readonly T[] {
  if (more.length === 0) return some
  return some.length === 0 ? more : [...some, ...more]
}
