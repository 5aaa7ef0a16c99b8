/** What the simulator remembers is bounded: the oldest go first. */
export function remember<T>(map: Map<string, T>, id: string, item: T, max: number): void {
  map.delete(id)
  if (map.size >= max) {
    const [oldest] = map.keys()
    map.delete(oldest!)
  }
  map.set(id, item)
}
