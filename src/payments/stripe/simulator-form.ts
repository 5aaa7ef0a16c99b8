/** Stripe's requests: `a=1&b[c]=2&d[0]=3` or `d[]=3`, as a tree of texts. */
export type Form = { readonly [name: string]: FormValue }
export type FormValue = string | readonly FormValue[] | Form

type Tree = { [name: string]: string | Tree }

const depthMax = 5

/** Undefined where it is no form. */
export function parseForm(text: string): Form | undefined {
  const tree: Tree = Object.create(null) as Tree
  for (const [name, value] of new URLSearchParams(text)) {
    const path = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
    if (!path) return undefined
    const keys = [path[1]!, ...[...path[2]!.matchAll(/\[([^[\]]*)\]/g)].map(match => match[1]!)]
    if (keys.length > depthMax || !put(tree, keys, value)) return undefined
  }
  return settled(tree) as Form
}

function put(tree: Tree, keys: readonly string[], value: string): boolean {
  let at = tree
  for (const [i, key] of keys.entries()) {
    const name = key === '' ? String(Object.keys(at).length) : key
    if (i === keys.length - 1) {
      at[name] = value
      return true
    }
    const below = at[name] ?? (Object.create(null) as Tree)
    if (typeof below === 'string') return false
    at[name] = below
    at = below
  }
  return true
}

function settled(tree: Tree): FormValue {
  const keys = Object.keys(tree)
  const values = keys.map(key => {
    const value = tree[key]!
    return typeof value === 'string' ? value : settled(value)
  })
  if (keys.length > 0 && keys.every((key, i) => key === String(i))) return values
  return Object.fromEntries(keys.map((key, i) => [key, values[i]!]))
}

export function textAt(form: Form, ...path: readonly string[]): string | undefined {
  let at: FormValue | undefined = form
  for (const name of path) at = typeof at === 'object' && !Array.isArray(at) ? (at as Form)[name] : undefined
  return typeof at === 'string' ? at : undefined
}

export function listAt(form: Form, name: string): readonly string[] {
  const value = form[name]
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

/** Undefined where it is missing or no whole number from 0. */
export function wholeAt(form: Form, ...path: readonly string[]): number | undefined {
  const text = textAt(form, ...path)
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined
}
