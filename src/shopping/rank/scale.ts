/** The smallest value; 0 where there is none. */
export function least(values: Float64Array): number {
  let min = Number.POSITIVE_INFINITY
  for (let i = 0; i < values.length; i++) if (values[i]! < min) min = values[i]!
  return min === Number.POSITIVE_INFINITY ? 0 : min
}

/** 1 for the least value, falling in a straight line to 0 at `worstFactor` times it. */
export function lowerIsBetter(values: Float64Array, worstFactor: number): Float64Array {
  const min = least(values)
  const span = min * (worstFactor - 1)
  const rated = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const over = values[i]! - min
    rated[i] = over <= 0 ? 1 : over >= span ? 0 : 1 - over / span
  }
  return rated
}

export function percentAbove(value: number, min: number): number {
  return min <= 0 ? 0 : Math.ceil(((value - min) / min) * 100)
}
