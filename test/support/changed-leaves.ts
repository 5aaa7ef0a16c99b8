export type ChangedLeaf = { readonly pointer: string; readonly tree: unknown }

/** A tree of JSON with one value changed, once for each of its values: to another of its kind, and to nothing. */
export function* changedLeaves(tree: unknown): Generator<ChangedLeaf> {
  for (const path of leavesOf(tree, [])) {
    for (const [how, change] of changes) {
      const changed = structuredClone(tree)
      const holder = path.slice(0, -1).reduce<never>((node, key) => node[key] as never, changed as never)
      const key = path.at(-1)!
      ;(holder as Record<string | number, unknown>)[key] = change(holder[key])
      yield { pointer: `/${path.join('/')} ${how}`, tree: changed }
    }
  }
}

const changes: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['of another value', otherOf],
  ['absent', () => undefined],
]

function otherOf(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (typeof value !== 'string') return 'something'
  // the last letter or digit, so that an amount stays an amount and a code a code
  return value.replace(/[0-9A-Z](?=[^0-9A-Z]*$)/, mark => (mark === '9' || mark === 'Z' ? '1' : next(mark)))
}

function next(mark: string): string {
  return String.fromCharCode(mark.charCodeAt(0) + 1)
}

function* leavesOf(node: unknown, path: readonly (string | number)[]): Generator<readonly (string | number)[]> {
  if (typeof node !== 'object' || node === null) yield path
  else for (const key of Object.keys(node)) yield* leavesOf((node as Record<string, unknown>)[key], [...path, key])
}
