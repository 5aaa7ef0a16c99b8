import { isObject, type JsonObject, textOf } from './read.ts'

/** Every body, both ways, is `{"data":…}`; pages have `meta` with their cursors, errors have `errors` and no data. */

export function encodeData(data: unknown): JsonObject {
  return { data }
}

export type Page = { readonly limit: number; readonly before: string | null; readonly after: string | null }

export function encodePage(data: readonly unknown[], page: Page): JsonObject {
  return { meta: { limit: page.limit, before: page.before, after: page.after }, data }
}

/** Documentation and logs show messages without their wrapper. */
export function dataOf(root: unknown): unknown {
  return isObject(root) && 'data' in root && !('id' in root) ? root.data : root
}

/** Cursor of the next page. */
export function nextPageOf(root: unknown): string | null {
  return isObject(root) && isObject(root.meta) ? textOf(root.meta.after) : null
}
