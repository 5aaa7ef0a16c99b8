import { getHeapStatistics, setFlagsFromString } from 'node:v8'

/** How this process collects garbage: decision 0008, with the numbers. Memory beside the heap (suppliers' replies) counts
 *  towards the limit of the whole heap; by itself every 64 MB of it, some eight cold searches, would have the whole heap
 *  marked. And the young generation takes its full size the first time that it grows: a cold search leaves more in it than the
 *  1 to 8 MB that doubling gives it, and what did not fit would be carried to the old one. How far it may grow is an option of
 *  the command (scripts/service-options.mjs): it is read before any of our code runs. */
export function setUpHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit')
  setFlagsFromString('--semi-space-growth-factor=16')
}

/** What the heap may grow to: Node takes it from the machine's or the container's memory, or --max-old-space-size says it. */
export function heapBytesMax(): number {
  return getHeapStatistics().heap_size_limit
}
